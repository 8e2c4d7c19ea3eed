"""What one object keeps for each event loop that uses it.

A connection works in the loop it was opened in and in no other. Programs have several:
`asyncio.run` makes a new one each time, and another thread may run its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import AsyncGeneratorType
from typing import Any, Final, Generic, TypeVar

from agno_tui.models.once import Cleared, Once

T = TypeVar("T")

KEPT_SECONDS = 2.0
"""How long an unused connection is kept: many servers, llama.cpp's and uvicorn among
them, close theirs after five, and a request just then would be lost."""

_ELSEWHERE: Final = 2.0
"""Seconds that another thread's loop has to close what is its own."""


@dataclass(slots=True, frozen=True)
class _Open(Generic[T]):
    thing: T
    keeper: AsyncGeneratorType[None, None]
    """Closes the thing when it is closed itself."""

    @property
    def is_closed(self) -> bool:
        """Whether the thing cannot be used any more."""
        return self.keeper.ag_frame is None


class PerLoop(Generic[T]):
    """One thing for each event loop, made there when it is first asked for.

    It ends with `close`; when its loop ends, as `asyncio.run` ends one; or when this
    object goes away. For the last two it stands in an asynchronous generator, because
    a loop closes those that are left. Nothing need be closed for a program to end.
    `make` must not hold on to who owns this object.
    """

    def __init__(
        self,
        make: Callable[[], Coroutine[Any, Any, T]],
        end: Callable[[T], Awaitable[None]],
    ) -> None:
        self._make = make
        self._end = end
        # What is open refers to its loop, so that weak references would not help:
        # loops that were closed are left out when a new one comes.
        self._opened: dict[asyncio.AbstractEventLoop, Once[_Open[T]]] = {}

    @property
    def made(self) -> T | None:
        """This loop's own, or None while there is none."""
        once = self._opened.get(asyncio.get_running_loop())
        opened = once and once.made
        if not opened or opened.is_closed:
            return None
        return opened.thing

    async def get(self) -> T:
        """This loop's own; all who ask at the same time share it. Errors: `make`'s."""
        loop = asyncio.get_running_loop()
        while True:
            once = self._once(loop)
            try:
                opened = await once.get()
            except Cleared:
                continue
            if opened.is_closed:
                if self._opened.get(loop) is once:
                    self._opened.pop(loop, None)
            elif once.made is opened:  # and not closed since this one was woken
                return opened.thing

    async def close(self) -> None:
        """End all of them. What belongs to a loop that stands still ends with it.

        Whoever waits for one gets another that is made anew.
        """
        here = asyncio.get_running_loop()
        for loop, once in list(self._opened.items()):
            # A loop that runs keeps its `Once`: who waits there asks it again.
            if loop is here:
                await _clear(once)
            elif loop.is_running():
                there = asyncio.run_coroutine_threadsafe(_clear(once), loop)
                with suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.wrap_future(there), _ELSEWHERE)
            else:
                self._opened.pop(loop, None)

    def _once(self, loop: asyncio.AbstractEventLoop) -> Once[_Open[T]]:
        once = self._opened.get(loop)
        if once is None:
            for other in list(self._opened):
                if other.is_closed():
                    self._opened.pop(other, None)
            # No way leads from there back to this object: what goes away with it
            # must do so at once. The collector would close connections its own way.
            work = partial(_open, self._make, self._end)
            once = self._opened[loop] = Once(work)
        return once


async def _open(
    make: Callable[[], Coroutine[Any, Any, T]], end: Callable[[T], Awaitable[None]]
) -> _Open[T]:
    thing = await make()
    keeper = _keep(thing, end)
    assert isinstance(keeper, AsyncGeneratorType)
    await anext(keeper)
    return _Open(thing, keeper)


async def _keep(
    thing: T, end: Callable[[T], Awaitable[None]]
) -> AsyncGenerator[None, None]:
    """Yields once; closing it ends the thing."""
    try:
        yield
    finally:
        await end(thing)


async def _clear(once: Once[_Open[T]]) -> None:
    opened = await once.clear()
    if opened is not None:
        await opened.keeper.aclose()
