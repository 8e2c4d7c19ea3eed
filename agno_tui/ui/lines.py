"""Lines of the screen before they have colours: text whose spans name roles."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import TypeAlias, overload

from textual.content import Content
from textual.strip import Strip

from agno_tui.ui.places import Place
from agno_tui.ui.wrapping import breaks

Painted: TypeAlias = tuple[object, Strip]
"""What a row of the screen depended on, and the row."""

TO = "to:"
"""Before an address: the role of text that leads there."""


@dataclass(slots=True, eq=False)
class CodeBlock:
    """A block of code; all its lines share one, which grows with it."""

    code: str
    language: str = ""


@dataclass(slots=True, eq=False)
class Source:
    """A stretch of a message's text, in characters, whose lines belong together: they
    are copied as that text where all of them are selected. All share one, which may
    grow."""

    start: int
    end: int


@dataclass(slots=True)
class Line:
    """One line of the screen, before it has colours."""

    content: Content
    fill: str = ""
    """The role that colours the whole line from `indent` on: the background of code."""
    indent: int = 0
    """Cells before the coloured part."""
    leads_to: Place | None = None
    """What a click on the line opens."""
    lead: int = 0
    """Characters at the beginning that are no text: bars, padding, hanging indents."""
    joint: str | None = None
    """What stood between the line above and this one, where one line of text was
    wrapped; None where the text itself begins a new line."""
    source: Source | None = None
    """The stretch of its message's text that it shows a part of."""
    code: CodeBlock | None = None
    """The block of code that it is a line of."""
    row: Painted | None = field(default=None, compare=False, repr=False)
    """The whole row of the screen it was painted as last, kept by the view."""

    def after(self, prefix: Content, *, said: bool = False) -> Line:
        """The same line behind a prefix; `said`: the prefix is text, like a bullet, and
        is copied with it."""
        return Line(
            prefix + self.content,
            self.fill,
            self.indent + prefix.cell_length,
            self.leads_to,
            0 if said else self.lead + len(prefix),
            self.joint,
            self.source,
            self.code,
        )

    def looks_like(self, other: Line) -> bool:
        """Whether both are painted the same."""
        return self is other or (
            self.content.plain == other.content.plain
            and self.content.spans == other.content.spans
            and (self.fill, self.indent) == (other.fill, other.indent)
        )

    @property
    def text(self) -> str:
        """What it says, without what is no text."""
        return self.content.plain[self.lead :]


class Stack(Sequence[Line]):
    """Lists of lines below each other as one sequence. It copies none of them; they may
    grow at their ends meanwhile, it does not."""

    def __init__(self, lists: Sequence[Sequence[Line]]) -> None:
        self._lists = lists
        self._ends = list(accumulate(map(len, lists)))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, index: int) -> Line: ...

    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...

    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return self._slice(*index.indices(len(self)))
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        place = self.list_of(index)
        return self._lists[place][index - self.start_of(place)]

    def list_of(self, index: int) -> int:
        """The number of the list that has a line."""
        return bisect_right(self._ends, index)

    def start_of(self, place: int) -> int:
        """The number of a list's first line."""
        return self._ends[place - 1] if place else 0

    def _slice(self, start: int, stop: int, step: int) -> list[Line]:
        if step != 1:
            return [self[index] for index in range(start, stop, step)]
        found: list[Line] = []
        while start < stop:
            place = self.list_of(start)
            before = self.start_of(place)
            end = min(stop, self._ends[place])
            found += self._lists[place][start - before : end - before]
            start = end
        return found

    def __iter__(self) -> Iterator[Line]:
        before = 0
        for lines, end in zip(self._lists, self._ends, strict=True):
            yield from islice(lines, end - before)
            before = end


def blank() -> Line:
    """An empty line."""
    return Line(Content(""))


def wrap(text: Content, width: int) -> list[Content]:
    """Running text cut into lines of at most `width` cells, at words where it can."""
    return [line.content for line in wrapped(text, width)]


def wrapped(text: Content, width: int) -> list[Line]:
    """The same as lines that know how they were joined."""
    width = max(2, width)
    paragraphs = text.split("\n", allow_blank=True) if "\n" in text.plain else [text]
    return [line for one in paragraphs for line in _wrapped(one, width)]


def _wrapped(text: Content, width: int) -> list[Line]:
    plain = text.plain
    bounds = breaks(plain, width)
    if bounds == [(0, len(plain))]:
        return [Line(text)]
    cuts = [cut for bound in bounds for cut in bound]
    pieces = text.divide(cuts)
    lines = []
    for number, (start, _) in enumerate(bounds):
        joint = plain[bounds[number - 1][1] : start] if number else None
        lines.append(Line(pieces[2 * number + 1], joint=joint))
    return lines


def role(text: str, name: str) -> Content:
    """Text in one role."""
    return Content.styled(text, name)
