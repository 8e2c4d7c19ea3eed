"""What every view of lines does: paint those on the screen, and only what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from rich.cells import split_graphemes
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from agno_tui.ui.paint import Paint, component_classes
from agno_tui.ui.scroll_bar import LineScrollView
from agno_tui.ui.transcript.roles import ROLES
from agno_tui.ui.transcript.rows import MARGIN, Rows

if TYPE_CHECKING:
    from agno_tui.ui.lines import Line
    from agno_tui.ui.transcript.document import Document
    from agno_tui.ui.transcript.placement import Placement
    from agno_tui.ui.transcript.turn import Turn

FoundLine: TypeAlias = "tuple[Turn, int, Line]"
"""A turn, the number of one of its lines, and the line."""

MAX_WIDTH = 100
"""Cells of a line of text; longer lines are hard to read."""


class PaintedView(LineScrollView):
    """Paints the lines of a document as they are placed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("transcript", ROLES)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.document: Document | None = None
        self.placement: Placement | None = None
        self.rows = Rows()
        """What is painted over the lines: what is marked, found, selected."""
        self._found: Sequence[FoundLine | None] = ()
        self._found_from: object = None
        self._found_top = 0
        self.holds = False
        """Whether the rows stay what they are, because what is to stand there is not
        laid out yet."""

    @property
    def text_width(self) -> int:
        """Cells of a line of text."""
        return max(8, min(MAX_WIDTH, self.size.width - 2 * MARGIN))

    def notify_style_update(self) -> None:
        """Textual: colours changed: paint anew."""
        super().notify_style_update()
        self.rows.paint = None
        self._found_from = None

    def refresh_changed(self) -> None:
        """Paint anew only the rows that look otherwise than before."""
        placement = self.placement
        if placement is None or self.holds:
            return
        top, height = self.scroll_offset.y, self.size.height
        before, self._found = self._found, placement.lines(top, height)
        found_from = (placement, self.size, placement.width)
        is_other, self._found_from = found_from != self._found_from, found_from
        has_moved, self._found_top = top != self._found_top, top
        if is_other:
            self.refresh()
            return
        differ = _is_other if has_moved else _looks_other
        pairs = zip(before, self._found, strict=True)
        changed = [y for y, pair in enumerate(pairs) if differ(*pair)]
        if 2 * len(changed) > height:
            self.refresh()
            return
        for first, last in _runs(changed):
            self.refresh(Region(0, first, self.size.width, last - first))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual: lines of the screen. There is no border, padding or tint around
        them, so nothing is left to do but what all lines go through."""
        rows, width = self.rows, self.size.width
        if rows.paint is None:
            rows.paint = Paint(self, "transcript", ROLES)
        rows.marked = None
        if self.has_focus and self.document is not None:
            rows.marked = self.document.marked
        rows.selection = selection = self.text_selection
        if selection is not None:
            name = "screen--selection"
            rows.selected_style = self.screen.get_component_rich_style(name)
        strips = self._strips(crop.line_range, (self.text_width, width))
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span == (0, width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]

    def _strips(self, lines: Iterable[int], widths: tuple[int, int]) -> list[Strip]:
        top, paint, placement = self.scroll_offset.y, self.rows.paint, self.placement
        empty = Strip.blank(widths[1], paint.base.rich_style if paint else None)
        if placement is None:
            return [empty for _ in lines]
        found_from = (placement, self.size, placement.width)
        is_known = top == self._found_top and self._found_from == found_from
        known = self._found if is_known or self.holds else ()
        strips: list[Strip] = []
        for y in lines:
            found = known[y] if y < len(known) else None
            if y >= len(known) and not self.holds:
                found = placement.line_at(top + y)
            strip = empty if found is None else self.rows.strip(*found, top + y, widths)
            strips.append(strip)
        return strips

    def render_line(self, y: int) -> Strip:
        """Textual: one line of the screen, each character of which knows where it
        stands: it is asked for where the mouse points."""
        (strip,) = self.render_lines(Region(0, y, self.size.width, 1))
        margin, text = strip.divide([MARGIN, strip.cell_length])
        # Textual counts cells by code points: wrong inside a family of emoji.
        text = Strip(list(_by_character(text)), text.cell_length)
        return Strip.join([margin, text.apply_offsets(0, y + self.scroll_offset.y)])


def _by_character(strip: Strip) -> Iterator[Segment]:
    """The segments of a strip, those with wide characters cut at each that is seen."""
    for segment in strip:
        if segment.text.isascii():
            yield segment
            continue
        for start, end, _ in split_graphemes(segment.text)[0]:
            yield Segment(segment.text[start:end], segment.style)


def _is_other(before: FoundLine | None, after: FoundLine | None) -> bool:
    if before is None or after is None:
        return before is not after
    return before[2] is not after[2]


def _looks_other(before: FoundLine | None, after: FoundLine | None) -> bool:
    if before is None or after is None:
        return before is not after
    old, new = before[2], after[2]
    if old is new:
        return False
    if not new.looks_like(old):
        return True
    new.row = old.row
    return False


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers that follow each other, as (first, one after the last)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return runs
