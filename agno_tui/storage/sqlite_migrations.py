"""The schema, as the numbered steps that lead to it.

Append-only: a step that was ever released is never edited, a change is a new step.
Step N brings `user_version` from N - 1 to N. All steps that a file needs run in one
transaction, so that a crash leaves the old schema or the new one, nothing between.
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
from agno_tui.storage.steps.first import FIRST

APPLICATION_ID: Final = 0x61676E6F
"""Ours, "agno" in ASCII. Source: https://www.sqlite.org/fileformat.html#application_id"""

MIGRATIONS: Final[tuple[Migration, ...]] = (FIRST,)
"""Every step, in order."""


def check(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    """The schema's version in a database that is ours; 0 where it is still empty.

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
    if version > newest:
        raise storage_error(StorageErrorKind.NEWER, path)
    return int(version)


def look(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    """`check` in a transaction of its own."""
    connection.execute("BEGIN")
    try:
        return check(connection, path, newest)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def migrate(
    connection: sqlite3.Connection, path: Path, migrations: tuple[Migration, ...]
) -> None:
    """Bring the schema up to date, keeping a copy of an older database beside it.

    Any number of processes may do this at once: one does it, the others find it done.
    Errors: those of `check`, and SQLite's; the database is then as it was.
    """
    newest = len(migrations)
    if look(connection, path, newest) == newest:
        return
    backup: Path | None = None
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = check(connection, path, newest)
        if 0 < version < newest:
            backup = _back_up(path, version)
        for statements in migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise sqlite3.IntegrityError("the migration left rows without their parent")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {newest}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if backup is not None:
            backup.unlink(missing_ok=True)  # The database is what the copy is.
        raise


def _back_up(path: Path, version: int) -> Path:
    """Copy the database to `<path>.bak-v<version>`, or the next free name after it."""
    backup = _free_name(path, version)
    try:
        # A connection of its own: SQLite refuses to copy from one that is writing.
        source = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        with closing(source), closing(sqlite3.connect(backup)) as target:
            source.backup(target)
    except BaseException:
        backup.unlink(missing_ok=True)
        raise
    return backup


def _free_name(path: Path, version: int) -> Path:
    """Make an empty file only the user can read; an older copy is never overwritten."""
    for number in count(1):
        suffix = f".bak-v{version}" if number == 1 else f".bak-v{version}-{number}"
        name = path.with_name(path.name + suffix)
        try:
            descriptor = os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            continue
        os.close(descriptor)
        os.chmod(name, 0o600)
        return name
    raise AssertionError("count() does not end")
