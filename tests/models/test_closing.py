"""What is closed while somebody waits for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from agno_tui.models.base import ModelResponse
from agno_tui.models.loops import PerLoop
from agno_tui.models.once import Once
from agno_tui.models.openai import OpenAIChat, _Connector
from tests.fake_server import FakeServer
from tests.models.asking import ask, content

LIMIT = 30.0


class Things:
    """Makes numbers when told to, and knows which of them it has ended."""

    def __init__(self) -> None:
        self.begun = 0
        self._changed = asyncio.Condition()
        self.ended: list[int] = []
        self.may_go_on = asyncio.Event()
        self.ends_slowly = False
        self.per_loop = PerLoop(self._make, self._end)

    async def ready(self, begun: int) -> None:
        """Wait until so many were begun."""
        async with asyncio.timeout(LIMIT):
            async with self._changed:
                await self._changed.wait_for(lambda: self.begun >= begun)

    async def _make(self) -> int:
        async with self._changed:
            self.begun += 1
            self._changed.notify_all()
        number = self.begun
        await self.may_go_on.wait()
        return number

    async def _end(self, number: int) -> None:
        if self.ends_slowly:
            await asyncio.sleep(0)
        self.ended.append(number)


async def test_who_waits_while_all_is_closed_gets_another() -> None:
    things = Things()
    waiting = [asyncio.create_task(things.per_loop.get()) for _ in range(3)]
    await things.ready(1)
    await things.per_loop.close()
    things.may_go_on.set()
    async with asyncio.timeout(LIMIT):
        assert await asyncio.gather(*waiting) == [2, 2, 2]
    assert things.per_loop.made == 2
    await things.per_loop.close()
    assert things.ended == [2]
    assert things.per_loop.made is None


@pytest.mark.parametrize("slowly", [False, True])
async def test_nobody_is_handed_what_was_closed_before_he_was_woken(
    slowly: bool,
) -> None:
    things = Things()
    things.ends_slowly = slowly
    waiting = asyncio.create_task(things.per_loop.get())
    await things.ready(1)
    closing = things.per_loop.close()

    def goes_on() -> bool:
        """Whether closing is not over after one more step."""
        with suppress(StopIteration):
            closing.send(None)
            return True
        return False

    (once,) = things.per_loop._opened.values()
    assert once._task is not None
    still_closing: list[bool] = []
    once._task.add_done_callback(lambda _: still_closing.append(goes_on()))
    things.may_go_on.set()
    async with asyncio.timeout(LIMIT):
        assert await waiting == 2
    assert still_closing == [slowly]
    assert not slowly or not goes_on()
    assert things.ended == [1]
    things.ends_slowly = False
    await things.per_loop.close()


async def test_who_is_cancelled_himself_is_not_kept_by_a_close() -> None:
    things = Things()
    waiting = asyncio.create_task(things.per_loop.get())
    await things.ready(1)
    waiting.cancel()
    await things.per_loop.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert things.begun == 1


async def test_work_that_cancels_itself_is_not_begun_for_ever() -> None:
    begun = 0

    async def work() -> None:
        nonlocal begun
        begun += 1
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Once(work).get()
    assert begun == 1


async def test_a_run_goes_on_when_its_model_is_closed_before_it_is_ready(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = OpenAIChat(base_url=server.base_url)
    connect, begun = _Connector.connect, asyncio.Event()

    async def slow(self: _Connector) -> object:
        if not begun.is_set():
            begun.set()
            await asyncio.Event().wait()
        return await connect(self)

    monkeypatch.setattr(_Connector, "connect", slow)
    run: asyncio.Task[list[ModelResponse]] = asyncio.create_task(ask(model))
    async with asyncio.timeout(LIMIT):
        await begun.wait()
        await model.close()
        assert content(await run) == "Hello from the fake server."
    await model.close()
