"""A document on the screen: one view that lays out and paints only what is seen."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Offset, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from agno_tui.ui.paint import Paint, component_classes
from agno_tui.ui.transcript.roles import ROLES

if TYPE_CHECKING:
    from agno_tui.ui.lines import Line
    from agno_tui.ui.transcript.document import Document
    from agno_tui.ui.transcript.turn import Turn

MAX_WIDTH = 100
"""Cells of a line of text; longer lines are hard to read."""

MARGIN = 2
"""Empty cells left of the text; the mark of the selected turn stands in them."""


class DocumentView(ScrollView):
    """Shows a `Document`. Follows its end until the user scrolls away from it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("transcript", ROLES)

    class OlderWanted(Message):
        """The first turns are near the screen and the storage has more."""

    class FollowChanged(Message):
        """The view let go of the end, or took hold of it again."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.document: Document | None = None
        self._paint: Paint | None = None
        self._starts: list[int] = []
        self._measured: list[Turn] = []
        self._measured_width = 0
        self._settling = False

    # What is shown

    def show(self, document: Document) -> None:
        """Put a document on the screen, where the user left it."""
        if self.document is not None:
            self.document.place = self._anchor(self.document)
        self.document = document
        self._starts, self._measured = [], []
        self.screen.clear_selection()
        self.settle()

    def content_changed(self) -> None:
        """The document has new text or older turns: show them, and stay at the end, or
        at the line, where the user was."""
        self.settle()
        self.refresh()

    def follow(self) -> None:
        """Go to the end and stay there as text arrives."""
        if self.document is not None:
            self.document.follow()
            self.settle()
            self.post_message(self.FollowChanged())

    def go_to(self, turn: Turn, offset: int = -1) -> None:
        """Begin the screen `offset` lines below a turn's first one, and stay there."""
        if self.document is not None:
            self.document.follow(False)
            self.document.place = (turn, offset)
            self._starts, self._measured = [], []
            self.settle()
            self.post_message(self.FollowChanged())

    @property
    def top(self) -> tuple[Turn, int] | None:
        """A turn on the screen, and how far below its first line the screen begins."""
        return self._anchor(self.document) if self.document is not None else None

    @property
    def text_width(self) -> int:
        """Cells of a line of text."""
        return max(8, min(MAX_WIDTH, self.size.width - 2 * MARGIN))

    # Heights: guessed until seen, then counted without moving what is being read

    def settle(self) -> None:
        """Lay out what is on the screen and make the scroll range right for it."""
        document = self.document
        if document is None or not self.size.height or self._settling:
            return
        self._settling = True
        try:
            anchor = self._anchor(document)
            for _ in range(20):
                self._measure(document)
                self._resize_virtual()
                if document.following:
                    self._scroll_to_end()
                elif anchor is not None:
                    self._scroll_to_anchor(anchor)
                if not self._lay_out_visible(document):
                    break
        finally:
            self._settling = False
        if self._starts and self.scroll_offset.y < self.size.height:
            self._ask_for_older(document)
        self.refresh()

    def _anchor(self, document: Document) -> tuple[Turn, int] | None:
        """What must not move: a turn on the screen, and how far below its first line
        the screen begins."""
        turns, starts, width = self._measured, self._starts, self.text_width
        if not turns:
            return document.place
        top = self.scroll_offset.y
        first = min(self._turn_at(top), len(turns) - 1)
        last = min(self._turn_at(top + self.size.height), len(turns) - 1)
        if width != self._measured_width:
            # Another width: the same words are about as far into their turn.
            before = max(1, starts[first + 1] - starts[first])
            after = len(turns[first].lines(width))
            return turns[first], (top - starts[first]) * after // before
        # The user has seen a counted turn; a guessed one may grow above it.
        seen = (i for i in range(first, last + 1) if turns[i].is_counted(width))
        index = next(seen, last)
        return turns[index], top - starts[index]

    def _scroll_to_anchor(self, anchor: tuple[Turn, int]) -> None:
        turn, offset = anchor
        if turn in self._measured:
            y = self._starts[self._measured.index(turn)] + offset
            if y != self.scroll_offset.y:
                self._scroll_quietly(y)

    def _lay_out_visible(self, document: Document) -> bool:
        """Lay out the turns on the screen; returns whether a height changed."""
        top, height = self.scroll_offset.y, self.size.height
        first, last = self._turn_at(top), self._turn_at(top + height)
        width, changed = self.text_width, False
        for turn in document.turns[first : last + 1]:
            guessed = turn.height(width)
            changed = len(turn.lines(width)) != guessed or changed
        return changed

    def _measure(self, document: Document) -> None:
        self._measured_width = width = self.text_width
        self._measured = list(document.turns)
        heights = (turn.height(width) for turn in self._measured)
        self._starts = list(accumulate(heights, initial=1))

    def _turn_at(self, y: int) -> int:
        return max(0, bisect_right(self._starts, y) - 1)

    def _resize_virtual(self) -> None:
        size = Size(self.size.width, self._starts[-1] if self._starts else 0)
        if size != self.virtual_size:
            self.virtual_size = size

    def _ask_for_older(self, document: Document) -> None:
        if document.has_older:
            document.has_older = False
            self.post_message(self.OlderWanted())

    # Scrolling

    def _scroll_quietly(self, y: float) -> None:
        settling, self._settling = self._settling, True
        self.scroll_to(y=y, animate=False, force=True)
        self._settling = settling

    def _scroll_to_end(self) -> None:
        self._scroll_quietly(self.max_scroll_y)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Textual: the view moved, by the user's hand or by ours."""
        super().watch_scroll_y(old_value, new_value)
        if self._settling or self.document is None or old_value == new_value:
            return
        at_end = new_value >= self.max_scroll_y
        if at_end != self.document.following:
            self.document.follow(at_end)
            self.post_message(self.FollowChanged())
        self.settle()

    def on_resize(self) -> None:
        """Textual: another size: lay out anew, keeping the turn that was read."""
        self.settle()

    # Painting

    def notify_style_update(self) -> None:
        """Textual: colours changed: paint anew."""
        super().notify_style_update()
        self._paint = None
        for turn in self.document.turns if self.document else []:
            turn.unpaint()

    def render_line(self, y: int) -> Strip:
        """Textual: one line of the screen."""
        if self._paint is None:
            self._paint = Paint(self, "transcript", ROLES)
        paint, width = self._paint, self.size.width
        at = y + self.scroll_offset.y
        found = self._line_at(at)
        if found is None:
            return Strip.blank(width, paint.base.rich_style)
        index, line = found
        strip = self._with_selection(paint.strip(line, self.text_width), line, at)
        strip = strip.apply_offsets(0, at)
        return Strip.join([self._margin(paint, index), strip]).adjust_cell_length(
            width, paint.base.rich_style
        )

    def _margin(self, paint: Paint, index: int) -> Strip:
        document = self.document
        marked = self.has_focus and document is not None and document.selected == index
        return paint.text(("┃" if marked else " ").ljust(MARGIN), "selected-bar")

    def _line_at(self, y: int) -> tuple[int, Line] | None:
        if self.document is None or not self._starts or y < self._starts[0]:
            return None
        index = self._turn_at(y)
        if index >= len(self.document.turns):
            return None
        lines = self.document.turns[index].lines(self.text_width)
        row = y - self._starts[index]
        return (index, lines[row]) if row < len(lines) else None

    # Selecting text with the mouse

    @property
    def allow_select(self) -> bool:
        """Textual: text here can be selected."""
        return True

    def selection_updated(self, selection: Selection | None) -> None:
        """Textual: the selected text changed."""
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Textual: the text under a selection, without padding or margins."""
        start = selection.start or Offset(0, 0)
        end = selection.end or Offset(0, self.virtual_size.height)
        lines: list[str] = []
        for y in range(start.y, min(end.y, self.virtual_size.height) + 1):
            found = self._line_at(y)
            text = found[1].content.plain if found else ""
            span = selection.get_span(y) or (0, -1)
            cut = text[span[0] :] if span[1] == -1 else text[span[0] : span[1]]
            lines.append(cut.rstrip())
        return "\n".join(lines), "\n"

    def _with_selection(self, strip: Strip, line: Line, y: int) -> Strip:
        selection = self.text_selection
        span = selection.get_span(y) if selection is not None else None
        if span is None:
            return strip
        start = line.content[: span[0]].cell_length
        end = line.content.cell_length
        if span[1] != -1:
            end = min(end, line.content[: span[1]].cell_length)
        if start >= end:
            return strip
        style = self.screen.get_component_rich_style("screen--selection")
        before, inside, after = strip.divide([start, end, strip.cell_length])
        return Strip.join([before, inside.apply_style(style), after])
