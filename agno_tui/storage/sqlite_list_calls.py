"""The lists of sessions of a SQLite storage."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from agno_tui.session import Session
from agno_tui.storage import sqlite_lists
from agno_tui.storage.sqlite_calls import SqliteCalls
from agno_tui.storage.titles import Title


class SqliteLists(SqliteCalls):
    """Arranges sessions; see `SessionLists`."""

    async def get_sessions(
        self,
        *,
        user_id: str,
        limit: int = 200,
        before: Session | None = None,
        archived: bool = False,
        pinned: bool | None = None,
    ) -> list[Session]:
        """A page of a list, by an index whatever its length."""
        return await self._read(
            partial(
                sqlite_lists.get_sessions,
                user_id=user_id,
                limit=limit,
                before=replace(before) if before else None,
                archived=archived,
                pinned=pinned,
            )
        )

    async def pin_session(self, session_id: str, pinned: bool, *, user_id: str) -> None:
        """On top of the list, or no longer."""
        await self._write(
            partial(
                sqlite_lists.pin_session,
                session_id=session_id,
                pinned=pinned,
                user_id=user_id,
            )
        )

    async def archive_session(
        self, session_id: str, archived: bool, *, user_id: str
    ) -> None:
        """Put away, or brought back."""
        await self._write(
            partial(
                sqlite_lists.archive_session,
                session_id=session_id,
                archived=archived,
                user_id=user_id,
            )
        )

    async def find_sessions(
        self,
        words: str,
        *,
        user_id: str,
        limit: int = 200,
        before: Session | None = None,
        archived: bool = False,
    ) -> list[Session]:
        """By their titles, some thousand at a time: what others ask for meanwhile is
        done between, and whoever is no longer waiting costs nothing more."""
        title = Title(words)
        if not title:
            return await self.get_sessions(
                user_id=user_id, limit=limit, before=before, archived=archived
            )
        place: sqlite_lists.Place | None = None
        if before is not None:
            work = partial(sqlite_lists.find_place, before=replace(before))
            place = await self._read(work)
        found: list[Session] = []
        while len(found) < limit:
            page, place = await self._read(
                partial(
                    sqlite_lists.find_titles,
                    title=title,
                    user_id=user_id,
                    limit=limit - len(found),
                    place=place,
                    archived=archived,
                )
            )
            found += page
            if place is None:
                break
        return found

    async def get_attention(self, *, user_id: str, limit: int = 100) -> list[Session]:
        """The sessions that need the user, by indexes that hold no others."""
        return await self._read(
            partial(sqlite_lists.get_attention, user_id=user_id, limit=limit)
        )
