"""Stopping one run from anywhere, without touching whoever follows it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import TypeVar

T = TypeVar("T")


class StoppedError(Exception):
    """The run was told to stop."""


class Cancellation:
    """Says to one run that it should stop; safe to be told from any thread.

    A run is an async generator, so most of the time its task is doing something of its
    caller's. Only what the run itself waits for is cut off: all of that goes through
    `wait_for`.
    """

    __slots__ = ("_loop", "_waiting", "requested")

    def __init__(self) -> None:
        self.requested = False
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Task[object] | None = None

    def request(self) -> bool:
        """Stop the run: now if it waits for something, else when it next would.

        Returns False where its event loop is gone, and the run with it.
        """
        self.requested = True
        try:
            self._loop.call_soon_threadsafe(self._cut_off)
        except RuntimeError:
            return False
        return True

    async def wait_for(self, something: Awaitable[T]) -> T:
        """Wait for something, unless or until the run is told to stop.

        Errors: `StoppedError`, and those of what is waited for.
        """
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a run needs a task to wait in")
        if self.requested:
            if isinstance(something, Coroutine):
                something.close()
            raise StoppedError
        self._waiting = task
        before = task.cancelling()
        try:
            return await something
        except (asyncio.CancelledError, Exception):
            # What broke because we cut it off did not fail. But ours only: where the
            # task is cancelled as well, that counts.
            if self._waiting is None and task.cancelling() - 1 <= before:
                raise StoppedError from None
            raise
        finally:
            if self._waiting is None:
                task.uncancel()
            self._waiting = None

    def _cut_off(self) -> None:
        task, self._waiting = self._waiting, None
        if task is not None:
            task.cancel()
