"""What has arrived of an answer, written to the storage while the rest is coming."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType

from agno_tui.session import Run
from agno_tui.storage.base import Storage

CHECKPOINT_SECONDS = 0.25
"""How far what is kept of a streaming answer may lag behind what was received."""

SIGN_OF_LIFE_SECONDS = 20.0
"""How often a run that waits for its first piece shows that it is still alive."""

_log = logging.getLogger(__name__)


class Checkpoints:
    """Writes what has arrived to the storage, a quarter second at a time.

    Batched by time, so that a fast model costs no more writes than a slow one. A
    checkpoint that fails is tried again a quarter second later; only the end of the run
    is allowed to complain.
    """

    def __init__(self, storage: Storage, run: Run) -> None:
        self._storage = storage
        self._run = run
        self._content: list[str] = []
        self._reasoning: list[str] = []
        self._arrived = asyncio.Event()
        self._failing = False

    async def __aenter__(self) -> Checkpoints:
        self._task = asyncio.create_task(self._write_on())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    def add(self, content: str, reasoning_content: str) -> None:
        """Take in a piece, to be written with the next checkpoint."""
        if content:
            self._content.append(content)
        if reasoning_content:
            self._reasoning.append(reasoning_content)
        self._arrived.set()

    async def _write_on(self) -> None:
        while True:
            try:
                async with asyncio.timeout(SIGN_OF_LIFE_SECONDS):
                    await self._arrived.wait()
            except TimeoutError:
                pass
            else:
                await asyncio.sleep(CHECKPOINT_SECONDS)
            await self._write()

    async def _write(self) -> None:
        content, reasoning = "".join(self._content), "".join(self._reasoning)
        counts = len(self._content), len(self._reasoning)
        self._arrived.clear()
        try:
            await self._storage.append_content(
                self._run, content=content, reasoning_content=reasoning
            )
        except Exception as error:
            if not self._failing:  # Once: a full disk would fill the log too.
                _log.warning("checkpoint of run %s failed: %s", self._run.run_id, error)
            self._failing = True
            self._arrived.set()
            return
        self._failing = False
        del self._content[: counts[0]]
        del self._reasoning[: counts[1]]
