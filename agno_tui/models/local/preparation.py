"""One preparation under way, watched by any number of callers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import Future
from contextlib import aclosing, suppress
from typing import Final

from agno_tui.models.base import ModelError, ModelErrorKind, Progress
from agno_tui.models.local.process import promise

_LOOK: Final = 1.0
"""Seconds after which a follower looks whether the work's event loop still runs."""


class Preparation:
    """Work that runs by itself, so that no caller who leaves takes it away from others.

    It starts when it is made and needs a running event loop. Callers in other loops may
    follow it too; it is over when its own loop ends.
    """

    def __init__(self, steps: AsyncGenerator[Progress, None]) -> None:
        self._latest: Progress | None = None
        self._changed: Future[None] = promise()
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._run(steps))
        self._task.add_done_callback(self._end)

    @property
    def ended(self) -> bool:
        """Whether the work is over, well or not, or its event loop stands still."""
        return self._task.done() or not self._loop.is_running()

    async def follow(self) -> AsyncGenerator[Progress, None]:
        """How far it is, until it is over. Errors: `ModelError`, the work's own."""
        shown: Progress | None = None
        while True:
            changed, latest = self._changed, self._latest
            if latest is not None and latest is not shown:
                shown = latest
                yield latest
            elif self.ended:
                break
            else:
                await _wait(changed)
        if self._task.cancelled() or not self._task.done():
            words = "The embedded model was stopped while it started. Press r to retry."
            raise ModelError(ModelErrorKind.LOCAL, words)
        error = self._task.exception()
        if isinstance(error, ModelError):
            raise ModelError(error.kind, error.words) from error
        if error is not None:
            raise error

    async def cancel(self) -> None:
        """Stop the work and wait until it has cleaned up."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._task.cancel)
        while not self.ended:
            await _wait(self._changed)

    async def _run(self, steps: AsyncGenerator[Progress, None]) -> None:
        async with aclosing(steps):
            async for step in steps:
                self._latest = step
                self._wake()

    def _end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            task.exception()  # seen, for it may be that nobody follows any more
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, promise()
        changed.set_result(None)


async def _wait(changed: Future[None]) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.wrap_future(changed), _LOOK)
