"""Between cells of the screen and characters of the lines: what the mouse selects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import split_graphemes
from textual.geometry import Offset
from textual.selection import Selection

from agno_tui.session import Role, Run
from agno_tui.ui.lines import Line
from agno_tui.ui.links_of_lines import address_at
from agno_tui.ui.transcript.placement import Placement
from agno_tui.ui.transcript.sections import Section, Sections
from agno_tui.ui.transcript.selection import (
    END,
    Point,
    paragraph_around,
    selected_text,
    word_at,
)
from agno_tui.ui.transcript.turn import Turn


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


@dataclass(slots=True, frozen=True)
class Span:
    """Turns that a selection goes through, and where in the first and the last one it
    begins and ends: a column (x) of a line (y) of the turn."""

    turns: Sequence[Turn]
    start: Offset
    end: Offset
    width: int
    """Cells of a line at which the lines were counted."""

    @property
    def is_read(self) -> bool:
        """Whether the text of all its turns is here."""
        return all(turn.run is not None for turn in self.turns)

    def text(self, between: Sequence[str]) -> str:
        """What is to be copied; `between`: the texts of the turns between the first and
        the last one, which have to be read."""
        if not self.turns:
            return ""
        head = self.turns[0].lines(self.width)
        sections = [*head.sections, *(Section((), text) for text in between)]
        first = _place(head, self.start) or Point(0, 0)
        before = 0
        if len(self.turns) > 1:
            before = len(sections)
            sections += self.turns[-1].lines(self.width).sections
        last = _place(self.turns[-1].lines(self.width), self.end)
        if last is None:
            return selected_text(sections, first, _end_of(sections))
        last = last._replace(section=before + last.section)
        return selected_text(sections, first, last)


def span_of(placement: Placement, selection: Selection) -> Span:
    """What a selection goes through."""
    start = selection.start or Offset(0, 0)
    end = selection.end or Offset(END, placement.total)
    turns = placement.on_screen(start.y, max(0, end.y - start.y))
    if turns:
        start -= Offset(0, placement.start(turns[0]))
        end -= Offset(0, placement.start(turns[-1]))
    return Span(turns, start, end, placement.width)


def text_of(placement: Placement, selection: Selection) -> str:
    """The text under a selection, as it is to be copied, as far as it is read."""
    span = span_of(placement, selection)
    inner = ((turn, turn.run) for turn in span.turns[1:-1])
    return span.text([t for turn, run in inner if run for t in texts_of(run)])


def texts_of(run: Run) -> list[str]:
    """The texts of the messages that a turn shows, from its run."""
    said = (m.content for m in run.messages if m.role not in (Role.USER, Role.TOOL))
    return [text for text in (run.question, *said) if text.strip()]


def _place(lines: Sections, at: Offset) -> Point | None:
    """The place of a column of a line; None where there is no such line."""
    return Point(*lines.place(at.y), at.x) if 0 <= at.y < len(lines) else None


def _end_of(sections: Sequence[Section]) -> Point:
    line = max(0, len(sections[-1].lines) - 1) if sections else 0
    return Point(max(0, len(sections) - 1), line, END)
