"""What all storage tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agno_tui.storage.sqlite import SqliteStorage


@pytest.fixture(autouse=True)
async def closed_at_the_end(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Close what a failing test left open: its thread would keep pytest from ending."""
    opened: list[SqliteStorage] = []
    really_open = SqliteStorage.open

    async def remember(storage: SqliteStorage) -> None:
        opened.append(storage)
        await really_open(storage)

    monkeypatch.setattr(SqliteStorage, "open", remember)
    yield
    for storage in opened:
        await storage.close()
