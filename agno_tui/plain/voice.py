"""What is said, in whole lines that can be read aloud."""

from __future__ import annotations

from collections.abc import Callable

from agno_tui.text import one_line, printable


class Voice:
    """Says lines through `write`, which takes text and its line ends.

    Nothing that is said holds control codes, wherever it comes from.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self.is_broken = False
        """Whether nobody listens any more: the pipe was closed."""

    def say(self, text: str) -> None:
        """Say a text, as many lines as it has."""
        if self.is_broken:
            return
        try:
            self._write(f"{printable(text)}\n")
        except (OSError, ValueError):
            self.is_broken = True

    def speak(self, who: str, text: str) -> None:
        """Say who says what."""
        self.say(f"{who}: {text}")

    def error(self, words: str) -> None:
        """Say what went wrong, and what to do."""
        self.say(f"Error: {one_line(words)}")
