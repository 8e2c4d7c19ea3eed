"""Rows of the screen: a line with its margin, and what is marked, found or selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.selection import Selection
from textual.strip import Strip

from agno_tui.ui.lines import Line
from agno_tui.ui.paint import Paint
from agno_tui.ui.transcript.reading import Marked

if TYPE_CHECKING:
    from agno_tui.ui.transcript.found_marks import FoundMarks
    from agno_tui.ui.transcript.turn import Turn

MARGIN = 2
"""Empty cells left of the text; the mark of the selected message stands in them."""


class Rows:
    """Paints rows; each is kept with its line as long as nothing about it changes."""

    def __init__(self) -> None:
        self.paint: Paint | None = None
        self.marked: Marked | None = None
        self.selection: Selection | None = None
        self.selected_style = Style.null()
        self.found: FoundMarks | None = None
        """What was found, where anything is looked for."""

    def strip(
        self, turn: Turn, row: int, line: Line, at: int, widths: tuple[int, int]
    ) -> Strip:
        """A line, at line `at` of all, as a row of the screen; `widths`: cells of the
        text and of the row."""
        paint = self.paint
        if paint is None:
            return Strip.blank(widths[1])
        margin = self._margin(turn, row, line)
        found = self._found(turn, row, widths[0])
        span = self.selection.get_span(at) if self.selection is not None else None
        state = (paint, widths, margin, found, span)
        if line.row is not None and line.row[0] == state:
            return line.row[1]
        strip = paint.strip(line, widths[0])
        for start, end, name in found:
            strip = _restyled(strip, line, start, end, paint.over(name))
        if span is not None:
            strip = _restyled(strip, line, *span, self.selected_style)
        bar = paint.text(margin.ljust(MARGIN), "selected-bar")
        rest = Segment(
            " " * (widths[1] - MARGIN - strip.cell_length), paint.base.rich_style
        )
        whole = Strip([*bar, *strip, rest], widths[1])
        line.row = (state, whole)
        return whole

    def _found(
        self, turn: Turn, row: int, width: int
    ) -> Sequence[tuple[int, int, str]]:
        if self.found is None:
            return ()
        return self.found.of(turn, turn.lines(width)).get(row, ())

    def _margin(self, turn: Turn, row: int, line: Line) -> str:
        marked = self.marked
        if marked is None or marked.index != turn.index:
            return ""
        if marked.code is not None:
            return "┃" if line.code is marked.code else ""
        rows = turn.rows_of(marked.role)
        return "┃" if row in rows else ""


def _restyled(strip: Strip, line: Line, first: int, last: int, style: Style) -> Strip:
    """A strip with some of its characters in a style on top; -1: to the end."""
    # By characters: Rich cuts a family of emoji in two where it divides by cells.
    end = len(line.content.plain)
    if last != -1:
        end = min(end, last)
    segments: list[Segment] = []
    at = 0
    for segment in strip:
        text, own = segment.text, segment.style or Style.null()
        start, stop = (min(max(0, cut - at), len(text)) for cut in (first, end))
        at += len(text)
        if start >= stop:
            segments.append(segment)
            continue
        pieces = (
            (text[:start], own),
            (text[start:stop], own + style),
            (text[stop:], own),
        )
        segments += [Segment(*piece) for piece in pieces if piece[0]]
    return Strip(segments, strip.cell_length)
