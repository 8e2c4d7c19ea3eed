"""The sidebar: what is in it, the filter, and the list of sessions."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.session_list import SessionList

NARROW = 90
"""Below this many cells the sidebar folds away by itself."""

TITLE, ARCHIVE = "Conversations", "Archive · {list.archive_view} goes back"

MOST = 99
"""Sessions that need the user, as far as they are counted."""


class Sidebar(Vertical):
    """Stands beside the chat where there is room for both."""

    BLANK = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._wanted: bool | None = None
        self._needing = 0
        self._is_archive = False

    def compose(self) -> ComposeResult:
        """Textual: what stands in the sidebar."""
        yield Static(TITLE, id="sidebar-title", markup=False)
        yield SessionList(id="sessions")

    def say_needing(self, needing: int) -> None:
        """Say how many sessions need the user."""
        if needing != self._needing:
            self._needing = needing
            self._say()

    def say_archive(self, is_archive: bool) -> None:
        """Say whether these are the sessions that were put away."""
        if is_archive != self._is_archive:
            self._is_archive = is_archive
            self._say()

    def _say(self) -> None:
        title = ARCHIVE if self._is_archive else TITLE
        words = Content(keymap_of(self.app).words(title))
        if self._needing and not self._is_archive:
            said = f" · {needing_words(self._needing)}"
            words += Content.styled(said, "$foreground not bold")
        self.query_one("#sidebar-title", Static).update(words, layout=False)

    def toggle(self) -> None:
        """Show it or hide it from now on, whatever room there is."""
        self.display = self._wanted = not self.display

    def fit(self, width: int) -> None:
        """Fold away, or come back, as the room allows and the user wants it."""
        self.display = width >= NARROW if self._wanted is None else self._wanted


def needing_words(needing: int) -> str:
    """`2 need you`"""
    number = f"{MOST}+" if needing > MOST else str(needing)
    return f"{number} {'needs' if needing == 1 else 'need'} you"
