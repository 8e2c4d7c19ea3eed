"""What all storage tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from weakref import WeakSet

import pytest

from agno_tui.storage.base import Storage
from agno_tui.storage.memory import MemoryStorage
from agno_tui.storage.sqlite import SqliteStorage


@pytest.fixture(autouse=True)
async def closed_at_the_end(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Close what a failing test left open: the next should find nothing under way."""
    opened: WeakSet[SqliteStorage] = WeakSet()
    really_open = SqliteStorage.open

    async def remember(storage: SqliteStorage) -> None:
        opened.add(storage)
        await really_open(storage)

    monkeypatch.setattr(SqliteStorage, "open", remember)
    yield
    for storage in list(opened):
        await storage.close()


@pytest.fixture(params=["memory", "sqlite", "sqlite set"])
async def storage(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Storage]:
    """Each of the storages, open: what a test finds here holds for all of them."""
    made: dict[str, Callable[[], Storage]] = {
        "memory": MemoryStorage,
        "sqlite": lambda: SqliteStorage(tmp_path / "chat.db"),
        "sqlite set": lambda: SqliteStorage(
            tmp_path / "chat.db", table_name="agent_sessions"
        ),
    }
    storage = made[request.param]()
    await storage.open()
    yield storage
    await storage.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A clock that stands still until its one element is changed."""
    time = [1_000_000]
    for module in (
        "memory_facts",
        "memory_kept",
        "memory_runs",
        "memory_sessions",
        "sqlite_beginnings",
        "sqlite_branches",
        "sqlite_forks",
        "sqlite_lists",
        "sqlite_memories",
        "sqlite_runs",
        "sqlite_sessions",
        "sqlite_states",
    ):
        monkeypatch.setattr(f"agno_tui.storage.{module}.now", lambda: time[0])
    yield time
