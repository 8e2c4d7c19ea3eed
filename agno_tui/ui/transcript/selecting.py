"""Between cells of the screen and characters of the lines: what the mouse selects."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import split_graphemes
from textual.geometry import Offset
from textual.selection import Selection

from agno_tui.ui.lines import Line
from agno_tui.ui.links_dialog import address_at
from agno_tui.ui.transcript.placement import Placement
from agno_tui.ui.transcript.sections import Section
from agno_tui.ui.transcript.selection import (
    END,
    Point,
    paragraph_around,
    selected_text,
    word_at,
)


def column_at(line: Line, x: int) -> int:
    """The character of a line that stands at a cell."""
    cells = 0
    for start, _, size in split_graphemes(line.content.plain)[0]:
        if cells + size > x:
            return start
        cells += size
    return len(line.content.plain)


def address_in(line: Line, x: int) -> str | None:
    """The address to which a cell of a line leads, if it leads to one."""
    return address_at(line, column_at(line, x))


def around(
    placement: Placement, x: int, y: int, *, whole_line: bool
) -> Selection | None:
    """The word at cell `x` of line `y`, or all lines that are one in the text."""
    found = placement.line_at(y)
    if found is None:
        return None
    turn, row, line = found
    if not whole_line:
        start, end = word_at(line.content.plain, column_at(line, x))
        return Selection(Offset(start, y), Offset(end, y)) if end > start else None
    lines = turn.lines(placement.width)
    first, last = paragraph_around(lines, row)
    end = len(lines[last].content.plain)
    return Selection(
        Offset(lines[first].lead, y - row + first), Offset(end, y - row + last)
    )


def text_of(placement: Placement, selection: Selection) -> str:
    """The text under a selection, as it is to be copied."""
    total = placement.total
    start = selection.start or Offset(0, 0)
    end = selection.end or Offset(-1, total)
    turns = placement.on_screen(start.y, max(0, end.y - start.y))
    sections: list[Section] = []
    first: Point | None = None
    last = Point(0, 0)
    for turn in turns:
        lines = turn.lines(placement.width)
        top = placement.start(turn)
        if first is None:
            row = start.y - top
            inside = 0 <= row < len(lines)
            first = Point(*lines.place(row), start.x) if inside else Point(0, 0)
        if 0 <= end.y - top < len(lines):
            section, line = lines.place(end.y - top)
            last = Point(len(sections) + section, line, end.x)
        elif lines.sections:
            last = _end_of(lines.sections, len(sections))
        sections += lines.sections
    return selected_text(sections, first or Point(0, 0), last) if sections else ""


def _end_of(sections: Sequence[Section], before: int) -> Point:
    line = max(0, len(sections[-1].lines) - 1)
    return Point(before + len(sections) - 1, line, END)
