"""The sessions of a SQLite storage."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from functools import partial

from agno_tui.session import Session, SessionMetrics, SessionSummary
from agno_tui.storage import sqlite_forks, sqlite_sessions, sqlite_states
from agno_tui.storage.json_text import json_text, summary_text
from agno_tui.storage.sqlite_calls import SqliteCalls


class SqliteSessions(SqliteCalls):
    """Keeps sessions; see `Sessions`."""

    async def get_session(self, session_id: str, *, user_id: str) -> Session | None:
        """One session, or None."""
        return await self._read(
            partial(sqlite_sessions.get_session, session_id=session_id, user_id=user_id)
        )

    async def rename_session(
        self, session_id: str, name: str, *, user_id: str, by_user: bool = True
    ) -> bool:
        """Another name, which no run will change where it is the user's."""
        return await self._write(
            partial(
                sqlite_sessions.rename_session,
                session_id=session_id,
                name=name,
                user_id=user_id,
                by_user=by_user,
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

    async def fork_session(
        self, session_id: str, *, user_id: str, through: str | None = None
    ) -> Session:
        """A copy of what has ended, made by the database; on the disk when this
        returns. Errors: `SessionNotFoundError`."""

        def work(connection: sqlite3.Connection) -> Session | None:
            fork = sqlite_forks.fork_session(
                connection, session_id, user_id=user_id, through=through
            )
            return sqlite_sessions.get_session(connection, fork, user_id=user_id)

        fork = await self._write(work)
        if fork is None:
            raise AssertionError("a fork is its user's")
        return fork

    async def get_session_state(
        self, session_id: str, *, user_id: str
    ) -> dict[str, object]:
        """Its state, made anew from text."""
        return await self._read(
            partial(sqlite_states.get_state, session_id=session_id, user_id=user_id)
        )

    async def update_session_state(
        self,
        session_id: str,
        *,
        user_id: str,
        changed: Mapping[str, object],
        removed: Collection[str] = (),
    ) -> dict[str, object]:
        """Set some values, take others away. Errors: as `Sessions` says."""
        return await self._write(
            partial(
                sqlite_states.update_state,
                session_id=session_id,
                user_id=user_id,
                changed=json_text(changed),
                removed=frozenset(removed),
            )
        )

    async def get_session_summary(
        self, session_id: str, *, user_id: str
    ) -> SessionSummary | None:
        """What it was about, if that is known."""
        return await self._read(
            partial(sqlite_states.get_summary, session_id=session_id, user_id=user_id)
        )

    async def set_session_summary(
        self, session_id: str, summary: SessionSummary, *, user_id: str
    ) -> None:
        """Keep a summary. Errors: `SessionNotFoundError`."""
        await self._write(
            partial(
                sqlite_states.set_summary,
                session_id=session_id,
                user_id=user_id,
                summary=summary_text(summary),
            )
        )

    async def get_session_metrics(
        self, session_id: str, *, user_id: str
    ) -> SessionMetrics:
        """What all its runs took, summed up by the database."""
        return await self._read(
            partial(sqlite_states.get_metrics, session_id=session_id, user_id=user_id)
        )
