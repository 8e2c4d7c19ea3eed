"""The rows of a tree on the screen, one of them at the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, overload

from textual import events
from textual.message import Message

from agno_tui.session import now
from agno_tui.ui.lines import Line
from agno_tui.ui.paint import component_classes
from agno_tui.ui.rows_view import ROLES, RowsView
from agno_tui.ui.tree_lines import can_fold, tree_line
from agno_tui.ui.tree_rows import TreeRow


class TreeView(RowsView):
    """Shows rows of a tree; of thousands only those on the screen are drawn."""

    roles: ClassVar[tuple[str, ...]] = (*ROLES, "cursor", "running", "draft")
    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("rows", roles)

    class Clicked(Message):
        """A row was clicked, which has the cursor now."""

        def __init__(self, *, on_fold: bool) -> None:
            super().__init__()
            self.on_fold = on_fold

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[TreeRow] = []
        self.cursor = 0

    @property
    def at_cursor(self) -> TreeRow | None:
        """The row at the cursor; None where there is none."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def put(self, rows: Sequence[TreeRow], cursor: int) -> None:
        """Show these rows, with the cursor at one of them."""
        self.rows = rows
        self.cursor = max(0, min(cursor, len(rows) - 1))
        drawn = _Lines(self)
        self.show(lambda width: drawn.at(width))
        self.refresh()
        self.call_after_refresh(self.reveal)

    def move(self, step: int) -> None:
        """Move the cursor by rows."""
        self.cursor = max(0, min(self.cursor + step, len(self.rows) - 1))
        self.refresh()
        self.reveal()

    def turn_page(self, step: int) -> None:
        """Move the cursor by pages; a row of the last page stays."""
        self.move(step * max(1, self.scrollable_content_region.height - 1))

    def reveal(self) -> None:
        """Have the cursor on the screen."""
        height, top = self.scrollable_content_region.height, self.scroll_offset.y
        if height <= 0:
            return
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= top + height:
            y = self.cursor - height + 1
            self.scroll_to(y=y, animate=False, immediate=True)

    def on_resize(self, event: events.Resize) -> None:
        """Textual: another size: the cursor stays on the screen."""
        super().on_resize(event)
        self.call_after_refresh(self.reveal)

    def on_click(self, event: events.Click) -> None:
        """Textual: a click."""
        at = event.y + self.scroll_offset.y
        if not 0 <= at < len(self.rows):
            return
        self.cursor = at
        self.refresh()
        row, text = self.rows[at], _Lines(self).at(self.size.width)[at].text
        on_fold = can_fold(row) and event.x <= text.find(row.fold) + 1
        self.post_message(self.Clicked(on_fold=on_fold))


class _Lines(Sequence[Line]):
    """The lines of a view's rows, each drawn when it is asked for."""

    def __init__(self, view: TreeView) -> None:
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
        at_cursor = index == self._view.cursor
        row = self._view.rows[index]
        return tree_line(row, self._width, at_cursor=at_cursor, present=now())
