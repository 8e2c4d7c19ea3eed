"""What was found, as marks on the lines of turns that are seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import is_
from typing import TYPE_CHECKING, TypeAlias

from agno_tui.session import Role
from agno_tui.ui.lines import Line, blank
from agno_tui.ui.transcript.found_blocks import block_of
from agno_tui.ui.transcript.headlines import Headline
from agno_tui.ui.transcript.hits import Hit
from agno_tui.ui.transcript.stretches import first_of

if TYPE_CHECKING:
    from agno_tui.ui.transcript.sections import Sections
    from agno_tui.ui.transcript.sought import Mark, Sought
    from agno_tui.ui.transcript.turn import Turn

Found: TypeAlias = Mapping[int, Sequence[tuple[int, int, str]]]
"""By line of a turn: where something was found, in characters, and the role of it."""

ANY, HERE = "found", "found-here"

MOST_KNOWN = 100
"""Turns whose marks are kept; they hold the turns' lines."""


class FoundMarks:
    """Marks every place of what is looked for; one of them as the one one is at.

    Lines that were looked at are not looked at again when more come below them.
    """

    def __init__(self, sought: Sought) -> None:
        self.sought = sought
        self.here: Hit | None = None
        """The place one is at."""
        self._known: dict[str, _TurnMarks] = {}

    def of(self, turn: Turn, lines: Sections) -> Found:
        """The marks on the lines of a turn."""
        return self._marks(turn.run_id, lines)

    def first_of(self, turn: Turn, lines: Sections) -> Hit | None:
        """The first place in a turn, where there is one."""
        role = self._marks(turn.run_id, lines).first_role
        return Hit(turn.run_id, role == Role.ASSISTANT, 0) if role else None

    def go_to(self, hit: Hit | None) -> None:
        """Mark this place as the one one is at."""
        for one in (self.here, hit):
            if one is not None and one.run_id in self._known:
                self._known[one.run_id].go_to(hit if one is hit else None)
        self.here = hit

    def rows_of(self, hit: Hit, lines: Sections) -> range:
        """The lines of a turn on which a place is. Where the screen has fewer of them
        than were counted: those of the block it was counted in, else the last one's,
        else those of who says it."""
        return self._marks(hit.run_id, lines).rows_of(hit)

    def _marks(self, run_id: str, lines: Sections) -> _TurnMarks:
        known = self._known.get(run_id)
        if known is not None and known.lines is lines:
            return known
        marks = _TurnMarks(self.sought, lines, known)
        here = self.here
        marks.go_to(here if here is not None and here.run_id == run_id else None)
        self._known.pop(run_id, None)
        self._known[run_id] = marks
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return marks


