"""Tables: columns that share the width they have, or records where it is too little."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TypeAlias

from textual.content import Content, Span

from agno_tui.ui.lines import Line, role, wrapped
from agno_tui.ui.markdown.columns import are_readable, fitted, longest_word

GAP = 3
"""Cells between two columns: a space, a bar, a space."""

SEGMENT = 50
"""Rows that are measured together: what comes later cannot change them any more."""

TALLEST = 40
"""A row that needs more lines than this is shown as a record."""

LONGEST_TITLE = 400
"""Characters of a header's cell that may stand above a column."""

MOST_CELLS = 1_000
"""Cells of a segment, so that laying it out takes no longer than a moment."""

Row: TypeAlias = Sequence[Content]

_NOTHING = Content("")


class TableLines:
    """Lays out a table segment by segment.

    The columns of a segment are as wide as all rows down to its end let them be, so
    that a segment does not change any more once it is full. Whether the rows are
    records is decided with the first segment, for all of them.
    """

    def __init__(self, header: Row, aligns: Sequence[str], width: int) -> None:
        self.segment = max(1, min(SEGMENT, MOST_CELLS // max(1, len(aligns))))
        self._header = header
        self._labels: list[Content] = []
        self._aligns = aligns
        self._width = width
        too_long = any(len(cell) > LONGEST_TITLE for cell in header)
        too_many = width - GAP * (len(aligns) - 1) < len(aligns)
        self._as_records = True if too_long or too_many else None
        self._needs = [1] * len(aligns)
        """Cells that each column would like to have: before and with this segment."""
        self._words = [1] * len(aligns)
        """Cells of the longest word of each."""
        self._measured = 0
        self._measure_row(header)
        self._is_begun = False
        self._drawn: list[list[Line]] = []
        self._drawn_with: list[int] | None = None

    def rows(self, rows: Sequence[Row]) -> list[list[Line]]:
        """Lines of the segment that begins now, and may grow: those of the header, if
        they stand above it, then of each row. Rows given before must be the same; where
        they look the same, so are their lines."""
        self._measure(rows)
        widths = self._widths()
        if widths != self._drawn_with:
            self._drawn, self._drawn_with = [], widths
        head = 0 if self._is_begun else 1
        if head and (not self._drawn or widths is None):
            self._drawn[:1] = [self._head(widths, is_alone=not rows)]
        for index in range(len(self._drawn) - head, len(rows)):
            is_first = not self._is_begun and not index
            self._drawn.append(self._row(rows[index], widths, is_first))
        return self._drawn

    def _measure(self, rows: Sequence[Row]) -> None:
        for row in rows[self._measured :]:
            self._measure_row(row)
        self._measured = len(rows)

    def _measure_row(self, row: Row) -> None:
        # Records need no widths.
        if self._as_records:
            return
        needs, words = self._needs, self._words
        for column, cell in enumerate(row[: len(needs)]):
            width = _widest(cell)
            needs[column] = max(needs[column], width)
            if width > words[column]:
                words[column] = max(words[column], longest_word(cell.plain))

    def open_row(self, rows: Sequence[Row], row: Row) -> list[list[Line]]:
        """The same with one more row that is not whole yet."""
        kept, measured = (list(self._needs), list(self._words)), self._measured
        drawn = list(self.rows([*rows, row]))
        (self._needs, self._words), self._measured = kept, measured
        self._drawn.pop()
        return drawn

    def end_segment(self) -> None:
        """The next rows belong to another segment."""
        self._as_records = self._widths() is None
        self._measured = 0
        self._is_begun = True
        self._drawn, self._drawn_with = [], None

    def _widths(self) -> list[int] | None:
        """Cells for each column; None where there are too few."""
        needs = self._needs
        if self._as_records:
            return None
        room = self._width - GAP * (len(needs) - 1)
        widths = fitted(needs, self._words, room)
        if sum(widths) > room:
            return None
        if self._as_records is None:
            return widths if are_readable(widths, needs, self._words) else None
        is_wide = all(w >= min(n, 2) for w, n in zip(widths, needs, strict=True))
        return widths if is_wide else None

    def _head(self, widths: Sequence[int] | None, *, is_alone: bool) -> list[Line]:
        if widths is None and not is_alone:
            # Every record says the header again.
            return []
        if widths is None:
            names = Content(" │ ").join(self._header).stylize_before("table-header")
            return wrapped(names, self._width)
        bars = Line(role("─┼─".join("─" * w for w in widths), "rule"))
        return [*self._columns(self._header, widths, "table-header"), bars]

    def _row(
        self, row: Row, widths: Sequence[int] | None, is_first: bool
    ) -> list[Line]:
        if widths is not None and (lines := self._columns(row, widths)):
            return lines
        between = [] if is_first else [Line(role("─" * self._width, "rule"))]
        return between + self._record(row)

    def _columns(self, row: Row, widths: Sequence[int], name: str = "") -> list[Line]:
        """A row in columns; nothing where it would be too tall."""
        cells: list[list[Content]] = []
        for cell, width in zip_longest(row[: len(widths)], widths, fillvalue=_NOTHING):
            if not isinstance(cell, Content) or not isinstance(width, int):
                continue
            if len(cell.plain) > 2 * TALLEST * width and not name:
                return []
            cells.append([line.content for line in wrapped(cell, width)])
        height = max(map(len, cells), default=0)
        if height > TALLEST and not name:
            return []
        return [
            _line(
                [cell[y] if y < len(cell) else None for cell in cells],
                widths,
                self._aligns,
                name,
            )
            for y in range(height)
        ]

    def _record(self, row: Row) -> list[Line]:
        if not self._labels:
            self._labels = [_label(title) for title in self._header]
        lines: list[Line] = []
        for label, cell in zip_longest(self._labels, row, fillvalue=_NOTHING):
            words = _behind(label, cell) if cell else label.rstrip()
            lines += wrapped(words, self._width)
        return lines


def lay_out_table(rows: Sequence[Row], aligns: Sequence[str], width: int) -> list[Line]:
    """Lines of a table that does not grow; the first row is the header."""
    if not rows:
        return []
    table = TableLines(rows[0], aligns, width)
    lines: list[Line] = []
    for start in range(1, max(2, len(rows)), table.segment):
        for group in table.rows(rows[start : start + table.segment]):
            lines += group
        table.end_segment()
    return lines


def _label(title: Content) -> Content:
    """A header's cell as it stands before the cells below it."""
    if not title:
        return title
    spans = [Span(0, len(title), "table-header"), *title.spans]
    return Content(f"{title.plain}: ", spans, strip_control_codes=False)


def _behind(label: Content, cell: Content) -> Content:
    """The cell behind its label. (Textual's `+` looks through both texts again.)"""
    start = len(label)
    spans = [Span(start + a, start + b, style) for a, b, style in cell.spans]
    text = label.plain + cell.plain
    return Content(text, [*label.spans, *spans], strip_control_codes=False)


def _widest(cell: Content) -> int:
    if "\n" not in cell.plain:
        return cell.cell_length
    return max(line.cell_length for line in cell.split("\n", allow_blank=True))


def _line(
    cells: Sequence[Content | None],
    widths: Sequence[int],
    aligns: Sequence[str],
    name: str,
) -> Line:
    """One line of the screen: a line of each cell, between bars."""
    texts: list[str] = []
    spans: list[Span] = []
    position = 0
    for cell, width, align in zip(cells, widths, aligns, strict=False):
        if position:
            texts.append(" │ ")
            spans.append(Span(position, position + GAP, "rule"))
            position += GAP
        line = (cell or _NOTHING).rstrip()
        space = max(0, width - line.cell_length)
        left = {"r": space, "c": space // 2}.get(align, 0)
        text = " " * left + line.plain + " " * (space - left)
        if name:
            spans.append(Span(position, position + len(text), name))
        start = position + left
        spans += [Span(start + a, start + b, style) for a, b, style in line.spans]
        texts.append(text)
        position += len(text)
    return Line(Content("".join(texts), spans, strip_control_codes=False))
