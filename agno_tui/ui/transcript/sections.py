"""The sections of a turn: a label, a question, an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agno_tui.ui.lines import Line, Stack


@dataclass(slots=True)
class Section:
    """Lines that show one text, or a label."""

    lines: Sequence[Line]
    text: str = ""
    """The message's text the lines were made from, of which each names its `source`;
    empty for labels, times and rules."""
    role: str = ""
    """Who says it (`session.Role`); empty for what stands between turns."""


class Sections(Stack):
    """The lines of a turn, and which section each belongs to."""

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__([section.lines for section in sections])
        self.sections = sections

    def place(self, row: int) -> tuple[int, int]:
        """The section a line belongs to, and the line's number in it."""
        index = self.list_of(row)
        return index, row - self.start_of(index)

    def rows_of(self, role: str) -> range:
        """The lines that one role says, from the first to the last of them."""
        said = [n for n, section in enumerate(self.sections) if section.role == role]
        if not said:
            return range(0)
        return range(self.start_of(said[0]), self.start_of(said[-1] + 1))
