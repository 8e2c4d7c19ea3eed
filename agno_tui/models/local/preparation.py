"""One preparation under way, watched by any number of callers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from agno_tui.models.base import ModelError, ModelErrorKind, Progress


class Preparation:
    """Work that runs by itself, so that no caller who leaves takes it away from others.

    It starts when it is made and needs a running event loop.
    """

    def __init__(self, steps: AsyncGenerator[Progress, None]) -> None:
        self._latest: Progress | None = None
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._run(steps))
        self._task.add_done_callback(_look_at)

    @property
    def ended(self) -> bool:
        """Whether the work is over, well or not."""
        return self._task.done()

    async def follow(self) -> AsyncGenerator[Progress, None]:
        """How far it is, until it is over. Errors: `ModelError`, the work's own."""
        shown: Progress | None = None
        while True:
            changed, latest = self._changed, self._latest
            if latest is not None and latest is not shown:
                shown = latest
                yield latest
            elif self._task.done():
                break
            else:
                await changed.wait()
        if self._task.cancelled():
            words = "The embedded model was stopped while it started. Press r to retry."
            raise ModelError(ModelErrorKind.LOCAL, words)
        error = self._task.exception()
        if isinstance(error, ModelError):
            raise ModelError(error.kind, error.words) from error
        if error is not None:
            raise error

    async def cancel(self) -> None:
        """Stop the work and wait until it has cleaned up."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self, steps: AsyncGenerator[Progress, None]) -> None:
        try:
            async with aclosing(steps):
                async for step in steps:
                    self._latest = step
                    self._wake()
        finally:
            self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def _look_at(task: asyncio.Task[None]) -> None:
    """Mark a failure as seen, for it may be that nobody follows any more."""
    if not task.cancelled():
        task.exception()
