"""The events of one run, as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from agno_tui.events import RunEnded, RunEvent, RunStarted
from agno_tui.response import RunResponse
from agno_tui.session import Run


@dataclass(slots=True, frozen=True)
class _End:
    """No more events come; `error` says why, where it is not the run's end."""

    error: BaseException | None = None


class RunStream:
    """An async iterator over a run's events; nothing happens before it is iterated.

    `async for event in agent.arun(…, stream=True)`, with or without an `await` before
    the call. The run goes on by itself, in a task of its own, however long its reader
    takes over an event. It is stopped where the reader is cancelled, by `aclose`, and
    where nobody holds the stream any more; what arrived is kept.
    """

    # A task of its own, because a generator that is left half read is closed by the
    # loop, which closes all those inside of it at the same time, and they complain.

    __slots__ = ("_arrived", "_task", "events", "run")

    def __init__(self, events: AsyncGenerator[RunEvent, None]) -> None:
        self.events = events
        """The generator they come from, for who does without the task."""
        self.run: Run | None = None
        """The run, from its first event on."""
        self._arrived: asyncio.Queue[RunEvent | _End] | None = None
        self._task: asyncio.Task[None] | None = None

    def __aiter__(self) -> RunStream:
        return self

    async def __anext__(self) -> RunEvent:
        if self._arrived is None:
            self._arrived = asyncio.Queue()
            self._task = asyncio.create_task(_pump(self.events, self._arrived))
        try:
            event = await self._arrived.get()
        except asyncio.CancelledError:
            await self.aclose()
            raise
        if isinstance(event, _End):
            self._arrived.put_nowait(_End())
            if event.error is not None:
                raise event.error
            raise StopAsyncIteration
        self._note(event)
        return event

    def __await__(self) -> Generator[Any, None, RunStream]:
        return self
        yield

    def __del__(self) -> None:
        task = self._task
        if task is None or task.done() or task.get_loop().is_closed():
            return
        task.get_loop().call_soon_threadsafe(task.cancel)

    async def aclose(self) -> None:
        """Stop the run, where it is still under way; what arrived is kept."""
        if self._task is None:
            await self.events.aclose()
            return
        self._task.cancel()
        await asyncio.wait([self._task])

    async def response(self) -> RunResponse:
        """Wait for the end of the run; what it came to."""
        if self._task is None:
            async with aclosing(self.events):
                async for event in self.events:
                    self._note(event)
        else:
            async with aclosing(self):
                async for _ in self:
                    pass
        if self.run is None:
            raise RuntimeError("the run did not begin")
        return RunResponse.of(self.run)

    def _note(self, event: RunEvent) -> None:
        if isinstance(event, RunStarted | RunEnded):
            self.run = event.run


async def _pump(
    events: AsyncGenerator[RunEvent, None], arrived: asyncio.Queue[RunEvent | _End]
) -> None:
    """Take the events as they come, whoever reads them and when."""
    end = _End()
    try:
        async with aclosing(events):
            async for event in events:
                arrived.put_nowait(event)
    except Exception as error:  # It is the reader's.
        end = _End(error)
    finally:
        arrived.put_nowait(end)
