"""Tools that take too long, and callers that do not want to wait any more."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from agno_tui.session import Message
from agno_tui.tools import calling
from agno_tui.tools.base import Function, ToolContext, by_name, tool
from agno_tui.tools.calling import call_together, call_tool
from tests.tools.calls import call_of, error_of, result_of

PATIENCE = 20
SOON = 0.05


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """Lets hung threads go when the test is over."""
    event = threading.Event()
    yield event
    event.set()


async def test_a_function_that_hangs(released: threading.Event) -> None:
    @tool(timeout=SOON)
    def hang() -> None:
        released.wait(PATIENCE)

    assert await error_of(hang) == "hang did not answer within 0.05 s."


async def test_an_async_function_that_hangs_is_cancelled() -> None:
    ended: list[str] = []

    @tool(timeout=SOON)
    async def hang() -> None:
        try:
            await asyncio.sleep(PATIENCE)
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # There is time to clean up.
            ended.append("cancelled")
            raise

    assert await error_of(hang) == "hang did not answer within 0.05 s."
    assert ended == ["cancelled"]


async def test_an_async_function_that_does_not_want_to_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calling, "GRACE", SOON)
    enough = asyncio.Event()
    ended = asyncio.Event()

    @tool(timeout=SOON)
    async def stay() -> None:
        while not enough.is_set():
            try:
                await enough.wait()
            except asyncio.CancelledError:
                continue
        ended.set()

    assert "did not answer" in await error_of(stay)
    enough.set()
    await asyncio.wait_for(ended.wait(), PATIENCE)


async def test_an_answer_given_while_being_cancelled_is_too_late() -> None:
    @tool(timeout=SOON)
    async def late() -> str:
        try:
            await asyncio.sleep(PATIENCE)
        except asyncio.CancelledError:
            return "late"
        return "never"

    assert "did not answer" in await error_of(late)


async def test_no_timeout_at_all() -> None:
    @tool(timeout=None)
    async def answer() -> str:
        await asyncio.sleep(SOON)
        return "here"

    assert await result_of(answer) == "here"


async def test_pieces_stop_when_nobody_waits_any_more() -> None:
    closed = threading.Event()

    @tool(timeout=SOON)
    def endless() -> Iterator[str]:
        try:
            while True:
                yield ""
        finally:
            closed.set()

    assert "did not answer" in await error_of(endless)
    assert await asyncio.to_thread(closed.wait, PATIENCE)


async def test_one_that_hangs_does_not_take_the_others_along(
    released: threading.Event,
) -> None:
    @tool(timeout=SOON)
    def hang() -> None:
        released.wait(PATIENCE)

    async def answer() -> str:
        return "here"

    calls = [call_of("hang", {}, "1"), call_of("answer", {}, "2")]
    hung, answered = await call_together(by_name([hang, answer]), calls, ToolContext())
    assert hung.tool_error and answered.content == "here"


async def cancelled_once_begun(function: Function, begun: threading.Event) -> float:
    """Call it twice in one turn, cancel; the seconds it takes to be back."""
    tools = by_name([function])
    (name,) = tools
    calls = [call_of(name, {}, "1"), call_of(name, {}, "2")]
    heard: list[Message] = []
    task = asyncio.create_task(
        call_together(
            tools,
            calls,
            ToolContext(),
            on_result=lambda call, message: heard.append(message),
        )
    )
    assert await asyncio.to_thread(begun.wait, PATIENCE)
    start = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert heard == []
    return time.monotonic() - start


async def test_a_cancelled_caller_cancels_async_tools() -> None:
    begun = threading.Event()
    ended: list[str] = []

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            ended.append("cancelled")

    assert await cancelled_once_begun(work, begun) < 5
    assert ended == ["cancelled", "cancelled"]


async def test_a_cancelled_caller_leaves_threads_to_themselves(
    released: threading.Event,
) -> None:
    begun = threading.Event()

    def work() -> None:
        begun.set()
        released.wait(PATIENCE)

    assert await cancelled_once_begun(work, begun) < 5


async def test_a_cancelled_caller_does_not_wait_for_who_does_not_listen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calling, "GRACE", SOON)
    begun = threading.Event()
    enough = asyncio.Event()

    async def work() -> None:
        begun.set()
        while not enough.is_set():
            try:
                await enough.wait()
            except asyncio.CancelledError:
                continue

    assert await cancelled_once_begun(work, begun) < 5
    enough.set()


async def test_a_coroutine_that_comes_too_late_is_closed(
    released: threading.Event,
) -> None:
    """Otherwise Python would warn that it was never awaited."""
    made = threading.Event()

    async def later() -> None: ...

    @tool(timeout=SOON)
    def slow() -> object:
        released.wait(PATIENCE)
        made.set()
        return later()

    assert "did not answer" in await error_of(slow)
    released.set()
    for thread in threading.enumerate():
        if thread.name == "tool slow":
            await asyncio.to_thread(thread.join, PATIENCE)
    assert made.is_set()
    await asyncio.sleep(0)


async def test_the_callers_own_timeout_is_the_callers() -> None:
    async def work() -> None:
        await asyncio.sleep(PATIENCE)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SOON):
            await call_tool(by_name([work]), call_of("work"), ToolContext())


HANG = """
import asyncio, threading
from agno_tui.session import ToolCall
from agno_tui.tools.base import Tool, ToolContext, by_name
from agno_tui.tools.calling import call_together

def hang():
    while True:
        threading.Event().wait(3600)

async def stay():
    while True:
        await asyncio.sleep(3600)

def quit_():
    raise SystemExit(9)

schema = {"type": "object", "properties": {}}
tools = by_name(
    Tool(function.__name__, "", function, parameters=schema, timeout=0.05)
    for function in (hang, stay, quit_)
)
calls = [ToolCall(name, name, "") for name in tools]
for message in asyncio.run(call_together(tools, calls, ToolContext())):
    print(message.tool_call_id, message.content)
"""


def test_a_process_ends_though_a_tool_hangs() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HANG],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "hang hang did not answer within 0.05 s.",
        "stay stay did not answer within 0.05 s.",
        "quit_ quit_ failed: SystemExit: 9",
    ]
