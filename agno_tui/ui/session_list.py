"""The list of sessions: what the keyboard and the mouse do in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.actions import SkipAction
from textual.binding import BindingType
from textual.message import Message

from agno_tui.ui.at_once import focus_at_once
from agno_tui.ui.command import Where, bindings
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.list_deeds import Deed, ListDeeds
from agno_tui.ui.session_view import SessionView
from agno_tui.ui.typed_first import taker_from

if TYPE_CHECKING:
    from textual import events


class SessionList(SessionView, can_focus=True):
    """Walks the sessions, and asks for what is done to them."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS, Where.LIST)
    focus = focus_at_once

    class Opened(Message):
        """The user wants a session on the screen."""

        def __init__(self, session_id: str) -> None:
            super().__init__()
            self.session_id = session_id

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.deeds: ListDeeds | None = None
        """Does what is asked for here; None until the storage is open."""

    async def _on_key(self, event: events.Key) -> None:
        # Keys are done here one after the other, in the order they were typed: after
        # one that lets the user write something, the next belongs there.
        if (taker := taker_from(self)) is not None:
            event.stop()
            event.prevent_default()
            taker.post_message(type(event)(event.key, event.character))
            return
        keymap = keymap_of(self.app)
        for command in keymap.commands:
            if command.place is not Where.LIST or event.key not in command.key_list:
                continue
            if await self.app.run_action(command.action, self):
                event.stop()
                event.prevent_default()
                return
        if action := keymap.untyped_actions.get(event.key):
            # At once: what it opens gets the next key.
            event.stop()
            event.prevent_default()
            await self.app.run_action(action)

    def action_move(self, step: int) -> None:
        """Move the cursor by sessions."""
        self.move_cursor(step)

    async def action_open(self) -> None:
        """Open the session under the cursor; the next keys are for its prompt."""
        if self.deeds is not None:
            await self.deeds.open()

    def action_mark(self) -> None:
        """Mark the session under the cursor, or no longer, and go to the next."""
        self.toggle_mark()

    def action_escape(self) -> None:
        """Show all titles again, else mark none; else it is not ours."""
        if self.deeds is not None and self.deeds.leave_filter():
            return
        if not self.forget_marks():
            raise SkipAction

    def action_do(self, deed: str) -> None:
        """Do something to the sessions that are marked, or to the one at the cursor."""
        chosen = self.chosen
        if self.deeds is not None and chosen:
            self.forget_marks()
            self.deeds.do(Deed[deed], chosen)

    def action_undo(self) -> None:
        """Take back what was deleted or archived last."""
        if self.deeds is not None:
            self.deeds.undo()

    def action_archive_view(self) -> None:
        """Show what is put away, or the rest again."""
        if self.deeds is not None:
            self.deeds.show_archive()

    async def action_filter(self) -> None:
        """Write which titles to show."""
        if self.deeds is not None:
            await self.deeds.write_filter()

    async def action_rename(self) -> None:
        """Write another name for the session under the cursor."""
        if self.deeds is not None and (session := self.at_cursor):
            await self.deeds.write_name(session)

    def on_blur(self) -> None:
        """Textual: the keyboard went elsewhere."""
        super().on_blur()
        if self.deeds is not None:
            self.deeds.left()

    def on_click(self, event: events.Click) -> None:
        """Textual: a click opens."""
        row = self.shown.row(event.y + self.scroll_offset.y)
        if row.session is not None:
            self.post_message(self.Opened(row.session.session_id))
