"""What the agent keeps about a user across sessions."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from agno_tui.session import UserMemory
from agno_tui.text import repair

if TYPE_CHECKING:
    from agno_tui.storage.base import Storage

LONGEST_MEMORY = 1_000
"""Characters of one memory: it is a note, not a document."""


class Memory:
    """What is remembered: the runs, and what the agent knows about each user.

    Without a storage it keeps all of that in the process. An agent that has a storage
    of its own keeps runs and what it knows there, unless `storage` says otherwise for
    what it knows. Two agents with the same `Memory()` share what is in it.

    Nothing is remembered by itself: by hand through the methods here, and by the model
    where the agent has `enable_agentic_memory`.
    """

    __slots__ = ("_lock", "_storage", "is_bound")

    def __init__(self, storage: Storage | None = None) -> None:
        self._storage = storage
        self._lock = threading.Lock()
        self.is_bound = storage is not None
        """Whether a storage was given, rather than the process being it."""

    @property
    def storage(self) -> Storage:
        """Where it is kept."""
        with self._lock:
            if self._storage is None:
                from agno_tui.storage.memory import MemoryStorage

                self._storage = MemoryStorage()
            return self._storage

    async def remember(
        self, memory: str, *, user_id: str = "", session_id: str | None = None
    ) -> UserMemory:
        """Keep something about a user. Errors: `ValueError` for nothing or too much."""
        kept = UserMemory(_checked(memory), user_id=user_id, session_id=session_id)
        await self.storage.open()
        await self.storage.add_memory(kept)
        return kept

    async def get_user_memories(
        self, *, user_id: str = "", limit: int | None = None
    ) -> list[UserMemory]:
        """What is known about a user, oldest first; the newest `limit` of it."""
        await self.storage.open()
        return await self.storage.get_memories(user_id=user_id, limit=limit)

    async def edit(self, memory_id: str, memory: str, *, user_id: str = "") -> None:
        """Put a memory in other words.

        Errors: `MemoryNotFoundError`, `ValueError` for nothing or too much.
        """
        await self.storage.open()
        await self.storage.update_memory(memory_id, _checked(memory), user_id=user_id)

    async def forget(self, memory_id: str, *, user_id: str = "") -> None:
        """Erase a memory, for good. Errors: `MemoryNotFoundError`."""
        await self.storage.open()
        await self.storage.delete_memory(memory_id, user_id=user_id)


def as_told(memories: list[UserMemory]) -> str:
    """The memories as the model is told them, one a line with its id."""
    lines = (f"- [{m.memory_id}] {' '.join(m.memory.split())}" for m in memories)
    return "\n".join(lines)


def _checked(memory: str) -> str:
    text = repair(memory).strip()
    if not text:
        raise ValueError("There is nothing to remember.")
    if len(text) > LONGEST_MEMORY:
        raise ValueError(f"A memory has at most {LONGEST_MEMORY:,} characters.")
    return text
