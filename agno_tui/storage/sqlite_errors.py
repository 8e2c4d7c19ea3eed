"""SQLite's and the system's errors, in words for the user.

Each sentence says what happened, what became of the user's data, and what to do.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from agno_tui.storage.errors import StorageError, StorageErrorKind

_WORDS: Final = {
    StorageErrorKind.FULL: (
        "The disk is full: this was not saved in {path}. What was saved before is "
        "safe; free some space and try again."
    ),
    StorageErrorKind.READ_ONLY: (
        "{path} cannot be written to: nothing new was saved. Give yourself permission "
        "to write there, or choose another file."
    ),
    StorageErrorKind.BUSY: (
        "Another program keeps {path} locked: nothing was changed. Try again in a "
        "moment."
    ),
    StorageErrorKind.CORRUPT: (
        "{path} is damaged or not a database; it was left as it is. Move it elsewhere "
        "or choose another file."
    ),
    StorageErrorKind.FOREIGN: (
        "{path} was made by another program, Agno itself perhaps; it was left as it "
        "is. Choose another file: in code, another db_file."
    ),
    StorageErrorKind.NEWER: (
        "{path} was written by a newer version of this program; it was left as it is. "
        "Update the program or choose another file."
    ),
    StorageErrorKind.GONE: (
        "{path} was deleted or replaced while in use: this was not saved. Put the file "
        "back, or start the program again."
    ),
    StorageErrorKind.OTHER: (
        "{path} could not be used: {reason}. What was saved before was left as it is."
    ),
}

_KINDS: Final = {
    sqlite3.SQLITE_FULL: StorageErrorKind.FULL,
    sqlite3.SQLITE_READONLY: StorageErrorKind.READ_ONLY,
    sqlite3.SQLITE_BUSY: StorageErrorKind.BUSY,
    sqlite3.SQLITE_LOCKED: StorageErrorKind.BUSY,
    sqlite3.SQLITE_PROTOCOL: StorageErrorKind.BUSY,
    sqlite3.SQLITE_CORRUPT: StorageErrorKind.CORRUPT,
    sqlite3.SQLITE_NOTADB: StorageErrorKind.CORRUPT,
}

_ERRNOS: Final = {
    errno.ENOSPC: StorageErrorKind.FULL,
    errno.EDQUOT: StorageErrorKind.FULL,
    errno.EROFS: StorageErrorKind.READ_ONLY,
    errno.EACCES: StorageErrorKind.READ_ONLY,
    errno.EPERM: StorageErrorKind.READ_ONLY,
}


def storage_error(kind: StorageErrorKind, path: Path, reason: str = "") -> StorageError:
    """The error of that kind about that file. Only OTHER shows the reason."""
    return StorageError(kind, _WORDS[kind].format(path=path, reason=reason))


def kind_of(error: sqlite3.Error | OSError) -> StorageErrorKind:
    """What kind of failure an error of SQLite or of the system is.

    Source: https://www.sqlite.org/rescode.html (the low byte is the primary code).
    """
    if isinstance(error, OSError):
        return _ERRNOS.get(error.errno or 0, StorageErrorKind.OTHER)
    # Errors of the module itself, such as "closed database", carry no code.
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return StorageErrorKind.GONE
    return _KINDS.get(code & 0xFF, StorageErrorKind.OTHER)


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn what fails inside into a `StorageError` about that file."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise storage_error(kind_of(error), path, str(error)) from error
