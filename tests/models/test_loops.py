"""One model in several event loops."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from agno_tui.models.loops import PerLoop
from agno_tui.models.once import Once
from agno_tui.models.openai import OpenAIChat, _Connector
from agno_tui.models.wire.address import read_endpoint
from tests.fake_server import FakeServer
from tests.models.asking import ask, content

LIMIT = 30.0


class LoopThread:
    """An event loop that runs in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> LoopThread:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(LIMIT)

    def _run(self) -> None:
        self.loop.run_forever()
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()


@pytest.fixture
def elsewhere() -> Iterator[LoopThread]:
    with LoopThread() as thread:
        yield thread


@pytest.fixture
def distant(elsewhere: LoopThread) -> Iterator[FakeServer]:
    """A server that lives in another thread's loop."""
    server = FakeServer()
    serve = asyncio.run_coroutine_threadsafe(server.__aenter__(), elsewhere.loop)
    serve.result(LIMIT)
    yield server
    stop = server.__aexit__(None, None, None)
    asyncio.run_coroutine_threadsafe(stop, elsewhere.loop).result(LIMIT)


async def said(model: OpenAIChat) -> str:
    return content(await ask(model))


HELLO = "Hello from the fake server."


def test_one_loop_after_another_and_nothing_is_left(distant: FakeServer) -> None:
    model = OpenAIChat(base_url=distant.base_url)

    async def twice() -> list[str]:
        return [await said(model), await said(model)]

    for run in range(3):
        assert asyncio.run(twice()) == [HELLO] * 2
        # Its connection is kept within a loop, and goes with it.
        assert distant.connections == run + 1
    gc.collect()  # would warn of what was left open
    assert model._clients is not None
    assert len(model._clients._opened) == 1


def test_two_loops_at_the_same_time(distant: FakeServer) -> None:
    model = OpenAIChat(base_url=distant.base_url)

    async def both(there: asyncio.AbstractEventLoop) -> list[str]:
        other = asyncio.run_coroutine_threadsafe(said(model), there)
        answers = [await said(model), await asyncio.wrap_future(other)]
        assert model._clients is not None and len(model._clients._opened) == 2
        await model.close()
        assert model._clients.made is None
        return [*answers, await said(model)]

    with LoopThread() as thread:
        assert asyncio.run(both(thread.loop)) == [HELLO] * 3


def test_two_threads_at_the_first_use_share_what_keeps_the_clients(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = OpenAIChat(base_url="http://127.0.0.1:9/v1", api_key="")
    make, makers = _Connector.__init__, list[_Connector]()
    both = threading.Barrier(2, timeout=0.2)

    def meets(self: _Connector, *given: Any) -> None:
        makers.append(self)
        with suppress(threading.BrokenBarrierError):
            both.wait()  # in vain where the second thread is kept out
        make(self, *given)

    async def use() -> None:
        await model._ready()

    monkeypatch.setattr(_Connector, "__init__", meets)
    threads = [threading.Thread(target=asyncio.run, args=[use()]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert len(makers) == 1


async def test_a_model_that_goes_away_closes_its_connection(
    server: FakeServer,
) -> None:
    model = OpenAIChat(base_url=server.base_url)
    await ask(model)
    assert not server.exchanges[0].gone.is_set()
    del model
    gc.collect()
    await server.client_gone()


def test_a_program_that_closes_nothing_ends_by_itself(distant: FakeServer) -> None:
    script = (
        "import asyncio, sys\n"
        "from agno_tui.models.openai import OpenAIChat\n"
        "from tests.models.test_loops import said\n"
        "model = OpenAIChat(base_url=sys.argv[1])\n"
        "for _ in range(2): print(asyncio.run(said(model)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", script, distant.base_url],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.splitlines() == [HELLO] * 2
    assert "Warning" not in done.stderr and "Error" not in done.stderr


def test_the_certificates_are_read_once() -> None:
    where = read_endpoint("https://nobody.invalid/v1", "x", {})
    connector = _Connector(where, 5.0, False)

    async def certificates() -> object:
        await (await connector.connect()).close()
        return connector.tls

    first, second = asyncio.run(certificates()), asyncio.run(certificates())
    assert first is second is not None


def test_what_is_made_once_serves_every_loop() -> None:
    made = 0

    async def work() -> int:
        nonlocal made
        made += 1
        return made

    once = Once(work)
    assert [asyncio.run(once.get()) for _ in range(3)] == [1, 1, 1]
    assert asyncio.run(once.clear()) == 1
    assert asyncio.run(once.get()) == 2


def test_work_that_its_loop_left_undone_begins_anew() -> None:
    begun = 0

    async def work() -> int:
        nonlocal begun
        begun += 1
        if begun == 1:
            await asyncio.Event().wait()
        return begun

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(once.get(), 0.01)

    once = Once(work)
    asyncio.run(leave())
    assert once.made is None
    assert asyncio.run(asyncio.wait_for(once.get(), LIMIT)) == 2


@pytest.mark.parametrize("ends", [False, True])
def test_work_under_way_in_another_loop_is_waited_for(ends: bool) -> None:
    begun, go_on = threading.Event(), threading.Event()

    async def work() -> str:
        begun.set()
        await asyncio.to_thread(go_on.wait, LIMIT)
        return threading.current_thread().name

    once = Once(work)

    async def first() -> None:
        waiting = asyncio.ensure_future(once.get())
        await asyncio.to_thread(second.wait, LIMIT)
        if not ends:
            go_on.set()
            await waiting

    second = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(first()), name="first")
    thread.start()
    begun.wait(LIMIT)

    async def follow() -> str:
        asyncio.get_running_loop().call_later(0.05, second.set)
        if ends:
            asyncio.get_running_loop().call_later(0.1, go_on.set)
        return await asyncio.wait_for(once.get(), LIMIT)

    name = asyncio.run(follow())
    thread.join(LIMIT)
    assert (name == "first") is not ends


async def test_a_waiter_that_is_cancelled_is_cancelled() -> None:
    with LoopThread() as thread:
        once: Once[object] = Once(asyncio.Event().wait)
        asyncio.run_coroutine_threadsafe(_begin(once), thread.loop).result(LIMIT)
        waiting = asyncio.create_task(once.get())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await once.clear() is None


async def _begin(once: Once[object]) -> None:
    asyncio.ensure_future(once.get())  # noqa: RUF006
    await asyncio.sleep(0)


async def test_a_failure_is_told_and_tried_anew() -> None:
    results = iter([ValueError("no"), "yes"])

    async def make() -> str:
        result = next(results)
        if isinstance(result, ValueError):
            raise result
        return str(result)

    ended: list[str] = []

    async def end(thing: str) -> None:
        ended.append(thing)

    things = PerLoop(make, end)
    with pytest.raises(ValueError, match="no"):
        await things.get()
    assert things.made is None
    assert await things.get() == "yes" == things.made
    await things.close()
    assert ended == ["yes"]
