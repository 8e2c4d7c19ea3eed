"""A table that grows: rows that are whole are parsed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from textual.content import Content

from agno_tui.text import printable
from agno_tui.ui.lines import Line, Source
from agno_tui.ui.markdown.blocks import Part, Table
from agno_tui.ui.markdown.table import Row, TableLines
from agno_tui.ui.markdown.window import Place, Window

AT_ONCE = 4_000
"""Characters of rows that are parsed at once."""

Parse = Callable[[str], list[Part]]


class GrowingTable:
    """The rows behind the header and the delimiter of a table."""

    has_links = True

    def __init__(
        self,
        table: Table,
        place: Place,
        header: Source,
        width: int,
        parse: Parse,
        longest: int,
    ) -> None:
        """`place`: of the first row; `width`: cells that are left in what it stands in;
        `longest`: characters that a row may have."""
        self.place = place
        self.left: Place | None = None
        """Where the text goes on behind it, as soon as that is known."""
        self._parse = parse
        self._longest = longest
        self._prefix = place.prefix
        self._lines = TableLines(table.rows[0], table.aligns, width)
        columns = len(table.aligns)
        self._head = [f"|{' |' * columns}", f"|{'-|' * columns}"]
        self._header: Source | None = header
        self._rows: list[Row] = []
        """Those of the segment that may still grow, and where they stand."""
        self._sources: list[Source] = []

    def read(self, text: str) -> list[Line]:
        """Take in rows that came; returns the lines that are final now."""
        ends = self._ends_of_rows(text)
        if ends:
            self._read_rows(text, ends)
        elif len(text) - self.place.at > self._longest:
            # What goes on like this is text.
            self.left = replace(self.place, goes_on=True, is_within_line=True)
        if len(self._rows) < self._lines.segment and self.left is None:
            return []
        drawn = self._drawn(self._lines.rows(self._rows), self._sources)
        self._lines.end_segment()
        self._header, self._rows, self._sources = None, [], []
        return drawn

    def tail(self, text: str, *, whole: bool) -> tuple[list[Line], Place | None]:
        """The lines that may still change, and where something else seems to begin."""
        at = self.place.at
        line = printable(text[at:])
        if not line:
            return self._drawn(self._lines.rows(self._rows), self._sources), None
        stripped = self.place.strip(line)
        rows = self._parsed([stripped]) if stripped is not None else []
        if not rows:
            drawn = self._drawn(self._lines.rows(self._rows), self._sources)
            left = Place(at, self.place.around)
            return drawn, left if stripped is not None else self.place.left(line, at)
        sources = [*self._sources, Source(at, len(text))]
        return self._drawn(self._lines.open_row(self._rows, rows[0]), sources), None

    def _ends_of_rows(self, text: str) -> list[int]:
        """Where the next rows end: as many as fit into the segment and are whole."""
        ends: list[int] = []
        at = start = self.place.at
        for _ in range(self._lines.segment - len(self._rows)):
            at = text.find("\n", at, at + self._longest) + 1
            if not at or (ends and at - start > AT_ONCE):
                break
            ends.append(at)
        return ends

    def _read_rows(self, text: str, ends: Sequence[int]) -> None:
        at = self.place.at
        lines = printable(text[at : ends[-1]]).split("\n")[:-1]
        inside: list[str] = []
        for line in lines:
            stripped = self.place.strip(line)
            if stripped is None:
                break
            inside.append(stripped)
        rows = self._parsed(inside)
        self._rows += rows
        for end in ends[: len(rows)]:
            self._sources.append(Source(at, end - 1))
            at = end
        self.place = Place(at, self.place.around)
        if len(rows) < len(inside):
            self.left = self.place
        elif len(inside) < len(lines):
            self.left = self.place.left(lines[len(inside)], at)

    def _parsed(self, lines: Sequence[str]) -> list[Row]:
        """The rows that these lines begin with."""
        match self._parse("\n".join([*self._head, *lines])):
            case [Part(block=Table(rows)), *_]:
                return list(rows[1:])
        return []

    def _drawn(
        self, groups: Sequence[list[Line]], sources: Sequence[Source]
    ) -> list[Line]:
        head = [] if self._header is None else [self._header]
        return behind(self._prefix, groups, [*head, *sources])


def lay_out_rows(table: Table, start: int, window: Window, width: int) -> list[Line]:
    """Lines of a table that does not grow; `start`: its first line in the window."""
    prefix = window.place.prefix
    lines = TableLines(table.rows[0], table.aligns, width)
    sources = [window.rows_of(start, start + 2)]
    number, drawn = start + 2, list[Line]()
    for first in range(1, max(2, len(table.rows)), lines.segment):
        rows = table.rows[first : first + lines.segment]
        sources += [window.rows_of(n, n + 1) for n in range(number, number + len(rows))]
        number += len(rows)
        drawn += behind(prefix, lines.rows(rows), sources)
        lines.end_segment()
        sources = []
    return drawn


def behind(
    prefix: Content | None, groups: Sequence[list[Line]], sources: Sequence[Source]
) -> list[Line]:
    """The lines of rows, each with what it stands in and where it comes from."""
    lines: list[Line] = []
    for group, source in zip(groups, sources, strict=True):
        for line in group:
            line.source = source
            lines.append(line if prefix is None else line.after(prefix))
    return lines
