"""A text that comes in pieces, given on in whole lines and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

SHORTEST: Final = 24
"""Characters before a sentence may end: `1. One` and `Dr. No` are none."""

LONGEST: Final = 600
"""Characters after which a text without an end is given on at a space."""

AT_ONCE: Final = 4_096
"""Characters of a piece that are looked through together."""

_END: Final = re.compile(
    r"""[.!?…]["'”’»)\]*_]*[ \t]+(?=[^\sa-z])|[。！？]["'”’»）」』]*"""
)
"""Where a sentence ends: a small letter behind a dot goes on with it."""

_FENCE: Final = re.compile(r" {0,3}(```+|~~~+)")


class Sentences:
    """Takes pieces, gives back what is whole by now; lines of code are never parted."""

    def __init__(self) -> None:
        self._rest = ""
        self._looked = 0
        """How much of the rest is known to hold no end."""
        self._fence = ""
        self._inside_line = False
        """Whether the rest goes on with a line whose beginning was given on."""

    def add(self, piece: str) -> Iterator[str]:
        """A piece has come; gives lines, without their ends."""
        # Cutting lines off a text of megabytes one by one would take minutes.
        for begin in range(0, len(piece), AT_ONCE):
            self._rest += piece[begin : begin + AT_ONCE]
            while (cut := self._cut()) is not None:
                text, self._rest = self._rest[: cut[0]], self._rest[cut[1] :]
                is_line, goes_on = cut[0] != cut[1], self._inside_line
                given = self._given(text, whole=is_line)
                if given or not goes_on:
                    yield given

    def end(self) -> Iterator[str]:
        """Nothing more will come; gives what is left."""
        if self._rest:
            text, self._rest = self._rest, ""
            yield self._given(text, whole=True)

    def _given(self, text: str, *, whole: bool) -> str:
        if not self._inside_line and (fence := _FENCE.match(text)):
            mark = fence[1]
            if not self._fence:
                self._fence = mark
            elif mark.startswith(self._fence):
                self._fence = ""
        self._inside_line = not whole
        self._looked = 0
        return text.rstrip(" \r") if whole else text.rstrip()

    def _cut(self) -> tuple[int, int] | None:
        """Where what is whole ends, and where the rest begins."""
        end = self._rest.find("\n", max(0, self._looked - 1))
        head = self._rest if end < 0 else self._rest[:end]
        if not self._fence and not head.lstrip().startswith(("|", "```", "~~~")):
            for match in _END.finditer(head, max(0, self._looked - 8)):
                if len(head[: match.end()].strip()) >= SHORTEST:
                    return match.end(), match.end()
        if end >= 0:
            return end, end + 1
        self._looked = len(self._rest)
        if len(self._rest) > LONGEST:
            space = self._rest.rfind(" ", 0, LONGEST) + 1
            at = space if space > LONGEST // 2 else LONGEST
            return at, at
        return None
