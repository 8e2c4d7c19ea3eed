"""Files that were open when this process was forked, which it must leave alone.

SQLite has one list a process of what locks it holds on which files. A fork takes the
list along and none of the locks: whatever the child commits to such a file, on any
connection, may be lost. So this list is the process's too.
Source: https://www.sqlite.org/howtocorrupt.html, 2.6
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from agno_tui.storage.errors import StorageError, StorageErrorKind
from agno_tui.storage.sqlite_errors import storage_error
from agno_tui.storage.sqlite_files import identity_of

_WHY: Final = (
    "it was opened before this process was forked; open it only after that, or start "
    "processes with spawn instead of fork"
)


class OpenFile:
    """A file that this process has open, until `forget`."""

    _all: Final[dict[int, tuple[tuple[int, int], int]]] = {}
    """Of each its identity, and the process that opened it."""

    def __init__(self, identity: tuple[int, int]) -> None:
        self._all[id(self)] = identity, os.getpid()

    def forget(self) -> None:
        """It is closed: a process that is forked now may open it."""
        self._all.pop(id(self), None)

    @classmethod
    def is_inherited(cls, path: Path) -> bool:
        """Whether a process that this one is a fork of had the file open."""
        this = os.getpid()
        files = cls._all.copy().values()
        inherited = {identity for identity, process in files if process != this}
        return bool(inherited) and path.exists() and identity_of(path) in inherited


def forked(path: Path) -> StorageError:
    """What is raised where such a file is asked for."""
    return storage_error(StorageErrorKind.OTHER, path, _WHY)
