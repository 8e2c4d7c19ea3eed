"""A scrollbar that is painted as fast as the text beside it."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Self, TypeAlias

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

Looks: TypeAlias = tuple[Color | None, Color | None]
"""Colours of the thumb, and of the ground under it."""

State: TypeAlias = tuple[Size, Looks, tuple[int, int]]
"""The size of the bar, its looks, and where the thumb begins and ends, in eighths of a
cell; both 0 without one."""

EIGHTHS = "▁▂▃▄▅▆▇"
"""Where the thumb ends within a cell: one eighth to seven of it, from below."""


class LineScrollBar(ScrollBar):
    """Textual's vertical scrollbar, without the way through Rich's console, which takes
    longer than a screenful of text: it moves with every line that streams in."""

    def __init__(self, *, thickness: int) -> None:
        """`thickness`: cells."""
        super().__init__(vertical=True, name="vertical", thickness=thickness)
        self._painted: tuple[object, list[Strip]] = (None, [])

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Textual: something changed: in a long text mostly nothing that is seen."""
        is_paint = repaint and not (layout or recompose)
        if is_paint and self.is_attached and self._state == self._painted[0]:
            return self
        return super().refresh(
            *regions, repaint=repaint, layout=layout, recompose=recompose
        )

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual: rows of the bar."""
        state = self._state
        if self._painted[0] != state:
            strips = list(self._strips(*state))
            for line_filter in self.get_line_filters():
                ground = self.background_colors[1]
                strips = [strip.apply_filter(line_filter, ground) for strip in strips]
            self._painted = state, strips
        return self._painted[1][crop.y : crop.bottom]

    @property
    def _state(self) -> State:
        """All that its looks depend on."""
        return self.size, self._looks(), self._thumb(self.size.height)

    def _looks(self) -> Looks:
        """What Textual's own has at this moment."""
        bar = self.render()
        if not isinstance(bar, ScrollBarRender) or not isinstance(bar.style, Style):
            return None, None
        return bar.style.color, bar.style.bgcolor

    def _thumb(self, height: int) -> tuple[int, int]:
        whole, window = ceil(self.window_virtual_size), ceil(self.window_size)
        if not 0 < window < whole or not height:
            return 0, 0
        size = max(1.0, window / (whole / height))
        start = int((height - size) * (self.position / (whole - window)) * 8)
        return max(0, start), max(0, start) + ceil(size * 8)

    def _strips(
        self, size: Size, looks: Looks, bounds: tuple[int, int]
    ) -> Iterator[Strip]:
        (start, end), (bar, ground) = bounds, looks
        # What Textual does where the mouse is pressed: the names of its actions.
        upper = Style(bgcolor=ground, meta={"@mouse.down": "scroll_up"})
        thumb = Style(color=bar, bgcolor=ground, meta={"@mouse.down": "grab"})
        lower = Style(bgcolor=ground, meta={"@mouse.down": "scroll_down"})
        full, width = thumb + Style(reverse=True), size.width
        blank = Strip([Segment(" " * width, Style(bgcolor=ground))], width)
        for row in range(size.height):
            above, below = start - row * 8, end - row * 8
            if not end:
                yield blank
            elif above >= 8:
                yield _row(" ", upper, width)
            elif below <= 0:
                yield _row(" ", lower, width)
            elif above > 0:
                yield _row(EIGHTHS[7 - above], thumb, width)
            elif below < 8:
                yield _row(EIGHTHS[7 - below], full, width)
            else:
                yield _row(" ", full, width)


class LineScrollView(ScrollView):
    """A scroll view with such a bar."""

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """Textual: the bar at the right, made when it is asked for first."""
        if self._vertical_scrollbar is None:
            bar = LineScrollBar(thickness=self.scrollbar_size_vertical)
            bar.display = False
            self._vertical_scrollbar = bar
            self.app._start_widget(self, bar)
        return self._vertical_scrollbar


def _row(glyph: str, style: Style, width: int) -> Strip:
    return Strip([Segment(glyph * width, style)], width)
