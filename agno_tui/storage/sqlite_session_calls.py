"""The sessions of a SQLite storage."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from agno_tui.session import Session
from agno_tui.storage import sqlite_sessions
from agno_tui.storage.sqlite_calls import SqliteCalls


class SqliteSessions(SqliteCalls):
    """Keeps sessions; see `Sessions`."""

    async def get_sessions(
        self, *, user_id: str, limit: int = 200, before: Session | None = None
    ) -> list[Session]:
        """A page of the list, by an index whatever its length."""
        return await self._read(
            partial(
                sqlite_sessions.get_sessions,
                user_id=user_id,
                limit=limit,
                before=replace(before) if before else None,
            )
        )

    async def get_session(self, session_id: str, *, user_id: str) -> Session | None:
        """One session, or None."""
        return await self._read(
            partial(sqlite_sessions.get_session, session_id=session_id, user_id=user_id)
        )

    async def rename_session(self, session_id: str, name: str, *, user_id: str) -> None:
        """Another name, which no run will change."""
        await self._write(
            partial(
                sqlite_sessions.rename_session,
                session_id=session_id,
                name=name,
                user_id=user_id,
            )
        )

    async def delete_session(self, session_id: str, *, user_id: str) -> None:
        """Into the trash."""
        await self._write(
            partial(
                sqlite_sessions.delete_session, session_id=session_id, user_id=user_id
            )
        )

    async def restore_session(self, session_id: str, *, user_id: str) -> None:
        """Out of the trash; no error where it was not in it."""
        await self._write(
            partial(
                sqlite_sessions.restore_session, session_id=session_id, user_id=user_id
            )
        )

    async def set_draft(self, session_id: str, draft: str, *, user_id: str) -> None:
        """What is typed and not sent; survives kill -9, not power loss."""
        await self._write(
            partial(
                sqlite_sessions.set_draft,
                session_id=session_id,
                draft=draft,
                user_id=user_id,
            ),
            durable=False,
        )

    async def mark_read(self, session_id: str, *, user_id: str) -> None:
        """All that ended so far is seen."""
        await self._write(
            partial(sqlite_sessions.mark_read, session_id=session_id, user_id=user_id),
            durable=False,
        )

    async def get_open_session(self, *, user_id: str) -> str | None:
        """What the user last had on the screen."""
        return await self._read(
            partial(sqlite_sessions.get_open_session, user_id=user_id)
        )

    async def set_open_session(self, session_id: str, *, user_id: str) -> None:
        """What the user has on the screen."""
        await self._write(
            partial(
                sqlite_sessions.set_open_session, session_id=session_id, user_id=user_id
            ),
            durable=False,
        )
