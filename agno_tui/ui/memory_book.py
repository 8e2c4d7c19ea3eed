"""The book of what is remembered about one user: read, written, and taken back."""

from __future__ import annotations

from agno_tui.memory import Memory
from agno_tui.session import UserMemory
from agno_tui.storage.base import Storage
from agno_tui.text import one_line


class MemoryBook:
    """A user's memories, oldest first, and those that were forgotten just now.

    Errors of all: `StorageError`; `MemoryNotFoundError` and `ValueError` where named.
    """

    def __init__(self, storage: Storage, user_id: str) -> None:
        self.memories: list[UserMemory] = []
        self.came: UserMemory | None = None
        """What was added or brought back, until it is shown."""
        self.titles: dict[str, str] = {}
        """Names of the sessions in which something was learned, by `session_id`."""
        self._storage = storage
        self._user_id = user_id
        self._memory = Memory(storage)
        self._forgotten: list[UserMemory] = []

    async def read(self) -> None:
        """See what is kept now."""
        kept = await self._storage.get_memories(user_id=self._user_id)
        self.memories = sorted(kept, key=lambda memory: memory.created_at)

    async def read_titles(self) -> bool:
        """Find the names of the sessions; returns whether any is new."""
        learned_in = {m.session_id for m in self.memories if m.session_id}
        wanted = learned_in - set(self.titles)
        for session_id in wanted:
            session = await self._storage.get_session(session_id, user_id=self._user_id)
            self.titles[session_id] = one_line(session.name) if session else ""
        return bool(wanted)

    async def add(self, text: str) -> None:
        """Write something down. Errors: `ValueError` for nothing or too much."""
        self.came = await self._memory.remember(text, user_id=self._user_id)

    async def change(self, memory: UserMemory, text: str) -> None:
        """Put it in other words. Errors: `MemoryNotFoundError`, `ValueError`."""
        await self._memory.edit(memory.memory_id, text, user_id=self._user_id)

    async def forget(self, memory: UserMemory) -> None:
        """Erase it; `restore_last` brings it back. Errors: `MemoryNotFoundError`."""
        await self._memory.forget(memory.memory_id, user_id=self._user_id)
        self._forgotten.append(memory)

    async def restore_last(self) -> None:
        """Bring back what was forgotten last, if anything was."""
        if not self._forgotten:
            return
        memory = self._forgotten[-1]
        await self._storage.add_memory(memory)
        self._forgotten.remove(memory)
        self.came = memory
