"""Sessions, runs and messages in this process only, gone when it ends.

For a chat that leaves no trace, and for tests. No call waits for anything but another
thread's, so each is whole by itself, and a run's process is always this one.
"""

from __future__ import annotations

from agno_tui.storage.memory_branches import MemoryBranches
from agno_tui.storage.memory_facts import MemoryFacts
from agno_tui.storage.memory_lists import MemoryLists
from agno_tui.storage.memory_runs import MemoryRuns
from agno_tui.storage.memory_search import MemorySearch
from agno_tui.storage.memory_sessions import MemorySessions


class MemoryStorage(
    MemorySessions, MemoryLists, MemoryRuns, MemoryBranches, MemoryFacts, MemorySearch
):
    """Keeps everything in the process that made it."""

    async def open(self) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """Nothing to disconnect from; what was kept stays while the object does."""
