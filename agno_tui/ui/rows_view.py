"""Rows to be read in a dialog, however many: only those on the screen are painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.geometry import Size
from textual.strip import Strip

from agno_tui.ui.dialog import Dialog
from agno_tui.ui.lines import Line
from agno_tui.ui.paint import Paint, component_classes
from agno_tui.ui.scroll_bar import LineScrollView

ROLES = ("heading", "quiet", "strong", "used", "free", "failed")

MakeRows = Callable[[int], Sequence[Line]]
"""The rows for a width in cells; of many it makes each when it is asked for."""


class RowsView(LineScrollView, can_focus=True, inherit_bindings=False):
    """Shows rows. The keys are those of the dialog it stands in."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("rows", ROLES)

    roles: ClassVar[tuple[str, ...]] = ROLES
    """What its lines may name; each has its looks in the stylesheet."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._make: MakeRows = lambda width: []
        self._rows: Sequence[Line] = []
        self._made_for = -1
        self._paint: Paint | None = None

    def show(self, make: MakeRows) -> None:
        """Show other rows; what stands at the top stays there as far as it can."""
        self._make, self._made_for = make, -1
        self._fit()

    def _fit(self) -> None:
        # Before it was laid out once it has no width, but rows that want their height.
        width = self.scrollable_content_region.width or self.size.width or 60
        if width != self._made_for:
            self._made_for = width
            self._rows = self._make(width)
            self.virtual_size = Size(width, len(self._rows))
            self.refresh(layout=True)

    def on_resize(self, event: events.Resize) -> None:
        """Textual: another size: other rows."""
        self._fit()

    def read(self, step: int) -> None:
        """Read further down or up, by lines."""
        self.scroll_relative(y=step, animate=False)

    def pages(self, step: int) -> None:
        """Read further down or up, by pages; a line of the last page stays."""
        height = self.scrollable_content_region.height
        self.scroll_relative(y=step * max(1, height - 1), animate=False)

    def edge(self, end: bool) -> None:
        """Go to the beginning, or to the end."""
        self.scroll_to(y=self.max_scroll_y if end else 0, animate=False)

    def notify_style_update(self) -> None:
        """Textual: colours changed."""
        super().notify_style_update()
        self._paint = None

    def render_line(self, y: int) -> Strip:
        """Textual: one line of the screen."""
        if self._paint is None:
            self._paint = Paint(self, "rows", self.roles)
        width, at = self.size.width, y + self.scroll_offset.y
        if not 0 <= at < len(self._rows):
            return Strip.blank(width, self._paint.base.rich_style)
        return self._paint.strip(self._rows[at], width)


class RowsDialog(Dialog[None]):
    """A dialog in which rows are read."""

    AUTO_FOCUS = "RowsView"

    @property
    def _view(self) -> RowsView:
        return self.query_one(RowsView)

    def action_read(self, step: int) -> None:
        """Read further down or up, by lines."""
        self._view.read(step)

    def action_pages(self, step: int) -> None:
        """Read further down or up, by pages."""
        self._view.pages(step)

    def action_edge(self, end: bool) -> None:
        """Go to the beginning, or to the end."""
        self._view.edge(end)
