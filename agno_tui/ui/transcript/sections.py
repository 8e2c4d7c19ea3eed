"""The sections of a turn: a label, a question, an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agno_tui.ui.lines import Line, Stack
from agno_tui.ui.transcript.reading import InSection


@dataclass(slots=True)
class Section:
    """Lines that show one text, or a label."""

    lines: Sequence[Line]
    text: str = ""
    """The message's text the lines were made from, of which each names its `source`;
    empty for labels, times and rules."""
    role: str = ""
    """Who says it (`session.Role`); empty for what stands between turns."""
    name: str = ""
    """Which one of its turn it is, the same whenever that is laid out; a label may have
    the name of what it stands above. Empty for what stands between."""


class Sections(Stack):
    """The lines of a turn, and which section each belongs to."""

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__([section.lines for section in sections])
        self.sections = sections

    def place(self, row: int) -> tuple[int, int]:
        """The section a line belongs to, and the line's number in it."""
        index = self.list_of(row)
        return index, row - self.start_of(index)

    def named_at(self, row: int) -> InSection | None:
        """A line as one of the section it is in, or else of the next one below."""
        first = self.list_of(row)
        names = (n for n in range(first, len(self.sections)) if self.sections[n].name)
        if (index := next(names, None)) is None:
            return None
        name = self.sections[index].name
        return InSection(name, row - self.rows_named(name).start)

    def row_of(self, place: InSection) -> int | None:
        """The line that is such a one now; the last one of a section that has become
        shorter, and None where it is gone."""
        rows = self.rows_named(place.name)
        return rows.start + min(place.offset, len(rows) - 1) if rows else None

    def rows_named(self, name: str) -> range:
        """The lines of the sections of a name."""
        return self._rows([s.name == name for s in self.sections])

    def rows_of(self, role: str) -> range:
        """The lines that one role says, from the first to the last of them."""
        return self._rows([s.role == role for s in self.sections])

    def _rows(self, chosen: list[bool]) -> range:
        if True not in chosen:
            return range(0)
        last = len(chosen) - chosen[::-1].index(True)
        return range(self.start_of(chosen.index(True)), self.start_of(last))
