"""The database file: made, checked, opened, and noticed when it goes away.

Nothing here touches a file that is not ours: it is looked at read-only first. It is
looked at through SQLite, never with `open()`: closing such a descriptor drops the locks
of every connection this process has to the file.
Source: https://www.sqlite.org/howtocorrupt.html, 2.2
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from agno_tui.config import make_private_folder
from agno_tui.storage.errors import StorageErrorKind
from agno_tui.storage.sqlite_errors import in_words, kind_of, storage_error
from agno_tui.storage.sqlite_migrations import look, migrate
from agno_tui.storage.steps import Migration
from agno_tui.storage.table_names import (
    SetConnection,
    Statements,
    is_default,
    names_in,
)

T = TypeVar("T")

_PAUSE = 0.02
"""Seconds between two tries to open a database that is locked."""

_SMALLEST = 512
"""Bytes of the smallest page, so of the smallest database that is not empty."""

_INNOCUOUS = (3, 44, 0)
"""From this SQLite on, triggers may fill an index though the schema is not trusted.

Before, FTS5 was not marked as harmless, and the schema has to be trusted for that.
Source: https://www.sqlite.org/releaselog/3_44_0.html
"""

_WAL_LIMIT = 16 * 1024 * 1024
"""Bytes the write-ahead log is cut to after a checkpoint."""


@dataclass(slots=True)
class Database:
    """An open database. Everything runs on the one thread that opened it."""

    path: Path
    connection: sqlite3.Connection
    identity: tuple[int, int]
    """Device and inode: whether `path` still names what was opened."""
    durable: bool = True
    """Whether commits wait for the disk: `synchronous` FULL, else NORMAL."""

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` on one unchanging view of the database. Errors: `StorageError`."""
        with in_words(self.path):
            return self._whatever_the_text(partial(self._read, work))

    def write(self, work: Callable[[sqlite3.Connection], T], *, durable: bool) -> T:
        """Do `work` in one transaction, safe against power loss where `durable`.

        Errors: `StorageError`, and what `work` raises; nothing is written then.
        """
        self._check_presence()
        with in_words(self.path):
            self._wait_for_disk(durable)
            return self._whatever_the_text(partial(self._write, work))

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self.connection.execute("BEGIN")
        try:
            return work(self.connection)
        finally:
            self._roll_back()

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        # IMMEDIATE: a transaction that reads first and writes later fails with BUSY at
        # once, whatever the timeout, when another has written meanwhile.
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self.connection)
            self.connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        return result

    def _whatever_the_text(self, transaction: Callable[[], T]) -> T:
        """Do it again where text is not UTF-8: no byte makes a session unreadable.

        Only then, because decoding in Python makes every reading half as slow again.
        """
        try:
            return transaction()
        except sqlite3.OperationalError as error:
            if not str(error).startswith("Could not decode"):
                raise
        self.connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        return transaction()

    def _roll_back(self) -> None:
        # Some errors, such as a full disk, have already rolled back.
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def _wait_for_disk(self, durable: bool) -> None:
        if durable is not self.durable:
            mode = "FULL" if durable else "NORMAL"
            self.connection.execute(f"PRAGMA synchronous = {mode}")
            self.durable = durable

    def _check_presence(self) -> None:
        try:
            present = identity_of(self.path) == self.identity
        except OSError:
            present = False
        if not present:
            raise storage_error(StorageErrorKind.GONE, self.path)


def open_database(
    path: Path,
    *,
    table_name: str,
    migrations: tuple[Migration, ...],
    busy_timeout: float,
) -> Database:
    """Open the file, made new where there is none, with its schema up to date.

    Only the set of tables named `table_name` is looked at and brought up to date.

    `busy_timeout` in seconds. Errors: `StorageError`; a file that is foreign, newer or
    damaged is then byte for byte what it was.
    """
    with in_words(path):
        _make(path)
        _check_permission(path)
        deadline = time.monotonic() + busy_timeout
        while True:
            try:
                return _open(path, table_name, migrations, busy_timeout)
            except sqlite3.OperationalError as error:
                # Some locks do not wait, among them those around the switch to WAL.
                busy = kind_of(error) is StorageErrorKind.BUSY
                if not busy or time.monotonic() >= deadline:
                    raise
            time.sleep(_PAUSE)


def identity_of(path: Path) -> tuple[int, int]:
    """Device and inode of a file. Errors: `OSError`."""
    status = path.stat()
    return status.st_dev, status.st_ino


def _make(path: Path) -> None:
    """Make the file and its folders where they are missing, for the user alone."""
    make_private_folder(path.parent)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    os.close(descriptor)
    path.chmod(0o600)


def _check_permission(path: Path) -> None:
    """SQLite opens what it may not write as read-only, and says so only much later."""
    if path.is_dir():
        raise storage_error(StorageErrorKind.OTHER, path, "it is a folder")
    if not (os.access(path, os.R_OK | os.W_OK) and os.access(path.parent, os.W_OK)):
        raise storage_error(StorageErrorKind.READ_ONLY, path)


def _open(
    path: Path,
    table_name: str,
    migrations: tuple[Migration, ...],
    busy_timeout: float,
) -> Database:
    size = path.stat().st_size
    if size == 0:
        path.chmod(0o600)
    elif size < _SMALLEST:
        # Looked at first, because SQLite takes a file of one byte for an empty one.
        raise storage_error(StorageErrorKind.CORRUPT, path)
    else:
        _look(path, table_name, len(migrations), busy_timeout)
    connection = _connect(path, "rw", busy_timeout, _factory(table_name, migrations))
    try:
        connection.row_factory = sqlite3.Row
        trust = "OFF" if sqlite3.sqlite_version_info >= _INNOCUOUS else "ON"
        connection.execute(f"PRAGMA trusted_schema = {trust}")
        migrate(connection, path, migrations, table_name)
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        if mode != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return Database(path, connection, identity_of(path))
    except BaseException:
        connection.close()
        raise


def _look(path: Path, table_name: str, newest: int, busy_timeout: float) -> None:
    """Make sure, read-only, that the file is ours to write to."""
    with closing(_connect(path, "ro", busy_timeout)) as connection:
        try:
            look(connection, path, newest, table_name)
        except sqlite3.OperationalError as error:
            # A crash left a journal, which a reader may not play back: the writing
            # connection does, and checks again before it changes anything.
            if kind_of(error) is not StorageErrorKind.READ_ONLY:
                raise


def _factory(
    table_name: str, migrations: tuple[Migration, ...]
) -> Callable[..., sqlite3.Connection]:
    """What makes a connection that speaks of that set: of the default, a plain one."""
    if is_default(table_name):
        return sqlite3.Connection
    statements = Statements(table_name, names_in(migrations))
    return partial(SetConnection, statements)


def _connect(
    path: Path,
    mode: str,
    busy_timeout: float,
    factory: Callable[..., sqlite3.Connection] = sqlite3.Connection,
) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        timeout=busy_timeout,
        isolation_level=None,
        factory=cast("type[sqlite3.Connection]", factory),  # Any callable does.
    )
