"""The events of one run, as they come."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from typing import Any

from agno_tui.events import RunEnded, RunEvent, RunStarted
from agno_tui.response import RunResponse
from agno_tui.session import Run


class RunStream:
    """An async iterator over a run's events; nothing happens before it is iterated.

    `async for event in agent.arun(…, stream=True)`, with or without an `await` before
    the call. Leaving it early stops the run, once `aclose` was called or the loop
    noticed; use `contextlib.aclosing` to have that at once.
    """

    __slots__ = ("events", "run")

    def __init__(self, events: AsyncGenerator[RunEvent, None]) -> None:
        self.events = events
        """The generator they come from."""
        self.run: Run | None = None
        """The run, from its first event on."""

    def __aiter__(self) -> RunStream:
        return self

    async def __anext__(self) -> RunEvent:
        event = await anext(self.events)
        if isinstance(event, RunStarted | RunEnded):
            self.run = event.run
        return event

    def __await__(self) -> Generator[Any, None, RunStream]:
        return self
        yield

    async def aclose(self) -> None:
        """Stop the run, where it is still under way; what arrived is kept."""
        await self.events.aclose()

    async def response(self) -> RunResponse:
        """Wait for the end of the run; what it came to."""
        async with aclosing(self):
            async for _ in self:
                pass
        if self.run is None:
            raise RuntimeError("the run did not begin")
        return RunResponse.of(self.run)
