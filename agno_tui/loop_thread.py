"""An event loop on a thread of its own, for programs that have none."""

from __future__ import annotations

import asyncio
import atexit
import sys
import threading
import weakref
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import Future, wait
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

EXIT_SECONDS = 2.0
"""How long the end of the program waits for connections to be closed."""


@dataclass(slots=True, frozen=True)
class _End:
    """Nothing more comes; `error` says why, where it is not the end of the matter."""

    error: BaseException | None


class LoopThread:
    """Runs coroutines for synchronous callers, from any number of threads.

    One loop for all calls, so that connections are kept between them. The thread is a
    daemon: it never keeps the process alive. It ends when this object goes away. Where
    that is at the end of the program, `at_exit` is run on the loop first, to close what
    was opened there.
    """

    def __init__(
        self, at_exit: Callable[[], Coroutine[Any, Any, None]] | None = None
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=_run_forever, args=(self._loop,), name="agno_tui", daemon=True
        )
        self._thread.start()
        last = partial(_close_at_exit, self._loop, self._thread, at_exit)
        if at_exit is not None:
            atexit.register(last)
        weakref.finalize(self, _end_loop, self._loop, last).atexit = False

    @property
    def is_alive(self) -> bool:
        """Whether it can be used: in a process that was forked it can't."""
        return self._thread.is_alive()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Wait for a coroutine; its result, or its error.

        Where the caller is interrupted (ctrl+c), the coroutine is cancelled, and has
        ended when this raises.
        """
        outcome: Future[T] = Future()
        begun: list[asyncio.Task[T]] = []

        def begin() -> None:
            task = self._loop.create_task(coroutine)
            begun.append(task)
            task.add_done_callback(partial(_settle, outcome))

        def cancel() -> None:
            if begun:
                begun[0].cancel()
                return
            coroutine.close()  # The interrupt came before anything began.
            outcome.set_exception(asyncio.CancelledError())

        try:
            self._loop.call_soon_threadsafe(begin)
            return outcome.result()
        except BaseException:
            if not outcome.done():
                self._loop.call_soon_threadsafe(cancel)
                wait([outcome])
            raise

    def iterate(self, make: Callable[[], AsyncGenerator[T, None]]) -> Iterator[T]:
        """What an async generator yields, as it comes.

        Leaving the iteration early closes the generator, and waits until that is done.
        """
        arrived: SimpleQueue[T | _End] = SimpleQueue()

        async def pump() -> None:
            error: BaseException | None = None
            try:
                async with aclosing(make()) as source:
                    async for one in source:
                        arrived.put(one)
            except asyncio.CancelledError as raised:
                error = raised
                raise
            except BaseException as raised:  # It is the caller's, who gets it below.
                error = raised
            finally:
                arrived.put(_End(error))

        async def start() -> asyncio.Task[None]:
            return asyncio.create_task(pump())

        task = self.run(start())
        stop = partial(self._stop, task)
        try:
            while not isinstance(one := arrived.get(), _End):
                # Anew each time, so that what was opened since is closed after it.
                atexit.unregister(stop)
                atexit.register(stop)
                yield one
            if one.error is not None:
                raise one.error
        finally:
            atexit.unregister(stop)
            stop()

    def _stop(self, task: asyncio.Task[None]) -> None:
        """Cancel a task and wait for its end, where there is a way to wait."""
        if sys.is_finalizing():
            return  # The loop's thread stands still by now.
        if threading.current_thread() is self._thread:
            task.cancel()  # The garbage collector came by there.
            return
        self.run(_stopped(task))


def refuse_running_loop(called: str, instead: str) -> None:
    """Raise where this thread runs an event loop, which waiting would bring to a halt.

    Errors: `RuntimeError`, saying what to call instead.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(
        f"{called}() waits for its answer, and an event loop runs in this thread. "
        f"Call {instead} there."
    )


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


def _settle(outcome: Future[T], task: asyncio.Task[T]) -> None:
    if task.cancelled():
        outcome.set_exception(asyncio.CancelledError())
    elif (error := task.exception()) is not None:
        outcome.set_exception(error)
    else:
        outcome.set_result(task.result())


def _run_forever(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    stopped = False
    try:
        while not stopped:
            # What a coroutine raises is its caller's, not the end of everybody's loop.
            with suppress(SystemExit, KeyboardInterrupt):
                loop.run_forever()
                stopped = True
    finally:
        loop.run_until_complete(_cancel_all())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _end_loop(loop: asyncio.AbstractEventLoop, last: Callable[[], None]) -> None:
    atexit.unregister(last)
    loop.call_soon_threadsafe(loop.stop)


def _close_at_exit(
    loop: asyncio.AbstractEventLoop,
    thread: threading.Thread,
    at_exit: Callable[[], Coroutine[Any, Any, None]] | None,
) -> None:
    if at_exit is None or loop.is_closed() or not thread.is_alive():
        return
    closing = asyncio.run_coroutine_threadsafe(at_exit(), loop)
    with suppress(Exception):  # Nobody is left to be told.
        closing.result(EXIT_SECONDS)
