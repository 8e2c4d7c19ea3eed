"""The title line of a session: its name, and what the list says of it where there is no
list."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Static

from agno_tui.text import one_line
from agno_tui.ui.marks import MUTED, pulse
from agno_tui.ui.session_rows import UNTITLED
from agno_tui.ui.sidebar import Sidebar, needing_words


class TitleLine(Static):
    """What is open. Where the list is hidden also: whether an answer is under way here,
    and how many other sessions need the user."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._title = ""
        self._notes: tuple[str, ...] = ()
        self._frame: int | None = None
        self._needing = 0
        self._said: Content | None = None

    def say(self, name: str, notes: Iterable[str] = ()) -> None:
        """Show a session's name, and a few words of what else is true of it."""
        self._title, self._notes = one_line(name) or UNTITLED, tuple(notes)
        self.write()

    def say_answering(self, frame: int | None) -> None:
        """Show the moving mark at a frame; None: no answer is under way here."""
        if frame != self._frame:
            self._frame = frame
            self.write()

    def say_needing(self, needing: int) -> None:
        """Show how many other sessions need the user."""
        if needing != self._needing:
            self._needing = needing
            self.write()

    def on_resize(self) -> None:
        """Textual: another width: the list may have come, or gone."""
        self.write()

    @property
    def _has_list(self) -> bool:
        return any(
            list_.display
            for around in self.ancestors
            for list_ in around.query_children(Sidebar)
        )

    def write(self) -> None:
        """Show what is true now."""
        mark = behind = Content()
        for note in self._notes:
            behind += Content.styled(f" · {note}", f"{MUTED} not bold")
        if not self._has_list:
            if self._frame is not None:
                mark = Content.styled(f"{pulse(self._frame)} ", "$accent")
            if self._needing:
                said = f" · {needing_words(self._needing)}"
                behind += Content.styled(said, "$foreground not bold")
        # What stands behind the name is not cut off with it.
        room = self.size.width - mark.cell_length - behind.cell_length
        words = mark + Content(self._title).truncate(max(1, room), ellipsis=True)
        words += behind
        if self._said is None or not words.is_same(self._said):
            self._said = words
            self.update(words, layout=False)
