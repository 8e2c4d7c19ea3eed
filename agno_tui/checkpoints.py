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
        self._arrived = False
        self._failing = False
        # A timer, and a task only where it comes to writing: most answers of a fast
        # model are over before that, and a task costs them more than all their pieces.
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Checkpoints:
        self._write_in(SIGN_OF_LIFE_SECONDS)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait([self._writing])

    def add(self, content: str, reasoning_content: str) -> None:
        """Take in a piece, to be written with the next checkpoint."""
        if content:
            self._content.append(content)
        if reasoning_content:
            self._reasoning.append(reasoning_content)
        if not self._arrived:
            self._arrived = True
            if self._writing is None:
                self._write_in(CHECKPOINT_SECONDS)

    def _write_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(seconds, self._begin_writing)

    def _begin_writing(self) -> None:
        self._writing = asyncio.create_task(self._write_and_go_on())

    async def _write_and_go_on(self) -> None:
        await self._write()
        self._writing = None
        self._write_in(CHECKPOINT_SECONDS if self._arrived else SIGN_OF_LIFE_SECONDS)

    async def _write(self) -> None:
        content, reasoning = "".join(self._content), "".join(self._reasoning)
        counts = len(self._content), len(self._reasoning)
        self._arrived = False
        try:
            await self._storage.append_content(
                self._run, content=content, reasoning_content=reasoning
            )
        except Exception as error:
            if not self._failing:  # Once: a full disk would fill the log too.
                _log.warning("checkpoint of run %s failed: %s", self._run.run_id, error)
            self._failing = True
            self._arrived = True
            return
        self._failing = False
        del self._content[: counts[0]]
        del self._reasoning[: counts[1]]
