"""How the calls of a SQLite storage get to its connection."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from agno_tui.storage.process import Owner

T = TypeVar("T")


class SqliteCalls(ABC):
    """One call, one function, run whole in one transaction on one thread."""

    _owner: Owner

    @abstractmethod
    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` on one unchanging view of the database. Errors: `StorageError`."""

    @abstractmethod
    async def _write(
        self, work: Callable[[sqlite3.Connection], T], *, durable: bool = True
    ) -> T:
        """Do `work` in one transaction, safe against power loss where `durable`.

        Errors: `StorageError`, and what `work` raises; nothing is written then.
        """
