"""What the list of sessions shows: read from the storage page by page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from agno_tui.session import Session
from agno_tui.storage.base import Storage
from agno_tui.storage.titles import Title
from agno_tui.ui.sidebar import Sidebar

if TYPE_CHECKING:
    from agno_tui.ui.reading_desk import ReadingDesk

PAGE = 200
"""Sessions read from the storage at a time."""

SETTLE_SECONDS = 1.0
"""How long Enter waits for the titles that were just written, at most."""


class ListPages:
    """Reads the list, the archive, and the sessions whose titles are looked for."""

    def __init__(self, desk: ReadingDesk, storage: Storage, user_id: str) -> None:
        self._desk = desk
        self._storage = storage
        self._user_id = user_id
        self._words = ""
        self._last_found: Session | None = None
        self._is_settled = asyncio.Event()
        self._is_settled.set()

    async def fill(self, *, archive: bool = False) -> None:
        """Show the first page, with all that is pinned; `archive`: of what was put
        away."""
        storage, user_id = self._storage, self._user_id
        sessions: list[Session] = []
        while True:
            # Pages that follow bring no pinned ones.
            page = await storage.get_sessions(
                user_id=user_id,
                limit=PAGE,
                before=sessions[-1] if sessions else None,
                archived=archive,
                pinned=True,
            )
            sessions += page
            if len(page) < PAGE:
                break
        sessions += await storage.get_sessions(
            user_id=user_id, limit=PAGE, archived=archive, pinned=False
        )
        self._desk.sessions.set_sessions(sessions, archive=archive)
        self._desk.query_one(Sidebar).say_archive(archive)

    async def more(self) -> None:
        """Show the next page."""
        shown, user_id = self._desk.sessions, self._user_id
        archive, words = shown.shows_archive, self._words
        if words:
            before = self._last_found
            if before is None:
                return
            page = await self._storage.find_sessions(
                words, user_id=user_id, limit=PAGE, before=before, archived=archive
            )
            self._note_last(page)
        elif (last := shown.last) is not None:
            page = await self._storage.get_sessions(
                user_id=user_id,
                limit=PAGE,
                before=last,
                archived=archive,
                pinned=False,
            )
        else:
            return
        if (words, archive) == (self._words, shown.shows_archive):
            shown.add_page(page)

    def look_for(self, words: str) -> None:
        """Show only titles with these words, none: all; those of before stay until it
        is known which these are."""
        words = words.strip()
        if words == self._words:
            return
        before, self._words = self._words, words
        if words and self._narrow(before, words):
            self._desk.workers.cancel_group(self._desk, "filter")
            self._is_settled.set()
        elif words:
            self._is_settled.clear()
            self._desk._do(self._find(words), only="filter")
        else:
            self._desk.workers.cancel_group(self._desk, "filter")
            self._is_settled.set()
            self._desk.sessions.set_found(None)

    def _narrow(self, before: str, words: str) -> bool:
        """Where all titles with the words of before are here, and another letter was
        typed: the new ones are among them. Returns whether that was all there is to
        do."""
        shown = self._desk.sessions
        is_all = self._is_settled.is_set() and self._last_found is None
        if not (before and is_all and words.startswith(before)):
            return False
        title = Title(words)
        shown.set_found(
            [one for one in shown.sessions if title.is_in(one.name or one.draft)]
        )
        return True

    def look_again(self) -> None:
        """What is there has changed: look anew, where anything is looked for."""
        if words := self._words:
            self._words = ""
            self.look_for(words)

    async def settle(self) -> None:
        """Wait until the list shows what was last looked for."""
        waiting = asyncio.create_task(self._is_settled.wait())
        await asyncio.wait([waiting], timeout=SETTLE_SECONDS)
        waiting.cancel()

    async def _find(self, words: str) -> None:
        try:
            found = await self._storage.find_sessions(
                words,
                user_id=self._user_id,
                limit=PAGE,
                archived=self._desk.sessions.shows_archive,
            )
            if words == self._words:
                self._note_last(found)
                self._desk.sessions.set_found(found)
                if self._desk.sessions.deeds is not None:
                    self._desk.sessions.deeds.left()
        finally:
            if words == self._words:
                self._is_settled.set()

    def _note_last(self, page: list[Session]) -> None:
        self._last_found = page[-1] if len(page) == PAGE else None
