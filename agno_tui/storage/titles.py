"""Which titles hold the words that somebody types to find a session."""

from __future__ import annotations

from typing import Final

LONGEST_TITLE: Final = 200
"""Characters of a title that are looked at."""

MOST_WORDS: Final = 20
"""Words that are looked for; more are left out."""


class Title:
    """A title that is looked for: all of some words, folded, each anywhere in it."""

    def __init__(self, words: str) -> None:
        # Its tables take their time, which the first frame has not got.
        from agno_tui.folding import alike

        self._alike = alike
        folded = alike(words[:LONGEST_TITLE]).split()
        # The longest says no to most titles.
        self._words = sorted(set(folded), key=len, reverse=True)[:MOST_WORDS]

    def __bool__(self) -> bool:
        """Whether anything is looked for."""
        return bool(self._words)

    def is_in(self, text: str) -> bool:
        """Whether a title is such a one."""
        folded = self._alike(text[:LONGEST_TITLE])
        return all(word in folded for word in self._words)
