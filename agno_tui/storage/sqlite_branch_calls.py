"""The branches of a SQLite storage."""

from __future__ import annotations

from functools import partial

from agno_tui.branches import RunNode
from agno_tui.session import Session
from agno_tui.storage import sqlite_branches
from agno_tui.storage.sqlite_calls import SqliteCalls


class SqliteTrees(SqliteCalls):
    """Knows which way a conversation goes; see `Branches`."""

    async def choose_run(self, run_id: str, *, user_id: str) -> bool:
        """Have the conversation go through it; on the disk when this returns."""
        return await self._write(
            partial(sqlite_branches.choose_run, run_id=run_id, user_id=user_id)
        )

    async def get_versions(self, session_id: str, *, user_id: str) -> list[list[str]]:
        """The turns that have several versions."""
        return await self._read(
            partial(
                sqlite_branches.get_versions, session_id=session_id, user_id=user_id
            )
        )

    async def get_run_tree(self, session_id: str, *, user_id: str) -> list[RunNode]:
        """All runs that were begun."""
        return await self._read(
            partial(
                sqlite_branches.get_run_tree, session_id=session_id, user_id=user_id
            )
        )

    async def delete_run(self, run_id: str, *, user_id: str) -> None:
        """Mark it; on the disk when this returns. Errors: `SessionNotFoundError`."""
        await self._write(
            partial(sqlite_branches.delete_run, run_id=run_id, user_id=user_id)
        )

    async def restore_run(self, run_id: str, *, user_id: str) -> None:
        """Put it back; on the disk when this returns. Errors: as above."""
        await self._write(
            partial(sqlite_branches.restore_run, run_id=run_id, user_id=user_id)
        )

    async def get_forks(self, session_id: str, *, user_id: str) -> list[Session]:
        """The sessions that were forked from it."""
        return await self._read(
            partial(sqlite_branches.get_forks, session_id=session_id, user_id=user_id)
        )
