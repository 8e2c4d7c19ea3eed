"""The pieces a text is kept in once they are final: blocks, and items of lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agno_tui.ui.markdown.blocks import Block, Code, Item, Items, Part, Table
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


def pieces_of(parts: Sequence[Part], window: Window) -> list[Piece]:
    """The pieces of what was parsed in a window."""
    return list(_pieces(parts, window))


def _pieces(parts: Sequence[Part], window: Window) -> Iterator[Piece]:
    for index, part in enumerate(parts):
        following = parts[index + 1].start if index + 1 < len(parts) else window.whole
        is_done = _is_done(part, following, window)
        if isinstance(part.block, Items):
            carried = window.place.number if not index else None
            yield from _items(part.block, part, is_done, carried, window)
        else:
            yield Piece(part.block, part.start, part.end, is_done)


def _is_done(part: Part, following: int, window: Window) -> bool:
    """Whether a block is final.

    A line behind it may still turn out to belong to it: `> quote`, then `---` that
    becomes `--- so`; or the second line of a table. So it takes two whole ones; a list
    or indented code also goes on behind empty lines, so there something else must come.
    """
    if window.left_by is not None:
        return True
    if part.end > window.whole - 2:
        return False
    return following < window.whole or not isinstance(part.block, (Items, Code))


def _items(
    items: Items, part: Part, is_done: bool, carried: int | None, window: Window
) -> Iterator[Piece]:
    first = carried if carried is not None and items.start is not None else items.start
    last = len(items.items) - 1
    for index, item in enumerate(items.items):
        end = items.items[index + 1].start if index < last else part.end
        # The next item has to be certain too.
        done = is_done if index == last else is_done or end <= window.whole - 2
        number = None if first is None else first + index
        yield Piece(item, item.start, end, done, number, index > 0)


def ready(pieces: Sequence[Piece]) -> int:
    """How many of them, from the first on, can be kept. Fences and tables cannot: they
    are read line by line."""
    for index, piece in enumerate(pieces):
        if not piece.is_done or isinstance(piece.block, (Code, Table)):
            return index
    return len(pieces)
