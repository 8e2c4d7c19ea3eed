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
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiosqlite

from agno_tui.storage.errors import StorageErrorKind
from agno_tui.storage.process import Owner
from agno_tui.storage.sqlite_errors import storage_error
from agno_tui.storage.sqlite_files import Database, open_database
from agno_tui.storage.sqlite_migrations import MIGRATIONS
from agno_tui.storage.sqlite_run_calls import SqliteRuns
from agno_tui.storage.sqlite_session_calls import SqliteSessions
from agno_tui.storage.steps import Migration

T = TypeVar("T")


class SqliteStorage(SqliteSessions, SqliteRuns):
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
