"""Whose conversations are open, and the way from one user to another."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from agno_tui.ui import toasts
from agno_tui.ui.commanded import CommandedApp
from agno_tui.ui.desk import Desk
from agno_tui.ui.dialogs import NOT_OPEN
from agno_tui.ui.memory_switch import MemorySwitch
from agno_tui.ui.signals import PATIENCE
from agno_tui.user_names import meant, shown

if TYPE_CHECKING:
    from agno_tui.ui.open_sessions import OpenSessions

NOT_KEPT = "Nothing has changed: what you write could not be kept."

_log = logging.getLogger(__name__)


class UsersApp(CommandedApp):
    """An application whose user can be changed.

    Each user has a desk of their own, and only one stands on the screen: nothing that
    one desk knows is known to the next. What answers belongs to the runner and goes on.
    """

    remembers = False
    """Whether what a user says may be remembered who has not chosen that."""
    notify_by = "auto"
    """How the terminal says that an answer has ended (`config.NOTIFY`)."""
    _desk: Desk | None = None

    def __init__(self) -> None:
        super().__init__()
        self._changing = asyncio.Lock()

    @property
    def desk(self) -> Desk:
        """The sessions of the user."""
        return self._desk or self.screen_stack[0].query_one(Desk)

    def make_desk(self, user_id: str) -> Desk:
        """The desk of a user, not filled yet."""
        return Desk(
            runner=self.runner,
            storage=self.storage,
            model_watch=self.model_watch,
            user_id=user_id,
            notify_by=self.notify_by,
        )

    def make_memory_switch(self, user_id: str) -> MemorySwitch:
        """What a user has chosen about being remembered, not read yet."""
        agent = self.runner.agent
        return MemorySwitch(agent, self.storage, user_id, default=self.remembers)

    async def start_desk(self) -> None:
        """Fill the desk on the screen from the opened storage. Errors:
        `StorageError`."""
        make = await asyncio.to_thread(_load_open_sessions)
        await self.memory_switch.read()
        waiting = self.model_watch.waiting
        sessions = make(self.storage, self.runner, self.user_id, waiting)
        await self.desk.start(sessions)
        # Who has no name is not called by one.
        self.desk.chat.say("user", shown(self.user_id) if self.user_id else "")

    def action_change_user(self) -> None:
        """Ask whose conversations to open."""
        if not self.desk.ready.is_set():
            self.notify(NOT_OPEN, markup=False)
            return
        from agno_tui.ui.user_dialog import UserDialog

        dialog = UserDialog(
            self.user_id,
            self.storage.get_users,
            self._change_user,
            lambda: self.desk.chat.prompt,
        )
        self.push_screen(dialog)

    async def use_user(self, name: str) -> str:
        """Open the conversations of the user of this name; returns what is wrong with
        it, or nothing. The keyboard is at the new desk then, which is still to be
        filled: a prompt that asks for this in the middle of a key can't wait until it
        is gone itself."""
        try:
            user_id = meant(name, await self.known_users())
        except ValueError as error:
            return str(error)
        before = self.desk
        async with self._changing:
            words = await self._swap(user_id)
        if self.desk is not before:
            self.run_worker(self._settle(before, self.desk), exit_on_error=False)
        return words

    async def _change_user(self, user_id: str) -> str:
        """Keep what is open, and put another user's desk in its place. Returns why
        nothing has changed, or nothing."""
        async with self._changing:
            before = self.desk
            words = await self._swap(user_id)
            if self.desk is not before:
                await self._settle(before, self.desk)
            return words

    async def _swap(self, user_id: str) -> str:
        """Show another user's desk, not filled yet, and give it the keyboard. Returns
        why nothing has changed, or nothing."""
        before = self.desk
        if user_id == self.user_id:
            return ""
        if not before.ready.is_set():
            return NOT_OPEN
        if not await _keep_all(before):
            return NOT_KEPT
        after = self.make_desk(user_id)
        after.display = False
        await self.screen_stack[0].mount(after, after=before)
        # What was typed until now was written for the user before.
        if not await _keep_all(before):
            await after.remove()
            return NOT_KEPT
        self._desk, self.user_id = after, user_id
        self.memory_switch = self.make_memory_switch(user_id)
        before.display, after.display = False, True
        self.screen_stack[0].set_focus(after.chat.prompt)
        toasts.clear(self)
        return ""

    async def _settle(self, before: Desk, desk: Desk) -> None:
        """Take the desk before away, and fill this one."""
        await before.remove()
        desk.chat.update_view()
        desk.model_changed()
        try:
            await self.start_desk()
        except Exception as error:
            _log.error("the conversations can't be opened", exc_info=True)
            unknown = "The conversations can't be opened. The log has the details."
            desk.refuse(getattr(error, "words", unknown))
        # An answer of this user may be under way.
        desk.ticker.run_changed()


async def _keep_all(desk: Desk) -> bool:
    """Keep what was sent and what is typed; returns whether all of it is."""
    if await desk.finish_sending(PATIENCE):
        return False
    await desk.keep_everything()
    kept = desk.document.session.draft if desk.document is not None else ""
    return kept == desk.chat.prompt.draft


def _load_open_sessions() -> type[OpenSessions]:
    """Import what draws Markdown; off the way to the first frame."""
    from agno_tui.ui.open_sessions import OpenSessions

    return OpenSessions
