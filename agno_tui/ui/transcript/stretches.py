"""Lines of the screen as the lines of text they show: wrapped text in one piece, and
the cells of a table each for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from agno_tui.ui.lines import Line
from agno_tui.ui.transcript.shown import cells_of, notes_in

_BAR = " │ "

Cells: TypeAlias = list[tuple[int, int]]
"""Where the text of each cell is on one line of the screen."""


@dataclass(slots=True)
class Stretch:
    """Text that is searched as one, and where its pieces are on the screen."""

    pieces: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Of each its bounds in the text, the index of its line, and where it begins there;
    what stands between two of them is not on the screen."""
    _texts: list[str] = field(default_factory=list)
    _length: int = 0

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._texts)

    def add(self, joint: str, text: str, line: int, column: int) -> None:
        """Put a piece of a line behind a joint."""
        start = self._length + len(joint)
        self._length = start + len(text)
        self._texts += joint, text
        self.pieces.append((start, self._length, line, column))


def stretches(lines: Sequence[Line], text: str = "") -> Iterator[Stretch]:
    """The lines of text that lines of the screen show, in their order.

    `text`: the message they are of; it tells how the words in a cell were joined.
    """
    index = 0
    while index < len(lines):
        if _is_rule(lines[index]):
            index += 1
            continue
        if _is_row(lines[index]):
            end = index + 1
            while end < len(lines) and _is_same_row(lines[end - 1], lines[end]):
                end += 1
            yield from _rows(lines, index, end, text)
        else:
            end = index + 1
            while end < len(lines) and lines[end].joint is not None:
                end += 1
            yield from _running(lines, index, end)
        index = end


def first_of(lines: Sequence[Line], index: int) -> int:
    """The line where the text begins that a line may show a part of."""
    while index and (
        lines[index].joint is not None
        or _is_same_row(lines[index - 1], lines[index])
        or (_label(lines[index]) and _is_same(lines[index - 1], lines[index]))
    ):
        index -= 1
    return index


def _running(lines: Sequence[Line], first: int, end: int) -> Iterator[Stretch]:
    """A line of text that was wrapped. What a record calls its cells was found where
    they are called so first."""
    label = _label(lines[first])
    is_repeated = bool(label) and _is_behind_rule(lines, first)
    words, stretch = Stretch(), Stretch()
    for index in range(first, end):
        line = lines[index]
        joint = (line.joint or "") if index > first else ""
        plain, start = line.content.plain, line.lead
        stop = _label(line) if label else 0
        if stop:
            words.add(joint, plain[start:stop], index, start)
            start = stop + 2 * (plain[stop : stop + 2] == ": ")
            joint = ""
        stretch.add(joint, plain[start:], index, start)
    if words.pieces and not is_repeated:
        yield words
    yield stretch


def _label(line: Line) -> int:
    """Where what a record calls its cell ends on a line; 0 where it has no such."""
    for span in line.content.spans:
        if span.style == "table-header":
            return span.end
    return 0


def _is_behind_rule(lines: Sequence[Line], index: int) -> bool:
    while index and _is_same(lines[index - 1], lines[index]):
        index -= 1
        if _is_rule(lines[index]):
            return True
    return False


def _is_same(above: Line, line: Line) -> bool:
    return line.source is not None and above.source is line.source


def _is_same_row(above: Line, line: Line) -> bool:
    return _is_same(above, line) and _is_row(line) and _is_row(above)


def _is_rule(line: Line) -> bool:
    plain = line.content.plain
    return plain.endswith("─") and any(
        span.style == "rule" and span.end == len(plain) and span.start <= line.lead
        for span in line.content.spans
    )


def _is_row(line: Line) -> bool:
    plain = line.content.plain
    return _BAR in plain and any(
        span.style == "rule" and plain[span.start : span.end] == _BAR
        for span in line.content.spans
    )


def _cells(line: Line) -> Cells:
    plain = line.content.plain
    cells: Cells = []
    start = line.lead
    bars = [
        (span.start, span.end)
        for span in line.content.spans
        if span.style == "rule" and plain[span.start : span.end] == _BAR
    ]
    for bar, after in [*bars, (len(plain), 0)]:
        text = plain[start:bar]
        begin = bar - len(text.lstrip()) if text.strip() else bar
        cells.append((begin, begin + len(text.strip())))
        start = after
    return cells


def _rows(lines: Sequence[Line], first: int, end: int, text: str) -> Iterator[Stretch]:
    """The rows of a table that lines show which come from the same source."""
    grid = [_cells(line) for line in lines[first:end]]
    plain = [line.content.plain for line in lines[first:end]]
    if len(grid) == 1:
        yield _row(first, plain, grid, {})
        return
    source = lines[first].source
    rows = text[source.start : source.end].split("\n") if source is not None else []
    at, notes = 0, notes_in(text if any("[^" in row for row in rows) else "")
    for wanted in [cells_of(row, notes) for row in rows if "|" in row]:
        height, joints = _fit(wanted, plain[at:], grid[at:])
        if height:
            drawn = slice(at, at + height)
            yield _row(first + at, plain[drawn], grid[drawn], joints)
            at += height
    if not at and len(rows) == 1:
        # It reads otherwise than it looks: most words stand behind a space.
        yield _row(first, plain, grid, {})
        return
    while at < len(grid):
        yield _row(first + at, plain[at : at + 1], grid[at : at + 1], {})
        at += 1


def _fit(
    wanted: Sequence[str], plain: Sequence[str], grid: Sequence[Cells]
) -> tuple[int, dict[tuple[int, int], str]]:
    """How many lines show a row with these cells, and what stood before each piece of
    them, by column and line; no lines where another row comes."""
    joints: dict[tuple[int, int], str] = {}
    done = [0] * len(grid[0]) if grid else []
    wanted = [*wanted, *[""] * len(done)][: len(done)]
    for y, (line, cells) in enumerate(zip(plain, grid, strict=True)):
        for column, (start, end) in enumerate(cells[: len(done)]):
            piece, cell, at = line[start:end], wanted[column], done[column]
            begin = len(cell) - len(cell[at:].lstrip())
            if not piece:
                continue
            if not cell.startswith(piece, begin):
                return 0, {}
            joints[column, y] = cell[at:begin]
            done[column] = begin + len(piece)
        if not any(cell[at:].strip() for cell, at in zip(wanted, done, strict=True)):
            return y + 1, joints
    return len(grid), joints


def _row(
    first: int,
    plain: Sequence[str],
    grid: Sequence[Cells],
    joints: Mapping[tuple[int, int], str],
) -> Stretch:
    """The cells of a row, each on a line of text of its own."""
    row = Stretch()
    for column in range(len(grid[0])):
        is_begun = False
        for y, (line, cells) in enumerate(zip(plain, grid, strict=True)):
            start, end = cells[column] if column < len(cells) else (0, 0)
            if start < end:
                before = (
                    joints.get((column, y), " ") if is_begun else "\n" if column else ""
                )
                row.add(before, line[start:end], first + y, start)
                is_begun = True
    return row
