"""An event loop of its own: for programs without one, from any thread."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agno_tui.agent import Agent
from agno_tui.loop_thread import LoopThread
from agno_tui.memory import Memory
from agno_tui.session import Run
from agno_tui.storage.memory import MemoryStorage
from tests.fakes import FakeModel

ROOT = Path(__file__).parents[2]


async def twice(number: int) -> int:
    await asyncio.sleep(0)
    return number * 2


class Source:
    """Yields numbers; says whether it was closed, and in which thread."""

    def __init__(self, *, until: int | None = None) -> None:
        self.closed = threading.Event()
        self._until = until

    async def numbers(self) -> AsyncGenerator[int, None]:
        number = 0
        try:
            while number != self._until:
                yield number
                number += 1
                await asyncio.sleep(0)
        finally:
            await asyncio.sleep(0)
            self.closed.set()


def test_a_coroutines_result_is_given_back() -> None:
    assert LoopThread().run(twice(4)) == 8


def test_a_coroutines_error_is_raised() -> None:
    async def failing() -> None:
        raise KeyError("no")

    with pytest.raises(KeyError, match="no"):
        LoopThread().run(failing())


def test_a_cancelled_coroutine_says_so() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        LoopThread().run(cancelled())


def test_what_ends_a_program_reaches_its_caller_and_ends_nothing_else() -> None:
    async def leaving() -> None:
        sys.exit(3)

    thread = LoopThread()
    with pytest.raises(SystemExit):
        thread.run(leaving())
    assert thread.run(twice(1)) == 2


def test_an_iteration_gives_everything_in_order_and_closes() -> None:
    source = Source(until=50)
    assert list(LoopThread().iterate(source.numbers)) == list(range(50))
    assert source.closed.is_set()


def test_an_iteration_left_early_has_closed_its_source() -> None:
    source = Source()
    for number in LoopThread().iterate(source.numbers):
        if number == 3:
            break
    assert source.closed.is_set()


def test_an_iteration_hands_the_error_on_after_what_came(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def failing() -> AsyncGenerator[int, None]:
        yield 1
        raise KeyError("no")

    thread = LoopThread()
    came: list[int] = []
    with caplog.at_level(logging.ERROR, "asyncio"):
        with pytest.raises(KeyError, match="no"):
            for one in thread.iterate(failing):
                came.append(one)
        gc.collect()
        thread.run(twice(1))
    assert came == [1]
    assert not caplog.records, "a task's exception was never retrieved"


def test_an_iteration_collected_in_the_loops_own_thread_stops_nothing() -> None:
    thread, source = LoopThread(), Source()
    left = [thread.iterate(source.numbers)]
    next(left[0])

    async def collect() -> None:
        left.clear()

    thread.run(collect())
    assert source.closed.wait(5)
    assert thread.run(twice(2)) == 4


def test_an_iteration_that_never_began_asks_for_nothing() -> None:
    source = Source()
    LoopThread().iterate(source.numbers)
    assert not source.closed.is_set()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Interrupts are heard, also where the tests run in the background of a shell,
    which has them ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_cancels_the_coroutine_and_waits_for_its_end() -> None:
    ended = threading.Event()

    async def long() -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.02)
            ended.set()

    with pytest.raises(KeyboardInterrupt):
        LoopThread().run(long())
    assert ended.is_set()


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("stream", [True, False])
def test_what_arrived_before_an_interrupt_is_kept(stream: bool) -> None:
    storage, model = MemoryStorage(), FakeModel()
    model.scripts = [lambda _: ["Half", asyncio.Event()]]
    agent = Agent(model, storage=storage, session_id="s")
    started = threading.Event()
    model.on_request = started.set

    async def runs() -> list[Run]:
        return await storage.get_runs("s", user_id="")

    def interrupt() -> None:
        started.wait(5)
        thread = LoopThread()
        while not any(run.answer for run in thread.run(runs())):
            pass  # The first checkpoint comes after a quarter second.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        if stream:
            list(agent.run("Hi", stream=True))
        else:
            agent.run("Hi")
    (run,) = LoopThread().run(runs())
    assert (run.status, run.answer) == ("CANCELLED", "Half")


def test_many_threads_may_use_it_at_once() -> None:
    thread = LoopThread()
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda n: thread.run(twice(n)), range(300)))
    assert results == [n * 2 for n in range(300)]


def test_threads_that_come_at_once_share_what_is_made_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[object] = []

    def slowly(part: type) -> type:
        class Slow(part):  # type: ignore[misc]
            def __init__(self, *args: object, **named: object) -> None:
                made.append(part)
                time.sleep(0.02)  # The others are here by then.
                super().__init__(*args, **named)

        return Slow

    monkeypatch.setattr("agno_tui.loop_thread.LoopThread", slowly(LoopThread))
    monkeypatch.setattr("agno_tui.memory.Memory", slowly(Memory))
    monkeypatch.setattr("agno_tui.storage.memory.MemoryStorage", slowly(MemoryStorage))
    agent = Agent(FakeModel())
    together = threading.Barrier(8)

    def ask(_: int) -> str:
        together.wait()
        assert agent.storage is not None
        return agent.run("Hi").session_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert len(agent.get_session_messages()) == 16
    assert [made.count(part) for part in (LoopThread, Memory, MemoryStorage)] == [1] * 3


def test_the_thread_ends_when_the_object_is_gone() -> None:
    thread = LoopThread()

    async def its_own() -> threading.Thread:
        return threading.current_thread()

    own = thread.run(its_own())
    gone = weakref.ref(thread)
    del thread
    gc.collect()
    assert gone() is None
    own.join(5)
    assert not own.is_alive()


def test_an_agent_that_is_gone_leaves_no_thread() -> None:
    agent = Agent(FakeModel())
    agent.run("Hi")
    assert agent._loop_thread is not None
    own = agent._loop_thread._thread
    del agent
    gc.collect()
    own.join(5)
    assert not own.is_alive()


def test_what_is_still_under_way_when_it_ends_is_cancelled() -> None:
    cancelled = threading.Event()

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def begin() -> asyncio.Task[None]:
        task = asyncio.create_task(forever())
        await asyncio.sleep(0)
        return task

    thread = LoopThread()
    left = thread.run(begin())
    del thread
    gc.collect()
    assert cancelled.wait(5)
    assert left.cancelling()


@pytest.mark.parametrize(
    "ending",
    [
        'print(agent.run("Hi").content)',
        'left = agent.run("Hi", stream=True); next(left); print(next(left).content)',
        'left = agent.run("Hi", stream=True); print(next(left) and "Hello."); 1 / 0',
    ],
)
def test_a_script_ends_by_itself(ending: str) -> None:
    script = (
        "from agno_tui.agent import Agent; from tests.fakes import FakeModel\n"
        f"agent = Agent(FakeModel())\n{ending}\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stdout == "Hello.\n"
    if "1 / 0" not in ending:
        assert (done.returncode, done.stderr) == (0, "")
