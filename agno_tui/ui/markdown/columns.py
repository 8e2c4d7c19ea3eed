"""How wide the columns of a table are where the screen is too narrow for all of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from rich.cells import cell_len

MIN_COLUMN = 8
"""Columns narrower than this, and than what stands in them, read worse than records."""

UNBROKEN = 12
"""Words up to this long are never broken in a column: records are read more easily."""

_LEAST = ((None, 16), (24, 12), (16, 12), (UNBROKEN, MIN_COLUMN))
"""How long a word may be that no column is narrower than, and how wide a column that
has more than that: the first that there is room for."""

_WORD = re.compile(
    r"[^\s\u1100-\u115f\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff"
    r"\uff00-\uffee\U00020000-\U0003fffd]+"
)
"""What is not broken: wide characters are, between any two of them."""


def longest_word(text: str) -> int:
    """Cells of the longest word of a text."""
    if text.isascii():
        return max(map(len, text.split()), default=0)
    return max(map(cell_len, _WORD.findall(text)), default=0)


def fitted(natural: Sequence[int], words: Sequence[int], room: int) -> list[int]:
    """Widths of columns that add up to at most `room`, if each can have a cell.

    `natural`: cells that nothing is wrapped in; `words`: those of the longest words.

    No column is narrower than its longest word, as long as that leaves the others
    enough to be read; else the longest words are broken. Short columns keep their
    natural width, and the others share what is left by what they need.
    """
    if sum(natural) <= room:
        return list(natural)
    least: list[int] = []
    for longest, prose in _LEAST:
        least = [
            min(n, max(prose, w if longest is None else min(w, longest)))
            for n, w in zip(natural, words, strict=True)
        ]
        if sum(least) <= room:
            break
    left = room - sum(least)
    if left < 0:
        return share(least, room)
    fair = share(natural, room)
    for column in sorted(range(len(natural)), key=lambda i: natural[i]):
        more = natural[column] - least[column]
        if fair[column] == natural[column] and more <= left:
            least[column] += more
            left -= more
    # One giant cell is no reason to leave the others their words only.
    needs = [min(n, 2 * room) - w for n, w in zip(natural, least, strict=True)]
    total = sum(needs)
    parts = [left * sum_ // total for sum_ in accumulate(needs, initial=0)]
    return [
        w + end - start for w, start, end in zip(least, parts, parts[1:], strict=False)
    ]


def are_readable(
    widths: Sequence[int], natural: Sequence[int], words: Sequence[int]
) -> bool:
    """Whether columns of these widths read better than records."""
    return all(
        width >= min(n, max(MIN_COLUMN, min(word, UNBROKEN)))
        for width, n, word in zip(widths, natural, words, strict=True)
    )


def share(natural: Sequence[int], available: int) -> list[int]:
    """Widths of columns that add up to at most `available`.

    Narrow columns keep what they need; what is left goes to the wide ones in equal
    parts.
    """
    widths = list(natural)
    by_need = sorted(range(len(widths)), key=lambda i: widths[i])
    left = available
    for number, column in enumerate(by_need):
        fair = max(1, left // (len(by_need) - number))
        if widths[column] > fair:
            for wide in by_need[number:]:
                widths[wide] = fair
            break
        left -= widths[column]
    return widths