class _TurnMarks(Mapping[int, Sequence[tuple[int, int, str]]]):
    """The marks on the lines of a turn, kept by section."""

    def __init__(
        self, sought: Sought, lines: Sections, before: _TurnMarks | None
    ) -> None:
        """`before`: those on the lines it had, which are of no use afterwards."""
        self.lines = lines
        self._sought = sought
        self._here: tuple[int, int] | None = None
        self._sections: dict[int, _SectionMarks] = {}
        """By number of the section."""
        earlier = iter(before._sections.values() if before is not None else ())
        for number, section in enumerate(lines.sections):
            if section.text or any(_says(line) for line in section.lines):
                marks = next(earlier, None) or _SectionMarks(sought)
                marks.look_at(section.lines, section.text)
                self._sections[number] = marks

    def __getitem__(self, row: int) -> Sequence[tuple[int, int, str]]:
        if not 0 <= row < len(self.lines):
            raise KeyError(row)
        number, within = self.lines.place(row)
        if number not in self._sections:
            raise KeyError(row)
        return tuple(
            (start, end, HERE if (number, nth) == self._here else ANY)
            for start, end, nth in self._sections[number].by_row[within]
        )

    def __iter__(self) -> Iterator[int]:
        for number, section in self._sections.items():
            first = self.lines.start_of(number)
            yield from (first + row for row in section.by_row)

    def __len__(self) -> int:
        return sum(len(section.by_row) for section in self._sections.values())

    @property
    def first_role(self) -> str:
        """Who says what has the first place; empty where there is none."""
        found = (number for number, one in self._sections.items() if one.marks)
        first = next(found, None)
        return "" if first is None else self.lines.sections[first].role

    def go_to(self, hit: Hit | None) -> None:
        """Mark this place as the one one is at."""
        self._here = None if hit is None else self._place(hit)

    def rows_of(self, hit: Hit) -> range:
        """The lines on which a place is."""
        role, place = _role_of(hit), self._place(hit)
        marked = [n for n in self._sections if self.lines.sections[n].role == role]
        if hit.nth >= sum(len(self._sections[n].marks) for n in marked):
            rows = (
                block_of(self._sought, self.lines, hit.nth) if hit.of_answer else None
            )
            if rows is not None:
                return rows
        if place is None:
            return self.lines.rows_of(role)
        number, nth = place
        mark, first = self._sections[number].marks[nth], self.lines.start_of(number)
        return range(first + mark[0][0], first + mark[-1][0] + 1)

    def _place(self, hit: Hit) -> tuple[int, int] | None:
        """The section a place is in, and which of its marks it is."""
        role = _role_of(hit)
        left, last = hit.nth, None
        for number, section in self._sections.items():
            count = len(section.marks)
            if not count or self.lines.sections[number].role != role:
                continue
            if left < count:
                return number, left
            left -= count
            last = number, count - 1
        return last


class _SectionMarks:
    """The marks on the lines of a section, which may grow at its end."""

    __slots__ = ("_lines", "_shown", "_sought", "by_row", "marks")

    def __init__(self, sought: Sought) -> None:
        self._sought = sought
        self._shown: Sequence[Line] = ()
        self._lines: list[Line] = []
        self.marks: list[Mark] = []
        self.by_row: dict[int, list[tuple[int, int, int]]] = {}
        """By line of the section: bounds, and the number of the mark."""

    def look_at(self, shown: Sequence[Line], text: str) -> None:
        """Make the marks those on these lines; cheap where they begin as before.
        `text`: the message they show; none where not all of them are text."""
        if shown is self._shown:
            return
        lines = list(shown[:])
        start = _same(self._lines, lines)
        is_known = start == len(lines) == len(self._lines)
        self._shown, self._lines = shown, lines
        if is_known:
            return
        # The last line of text that was looked at may go on in a line that is new.
        start = first_of(lines, max(0, start - 1)) if lines else 0
        self._forget(start)
        new = lines[start:] if text else map(_readable, lines[start:])
        for mark in self._sought.in_lines(list(new), text):
            self._keep(tuple((start + row, first, end) for row, first, end in mark))

    def _forget(self, start: int) -> None:
        """Take away the marks from a line on, which begins a line of text."""
        while self.marks and self.marks[-1][0][0] >= start:
            for row, *_ in self.marks.pop():
                self.by_row.pop(row, None)

    def _keep(self, mark: Mark) -> None:
        for row, start, end in mark:
            self.by_row.setdefault(row, []).append((start, end, len(self.marks)))
        self.marks.append(mark)


def _role_of(hit: Hit) -> Role:
    return Role.ASSISTANT if hit.of_answer else Role.USER


def _same(old: Sequence[Line], new: Sequence[Line]) -> int:
    """How many lines at the beginning are the very same."""
    same = [*map(is_, old, new), False]
    return same.index(False)


def _says(line: Line) -> bool:
    """Whether a line of no message's text says something of a thought or of a call."""
    return line.source is not None or isinstance(line, Headline)


def _readable(line: Line) -> Line:
    """What can be found on such a line: no labels, of a call its tool's name."""
    if isinstance(line, Headline):
        start, end = line.name
        return Line(line.content[:end], lead=start, joint=line.joint)
    return blank() if line.source is None else line
