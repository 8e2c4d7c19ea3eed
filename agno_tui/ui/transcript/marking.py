"""The message that is marked: which one it is, and the block of code in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.message import Message

from agno_tui.session import Role
from agno_tui.ui.transcript.reading import Marked
from agno_tui.ui.transcript.view import DocumentView

if TYPE_CHECKING:
    from agno_tui.ui.transcript.turn import Turn


class MarkedView(DocumentView):
    """A document view in which one message, or block of code, can be marked."""

    class MarkedChanged(Message, namespace="transcript"):
        """Another message is marked, or there is something else to be done with it."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._said: tuple[str, int] | None = None

    def on_focus(self) -> None:
        """Textual: the keyboard is here: mark a message."""
        document = self.document
        if document is not None and document.turns and document.marked is None:
            document.marked = self.last_seen
        self.refresh()
        self.say_marked()

    def on_blur(self) -> None:
        """Textual: the keyboard went elsewhere: mark nothing."""
        # Not where the whole terminal lost the keyboard: it comes back to the same
        # message. (A dialog is a screen of its own, and takes none from here.)
        is_elsewhere = self.screen.focused not in (None, self)
        if self.document is not None and is_elsewhere:
            self.document.marked = None
        self.refresh()

    @property
    def marked_turn(self) -> Turn | None:
        """The turn of the message that is marked, if one is."""
        document = self.document
        if document is None or document.marked is None or not document.turns:
            return None
        return document.turns[min(document.marked.index, len(document.turns) - 1)]

    def action_select(self, step: int) -> None:
        """Mark the next message in a direction."""
        document = self.document
        if document is not None and document.marked is not None and document.turns:
            from agno_tui.ui.transcript.walking import next_message

            width = self.text_width
            self.mark(next_message(document.turns, document.marked, step, width))

    def action_select_edge(self, last: bool) -> None:
        """Mark the first message, or the last one."""
        if self.document is not None:
            from agno_tui.ui.transcript.walking import first_message, last_message

            find = last_message if last else first_message
            self.mark(find(self.document.turns, self.text_width))

    def action_page_up(self) -> None:
        """Textual: a page up; the mark comes along."""
        self.scroll_page_up(animate=False)
        self._mark_seen(-1)

    def action_page_down(self) -> None:
        """Textual: a page down; the mark comes along."""
        self.scroll_page_down(animate=False)
        self._mark_seen(1)

    def _mark_seen(self, step: int) -> None:
        """Mark the message on the screen that lies furthest in a direction, where the
        marked one is no longer on it."""
        document, placement = self.document, self.placement
        if document is None or placement is None or document.marked is None:
            return
        found = placement.lines(self.scroll_offset.y, self.size.height)[::step]
        seen = [
            Marked(turn.index, role)
            for turn, row, _ in filter(None, found)
            if (role := turn.role_at(row))
        ]
        if seen and replace(document.marked, nth=None) not in seen:
            document.marked = seen[-1]
            self.refresh()
            self.say_marked()

    def mark(self, marked: Marked | None) -> None:
        """Mark a message, or a block of code, and bring it onto the screen."""
        document = self.document
        if document is None or marked is None:
            return
        document.marked = marked
        turn = document.turns[marked.index]
        if marked.nth is not None:
            self._find_code(turn, marked.nth)
            self.reveal(turn, code=document.marked.code)
        else:
            self.reveal(turn, role=marked.role)
            is_last = marked.index == len(document.turns) - 1
            if is_last and marked.role == Role.ASSISTANT:
                self.follow()
        self.refresh()
        self.say_marked()

    def _find_code(self, turn: Turn, nth: int) -> None:
        """Know the marked block of code again among the lines as they are now."""
        from agno_tui.ui.transcript.walking import code_of

        document, code = self.document, code_of(turn, nth, self.text_width)
        if document is not None and document.marked is not None and code is not None:
            document.marked = replace(document.marked, code=code)

    def refresh_changed(self) -> None:
        """As in any view of lines; these may have been laid out anew."""
        self._look_around()
        super().refresh_changed()

    def _look_around(self) -> None:
        """Say which turns are near, and find the marked block of code among them."""
        document, placement, turn = self.document, self.placement, self.marked_turn
        if document is None or placement is None:
            return
        top, height = self.scroll_offset.y, self.size.height
        document.texts.near = placement.on_screen(max(0, top - 2 * height), 5 * height)
        nth = document.marked.nth if document.marked is not None else None
        if turn is None or turn.run is None or nth is None:
            return
        if turn in placement.on_screen(top, height):
            self._find_code(turn, nth)

    # What can be done with it

    def content_changed(self) -> None:
        """As in any document view; the marked turn may have looked into something."""
        super().content_changed()
        if self._now_marked != self._said:
            self.say_marked()

    @property
    def _now_marked(self) -> tuple[str, int] | None:
        """The marked turn, and how many tools have answered in it; -1 where it is not
        read. (What they say is long, and is not to be read with every frame.)"""
        turn = self.marked_turn
        if turn is None:
            return None
        if turn.run is None:
            return turn.run_id, -1
        return turn.run_id, sum(m.role == Role.TOOL for m in turn.run.messages)

    def say_marked(self) -> None:
        """Tell what can be done with the marked message, where the keyboard is here."""
        if self.has_focus:
            self._said = self._now_marked
            self.post_message(self.MarkedChanged())
