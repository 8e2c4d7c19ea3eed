"""The rows of a search on the screen, one of them at the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, overload

from textual import events
from textual.message import Message

from agno_tui.session import now
from agno_tui.ui.lines import Line
from agno_tui.ui.paint import component_classes
from agno_tui.ui.places import Place
from agno_tui.ui.rows_view import ROLES, RowsView
from agno_tui.ui.search_lines import search_line
from agno_tui.ui.search_rows import SearchRow


class SearchView(RowsView, can_focus=False):
    """Shows rows, of which only those that open something have the cursor."""

    roles: ClassVar[tuple[str, ...]] = (*ROLES, "cursor", "found")
    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("rows", roles)

    class Clicked(Message):
        """A row was clicked, which has the cursor now."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[SearchRow] = []
        self.tokens: Sequence[str] = []
        self._stops: list[int] = []
        """Rows on which the cursor may stand."""
        self._at = 0

    @property
    def cursor(self) -> int:
        """The row of the cursor; -1 where there is none."""
        return self._stops[self._at] if self._at < len(self._stops) else -1

    @property
    def place(self) -> Place | None:
        """What the row at the cursor opens; None where there is none."""
        return self.rows[self.cursor].place if self.cursor >= 0 else None

    def put(
        self, rows: Sequence[SearchRow], tokens: Sequence[str], at: Place | None
    ) -> None:
        """Show these rows with words marked, and the cursor at a place, else at the
        first."""
        self.rows, self.tokens = rows, tokens
        self._stops = [n for n, row in enumerate(rows) if row.place is not None]
        places = [rows[n].place for n in self._stops]
        self._at = places.index(at) if at in places else 0
        drawn = _Lines(self)
        self.show(lambda width: drawn.at(width))
        self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh()
        self.call_after_refresh(self.reveal)

    def move(self, step: int) -> None:
        """Move the cursor by places."""
        self._at = max(0, min(self._at + step, len(self._stops) - 1))
        self.refresh()
        self.reveal()

    def turn_page(self, step: int) -> None:
        """Move the cursor by pages; a row of the last page stays."""
        height = max(1, self.scrollable_content_region.height - 1)
        wanted = self.cursor + step * height
        near = sorted(
            range(len(self._stops)), key=lambda n: abs(self._stops[n] - wanted)
        )
        self.move((near[0] if near else 0) - self._at)

    def reveal(self) -> None:
        """Have the cursor on the screen, with the title it belongs to where it can."""
        height, top = self.scrollable_content_region.height, self.scroll_offset.y
        row = self.cursor
        if height <= 0 or row < 0:
            return
        first = row - 1 if row and self.rows[row - 1].is_title else row
        if first < top:
            self.scroll_to(y=first, animate=False, immediate=True)
        elif row >= top + height:
            self.scroll_to(y=row - height + 1, animate=False, immediate=True)

    def on_resize(self, event: events.Resize) -> None:
        """Textual: another size: the cursor stays on the screen."""
        super().on_resize(event)
        self.call_after_refresh(self.reveal)

    def on_click(self, event: events.Click) -> None:
        """Textual: a click opens."""
        row = event.y + self.scroll_offset.y
        if row in self._stops:
            self._at = self._stops.index(row)
            self.refresh()
            self.post_message(self.Clicked())


class _Lines(Sequence[Line]):
    """The lines of a view's rows, each drawn when it is asked for."""

    def __init__(self, view: SearchView) -> None:
        self._view = view
        self._width = 0

    def at(self, width: int) -> _Lines:
        """The same at a width in cells."""
        self._width = width
        return self

    def __len__(self) -> int:
        return len(self._view.rows)

    @overload
    def __getitem__(self, index: int) -> Line: ...

    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...

    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        view = self._view
        return search_line(
            view.rows[index],
            self._width,
            view.tokens,
            at_cursor=index == view.cursor,
            present=now(),
        )
