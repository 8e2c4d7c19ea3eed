"""Copying: everything that is copied goes the same way, and a toast says which."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import App

if TYPE_CHECKING:
    from agno_tui.ui.clipboard import Clipboard

MakeClipboard = Callable[[Callable[[str], None]], "Clipboard"]
"""Makes a clipboard from what writes to the terminal as it is."""


class CopyingApp(App[int]):
    """An application that copies by way of a `Clipboard`."""

    make_clipboard: MakeClipboard | None = None
    """None: what is copied is only sent to the terminal."""
    _way_out: Clipboard | None = None

    def copy_to_clipboard(self, text: str) -> None:
        """Textual: something was copied, here or in a widget of Textual's."""
        self.copy(text)

    def copy(self, text: str, what: str = "") -> None:
        """Copy a text, and say which way it went; `what` it is."""
        # What is pasted inside the program comes from here.
        self._clipboard = text
        if self.make_clipboard is None:
            super().copy_to_clipboard(text)
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

    def _write_raw(self, text: str) -> None:
        if self._driver is not None:
            self._driver.write(text)
            self._driver.flush()
