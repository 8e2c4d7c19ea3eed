"""What every storage promises of what is known about its users, and of settings."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.session import UserMemory
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import MemoryNotFoundError


async def words(storage: Storage, limit: int | None = None, user: str = "ann") -> str:
    memories = await storage.get_memories(user_id=user, limit=limit)
    return " ".join(memory.memory for memory in memories)


async def test_memories_come_back_as_they_were_kept(storage: Storage) -> None:
    memory = UserMemory("Likes tea.", "ann", session_id="s", created_at=3, updated_at=4)
    waiting = asyncio.ensure_future(storage.add_memory(memory))
    await asyncio.sleep(0)
    memory.memory = "changed later"
    await waiting
    (kept,) = await storage.get_memories(user_id="ann")
    memory.memory = "Likes tea."
    assert kept == memory
    kept.memory = "changed"
    assert await storage.get_memories(user_id="ann") == [memory]


async def test_the_newest_memories_oldest_first(storage: Storage) -> None:
    for number in range(5):
        # The order they were kept in counts: a clock may go back.
        await storage.add_memory(UserMemory(f"{number}", "ann", created_at=9 - number))
        await storage.add_memory(UserMemory(f"bob {number}", "bob"))
    assert await words(storage) == "0 1 2 3 4"
    assert await words(storage, limit=2) == "3 4"
    assert await words(storage, limit=50) == "0 1 2 3 4"
    assert await words(storage, limit=0) == ""
    assert await words(storage, user="") == ""


async def test_memories_are_changed_and_erased(
    storage: Storage, clock: list[int]
) -> None:
    first, second = UserMemory("first", "ann"), UserMemory("second", "ann")
    first.created_at = first.updated_at = 5
    for memory in (first, second):
        await storage.add_memory(memory)
    await storage.update_memory(first.memory_id, "fir\ud800st", user_id="ann")
    kept, _ = await storage.get_memories(user_id="ann")
    assert (kept.memory, kept.created_at, kept.updated_at) == (
        "fir\ufffdst",
        5,
        clock[0],
    )
    await storage.delete_memory(second.memory_id, user_id="ann")
    assert await words(storage) == "fir\ufffdst"
    for attempt in (
        storage.update_memory(second.memory_id, "x", user_id="ann"),
        storage.delete_memory(second.memory_id, user_id="ann"),
        storage.delete_memory(first.memory_id, user_id="bob"),
    ):
        with pytest.raises(MemoryNotFoundError):
            await attempt
    await storage.delete_memory(first.memory_id, user_id="ann")
    assert await words(storage) == ""


async def test_a_memory_added_twice_is_kept_once_for_each_user(
    storage: Storage,
) -> None:
    for memory in ("one", "two"):
        await storage.add_memory(UserMemory(memory, "ann", memory_id="m"))
    await storage.add_memory(UserMemory("three", "ann"))
    await storage.add_memory(UserMemory("his", "bob", memory_id="m"))
    await storage.add_memory(UserMemory("One", "ann", memory_id="m"))
    assert await words(storage) == "One three"
    assert await words(storage, user="bob") == "his"
    await storage.delete_memory("m", user_id="bob")
    assert await words(storage) == "One three"


async def test_settings_are_each_users_own(storage: Storage) -> None:
    assert await storage.get_setting("theme", user_id="ann") is None
    await storage.set_setting("theme", "dark", user_id="ann")
    await storage.set_setting("theme", "light", user_id="")
    await storage.set_setting("theme", "\ud800", user_id="bob")
    await storage.set_setting("tools", "", user_id="ann")
    await storage.set_setting("theme", "darker", user_id="ann")
    for name, user, value in (
        ("theme", "ann", "darker"),
        ("theme", "", "light"),
        ("theme", "bob", "\ufffd"),
        ("tools", "ann", ""),
        ("tools", "bob", None),
    ):
        assert await storage.get_setting(name, user_id=user) == value
