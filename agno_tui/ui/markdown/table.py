"""Tables: columns that share the width they have, or records where it is too little."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from textual.content import Content

GAP = 3
"""Cells between two columns: a space, a bar, a space."""

MIN_COLUMN = 6
"""Columns narrower than this read worse than records."""

_NOTHING = Content("")


def lay_out_table(
    rows: Sequence[Sequence[Content]], aligns: Sequence[str], width: int
) -> list[Content]:
    """Lines of a table that fit into `width` cells; the first row is the header."""
    columns = len(aligns)
    natural = [
        max((_widest(row[i]) for row in rows if i < len(row)), default=1)
        for i in range(columns)
    ]
    widths = share(natural, width - GAP * (columns - 1))
    if any(w < min(n, MIN_COLUMN) for w, n in zip(widths, natural, strict=True)):
        return _records(rows, width)
    lines: list[Content] = []
    for number, row in enumerate(rows):
        lines += _row(row, widths, aligns, "table-header" if number == 0 else "")
        if number == 0:
            bars = "─┼─".join("─" * w for w in widths)
            lines.append(Content.styled(bars, "rule"))
    return lines


def share(natural: Sequence[int], available: int) -> list[int]:
    """Widths of columns that add up to at most `available`.

    Narrow columns keep what they need; what is left goes to the wide ones in equal
    parts.
    """
    widths = list(natural)
    open_columns = sorted(range(len(widths)), key=lambda i: widths[i])
    left = available
    while open_columns:
        fair = max(1, left // len(open_columns))
        column = open_columns[0]
        if widths[column] > fair:
            for column in open_columns:
                widths[column] = fair
            break
        left -= widths[column]
        open_columns.pop(0)
    return widths


def _widest(cell: Content) -> int:
    return max((line.cell_length for line in cell.split("\n")), default=0) or 1


def _row(
    row: Sequence[Content], widths: Sequence[int], aligns: Sequence[str], name: str
) -> list[Content]:
    cells = [
        [_placed(line, w, a, name) for line in cell.wrap(w)]
        for cell, w, a in zip_longest(row, widths, aligns, fillvalue=_NOTHING)
        if isinstance(w, int) and isinstance(a, str)
    ]
    empty = [Content(" " * w) for w in widths]
    bar = Content.styled(" │ ", "rule")
    height = max((len(cell) for cell in cells), default=0)
    return [
        bar.join(cell[y] if y < len(cell) else empty[x] for x, cell in enumerate(cells))
        for y in range(height)
    ]


def _placed(line: Content, width: int, align: str, name: str) -> Content:
    line = line.rstrip()
    space = max(0, width - line.cell_length)
    left = {"r": space, "c": space // 2}.get(align, 0)
    placed = line.pad(left, space - left)
    return placed.stylize_before(name) if name else placed


def _records(rows: Sequence[Sequence[Content]], width: int) -> list[Content]:
    """A table too wide for the screen, as one `header: cell` line a cell."""
    if not rows:
        return []
    header, *records = rows
    lines: list[Content] = []
    for record in records:
        if lines:
            lines.append(Content.styled("─" * width, "rule"))
        for title, cell in zip_longest(header, record, fillvalue=_NOTHING):
            label = title.stylize_before("table-header")
            lines += Content.assemble(label, ": ", cell).wrap(max(2, width))
    return lines
