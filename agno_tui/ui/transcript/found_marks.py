"""What was found, as marks on the lines of turns that are seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from agno_tui.session import Role
from agno_tui.ui.lines import Line

if TYPE_CHECKING:
    from agno_tui.ui.transcript.finding import Hit
    from agno_tui.ui.transcript.sections import Sections
    from agno_tui.ui.transcript.sought import Mark, Sought
    from agno_tui.ui.transcript.turn import Turn

Found: TypeAlias = Mapping[int, Sequence[tuple[int, int, str]]]
"""By line of a turn: where something was found, in characters, and the role of it."""

ANY, HERE = "found", "found-here"

MOST_KNOWN = 100
"""Turns whose marks are kept; they hold the turns' lines."""


class FoundMarks:
    """Marks every place of what is looked for; one of them as the one one is at."""

    def __init__(self, sought: Sequence[Sought]) -> None:
        self._sought = sought
        self._here: Hit | None = None
        self._known: dict[str, tuple[Sections, Found]] = {}

    def of(self, turn: Turn, lines: Sections) -> Found:
        """The marks on the lines of a turn."""
        known = self._known.get(turn.run_id)
        if known is not None and known[0] is lines:
            return known[1]
        found = self._marked(turn, lines)
        self._known.pop(turn.run_id, None)
        self._known[turn.run_id] = (lines, found)
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return found

    def go_to(self, hit: Hit | None) -> None:
        """Mark this place as the one one is at."""
        for one in (self._here, hit):
            if one is not None:
                self._known.pop(one.run_id, None)
        self._here = hit

    def rows_of(self, hit: Hit, lines: Sections) -> range:
        """The lines of a turn on which a place is. Where the screen has fewer of them
        than were counted: the last one's."""
        marks = list(self._places(lines, of_answer=hit.of_answer))
        if not marks:
            return range(0)
        mark = marks[min(hit.nth, len(marks) - 1)]
        return range(mark[0][0], mark[-1][0] + 1)

    def _marked(self, turn: Turn, lines: Sections) -> Found:
        found: dict[int, list[tuple[int, int, str]]] = {}
        here = self._here if self._here and self._here.run_id == turn.run_id else None
        for of_answer in (False, True):
            marks = list(self._places(lines, of_answer=of_answer))
            nth = -1
            if here is not None and here.of_answer is of_answer:
                nth = min(here.nth, len(marks) - 1)
            for number, mark in enumerate(marks):
                role = HERE if number == nth else ANY
                for row, start, end in mark:
                    found.setdefault(row, []).append((start, end, role))
        return {row: tuple(marks) for row, marks in found.items()}

    def _places(self, lines: Sections, *, of_answer: bool) -> Iterator[Mark]:
        role = Role.ASSISTANT if of_answer else Role.USER
        for number, section in enumerate(lines.sections):
            if section.text and section.role == role:
                yield from self._in(section.lines, lines.start_of(number))

    def _in(self, lines: Sequence[Line], first: int) -> Iterator[Mark]:
        marks = [mark for one in self._sought for mark in one.in_lines(lines)]
        for mark in sorted(marks) if len(self._sought) > 1 else marks:
            yield tuple((first + row, start, end) for row, start, end in mark)
