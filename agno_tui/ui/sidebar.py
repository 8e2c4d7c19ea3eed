"""The sidebar: the name of the program, and the list of sessions."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from agno_tui.ui.session_list import SessionList

NARROW = 90
"""Below this many cells the sidebar folds away by itself."""


class Sidebar(Vertical):
    """Stands beside the chat where there is room for both."""

    BLANK = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._wanted: bool | None = None

    def compose(self) -> ComposeResult:
        """Textual: what stands in the sidebar."""
        yield Static("Conversations", id="sidebar-title", markup=False)
        yield SessionList(id="sessions")

    def toggle(self) -> None:
        """Show it or hide it from now on, whatever room there is."""
        self.display = self._wanted = not self.display

    def fit(self, width: int) -> None:
        """Fold away, or come back, as the room allows and the user wants it."""
        self.display = width >= NARROW if self._wanted is None else self._wanted
