"""What a storage in this process keeps about its users."""

from __future__ import annotations

from dataclasses import replace

from agno_tui.session import UserMemory, now
from agno_tui.storage.errors import MemoryNotFoundError
from agno_tui.storage.memory_kept import MemoryKept, alone
from agno_tui.text import repair


class MemoryFacts(MemoryKept):
    """Keeps user memories and settings; see `UserMemories`, `UserSettings`."""

    @alone
    async def get_users(self) -> list[str]:
        """Who has sessions here."""
        kept = self._sessions.values()
        users = {one.session.user_id for one in kept if not one.deleted}
        return sorted(users, key=str.encode)

    @alone
    async def add_memory(self, memory: UserMemory) -> None:
        """Keep it; one that is known already stays in its place."""
        key = (memory.user_id, memory.memory_id)
        self._memories[key] = replace(memory, memory=repair(memory.memory))

    @alone
    async def get_memories(
        self, *, user_id: str, limit: int | None = None
    ) -> list[UserMemory]:
        """What is known about a user, oldest first."""
        own = [m for m in self._memories.values() if m.user_id == user_id]
        first = 0 if limit is None else max(0, len(own) - limit)
        return [replace(memory) for memory in own[first:]]

    @alone
    async def update_memory(self, memory_id: str, memory: str, *, user_id: str) -> None:
        """Put it in other words. Errors: `MemoryNotFoundError`."""
        kept = self._memories.get((user_id, memory_id))
        if kept is None:
            raise MemoryNotFoundError(memory_id)
        kept.memory = repair(memory)
        kept.updated_at = now()

    @alone
    async def delete_memory(self, memory_id: str, *, user_id: str) -> None:
        """Erase it. Errors: `MemoryNotFoundError`."""
        if self._memories.pop((user_id, memory_id), None) is None:
            raise MemoryNotFoundError(memory_id)

    @alone
    async def get_setting(self, name: str, *, user_id: str) -> str | None:
        """A setting's value, or None."""
        return self._settings.get((user_id, name))

    @alone
    async def set_setting(self, name: str, value: str, *, user_id: str) -> None:
        """Keep a setting."""
        self._settings[user_id, name] = repair(value)
