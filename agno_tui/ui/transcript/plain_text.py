"""Plain text that grows: wrapped once, only its last line again and again."""

from __future__ import annotations

from agno_tui.text import printable
from agno_tui.ui.lines import Line, Source, Stack, role, wrapped


class PlainText:
    """The wrapped lines of a text in one role, behind a prefix of its own."""

    def __init__(self, name: str = "", prefix: str = "", prefix_name: str = "") -> None:
        self._name = name
        self._prefix = role(prefix, prefix_name)
        self._text = ""
        self._width = 0
        self._finished: list[Line] = []
        self._start = 0
        self._source = Source(0, 0)
        self._stack: Stack | None = None

    def lines(self, text: str, width: int) -> Stack:
        """The text in `width` cells; cheap where the last one is how it begins."""
        if width == self._width and text == self._text and self._stack is not None:
            return self._stack
        if width != self._width or not text.startswith(self._text):
            self._width = width
            self._finished, self._start = [], 0
            self._source = Source(0, 0)
        self._text = text
        self._source.end = len(text)
        end = text.rfind("\n") + 1
        if end > self._start:
            self._finished += self._wrapped(text[self._start : end])
            self._start = end
        self._stack = Stack([self._finished, self._wrapped(text[self._start :])])
        return self._stack

    def _wrapped(self, text: str) -> list[Line]:
        width = self._width - self._prefix.cell_length
        # As wide as in code.
        said = printable(text).removesuffix("\n").expandtabs(4)
        words = role(said, self._name)
        lines = [line.after(self._prefix) for line in wrapped(words, width)]
        for line in lines:
            line.source = self._source
        return lines
