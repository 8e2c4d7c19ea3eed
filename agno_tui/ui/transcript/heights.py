"""How high each turn is, and where it begins, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate


class Heights:
    """Heights of rows of lines, one below the other.

    Changing one and finding a line cost the logarithm of their number (P. M. Fenwick,
    "A new data structure for cumulative frequency tables", 1994).
    """

    __slots__ = ("_heights", "_top", "_tree")

    def __init__(self, heights: Iterable[int] = (), *, top: int = 0) -> None:
        """`top`: empty lines above the first one."""
        self._top = top
        self._heights = list(heights)
        until = [0, *accumulate(self._heights)]
        self._tree = [
            lines - until[index & (index - 1)] for index, lines in enumerate(until)
        ]

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, index: int) -> int:
        return self._heights[index]

    @property
    def total(self) -> int:
        """Lines of all together."""
        return self.start(len(self._heights))

    def start(self, index: int) -> int:
        """The line at which a row begins; the one after all where there is no such."""
        line, index = self._top, min(index, len(self._heights))
        while index > 0:
            line += self._tree[index]
            index &= index - 1
        return line

    def at(self, line: int) -> int:
        """The row that has a line: the first one above all, the number of rows below
        all."""
        left, found = line - self._top, 0
        if left < 0:
            return 0
        step = 1 << len(self._tree).bit_length()
        while step:
            below = found + step
            if below < len(self._tree) and self._tree[below] <= left:
                found = below
                left -= self._tree[below]
            step >>= 1
        return found

    def change(self, index: int, height: int) -> bool:
        """Give a row another height; returns whether it was another."""
        more = height - self._heights[index]
        if not more:
            return False
        self._heights[index] = height
        index += 1
        while index < len(self._tree):
            self._tree[index] += more
            index += index & -index
        return True

    def append(self, height: int) -> None:
        """Put another row below all."""
        size = len(self._heights) + 1
        covered = size - (size & -size)
        self._tree.append(self.start(size - 1) - self.start(covered) + height)
        self._heights.append(height)
