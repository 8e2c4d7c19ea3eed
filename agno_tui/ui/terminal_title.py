"""The title of the terminal's window: the session, and how many need the user."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Final

from agno_tui.text import clipped, one_line

PROGRAM: Final = "agno-tui"

LONGEST: Final = 80
"""Characters of a session's name in it."""

_KEEP, _GIVE_BACK = "\x1b[22;2t", "\x1b[23;2t"
"""Have the terminal remember its title, and take it again: XTWINOPS.
Source: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html"""

_SET: Final = "\x1b]2;{}\x1b\\"
"""OSC 2, ended by ST. Source: the same."""

_WITHOUT_TITLE: Final = frozenset({"", "dumb", "linux"})
"""Values of TERM where there is no window, and what is sent might be shown."""


def title_text(needing: int, name: str) -> str:
    """`(2) Trip to Kyoto · agno-tui`, of visible characters only."""
    words = clipped(one_line(name), LONGEST)
    title = f"{words} · {PROGRAM}" if words else PROGRAM
    return f"({needing}) {title}" if needing else title


class TerminalTitle:
    """Says it once whenever it changes, and gives the terminal its own title back."""

    def __init__(
        self, write: Callable[[str], None], environ: Mapping[str, str] = os.environ
    ) -> None:
        """`write` sends to the terminal as it is."""
        self._write = write
        self._is_shown = environ.get("TERM", "") not in _WITHOUT_TITLE
        self._said = ""
        self._is_kept = False
        """Whether the terminal remembers its own title."""

    def say(self, needing: int, name: str) -> None:
        """Make this the title: how many sessions need the user, and the open one."""
        title = title_text(needing, name)
        if not self._is_shown or title == self._said:
            return
        self._write(("" if self._is_kept else _KEEP) + _SET.format(title))
        self._said = title
        self._is_kept = True

    def forget(self) -> None:
        """The title may be another by now: the next is said in any case."""
        self._said = ""

    def leave(self) -> None:
        """Give the terminal its own title back."""
        if self._is_kept:
            self._said = ""
            self._is_kept = False
            self._write(_GIVE_BACK)
