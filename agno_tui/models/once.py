"""Work that is done once, however many ask for it at the same time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Cleared(Exception):
    """The work was stopped by `Once.clear` while somebody waited for it."""


class Once(Generic[T]):
    """One piece of work that all callers share.

    What it made is kept; a failure reaches everyone who waits and is then forgotten,
    so that the next caller tries anew. A caller that is cancelled stops waiting; the
    work goes on. Callers may come from several event loops: where the one that did the
    work has ended, the work begins anew in the caller's.
    """

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._task: asyncio.Task[T] | None = None
        self._choosing = threading.Lock()

    @property
    def made(self) -> T | None:
        """What the work made, or None while there is nothing."""
        task = self._task
        if task is None or not task.done() or _has_failed(task):
            return None
        return task.result()

    async def get(self) -> T:
        """Do the work, or wait for the one who does it.

        Errors: the work's own; `Cleared`.
        """
        here = asyncio.get_running_loop()
        while True:
            task = self._task_for(here)
            if task.done():
                return task.result()
            is_near = task.get_loop() is here
            try:
                return await (asyncio.shield(task) if is_near else _from_afar(task))
            except asyncio.CancelledError:
                caller = asyncio.current_task()
                if caller is None or caller.cancelling():
                    raise
                if is_near and task.cancelling():
                    raise Cleared from None
                if is_near:
                    raise
                # The other loop ended before the work did.

    async def clear(self) -> T | None:
        """Stop work under way and forget what was made; returns it to be closed."""
        task, self._task = self._task, None
        if task is None:
            return None
        if task.done():
            return None if _has_failed(task) else task.result()
        if task.get_loop() is not asyncio.get_running_loop():
            if not task.get_loop().is_closed():
                task.get_loop().call_soon_threadsafe(task.cancel)
            return None
        task.cancel()
        (outcome,) = await asyncio.gather(task, return_exceptions=True)
        return None if isinstance(outcome, BaseException) else outcome

    def _task_for(self, loop: asyncio.AbstractEventLoop) -> asyncio.Task[T]:
        """The work done or under way, or the work begun anew."""
        with self._choosing:
            task = self._task
            if task is None or _is_of_no_use(task):
                task = self._task = loop.create_task(self._work())
                task.add_done_callback(self._forget_failure)
            return task

    def _forget_failure(self, task: asyncio.Task[T]) -> None:
        if _has_failed(task) and self._task is task:
            self._task = None


async def _from_afar(task: asyncio.Task[T]) -> T:
    """What a task in another thread's loop makes."""
    waiting = asyncio.run_coroutine_threadsafe(_wait(task), task.get_loop())
    return await asyncio.wrap_future(waiting)


async def _wait(task: asyncio.Task[T]) -> T:
    return await asyncio.shield(task)


def _has_failed(task: asyncio.Task[T]) -> bool:
    """Whether a task that is done made nothing."""
    return task.cancelled() or task.exception() is not None


def _is_of_no_use(task: asyncio.Task[T]) -> bool:
    """Whether nothing will come of it: it failed, or its loop stands still."""
    return _has_failed(task) if task.done() else not task.get_loop().is_running()
