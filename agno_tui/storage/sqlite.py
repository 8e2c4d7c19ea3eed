"""Sessions, runs and messages in one SQLite file.

One connection, on one thread, through which everything of this storage goes. Every
call is one function run whole on that thread: one hop, one transaction. That makes it
cheap, and cancellation harmless: a task that is cancelled stops waiting, and what it
asked for is still done whole and in its order, never left half open.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiosqlite

from agno_tui.session import Run, RunStatus, Session
from agno_tui.storage import sqlite_runs, sqlite_sessions
from agno_tui.storage.base import StorageErrorKind
from agno_tui.storage.copies import copied
from agno_tui.storage.process import Owner
from agno_tui.storage.sqlite_errors import storage_error
from agno_tui.storage.sqlite_files import Database, open_database
from agno_tui.storage.sqlite_migrations import MIGRATIONS, Migration

T = TypeVar("T")


class SqliteStorage:
    """Keeps everything in `db_file`, which any number of processes may share.

    `busy_timeout`: seconds to wait while another process writes. `migrations` and
    `owner`, the process that answers the runs, are given by tests only.
    """

    def __init__(
        self,
        db_file: str | Path,
        *,
        busy_timeout: float = 10.0,
        migrations: tuple[Migration, ...] = MIGRATIONS,
        owner: Owner | None = None,
    ) -> None:
        self.path = Path(db_file).expanduser().absolute()
        self._busy_timeout = busy_timeout
        self._migrations = migrations
        self._owner = owner or Owner.current()
        self._connection: aiosqlite.Connection | None = None
        self._database: Database | None = None
        self._opening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and make or migrate the file. Errors: `StorageError`."""
        # Shielded, as is `close`: a connection nobody closes keeps the process alive.
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
        await asyncio.shield(self._opening)

    async def close(self) -> None:
        """Finish what was asked for and let go of the file."""
        await asyncio.shield(self._close())

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

    async def start_run(self, run: Run, *, name: str = "") -> None:
        """Keep a new run; on the disk when this returns."""
        run.sequence = await self._write(
            partial(
                sqlite_runs.start_run, run=copied(run), name=name, owner=self._owner
            )
        )

    async def claim_run(self, run: Run) -> bool:
        """Take a waiting run; on the disk when this returns."""
        return await self._write(
            partial(sqlite_runs.claim_run, run=run, owner=self._owner)
        )

    async def append_content(
        self, run: Run, *, content: str = "", reasoning_content: str = ""
    ) -> None:
        """Keep a piece of the answer as a row of its own.

        Survives kill -9, not power loss. Errors: `SessionNotFoundError`.
        """
        await self._write(
            partial(
                sqlite_runs.append_content,
                run=run,  # Not copied: only its ids are read, which never change.
                content=content,
                reasoning_content=reasoning_content,
            ),
            durable=False,
        )

    async def update_run(self, run: Run) -> None:
        """Keep a run as it now is; on the disk when this returns."""
        await self._write(
            partial(sqlite_runs.update_run, run=copied(run), owner=self._owner)
        )

    async def get_run(self, run_id: str, *, user_id: str) -> Run | None:
        """One run, or None."""
        return await self._read(
            partial(sqlite_runs.get_run, run_id=run_id, user_id=user_id)
        )

    async def get_runs(
        self,
        session_id: str,
        *,
        user_id: str,
        limit: int | None = None,
        before: Run | None = None,
        status: RunStatus | None = None,
    ) -> list[Run]:
        """The last runs of a session, oldest first."""
        return await self._read(
            partial(
                sqlite_runs.get_runs,
                session_id=session_id,
                user_id=user_id,
                limit=limit,
                before=before,
                status=status,
            )
        )

    async def interrupt_abandoned(self) -> int:
        """End the runs whose process is gone; what had arrived is kept."""
        return await self._write(
            partial(sqlite_runs.interrupt_abandoned, owner=self._owner)
        )

    async def _open(self) -> None:
        connection = aiosqlite.Connection(self._connect, iter_chunk_size=64)
        try:
            await connection
        except BaseException:
            # The thread has been told to end. It still tells our loop that it did,
            # which must not be closed by then.
            connection._thread.join()
            self._opening = None
            raise
        self._connection = connection

    async def _close(self) -> None:
        if self._opening is not None:
            await asyncio.wait([self._opening])  # It may have lost whom it was for.
        connection, self._connection = self._connection, None
        self._opening = self._database = None
        if connection is not None:
            await connection.close()

    def _connect(self) -> sqlite3.Connection:
        """On the connection's thread: open the file, check it, migrate it."""
        self._database = open_database(
            self.path, migrations=self._migrations, busy_timeout=self._busy_timeout
        )
        return self._database.connection

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._hop(lambda database: database.read(work))

    async def _write(
        self, work: Callable[[sqlite3.Connection], T], *, durable: bool = True
    ) -> T:
        return await self._hop(lambda database: database.write(work, durable=durable))

    async def _hop(self, work: Callable[[Database], T]) -> T:
        """Do it on the connection's thread, after all that was asked for before."""
        connection, database = self._connection, self._database
        if connection is None or database is None:
            raise storage_error(StorageErrorKind.OTHER, self.path, "it is not open")
        # aiosqlite's public calls run one statement each: a transaction would be
        # several hops with a cancellation between any two of them, and cost five times
        # as much. `_execute` is how they all get to the thread; pyproject caps the
        # version it was read in (0.22).
        result: T = await connection._execute(  # type: ignore[no-untyped-call]
            partial(work, database)
        )
        return result
