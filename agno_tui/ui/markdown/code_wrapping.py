"""Where a line of code is broken that is longer than the screen is wide."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from rich.cells import split_graphemes
from textual.content import Content

WRAPPED = "↪"
"""Stands in the padding before a line that goes on with the one above."""

_MARKS = frozenset(",;:()[]{}|&=+*/<>")


def folded(code: Content, width: int) -> list[Content]:
    """A line of code in pieces of at most `width` cells; nothing is left out.

    It is broken behind the last spaces of the last third of a piece, else behind the
    last mark there, else at exactly `width`. (`Content.fold` of Textual 8.2.8 loses
    text behind characters of no width.)
    """
    return code.divide(cuts(code.plain, width))


def cuts(text: str, width: int) -> list[int]:
    """Where in a text the second piece begins, and each one behind it."""
    begins: Sequence[int] = range(len(text))
    cells: Sequence[int] = range(len(text) + 1)
    if not text.isascii():
        spans = _graphemes(text)
        begins = [begin for begin, _ in spans]
        cells = list(accumulate((size for _, size in spans), initial=0))
    found: list[int] = []
    first = 0
    while cells[-1] - cells[first] > width:
        last = max(first + 1, bisect_right(cells, cells[first] + width) - 1)
        first = _best(text, begins, last - (last - first) // 3, last)
        found.append(begins[first])
    return found


def _graphemes(text: str) -> list[tuple[int, int]]:
    """Where each grapheme begins, and its cells."""
    # Joiners that join nothing: Rich 15 counts what follows them as no cell.
    alone = len(text) - len(text.lstrip("\u200d\ufe0f"))
    spans, _ = split_graphemes(text[alone:])
    found = [(begin + alone, size) for begin, _, size in spans]
    return [(0, 0), *found] if alone else found


def _best(text: str, begins: Sequence[int], first: int, last: int) -> int:
    """The best one of some characters to begin a piece with."""
    places = range(last, first, -1)
    for place in places:
        at = begins[place]
        if text[at - 1] == " " and text[at] != " ":
            return place
    for place in places:
        at = begins[place]
        if text[at - 1] in _MARKS and text[at] not in _MARKS:
            return place
    return last
