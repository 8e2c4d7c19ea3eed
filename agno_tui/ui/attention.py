"""Sessions that need the user: how many there are, and the way to the next."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from agno_tui.session import Session
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import StorageError
from agno_tui.ui.prompted import is_lent, write_to_terminal
from agno_tui.ui.sidebar import Sidebar
from agno_tui.ui.terminal_title import TerminalTitle

if TYPE_CHECKING:
    from agno_tui.ui.reading_desk import ReadingDesk

MOST = 100
"""Sessions that are counted: more are `99+`."""

GO_SECONDS = 0.25
"""How long the key that goes to the next keeps the keys after it waiting, at most."""

_log = logging.getLogger(__name__)

NONE = "Nothing needs you right now."


class Attention:
    """Asks the storage after every change, and says it in the header and the title."""

    def __init__(self, desk: ReadingDesk, storage: Storage, user_id: str) -> None:
        self._desk = desk
        self._storage = storage
        self._user_id = user_id
        self._title = TerminalTitle(self._write)
        self.needing = 0
        """How many sessions need the user, but for the one on the screen."""

    def changed(self) -> None:
        """Something ended, or was read, or is another session on the screen."""
        self._desk._do(self._read(), only="attention")

    async def _read(self) -> None:
        try:
            sessions = await self._sessions()
        except StorageError:
            # What the user did is told of by itself; this is asked again soon.
            _log.warning("what needs the user is not known", exc_info=True)
            return
        self.needing = sum(not self._is_open(session) for session in sessions)
        self.say()

    def say(self) -> None:
        """Say how many, and which session is open."""
        self._desk.query_one(Sidebar).say_needing(self.needing)
        self._desk.chat.title_line.say_needing(self.needing)
        if not is_lent(self._desk.app):
            document = self._desk.document
            self._title.say(self.needing, document.session.name if document else "")

    def say_again(self) -> None:
        """Another program had the terminal, and may have made the title its own."""
        self._title.forget()
        self.say()

    def leave(self) -> None:
        """The program ends."""
        self._title.leave()

    async def next(self) -> None:
        """Open the next session that needs the user, after the one on the screen.

        Returns when it is on the screen, or after a moment where the storage is slow.
        """
        going = asyncio.create_task(self._go())
        await asyncio.wait([going], timeout=GO_SECONDS)

    async def _go(self) -> None:
        try:
            sessions = await self._sessions()
        except StorageError as error:
            self._desk.notify(error.words, severity="error", markup=False)
            return
        ids = [session.session_id for session in sessions]
        at = next((i for i, s in enumerate(sessions) if self._is_open(s)), -1)
        for session_id in ids[at + 1 :] + ids[: max(at, 0)]:
            await self._desk.open_session(session_id)
            return
        self._desk.notify(NONE, markup=False)

    async def _sessions(self) -> list[Session]:
        found = await self._storage.get_attention(user_id=self._user_id, limit=MOST)
        return [s for s in found if not self._desk.is_answering(s.session_id)]

    def _is_open(self, session: Session) -> bool:
        document = self._desk.document
        return document is not None and (
            document.session.session_id == session.session_id
        )

    def _write(self, text: str) -> None:
        write_to_terminal(self._desk.app, text)
