"""The clipboard: what is copied goes by the system's tool, by the terminal, or into a
file, and the words that come back say which."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from agno_tui.models.files import write_private
from agno_tui.text import one_line, printable, repair
from agno_tui.ui.inherited import inherited

PATIENCE = 2.0
"""Seconds that a clipboard tool may take."""

SLOW_PATIENCE = 8.0
"""The same of one that is known to start slowly."""

LONGEST_SEQUENCE = 100_000
"""Bytes of an OSC 52 sequence. Terminals drop longer ones without a word; this is the
limit of hterm's `osc52.sh` (OSC_52_MAX_SEQUENCE), which others took over."""

SCREEN_PIECE = 252
"""Bytes of a sequence that GNU screen hands on in one piece (hterm's `osc52.sh`)."""

FILE_NAME = "copied.txt"

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")

Run = Callable[[Sequence[str], bytes, Mapping[str, str], float], Awaitable[bool]]
"""Runs a command with a text on its standard input, in an environment, for so many
seconds at most; says whether it succeeded. Never raises."""


class Way(StrEnum):
    """Where a copied text went."""

    TOOL = "tool"
    """Onto the clipboard: its tool says so."""
    TERMINAL = "terminal"
    """To the terminal, which does not say what it did with it."""
    FILE = "file"
    NOWHERE = "nowhere"


@dataclass(slots=True, frozen=True)
class Copied:
    """What came of copying."""

    words: str
    """For a toast."""
    way: Way


@dataclass(slots=True, frozen=True)
class Tool:
    """A program that fills a clipboard from its standard input."""

    command: tuple[str, ...]
    encoding: str = "utf-8"
    as_base64: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)
    """What it needs besides."""
    patience: float = PATIENCE

    def input(self, text: str) -> bytes:
        """The text as the tool wants it."""
        data = text.encode(self.encoding)
        return b64encode(data) if self.as_base64 else data


# A text on the standard input of a Windows program is read in some old code page, and a
# byte order mark would stay in the text: so it goes as base64.
_SET_CLIPBOARD = (
    "Set-Clipboard -Value ([Text.Encoding]::UTF8.GetString("
    "[Convert]::FromBase64String([Console]::In.ReadToEnd())))"
)
_POWERSHELL = Tool(
    ("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", _SET_CLIPBOARD),
    as_base64=True,
    patience=SLOW_PATIENCE,
)
_CLIP = Tool(("clip.exe",), "utf-16-le")
# It reads its input in the locale's encoding, which need not be set.
_PBCOPY = Tool(("pbcopy",), environ={"LC_ALL": "en_US.UTF-8"})
_TERMUX = Tool(("termux-clipboard-set",))
_WAYLAND = Tool(("wl-copy", "--type", "text/plain"))
_X11 = (Tool(("xclip", "-selection", "clipboard", "-in")), Tool(("xsel", "-ib")))
_TMUX = Tool(("tmux", "load-buffer", "-w", "-"))
"""Unlike a plain OSC 52 it works under `set-clipboard external`, which is how tmux is
set unless told otherwise; `-w` is known from tmux 3.2 on."""


def pasteable(text: str) -> str:
    """The text as it may be pasted anywhere, a shell included.

    Valid Unicode; C0 but tab and newline, DEL and C1 become visible signs, as on the
    screen: pasted raw they could press keys, or end a bracketed paste early. All else
    stays as in the source.
    """
    text = repair(text).replace("\r\n", "\n")
    return _CONTROL.sub(lambda match: printable(match.group()), text)


async def run_tool(
    command: Sequence[str], text: bytes, environ: Mapping[str, str], patience: float
) -> bool:
    """Run a clipboard tool; a `Run`. What is left of it after `patience` is killed."""
    return await asyncio.to_thread(_run, command, text, environ, patience)


def _run(
    command: Sequence[str], text: bytes, environ: Mapping[str, str], patience: float
) -> bool:
    # A tool leaves a child behind that holds the selection: it must not hold a pipe of
    # ours, and lives on when the terminal is closed, so it gets a session of its own.
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=quiet,
            stderr=quiet,
            env=dict(environ),
            start_new_session=True,
        )
    except (OSError, ValueError):
        return False
    with process:
        try:
            process.communicate(text, timeout=patience)
        except subprocess.TimeoutExpired:
            _kill(process)
    return process.returncode == 0


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


