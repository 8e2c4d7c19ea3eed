"""The schema, as the numbered steps that lead to it.

Append-only: a step that was ever released is never edited, a change is a new step.
Step N brings the version from N - 1 to N: `user_version` for the default set of tables,
a row of `table_sets` for any other. All steps that a set needs run in one transaction,
so that a crash leaves the old schema or the new one, nothing between.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Final

from agno_tui.storage.errors import StorageErrorKind
from agno_tui.storage.sqlite_errors import storage_error
from agno_tui.storage.steps import Migration
from agno_tui.storage.steps.fifth import FIFTH
from agno_tui.storage.steps.first import FIRST
from agno_tui.storage.steps.fourth import FOURTH
from agno_tui.storage.steps.second import SECOND
from agno_tui.storage.steps.third import THIRD
from agno_tui.storage.table_names import DEFAULT, TABLE_SETS, is_default

APPLICATION_ID: Final = 0x61676E6F
"""Ours, "agno" in ASCII. Source: https://www.sqlite.org/fileformat.html#application_id"""

MIGRATIONS: Final[tuple[Migration, ...]] = (FIRST, SECOND, THIRD, FOURTH, FIFTH)
"""Every step, in order."""

_MAKE_TABLE_SETS: Final = f"""
CREATE TABLE IF NOT EXISTS {TABLE_SETS} (
    table_name TEXT PRIMARY KEY COLLATE NOCASE,
    version INTEGER NOT NULL
) STRICT
"""

_GET_VERSION: Final = f"SELECT version FROM {TABLE_SETS} WHERE table_name = ?"

_SET_VERSION: Final = f"""
INSERT INTO {TABLE_SETS} (table_name, version) VALUES (?, ?)
ON CONFLICT (table_name) DO UPDATE SET version = excluded.version
"""


def check(
    connection: sqlite3.Connection, path: Path, newest: int, table_name: str = DEFAULT
) -> int:
    """The version of a set's schema in a database that is ours; 0 where it is not yet.

    Reads only, and inside the caller's transaction: a file that another process is
    just making must not be half seen. Errors: `StorageError` FOREIGN or NEWER;
    SQLite's own where the file is not a database.
    """
    if not connection.in_transaction:
        raise ValueError("check() needs a transaction")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    empty = application == 0 and version == 0 and tables == 0
    if application != APPLICATION_ID and not empty:
        raise storage_error(StorageErrorKind.FOREIGN, path)
    if not is_default(table_name):
        version = _version_of(connection, table_name)
    if version > newest:
        raise storage_error(StorageErrorKind.NEWER, path)
    return int(version)


def look(
    connection: sqlite3.Connection, path: Path, newest: int, table_name: str = DEFAULT
) -> int:
    """`check` in a transaction of its own."""
    connection.execute("BEGIN")
    try:
        return check(connection, path, newest, table_name)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    migrations: tuple[Migration, ...],
    table_name: str = DEFAULT,
) -> None:
    """Bring a set's schema up to date, keeping a copy of an older database beside it.

    Any number of processes may do this at once: one does it, the others find it done.
    Errors: those of `check`, and SQLite's; the database is then as it was.
    """
    newest = len(migrations)
    if look(connection, path, newest, table_name) == newest:
        return
    backup: Path | None = None
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = check(connection, path, newest, table_name)
        if 0 < version < newest:
            backup = _back_up(path, version, table_name)
        for statements in migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise sqlite3.IntegrityError("the migration left rows without their parent")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _set_version(connection, table_name, newest)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if backup is not None:
            backup.unlink(missing_ok=True)  # The database is what the copy is.
        raise


def _version_of(connection: sqlite3.Connection, table_name: str) -> int:
    """The version of a set that is not the default one."""
    known = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    if connection.execute(known, (TABLE_SETS,)).fetchone() is None:
        return 0
    row = connection.execute(_GET_VERSION, (table_name,)).fetchone()
    return 0 if row is None else int(row[0])


def _set_version(connection: sqlite3.Connection, table_name: str, version: int) -> None:
    if is_default(table_name):
        connection.execute(f"PRAGMA user_version = {version}")
        return
    connection.execute(_MAKE_TABLE_SETS)
    connection.execute(_SET_VERSION, (table_name, version))


def _back_up(path: Path, version: int, table_name: str) -> Path:
    """Copy the database to `<path>.bak-v<version>`, or the next free name after it.

    A set that is not the default one has its name before the version.
    """
    of_set = "" if is_default(table_name) else f"{table_name}-"
    backup = _free_name(path, f"{of_set}v{version}")
    try:
        # A connection of its own: SQLite refuses to copy from one that is writing.
        source = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        with closing(source), closing(sqlite3.connect(backup)) as target:
            source.backup(target)
    except BaseException:
        backup.unlink(missing_ok=True)
        raise
    return backup


def _free_name(path: Path, version: str) -> Path:
    """Make an empty file only the user can read; an older copy is never overwritten."""
    for number in count(1):
        suffix = f".bak-{version}" if number == 1 else f".bak-{version}-{number}"
        name = path.with_name(path.name + suffix)
        try:
            descriptor = os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            continue
        os.close(descriptor)
        os.chmod(name, 0o600)
        return name
    raise AssertionError("count() does not end")
