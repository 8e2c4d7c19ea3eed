"""Saying that an answer has ended where nobody looks: a toast, and the terminal's own
notification or bell while the terminal is in the background."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from agno_tui.runner import Runner
from agno_tui.session import Run, RunStatus
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import StorageError
from agno_tui.text import clipped, one_line
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.prompted import write_to_terminal
from agno_tui.ui.session_rows import UNTITLED

if TYPE_CHECKING:
    from textual.timer import Timer

    from agno_tui.ui.desk import Desk

TOGETHER_SECONDS = 0.4
"""Answers that end within this time are said at once."""

LONGEST_NAME = 60
"""Characters of a session's name in a notification."""

PROGRAM: Final = "agno-tui"

BELL: Final = "\a"

_log = logging.getLogger(__name__)

_OSC_9: Final = "\x1b]9;{words}\x1b\\"
"""Source: https://iterm2.com/documentation-escape-codes.html. Words that begin with a
digit and a semicolon mean something else in ConEmu and Windows Terminal; ours never
do."""

_OSC_777: Final = "\x1b]777;notify;{title};{words}\x1b\\"
"""Source: urxvt's notify extension; foot, Ghostty, WezTerm and kitty know it too."""

_OSC_9_PROGRAMS: Final = frozenset({"iTerm.app", "WezTerm", "ghostty"})
"""Values of TERM_PROGRAM."""

_OSC_9_SIGNS: Final = ("KITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR")
"""Variables that say the same, also within tmux."""

_MULTIPLEXERS: Final = ("STY", "ZELLIJ")
"""Variables of multiplexers that hand nothing on but the bell."""


def way_of(setting: str, environ: Mapping[str, str]) -> str:
    """`osc9`, `osc777`, `bell` or `off`, where `auto` goes by the terminal."""
    if setting != "auto":
        return setting
    if any(environ.get(name) for name in _MULTIPLEXERS):
        return "bell"
    term = environ.get("TERM", "")
    knows_osc_9 = (
        environ.get("TERM_PROGRAM") in _OSC_9_PROGRAMS
        or environ.get("LC_TERMINAL") == "iTerm2"
        or term in ("xterm-kitty", "xterm-ghostty")
        or any(environ.get(name) for name in _OSC_9_SIGNS)
    )
    if knows_osc_9:
        return "osc9"
    return "osc777" if term.startswith("foot") else "bell"


def sequence(setting: str, words: str, environ: Mapping[str, str]) -> str:
    """What is sent to the terminal to have it say some words; empty: nothing."""
    way = way_of(setting, environ)
    # A semicolon would end a field, a control code the sequence.
    words = one_line(words).replace(";", ",")
    match way:
        case "osc9":
            sent = _OSC_9.format(words=f"{PROGRAM}: {words}")
        case "osc777":
            sent = _OSC_777.format(title=PROGRAM, words=words)
        case "bell":
            return BELL
        case _:
            return ""
    if not environ.get("TMUX"):
        return sent
    # It hands on what is wrapped like this, if it is allowed to (allow-passthrough);
    # the bell it always hears. Source: tmux(1).
    sent = "\x1bPtmux;{}\x1b\\".format(sent.replace("\x1b", "\x1b\x1b"))
    return sent + BELL if setting == "auto" else sent


class Notices:
    """Tells of answers that have ended: calmly, once, however many at a time."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        storage: Storage,
        user_id: str,
        setting: str,
        *,
        environ: Mapping[str, str] = os.environ,
        write: Callable[[str], None] | None = None,
    ) -> None:
        """`write` sends to the terminal as it is; None: by way of the app's driver."""
        self._desk = desk
        self._runner = runner
        self._storage = storage
        self._user_id = user_id
        self._setting = setting
        self._environ = environ
        self._write = write or self._by_driver
        self._ended: dict[str, Run] = {}
        """The last run that ended, by session, of those nobody was told of yet."""
        self._timer: Timer | None = None

    def run_ended(self, run: Run) -> None:
        """An answer has ended, on the screen or not."""
        is_over = run.status in (RunStatus.COMPLETED, RunStatus.ERROR)
        is_last = run.status is RunStatus.ERROR or not self._runner.line.goes_on(
            run.session_id
        )
        is_seen = self._is_open(run) and self._desk.app.app_focus
        is_ours = run.user_id == self._user_id
        if not (is_ours and is_over and is_last) or is_seen:
            return
        self._ended[run.session_id] = run
        if self._timer is None:
            self._timer = self._desk.set_timer(TOGETHER_SECONDS, self._say)

    async def _say(self) -> None:
        self._timer = None
        runs, self._ended = list(self._ended.values()), {}
        away = not self._desk.app.app_focus
        # Whoever has gone there meanwhile sees it.
        background = [run for run in runs if not self._is_open(run)]
        if background:
            words = await self._words(background)
            failed = any(run.status is RunStatus.ERROR for run in background)
            self._desk.notify(
                f"{words}.{self._way_there}",
                severity="warning" if failed else "information",
                markup=False,
            )
        if not away:
            return
        words = await self._words(runs)
        if sent := sequence(self._setting, words, self._environ):
            self._write(sent)

    async def _words(self, runs: list[Run]) -> str:
        failed = sum(run.status is RunStatus.ERROR for run in runs)
        if len(runs) == 1:
            ended = "failed" if failed else "is answered"
            return f"“{await self._name(runs[0])}” {ended}"
        if failed == len(runs):
            return f"{failed} conversations failed"
        words = f"{len(runs) - failed} conversations are answered"
        if len(runs) - failed == 1:
            words = "1 conversation is answered"
        return f"{words}, {failed} failed" if failed else words

    async def _name(self, run: Run) -> str:
        try:
            session = await self._storage.get_session(
                run.session_id, user_id=self._user_id
            )
        except StorageError:
            # That it has ended is still worth saying.
            _log.warning("the name of a session is not known", exc_info=True)
            session = None
        name = one_line(session.name) if session is not None else ""
        return clipped(name, LONGEST_NAME) or UNTITLED

    @property
    def _way_there(self) -> str:
        keymap = keymap_of(self._desk.app)
        key = keymap.name("session.attention")
        return f" {key} goes there." if key else ""

    def _is_open(self, run: Run) -> bool:
        document = self._desk.document
        return document is not None and document.session.session_id == run.session_id

    def _by_driver(self, text: str) -> None:
        write_to_terminal(self._desk.app, text)
