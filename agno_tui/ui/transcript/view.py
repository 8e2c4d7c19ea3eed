"""A document on the screen: one view that lays out and paints only what is seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from agno_tui.ui.paint import Paint, component_classes
from agno_tui.ui.transcript.reading import Anchor
from agno_tui.ui.transcript.roles import ROLES
from agno_tui.ui.transcript.rows import MARGIN, Rows

if TYPE_CHECKING:
    from agno_tui.ui.lines import CodeBlock, Line
    from agno_tui.ui.transcript.document import Document
    from agno_tui.ui.transcript.placement import Placement
    from agno_tui.ui.transcript.turn import Turn

FoundLine: TypeAlias = "tuple[Turn, int, Line]"
"""A turn, the number of one of its lines, and the line."""

SLICE_SECONDS = 0.015
"""How long an answer is laid out before what there is of it is painted, at the end."""

MAX_WIDTH = 100
"""Cells of a line of text; longer lines are hard to read."""


class DocumentView(ScrollView):
    """Shows a `Document`. Follows its end until the user scrolls away from it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("transcript", ROLES)

    class TextWanted(Message):
        """Turns are on the screen, or near it, whose text is not here."""

    class FollowChanged(Message):
        """The view let go of the end, or took hold of it again."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.document: Document | None = None
        self.rows = Rows()
        """What is painted over the lines: what is marked, found, selected."""
        self._placement: Placement | None = None
        self._settling = False
        self._found: Sequence[FoundLine | None] = ()
        self._found_from: object = None

    # What is shown

    def show(self, document: Document) -> None:
        """Put a document on the screen, where the user left it."""
        from agno_tui.ui.transcript.placement import Placement

        if self.document is not None:
            self.document.reading.anchor = self.top
        self.document = document
        self._placement = Placement(document)
        self.screen.clear_selection()
        self.settle()

    def content_changed(self) -> None:
        """The document has new text or older turns: show them, and stay at the end, or
        at the line, where the user was."""
        self.settle()

    def follow(self) -> None:
        """Go to the end and stay there as text arrives."""
        if self.document is not None:
            self.document.reading.follow()
            self.settle()
            self.post_message(self.FollowChanged())

    def go_to(self, turn: Turn, offset: int = -1) -> None:
        """Begin the screen `offset` lines below a turn's first one, and stay there."""
        if self.document is not None:
            self.document.reading.follow(False)
            self.settle(Anchor(turn, offset))
            self.post_message(self.FollowChanged())

    def reveal(
        self, turn: Turn, *, role: str = "", code: CodeBlock | None = None
    ) -> None:
        """Bring one role's words in a turn, or a block of code, onto the screen, as far
        as they fit."""
        if (placement := self._placement) is not None:
            self.show_rows(turn, placement.rows_of(turn, role=role, code=code))

    def show_rows(self, turn: Turn, rows: range, *, above: int = 0) -> None:
        """Bring lines of a turn onto the screen, as far as they fit; where they are not
        on it yet, with `above` lines before them."""
        placement, height = self._placement, self.size.height
        if placement is None:
            return
        first = placement.start(turn) + rows.start - self.scroll_offset.y
        if first >= 0 and first + len(rows) <= height:
            return
        if above or first < 0 or len(rows) > height:
            self.go_to(turn, rows.start - above)
        else:
            self.go_to(turn, rows.stop - height)

    @property
    def top(self) -> Anchor | None:
        """A turn on the screen, and how far below its first line the screen begins."""
        if self._placement is None:
            return None
        y, height = self.scroll_offset.y, self.size.height
        return self._placement.anchor(y, height, self._placement.width)

    @property
    def unread(self) -> list[Turn]:
        """The turns on the screen, and around it, whose text is not here."""
        if self._placement is None:
            return []
        return self._placement.unread(self.scroll_offset.y, self.size.height)

    @property
    def text_width(self) -> int:
        """Cells of a line of text."""
        return max(8, min(MAX_WIDTH, self.size.width - 2 * MARGIN))

    # Heights: guessed until seen, then counted without moving what is being read

    def settle(self, anchor: Anchor | None = None) -> None:
        """Lay out what is on the screen and make the scroll range right for it.

        `anchor`: what has to stand where; what is on the screen stays where it is
        otherwise.
        """
        placement, height = self._placement, self.size.height
        if placement is None or not height or self._settling:
            return
        self._settling = True
        try:
            if anchor is None:
                y = self.scroll_offset.y
                anchor = placement.anchor(y, height, self.text_width)
            placement.width = self.text_width
            following = placement.document.reading.following
            # Away from the end nothing may move, so there all is laid out at once.
            pause = monotonic() + SLICE_SECONDS if following else None
            placement.document.pause_at(pause)
            for turn in placement.unfinished(self.scroll_offset.y, height):
                turn.changed()
            for _ in range(20):
                placement.place()
                self._resize_virtual(placement.total)
                self._scroll_quietly(self._wanted_top(placement, anchor))
                if not placement.lay_out(self.scroll_offset.y, height):
                    break
        finally:
            placement.document.pause_at(None)
            self._settling = False
        if placement.unfinished(self.scroll_offset.y, height):
            self.call_after_refresh(self.settle)
        if self.unread:
            self.post_message(self.TextWanted())
        if not following:
            self.call_after_refresh(self._look_ahead)
        self._refresh_changed()

    def _look_ahead(self) -> None:
        """Lay out what the next page up or down will show, so that it is there."""
        placement, y, height = self._placement, self.scroll_offset.y, self.size.height
        if placement is None or placement.document.reading.following or self._settling:
            return
        anchor = placement.anchor(y, height, placement.width)
        if placement.lay_out(max(0, y - height), 3 * height) and anchor is not None:
            self.settle(anchor)

    def _wanted_top(self, placement: Placement, anchor: Anchor | None) -> int:
        if placement.document.reading.following:
            return self.max_scroll_y
        return self.scroll_offset.y if anchor is None else placement.line_of(anchor)

    def _resize_virtual(self, lines: int) -> None:
        size = Size(self.size.width, lines)
        if size == self.virtual_size:
            return
        fits = lines <= self.size.height
        if fits or not self.show_vertical_scrollbar or not self.is_mounted:
            self.virtual_size = size
            return
        # Setting it as usual lays out the whole screen and paints it anew, which costs
        # more than all the rest of a frame; only the scrollbar has to know.
        self.set_reactive(DocumentView.virtual_size, size)
        self.vertical_scrollbar.window_virtual_size = lines
        if self.scroll_offset.y > self.max_scroll_y:
            self._scroll_quietly(self.max_scroll_y)

    # Scrolling

    def _scroll_quietly(self, y: int) -> None:
        if y != self.scroll_offset.y:
            self.scroll_to(y=y, animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Textual: the view moved, by the user's hand or by ours."""
        super().watch_scroll_y(old_value, new_value)
        document, placement = self.document, self._placement
        if self._settling or document is None or placement is None:
            return
        if old_value == new_value:
            return
        # What comes onto the screen may be higher than was thought: is it the end?
        if new_value >= self.max_scroll_y and not document.reading.following:
            placement.lay_out(self.scroll_offset.y, self.size.height)
            self._resize_virtual(placement.total)
        at_end = new_value >= self.max_scroll_y
        if at_end != document.reading.following:
            document.reading.follow(at_end)
            self.post_message(self.FollowChanged())
        self.settle()

    def on_resize(self) -> None:
        """Textual: another size: lay out anew, keeping the line that was read."""
        self.settle()
        self.refresh()

    # Painting

    def notify_style_update(self) -> None:
        """Textual: colours changed: paint anew."""
        super().notify_style_update()
        self.rows.paint = None
        self._found_from = None

    def _refresh_changed(self) -> None:
        """Paint anew only the rows that look otherwise than before."""
        placement = self._placement
        if placement is None:
            return
        top, height = self.scroll_offset.y, self.size.height
        before, self._found = self._found, placement.lines(top, height)
        found_from = (placement, top, self.size, placement.width)
        if found_from != self._found_from:
            self._found_from = found_from
            self.refresh()
            return
        pairs = zip(before, self._found, strict=True)
        changed = [y for y, pair in enumerate(pairs) if _differ(*pair)]
        for first, last in _runs(changed):
            self.refresh(Region(0, first, self.size.width, last - first))

    def _on_row(self, y: int, at: int) -> FoundLine | None:
        placement = self._placement
        if placement is None:
            return None
        if self._found_from == (placement, at - y, self.size, placement.width):
            return self._found[y] if y < len(self._found) else None
        return placement.line_at(at)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual: lines of the screen. There is no border, padding or tint around
        them, so nothing is left to do but what all lines go through."""
        rows, width = self.rows, self.size.width
        if rows.paint is None:
            rows.paint = Paint(self, "transcript", ROLES)
        rows.marked = None
        if self.has_focus and self.document is not None:
            rows.marked = self.document.marked
        rows.selection = selection = self.text_selection
        if selection is not None:
            name = "screen--selection"
            rows.selected_style = self.screen.get_component_rich_style(name)
        strips = self._strips(crop.line_range, (self.text_width, width))
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span == (0, width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]

    def _strips(self, lines: Iterable[int], widths: tuple[int, int]) -> list[Strip]:
        top, paint = self.scroll_offset.y, self.rows.paint
        empty = Strip.blank(widths[1], paint.base.rich_style if paint else None)
        strips: list[Strip] = []
        for y in lines:
            found = self._on_row(y, top + y)
            strip = empty if found is None else self.rows.strip(*found, top + y, widths)
            strips.append(strip)
        return strips

    def render_line(self, y: int) -> Strip:
        """Textual: one line of the screen, each character of which knows where it
        stands: it is asked for where the mouse points."""
        (strip,) = self.render_lines(Region(0, y, self.size.width, 1))
        margin, text = strip.divide([MARGIN, strip.cell_length])
        return Strip.join([margin, text.apply_offsets(0, y + self.scroll_offset.y)])

    # Selecting text with the mouse

    @property
    def allow_select(self) -> bool:
        """Textual: text here can be selected."""
        return True

    def selection_updated(self, selection: Selection | None) -> None:
        """Textual: the selected text changed."""
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Textual: the text under a selection: its source where blocks are selected
        whole, without padding, margins or wrapping otherwise."""
        if self._placement is None:
            return None
        from agno_tui.ui.transcript.selecting import text_of

        return text_of(self._placement, selection), "\n"

    def select_around(self, x: int, y: int, *, whole_line: bool) -> None:
        """Select the word at a cell of line `y`, or all that is one line in the text;
        `x` counts from where the text begins."""
        if self._placement is None:
            return
        from agno_tui.ui.transcript.selecting import around

        selection = around(self._placement, x, y, whole_line=whole_line)
        if selection is not None:
            self.screen.selections = {self: selection}

    def _line_at(self, y: int) -> FoundLine | None:
        return self._placement.line_at(y) if self._placement is not None else None


def _differ(before: FoundLine | None, after: FoundLine | None) -> bool:
    if before is None or after is None:
        return before is not after
    old, new = before[2], after[2]
    if old is new:
        return False
    if not new.looks_like(old):
        return True
    new.strip, new.row = old.strip, old.row
    return False


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers that follow each other, as (first, one after the last)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return runs
