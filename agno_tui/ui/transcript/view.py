"""A document on the screen: one view that lays out and paints only what is seen."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual.geometry import Offset, Size
from textual.message import Message
from textual.selection import Selection

from agno_tui.ui.transcript.pace import Pace, slice_seconds
from agno_tui.ui.transcript.painted import PaintedView
from agno_tui.ui.transcript.reading import Anchor, Marked

if TYPE_CHECKING:
    from agno_tui.ui.lines import CodeBlock
    from agno_tui.ui.transcript.document import Document
    from agno_tui.ui.transcript.placement import Placement
    from agno_tui.ui.transcript.turn import Turn


class DocumentView(PaintedView):
    """Shows a `Document`. Follows its end until the user scrolls away from it."""

    class TextWanted(Message):
        """Turns are on the screen, or near it, whose text is not here."""

    class FollowChanged(Message):
        """The view let go of the end, or took hold of it again."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._settling = False
        self._goes_on = False
        """Whether laying out what is unfinished goes on after the next frame."""
        self._arranged = (-1, 0)
        """Which turns have their places."""
        self._held: Anchor | None = None
        """The line that is waited for, where `holds`."""
        self.pace: Pace | None = None
        """None where nobody types."""

    # What is shown

    def show(self, document: Document) -> None:
        """Put a document on the screen, where the user left it."""
        from agno_tui.ui.transcript.placement import Placement

        if self.document is not None:
            self.document.reading.anchor = self.top
        self.document = document
        self.placement, self._arranged = Placement(document), (-1, 0)
        self.holds, self._held = False, None
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
        if (placement := self._placed()) is not None:
            self.show_rows(turn, placement.rows_of(turn, role=role, code=code))

    def show_rows(self, turn: Turn, rows: range, *, above: int = 0) -> None:
        """Bring lines of a turn onto the screen, as far as they fit; where they are not
        on it yet, with `above` lines before them."""
        placement, height = self._placed(), self.size.height
        if placement is None:
            return
        first = placement.start(turn) + rows.start - self.scroll_offset.y
        if first >= 0 and first + len(rows) <= height:
            return
        if above or first < 0 or len(rows) > height:
            self.go_to(turn, rows.start - above)
        else:
            self.go_to(turn, rows.stop - height)

    def _placed(self) -> Placement | None:
        """Where the turns stand, also those that came a moment ago; None where there is
        nothing on the screen."""
        document = self.document
        if document is None or self._arranged != _arranged(document):
            self.settle()
        is_placed = document is not None and self._arranged == _arranged(document)
        return self.placement if is_placed else None

    @property
    def top(self) -> Anchor | None:
        """A turn on the screen, and how far below its first line the screen begins."""
        if self.placement is None:
            return None
        y, height = self.scroll_offset.y, self.size.height
        return self.placement.anchor(y, height, self.placement.width)

    @property
    def last_seen(self) -> Marked | None:
        """The last message on the screen, or the newest where it is at the end."""
        if self.placement is None or self.document is None:
            return None
        from agno_tui.ui.transcript.walking import last_message

        top, height = self.scroll_offset.y, self.size.height
        if not self.document.reading.following:
            for found in reversed(self.placement.lines(top, height)):
                if found is not None and (role := found[0].role_at(found[1])):
                    return Marked(found[0].index, role)
        return last_message(self.document.turns, self.text_width)

    @property
    def unread(self) -> list[Turn]:
        """The turns on the screen, and around it, whose text is not here."""
        if self.placement is None:
            return []
        return self.placement.unread(self.scroll_offset.y, self.size.height)

    # Heights: guessed until seen, then counted without moving what is being read

    def settle(self, anchor: Anchor | None = None, *, is_kept: bool = False) -> None:
        """Lay out what is on the screen and make the scroll range right for it.

        `anchor`: what has to stand where; what is on the screen stays where it is
        otherwise. `is_kept`: it is what is on the screen.
        """
        placement, height = self.placement, self.size.height
        if placement is None or not height or self._settling:
            return
        self._settling = True
        placement.document.note_day()
        try:
            before, was_placed = self.scroll_offset.y, placement.width
            if anchor is None:
                is_kept = True
                # While one is waited for, the old width is not to be asked again.
                anchor = self._held or placement.anchor(before, height, self.text_width)
            placement.width = self.text_width
            following = placement.document.reading.following
            # Away from the end nothing may move: what is below the line that is read
            # can come later, and nothing else.
            pausing = None if following or anchor is None else anchor.turn
            placement.pause_at(monotonic() + slice_seconds(self.pace), only=pausing)
            for turn in placement.unfinished(self.scroll_offset.y, height):
                turn.changed()
            is_wrapped_anew = not following and was_placed not in (0, placement.width)
            if anchor is not None and (is_wrapped_anew or self.holds):
                anchor = self._held = self._held or anchor
                if self._must_hold(placement, anchor):
                    return
            self._held = None
            self._place(placement, anchor)
        finally:
            placement.pause_at(None)
            self._settling = False
        if is_kept and not following:
            moved = self.scroll_offset.y - before
            self._move_selection(moved if was_placed == placement.width else None)
        if placement.unfinished(self.scroll_offset.y, height) and not self._goes_on:
            self._goes_on = True
            self.call_after_refresh(self._go_on)
        if self.unread:
            self.post_message(self.TextWanted())
        if not following:
            self.call_after_refresh(self._look_ahead)
        self.refresh_changed()

    def _place(self, placement: Placement, anchor: Anchor | None) -> None:
        self._arranged = _arranged(placement.document)
        for _ in range(20):
            placement.place()
            # Before the range is made: this may lay out a turn, which grows then.
            top = self._wanted_top(placement, anchor)
            self._resize_virtual(placement.total)
            self._scroll_quietly(self.max_scroll_y if top is None else top)
            if not placement.lay_out(self.scroll_offset.y, self.size.height):
                return

    def _must_hold(self, placement: Placement, anchor: Anchor) -> bool:
        """Whether a line of a giant answer is still far, at another width: what was on
        the screen stays there meanwhile."""
        before, self.holds = self.holds, not placement.reaches(anchor)
        if not self.holds:
            return False
        anchor.turn.changed()
        if not before:
            self._move_selection(None)
            self.refresh()
        if not self._goes_on:
            self._goes_on = True
            self.call_after_refresh(self._go_on)
        return True

    def _go_on(self) -> None:
        if self.pace is not None and (rest := self.pace.rest):
            self.set_timer(rest, self._go_on)
            return
        self._goes_on = False
        self.settle()

    def _look_ahead(self) -> None:
        """Lay out what the next page up or down will show, so that it is there."""
        placement, y, height = self.placement, self.scroll_offset.y, self.size.height
        if placement is None or placement.document.reading.following or self._settling:
            return
        if self.holds:  # All of a giant would be laid out at once.
            return
        anchor = placement.anchor(y, height, placement.width)
        if placement.lay_out(max(0, y - height), 3 * height) and anchor is not None:
            self.settle(anchor, is_kept=True)

    def _wanted_top(self, placement: Placement, anchor: Anchor | None) -> int | None:
        """The line that the screen has to begin at; None: the last one it can."""
        if placement.document.reading.following:
            return None
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
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        document, placement = self.document, self.placement
        if self._settling or document is None or placement is None:
            return
        if old_value == new_value:
            return
        self.holds, self._held = False, None
        # What comes onto the screen may be higher than was thought: is it the end?
        if new_value >= self.max_scroll_y and not document.reading.following:
            placement.lay_out(self.scroll_offset.y, self.size.height)
            self._resize_virtual(placement.total)
        at_end = new_value >= self.max_scroll_y
        if at_end and not document.reading.following:
            # Of an answer that is still being laid out the end is not known yet.
            at_end = not placement.unfinished(self.scroll_offset.y, self.size.height)
        if at_end != document.reading.following:
            document.reading.follow(at_end)
            self.post_message(self.FollowChanged())
        self.settle()

    def on_resize(self) -> None:
        """Textual: another size: lay out anew, keeping the line that was read."""
        self.settle()
        self.refresh()

    def _move_selection(self, lines: int | None) -> None:
        """What is selected stands so many lines further down now; None: at another
        width, where nothing of it can be found again."""
        selection = self.text_selection
        if selection is None or lines == 0:
            return
        if lines is None:
            self.screen.clear_selection()
            return
        ends = (end and Offset(end.x, end.y + lines) for end in selection)
        self.screen.selections = {self: Selection(*ends)}


def _arranged(document: Document) -> tuple[int, int]:
    return document.arrangement, len(document.turns)
