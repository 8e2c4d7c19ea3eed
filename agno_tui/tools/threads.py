"""Runs a function that is not async in a thread of its own.

Never in the loop's executor: that one is waited for when the loop and the process end,
and a function that hangs would keep them from ending. The threads are daemons.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

Work = Callable[[Callable[[], bool]], object]
"""What is to be done; it gets a function that says whether nobody waits any more."""


@dataclass(slots=True, frozen=True)
class Raised:
    """What a function raised, whatever it was, handed on as a value.

    Raised again in a coroutine, a StopIteration would become another error, and a
    SystemExit would end the loop.
    """

    error: BaseException


async def in_thread(work: Work, name: str) -> object:
    """What the work gives back, or `Raised`. Cancelled, it stops waiting for it."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[object] = loop.create_future()
    unwanted = threading.Event()
    context = contextvars.copy_context()

    def run() -> None:
        outcome = context.run(_attempt, work, unwanted.is_set)
        with suppress(RuntimeError):  # The loop may be closed by now.
            loop.call_soon_threadsafe(_deliver, answer, outcome)

    threading.Thread(target=run, name=f"tool {name}", daemon=True).start()
    try:
        return await answer
    finally:
        unwanted.set()


def _attempt(work: Work, unwanted: Callable[[], bool]) -> object:
    try:
        return work(unwanted)
    except BaseException as error:
        return Raised(error)


def _deliver(answer: asyncio.Future[object], outcome: object) -> None:
    if not answer.done():
        answer.set_result(outcome)
    elif inspect.iscoroutine(outcome):
        outcome.close()
