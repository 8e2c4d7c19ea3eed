"""What a SQLite storage keeps about its users."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from agno_tui.session import UserMemory
from agno_tui.storage import sqlite_memories
from agno_tui.storage.sqlite_calls import SqliteCalls


class SqliteMemories(SqliteCalls):
    """Keeps user memories and settings; see `UserMemories`, `UserSettings`."""

    async def get_users(self) -> list[str]:
        """Who has sessions here; as quick for 100,000 sessions as for ten."""
        return await self._read(sqlite_memories.get_users)

    async def add_memory(self, memory: UserMemory) -> None:
        """Keep something about a user; on the disk when this returns."""
        await self._write(partial(sqlite_memories.add_memory, memory=replace(memory)))

    async def get_memories(
        self, *, user_id: str, limit: int | None = None
    ) -> list[UserMemory]:
        """What is known about a user, oldest first."""
        return await self._read(
            partial(sqlite_memories.get_memories, user_id=user_id, limit=limit)
        )

    async def update_memory(self, memory_id: str, memory: str, *, user_id: str) -> None:
        """Put it in other words. Errors: `MemoryNotFoundError`."""
        await self._write(
            partial(
                sqlite_memories.update_memory,
                memory_id=memory_id,
                memory=memory,
                user_id=user_id,
            )
        )

    async def delete_memory(self, memory_id: str, *, user_id: str) -> None:
        """Erase it. Errors: `MemoryNotFoundError`."""
        await self._write(
            partial(sqlite_memories.delete_memory, memory_id=memory_id, user_id=user_id)
        )

    async def get_setting(self, name: str, *, user_id: str) -> str | None:
        """A setting's value, or None."""
        return await self._read(
            partial(sqlite_memories.get_setting, name=name, user_id=user_id)
        )

    async def set_setting(self, name: str, value: str, *, user_id: str) -> None:
        """Keep a setting; on the disk when this returns."""
        await self._write(
            partial(
                sqlite_memories.set_setting, name=name, value=value, user_id=user_id
            )
        )