class Clipboard:
    """Copies texts, one after the other.

    On this machine the system's tool and the terminal (OSC 52) both get the text: what
    the environment says may be out of date, in a session of tmux for instance. Over SSH
    a tool would fill the clipboard of a machine where nobody sits, so there only the
    terminal gets it, unless a display is forwarded.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        folder: Path,
        write: Callable[[str], None] | None,
        *,
        which: Callable[[str], str | None] = shutil.which,
        run: Run = run_tool,
    ) -> None:
        """`folder`: where the last resort's file goes; only its owner can read it.
        `write`: writes to the terminal as it is; None where there is none."""
        self._environ = environ
        self._file = folder / FILE_NAME
        self._write = write
        self._which = which
        self._run = run
        self._in_order = asyncio.Lock()

    async def copy(self, text: str) -> Copied:
        """Copy a text, made `pasteable`; says which way it went."""
        text = pasteable(text)
        if not text:
            return Copied("Nothing to copy.", Way.NOWHERE)
        async with self._in_order:
            # The tool last: some terminals cut what they are sent.
            terminal = await self._by_terminal(text)
            tool = await self._by_tool(text)
            if tool:
                return Copied(f"Copied with {tool}.", Way.TOOL)
            if terminal:
                words = f"Sent to {terminal}; it can't be verified."
                return Copied(words, Way.TERMINAL)
            return await asyncio.to_thread(self._into_file, text)

    # The system's tool

    async def _by_tool(self, text: str) -> str:
        """The tool that took it; empty where none did."""
        for tool in await asyncio.to_thread(self._tools):
            if await self._give(tool, text):
                return tool.command[0].removesuffix(".exe")
        return ""

    def _tools(self) -> list[Tool]:
        return [tool for tool in self._candidates() if self._which(tool.command[0])]

    def _candidates(self) -> Iterator[Tool]:
        environ = self._environ
        display = environ.get("DISPLAY", "")
        if self._is_remote:
            # `localhost:10.0` is a display that SSH forwards, `:0` one of this machine.
            if display and not display.startswith((":", "unix:")):
                yield from _X11
            return
        if "TERMUX_VERSION" in environ:
            yield _TERMUX
        yield _PBCOPY
        if "WSL_DISTRO_NAME" in environ or "WSL_INTEROP" in environ:
            yield from (_POWERSHELL, _CLIP)
        if environ.get("WAYLAND_DISPLAY"):
            yield _WAYLAND
        if display:
            yield from _X11

    @property
    def _is_remote(self) -> bool:
        return any(self._environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY"))

    async def _give(self, tool: Tool, text: str) -> bool:
        environ = {**inherited(self._environ), **tool.environ}
        return await self._run(tool.command, tool.input(text), environ, tool.patience)

    # The terminal

    async def _by_terminal(self, text: str) -> str:
        """What it was sent to; empty where it was not."""
        sequence = f"\x1b]52;c;{b64encode(text.encode()).decode()}\a"
        if len(sequence) > LONGEST_SEQUENCE:
            return ""
        if self._environ.get("TMUX") and await self._by_tmux(text):
            return "the terminal's clipboard through tmux"
        if self._write is None or not self._knows_sequences:
            return ""
        if self._environ.get("STY"):
            sequence = _through_screen(sequence)
        self._write(sequence)
        return "the terminal's clipboard"

    async def _by_tmux(self, text: str) -> bool:
        found = await asyncio.to_thread(self._which, "tmux")
        return found is not None and await self._give(_TMUX, text)

    @property
    def _knows_sequences(self) -> bool:
        term = self._environ.get("TERM", "")
        return bool(term) and term not in ("dumb", "linux", "unknown")

    # The last resort

    def _into_file(self, text: str) -> Copied:
        try:
            write_private(self._file, text)
        except OSError as error:
            words = one_line(error.strerror or str(error))
            return Copied(f"Not copied: no clipboard here. {words}.", Way.NOWHERE)
        has_terminal = self._write is not None and self._knows_sequences
        why = "Too long for the clipboard." if has_terminal else "No clipboard here."
        return Copied(f"{why} Written to {self._shown}", Way.FILE)

    @property
    def _shown(self) -> str:
        home = self._environ.get("HOME", "")
        path = str(self._file)
        inside = bool(home) and self._file.is_relative_to(home)
        return one_line(f"~{path[len(home.rstrip('/')) :]}" if inside else path)


def _through_screen(sequence: str) -> str:
    """The sequence in pieces that GNU screen hands on to the terminal."""
    starts = range(0, len(sequence), SCREEN_PIECE)
    return "".join(f"\x1bP{sequence[at : at + SCREEN_PIECE]}\x1b\\" for at in starts)
