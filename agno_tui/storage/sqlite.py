"""Sessions, runs and messages in one SQLite file.

One connection, on one thread, through which everything of this storage goes. Every
call is one function run whole on that thread: one hop, one transaction. That makes it
cheap, and cancellation harmless: a task that is cancelled stops waiting, and what it
asked for is still done whole and in its order, never left half open.

The thread belongs to no event loop. Any loop of any thread may ask it, and one that
ends while it waits takes nothing with it. It does not keep the process alive: what
nobody closed is closed when its storage is collected, or when the program ends.

In a process that was forked since, no call does anything but say so.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import sqlite3
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, Generic, TypeVar

import aiosqlite

from agno_tui.storage.errors import StorageError, StorageErrorKind
from agno_tui.storage.process import Owner
from agno_tui.storage.sqlite_branch_calls import SqliteTrees
from agno_tui.storage.sqlite_errors import storage_error
from agno_tui.storage.sqlite_files import Database, open_database
from agno_tui.storage.sqlite_inherited import OpenFile, forked
from agno_tui.storage.sqlite_list_calls import SqliteLists
from agno_tui.storage.sqlite_memory_calls import SqliteMemories
from agno_tui.storage.sqlite_migrations import MIGRATIONS
from agno_tui.storage.sqlite_run_calls import SqliteRuns
from agno_tui.storage.sqlite_search_calls import SqliteSearch
from agno_tui.storage.sqlite_session_calls import SqliteSessions
from agno_tui.storage.steps import Migration
from agno_tui.storage.table_names import DEFAULT, check_table_name, names_in

T = TypeVar("T")

_LAST_WAIT: Final = 10.0
"""Seconds the end of the program waits for what was asked of a database left open."""


class SqliteStorage(
    SqliteSessions, SqliteLists, SqliteRuns, SqliteTrees, SqliteMemories, SqliteSearch
):
    """Keeps everything in `db_file`, which any number of processes may share.

    `table_name`: the set of sessions in that file; each name is a set of its own.
    `busy_timeout`: seconds to wait while another process writes. `migrations` and
    `owner`, the process that answers the runs, are given by tests only. Errors:
    `ValueError` for a `table_name` that cannot be one.
    """

    def __init__(
        self,
        db_file: str | Path,
        *,
        table_name: str = DEFAULT,
        busy_timeout: float = 10.0,
        migrations: tuple[Migration, ...] = MIGRATIONS,
        owner: Owner | None = None,
    ) -> None:
        check_table_name(table_name, names_in(migrations))
        self.path = Path(db_file).expanduser().absolute()
        self.table_name = table_name
        self._given_owner = owner
        self._owner = owner or Owner.current()
        self._opener = partial(
            open_database,
            self.path,
            table_name=table_name,
            migrations=migrations,
            busy_timeout=busy_timeout,
        )
        self._changing = threading.Lock()
        self._connection: _Connection | None = None

    async def open(self) -> None:
        """Connect, and make or migrate the file. Errors: `StorageError`."""
        self._check_process()
        if self._open_connection() is None:
            if OpenFile.is_inherited(self.path):
                raise forked(self.path)
            await self._connect().ask(lambda _: None)

    async def close(self) -> None:
        """Finish what was asked for and let go of the file.

        Does nothing where this process was forked since: what is open is the other's.
        """
        connection = self._connection
        if connection is None or connection.is_inherited:
            return
        await connection.end()
        with self._changing:
            if self._connection is connection:
                self._connection = None

    def _open_connection(self) -> _Connection | None:
        connection = self._connection
        return connection if connection is not None and connection.is_open else None

    def _connect(self) -> _Connection:
        """The connection that is open or being opened, else a new one."""
        with self._changing:
            connection = self._connection
            if connection is None or not connection.is_wanted:
                # The process may be a fork of the one that made this storage.
                self._owner = self._given_owner or Owner.current()
                connection = self._connection = _Connection(
                    self._opener, self._not_open()
                )
                connection.ends_with(self)
            return connection

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._hop(lambda database: database.read(work), needed=False)

    async def _write(
        self, work: Callable[[sqlite3.Connection], T], *, durable: bool = True
    ) -> T:
        return await self._hop(lambda database: database.write(work, durable=durable))

    async def _hop(self, work: Callable[[Database], T], *, needed: bool = True) -> T:
        """Do it on the connection's thread, after all that was asked for before.

        Where whoever asked is cancelled before its turn comes, only if `needed`.
        """
        self._check_process()
        connection = self._open_connection()
        if connection is None:
            raise self._not_open()
        return await connection.ask(work, needed=needed)

    def _check_process(self) -> None:
        """Make sure that what is open was opened by this process."""
        connection = self._connection
        if connection is not None and connection.is_inherited:
            raise forked(self.path)

    def _not_open(self) -> StorageError:
        return storage_error(StorageErrorKind.OTHER, self.path, "it is not open")


class _Connection(aiosqlite.Connection):
    """An open database, its thread, and the thread's queue, to which anyone may add.

    aiosqlite's own calls run one statement each: a transaction would be several hops
    with a cancellation between any two of them, and cost five times as much. And its
    thread dies when the loop it answers to is gone. So what is queued here answers for
    itself. `_tx` and `_thread` are all we use of its inside; pyproject caps the version
    it was read in (0.22).
    """

    def __init__(self, opener: Callable[[], Database], closed: Exception) -> None:
        super().__init__(lambda: opener().connection, iter_chunk_size=64)
        self._process = os.getpid()
        self._opener = opener
        self._database: Database | None = None
        self._file: OpenFile | None = None
        self._failure = closed
        """What is raised where there is no open database."""
        # Reentrant: the collector may call `abandon` at any moment, on any thread.
        self._queueing = threading.RLock()
        self._leaving = self._left = False
        self._finalizer: weakref.finalize[..., object] | None = None
        self._thread.daemon = True
        self._thread.start()
        self._tx.put_nowait((None, self._open))
        atexit.register(self._finish)

    def ends_with(self, owner: object) -> None:
        """Close when `owner` is collected."""
        self._finalizer = weakref.finalize(owner, self.abandon)
        self._finalizer.atexit = False  # `_finish` does more then.

    @property
    def is_inherited(self) -> bool:
        """Whether this process is a fork of the one that has it."""
        return self._process != os.getpid()

    @property
    def is_open(self) -> bool:
        """Whether it can be asked: not where it is still being opened."""
        return self._database is not None and self.is_wanted

    @property
    def is_wanted(self) -> bool:
        """Whether nobody closed it, and its thread runs: a fork takes none along."""
        return not self._leaving and self._thread.is_alive()

    async def ask(self, work: Callable[[Database], T], *, needed: bool = True) -> T:
        """Do it on the thread; where nobody waits for it any more, only if `needed`.

        Errors: what `work` raises; why the database is not open where it is not.
        """
        question = _Question(partial(self._with_database, work), needed=needed)
        if not self._put(question):
            raise self._failure
        return await question.answer

    async def end(self) -> None:
        """Close, after all that was asked for. Returns when that is done."""
        self._leaving = True
        question = _Question(self._leave, needed=True)
        if self._put(question):
            await question.answer

    def abandon(self) -> None:
        """Close, after all that was asked for, without waiting."""
        if self.is_inherited:
            return  # It is another's, and its lock may be held for ever.
        self._leaving = True
        self._put(self._leave)

    def _finish(self) -> None:
        """At the end of the program: do what was asked for, copy the log back."""
        self.abandon()
        if not self.is_inherited:
            self._thread.join(_LAST_WAIT)

    def _put(self, job: Callable[[], None]) -> bool:
        """Queue a job; returns whether the thread will still come to it."""
        with self._queueing:
            if not self._left:
                self._tx.put_nowait((None, job))
            return not self._left

    def _open(self) -> None:
        try:
            self._database = self._opener()
            self._file = OpenFile(self._database.identity)
        except Exception as failure:
            self._failure = failure
            self._leave()

    def _with_database(self, work: Callable[[Database], T]) -> T:
        if self._database is None:
            raise self._failure
        return work(self._database)

    def _leave(self) -> None:
        """On the thread: close the database, and end after what is queued by now."""
        database, self._database = self._database, None
        if database is not None:
            database.connection.close()
        if self._file is not None:
            self._file.forget()
        with self._queueing:
            self._leaving = True
            if not self._left:
                self._left = True
                self.stop()  # On a thread without a loop, so it does not wait for one.
        atexit.unregister(self._finish)
        if self._finalizer is not None:
            self._finalizer.detach()


class _Question(Generic[T]):
    """A job for the thread, whose answer a task of the loop that made it waits for."""

    __slots__ = ("_loop", "_needed", "_work", "answer")

    def __init__(self, work: Callable[[], T], *, needed: bool) -> None:
        self._loop = asyncio.get_running_loop()
        self._needed = needed
        self._work: Callable[[], T] | None = work
        self.answer: asyncio.Future[T] = self._loop.create_future()

    def __call__(self) -> None:
        # Taken away: the thread keeps its last job until there is another.
        work, self._work = self._work, None
        if work is None or (self.answer.cancelled() and not self._needed):
            return
        try:
            tell = partial(self._succeed, work())
        except BaseException as failure:
            tell = partial(self._fail, failure)
        with suppress(RuntimeError):  # The loop is closed: nobody waits.
            self._loop.call_soon_threadsafe(tell)

    def _succeed(self, result: T) -> None:
        if not self.answer.done():
            self.answer.set_result(result)

    def _fail(self, failure: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(failure)
