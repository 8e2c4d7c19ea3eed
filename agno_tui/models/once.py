"""Work that is done once, however many ask for it at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """One piece of work that all callers share.

    What it made is kept; a failure reaches everyone who waits and is then forgotten,
    so that the next caller tries anew. A caller that is cancelled stops waiting; the
    work goes on.
    """

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._task: asyncio.Task[T] | None = None

    @property
    def made(self) -> T | None:
        """What the work made, or None while there is nothing."""
        task = self._task
        if task is None or not task.done() or task.cancelled() or task.exception():
            return None
        return task.result()

    async def get(self) -> T:
        """Do the work, or wait for the one who does it. Errors: the work's own."""
        if self._task is None:
            self._task = asyncio.create_task(self._work())
            self._task.add_done_callback(self._forget_failure)
        return await asyncio.shield(self._task)

    async def clear(self) -> T | None:
        """Stop work under way and forget what was made; returns it to be closed."""
        task, self._task = self._task, None
        if task is None:
            return None
        task.cancel()
        (outcome,) = await asyncio.gather(task, return_exceptions=True)
        return None if isinstance(outcome, BaseException) else outcome

    def _forget_failure(self, task: asyncio.Task[T]) -> None:
        if not task.cancelled() and task.exception() is None:
            return
        if self._task is task:
            self._task = None
