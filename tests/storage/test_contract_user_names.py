"""Which users a storage knows."""

from __future__ import annotations

from pathlib import Path

from agno_tui.storage.base import Storage
from agno_tui.storage.sqlite import SqliteStorage
from tests.storage.runs import a_run, a_turn


async def test_nobody_at_first(storage: Storage) -> None:
    assert await storage.get_users() == []


async def test_everybody_once_whatever_the_name(storage: Storage) -> None:
    names = ("bob", "", "ann", "ANN", "Émile", "日本", "a'b", "ann ")
    for name in names:
        for number in range(3):
            await storage.start_run(a_run(f"{name} {number}", user_id=name), name="x")
    assert await storage.get_users() == sorted(names, key=str.encode)


async def test_a_draft_makes_a_user_and_a_setting_does_not(storage: Storage) -> None:
    await storage.set_setting("theme", "dark", user_id="ann")
    await storage.set_open_session("nowhere", user_id="ann")
    assert await storage.get_users() == []
    await storage.set_draft("s", "typed", user_id="ann")
    assert await storage.get_users() == ["ann"]


async def test_who_has_thrown_all_away_comes_back_with_a_session(
    storage: Storage,
) -> None:
    await a_turn(storage, "s", "one")
    await storage.delete_session("s", user_id="ann")
    assert await storage.get_users() == []
    await storage.restore_session("s", user_id="ann")
    assert await storage.get_users() == ["ann"]


async def test_it_goes_by_an_index(tmp_path: Path) -> None:
    """However many sessions each has: none of them is read."""
    from agno_tui.storage import sqlite_memories

    storage = SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    try:
        plan = await storage._read(
            lambda connection: [
                row["detail"]
                for row in connection.execute(
                    f"EXPLAIN QUERY PLAN {sqlite_memories._USERS}"
                )
            ]
        )
    finally:
        await storage.close()
    steps = [step for step in plan if "sessions" in step]
    assert steps and all(step.startswith("SEARCH") for step in steps), plan
