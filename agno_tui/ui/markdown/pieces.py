"""The pieces a text is kept in once they are final: blocks, and items of lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from agno_tui.ui.markdown.blocks import (
    Block,
    Code,
    Item,
    Items,
    Paragraph,
    Part,
    Table,
)
from agno_tui.ui.markdown.code_lines import LONGEST_LINE, MOST_EMPTY
from agno_tui.ui.markdown.table import MOST_CELLS
from agno_tui.ui.markdown.window import Window


@dataclass(slots=True, frozen=True)
class Piece:
    """A block or one item, and its lines within a window."""

    block: Block | Item
    start: int
    end: int
    """The line after its last."""
    is_done: bool
    """Whether nothing that comes can change it."""
    number: int | None = None
    """Of an item of a numbered list."""
    follows_item: bool = False
    """Whether the item above belongs to the same list."""


def numbered(parts: Sequence[Part], window: Window) -> list[Part]:
    """The same blocks; a list that goes on at the beginning counts on."""
    number = window.place.number
    match parts:
        case [Part(block=Items(start=int()) as items) as first, *others] if number:
            return [replace(first, block=replace(items, start=number)), *others]
    return list(parts)


def pieces_of(parts: Sequence[Part], window: Window) -> list[Piece]:
    """The pieces of what was parsed in a window."""
    return list(_pieces(parts, window))


def _pieces(parts: Sequence[Part], window: Window) -> Iterator[Piece]:
    for index, part in enumerate(parts):
        following = parts[index + 1].start if index + 1 < len(parts) else window.whole
        is_done = _is_done(part, following, window)
        if isinstance(part.block, Items):
            yield from _items(part.block, part, is_done, window)
        else:
            yield Piece(part.block, part.start, part.end, is_done)


def _is_done(part: Part, following: int, window: Window) -> bool:
    """Whether a block is final.

    A line behind it may still turn out to belong to it: `> quote`, then `---` that
    becomes `--- so`; or the second line of a table. So it takes two whole ones; a list,
    indented code or a footnote also goes on behind empty lines, so there something else
    must come.
    """
    if window.left_by is not None:
        return True
    known = window.whole + window.cut_off
    if part.end > known - 2:
        return False
    match part.block:
        case Items() | Code() | Paragraph(is_note=True):
            return following < known
    return True


def _items(items: Items, part: Part, is_done: bool, window: Window) -> Iterator[Piece]:
    last = len(items.items) - 1
    for index, item in enumerate(items.items):
        end = items.items[index + 1].start if index < last else part.end
        # The next item has to be certain too.
        done = is_done if index == last else is_done or end <= window.whole - 2
        number = None if items.start is None else items.start + index
        yield Piece(item, item.start, end, done, number, index > 0)


def ready(pieces: Sequence[Piece], window: Window) -> int:
    """How many of them, from the first on, can be kept as they are."""
    for index, piece in enumerate(pieces):
        if not piece.is_done or _needs_reader(piece, window):
            return index
    return len(pieces)


def _needs_reader(piece: Piece, window: Window) -> bool:
    """Whether a finished block is so large that only a reader treats it as it would
    have done while it came."""
    if isinstance(piece.block, Table):
        rows, aligns = piece.block.rows, piece.block.aligns
        return len(rows) * len(aligns) >= MOST_CELLS
    if not isinstance(piece.block, Code):
        return False
    lines = window.lines[piece.start : piece.end]
    empty = takewhile(lambda line: not line.strip(), reversed(lines[:-1]))
    if sum(1 for _ in empty) >= MOST_EMPTY:
        return True
    return any(len(line) >= LONGEST_LINE - 1 for line in lines)
