"""A line that is edited where it stands: history, Tab, text to begin with."""

from __future__ import annotations

import locale
from collections.abc import Callable, Sequence
from typing import Any

from agno_tui.text import printable


def find_readline(term: str) -> Any:
    """The module that edits lines, or None where there is none, or no terminal that it
    could edit them in."""
    if term in ("", "dumb", "unknown"):
        return None
    try:
        import readline
    except ImportError:
        return None
    return readline


def in_locale(text: str) -> str:
    """The text with a question mark for what the terminal's own encoding does not
    have: `readline` takes nothing else."""
    encoding = locale.getpreferredencoding(do_setlocale=False)
    return text.encode(encoding, "replace").decode(encoding, "replace")


class LineEditor:
    """Edits lines by way of `readline`, GNU's or the one of libedit."""

    def __init__(self, readline: Any) -> None:
        self._readline = readline
        self._offers: Callable[[str], Sequence[str]] = lambda text: ()
        self._offered: Sequence[str] = ()
        self._prefill = ""
        readline.set_auto_history(False)
        readline.set_completer_delims("")
        readline.set_completer(self._complete)
        readline.set_startup_hook(self._begin_line)
        if "libedit" in (readline.__doc__ or ""):
            readline.parse_and_bind("bind ^I rl_complete")
        else:
            readline.parse_and_bind("tab: complete")
            readline.parse_and_bind("set bell-style none")
            # A pasted block is one text: its line ends don't send it.
            readline.parse_and_bind("set enable-bracketed-paste on")
            # It would be shown in other colours.
            readline.parse_and_bind("set enable-active-region off")

    def input(self, prompt: str) -> str:
        """A line that the user has typed. Errors: `EOFError`."""
        line = input(prompt)
        if line.strip():
            self.add(line)
        return line

    @property
    def typed(self) -> str:
        """What stands in the line."""
        text = str(self._readline.get_line_buffer())
        # What the terminal's own encoding does not have comes as escaped bytes.
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    def add(self, line: str) -> None:
        """The user can go back to this line from now on."""
        self._readline.add_history(in_locale(line.replace("\0", "")))

    def remember(self, lines: Sequence[str]) -> None:
        """The user can go back to these, and no others."""
        self._readline.clear_history()
        for line in lines:
            self.add(printable(line))

    def prefill(self, text: str) -> bool:
        """Begin the next line with this text; False where the line can't hold it."""
        text = printable(text)
        if in_locale(text) != text:
            return False
        self._prefill = text
        return True

    def complete(self, offers: Callable[[str], Sequence[str]]) -> None:
        """Offer these whole lines."""
        self._offers = offers

    def _begin_line(self) -> None:
        if self._prefill:
            self._readline.insert_text(self._prefill)
            self._prefill = ""

    def _complete(self, text: str, state: int) -> str | None:
        if state == 0:
            self._offered = self._offers(text)
        return self._offered[state] if state < len(self._offered) else None
