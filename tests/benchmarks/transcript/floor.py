"""The floor: the plain text of a stream in a line-API view, and nothing else.

It does what anyone would who knows Textual: finished lines are kept as strips, only
the line that grows is wrapped again, what did not scroll is not painted again. No
Markdown, no selecting, no colours; one cell a character (the feed is ASCII).
"""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class PlainView(ScrollView):
    """Text that grows, followed to its end."""

    def __init__(self) -> None:
        super().__init__()
        self._finished: list[Strip] = []
        self._tail: list[Strip] = []
        self._open = ""

    def append(self, text: str) -> None:
        """Show more text."""
        before = len(self._finished), len(self._finished) + len(self._tail)
        *whole, self._open = (self._open + text).split("\n")
        for line in whole:
            self._finished += self._wrapped(line)
        self._tail = self._wrapped(self._open)
        height = len(self._finished) + len(self._tail)
        if height == before[1]:
            self.refresh_lines(before[0], height - before[0])
            return
        self.virtual_size = Size(self.size.width, height)
        self.scroll_to(y=self.max_scroll_y, animate=False, force=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Textual: one line of the screen."""
        at = y + self.scroll_offset.y
        finished = len(self._finished)
        if at < finished:
            return self._finished[at]
        if at < finished + len(self._tail):
            return self._tail[at - finished]
        return Strip.blank(self.size.width, self._look)

    @property
    def _look(self) -> Style:
        return self.rich_style

    def _wrapped(self, line: str) -> list[Strip]:
        width, look = self.size.width, self._look
        return [
            Strip([Segment(piece.ljust(width), look)], width)
            for piece in wrapped(line, width)
        ]


def wrapped(line: str, width: int) -> list[str]:
    """A line cut at spaces into pieces of at most `width` characters."""
    pieces: list[str] = []
    while len(line) > width:
        space = line.rfind(" ", 0, width + 1)
        cut = space if space > 0 else width
        pieces.append(line[:cut])
        line = line[cut:].lstrip(" ")
    return [*pieces, line]


class PlainApp(App[None]):
    """The view alone on the screen."""

    CSS = "PlainView { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; }"

    def compose(self) -> ComposeResult:
        """Textual: what stands on the screen."""
        yield PlainView()

    @property
    def view(self) -> PlainView:
        """The view."""
        return self.query_one(PlainView)
