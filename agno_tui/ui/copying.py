"""Copying: everything that is copied goes the same way, and a toast says which."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING

from agno_tui.ui.toasts import ToastingApp

if TYPE_CHECKING:
    from agno_tui.ui.clipboard import Clipboard

MakeClipboard = Callable[[Callable[[str], None]], "Clipboard"]
"""Makes a clipboard from what writes to the terminal as it is."""


class CopyingApp(ToastingApp):
    """An application that copies by way of a `Clipboard`."""

    make_clipboard: MakeClipboard | None = None
    """None: what is copied is only sent to the terminal."""
    is_lent = False
    """Whether another program has the terminal. Nobody writes to it then."""
    _way_out: Clipboard | None = None
    _unwritten = ""
    """What is written when the terminal is ours again: what was copied last."""

    def copy_to_clipboard(self, text: str) -> None:
        """Textual: something was copied, here or in a widget of Textual's."""
        self.copy(text)

    def copy(self, text: str, what: str = "") -> None:
        """Copy a text, and say which way it went; `what` it is."""
        # What is pasted inside the program comes from here.
        self._clipboard = text
        if self.make_clipboard is None:
            encoded = b64encode(text.encode()).decode()
            self._write_raw(f"\x1b]52;c;{encoded}\a")
            self._say(what, "Sent to the terminal's clipboard; it can't be verified.")
            return
        copying = self._copy(self.make_clipboard, text, what)
        self.run_worker(copying, exit_on_error=False)

    async def _copy(self, make: MakeClipboard, text: str, what: str) -> None:
        if self._way_out is None:
            self._way_out = make(self._write_raw)
        copied = await self._way_out.copy(text)
        self._say(what, copied.words)

    def _say(self, what: str, words: str) -> None:
        self.notify(words, title=what, markup=False)

    def terminal_is_back(self) -> None:
        """The other program has given the terminal back."""
        self.is_lent = False
        text, self._unwritten = self._unwritten, ""
        if text:
            self._write_raw(text)

    def _write_raw(self, text: str) -> None:
        if self.is_lent:
            self._unwritten = text
        elif self._driver is not None:
            self._driver.write(text)
            self._driver.flush()
