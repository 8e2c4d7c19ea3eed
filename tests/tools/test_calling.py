"""Calling tools: whatever a tool does, a message comes of it."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
from typing import Any

import pytest

from agno_tui.session import Message, Role, ToolCall
from agno_tui.tools.base import Function, ToolContext, by_name, tool
from agno_tui.tools.calling import AT_ONCE, call_together, call_tool
from tests.tools.calls import call_of, called, error_of, result_of

PATIENCE = 20
"""Seconds after which a test gives up; none of them comes near."""


def echo(text: str) -> str:
    return text


async def echo_async(text: str) -> str:
    return text


@pytest.mark.parametrize("function", [echo, echo_async])
async def test_the_message_of_a_result(function: Function) -> None:
    message = await called(function, {"text": "hello"})
    assert message == Message(
        Role.TOOL,
        "hello",
        created_at=message.created_at,
        tool_call_id="call_1",
        tool_name=function.__name__,
    )


async def test_a_name_that_no_tool_has() -> None:
    tools = by_name([echo, echo_async])
    message = await call_tool(tools, call_of("rm -rf\n" * 10_000), ToolContext())
    assert message.tool_error and message.tool_call_id == "call_1"
    assert message.content.startswith('There is no tool "rm -rf rm -rf')
    assert message.content.endswith("There are: echo, echo_async.")
    assert len(message.content) < 200
    nothing = await call_tool({}, call_of("x"), ToolContext())
    assert nothing.content == 'There is no tool "x". There are: none.'


class Wordless(Exception):
    def __str__(self) -> str:
        raise SystemExit(3)


FAILURES: list[tuple[BaseException, str]] = [
    (ValueError("no such city"), "ValueError: no such city"),
    (ValueError("\n  first\nsecond"), "ValueError: first"),
    (ValueError(), "ValueError"),
    (KeyError("x"), "KeyError: 'x'"),
    (TimeoutError("too slow"), "TimeoutError: too slow"),
    (StopIteration("over"), "StopIteration: over"),
    (RecursionError("deep"), "RecursionError: deep"),
    (MemoryError(), "MemoryError"),
    (SystemExit(3), "SystemExit: 3"),
    (KeyboardInterrupt(), "KeyboardInterrupt"),
    (GeneratorExit(), "GeneratorExit"),
    (asyncio.CancelledError(), "CancelledError"),
    (BaseExceptionGroup("two", [SystemExit(1)]), "BaseExceptionGroup: two"),
    (Wordless(), "Wordless"),
    (ValueError("a\ud800"), "ValueError: a\ufffd"),
]


@pytest.mark.parametrize(("error", "words"), FAILURES, ids=lambda it: type(it).__name__)
@pytest.mark.parametrize("as_async", [False, True])
async def test_whatever_a_tool_raises(
    error: BaseException, words: str, as_async: bool
) -> None:
    def fail() -> None:
        raise error

    async def fail_async() -> None:
        raise error

    if as_async and isinstance(error, StopIteration):
        words = "RuntimeError: coroutine raised StopIteration"  # Python's own doing.
    function: Function = fail_async if as_async else fail
    said = await error_of(function)
    assert said.startswith(f"{function.__name__} failed: {words}")
    assert await result_of(echo, {"text": "on we go"}) == "on we go"


async def test_a_failure_is_told_in_short_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(secret: str) -> None:
        raise ValueError("x" * 10_000_000 + "\nsecond line")

    with caplog.at_level(logging.WARNING, "agno_tui.tools"):
        words = await error_of(fail, {"secret": "hunter2"})
    assert len(words) < 350 and words.endswith("…")
    (record,) = caplog.records
    logged = record.getMessage()
    assert "tool fail failed: ValueError: xxx" in logged and "test_calling.py" in logged
    assert len(logged) < 5000 and "hunter2" not in logged


async def test_functions_see_the_callers_context_variables() -> None:
    who = contextvars.ContextVar("who", default="nobody")
    who.set("caller")

    def seen() -> str:
        before = who.get()
        who.set("tool")
        return before

    async def seen_async() -> str:
        return seen()

    assert await result_of(seen) == await result_of(seen_async) == "caller"
    assert who.get() == "caller"


async def test_a_function_that_is_not_async_does_not_run_on_the_loop() -> None:
    def where() -> str:
        thread = threading.current_thread()
        return f"{thread.name} {thread.daemon}"

    assert await result_of(where) == "tool where True"


async def test_the_calls_of_a_turn_run_at_the_same_time() -> None:
    """Each waits until all the others are there."""
    together = threading.Barrier(3)
    there: list[int] = []
    all_there = asyncio.Event()

    def in_thread(number: int) -> int:
        together.wait(PATIENCE)
        return number

    async def on_loop(number: int) -> int:
        there.append(number)
        if len(there) == 3:
            all_there.set()
        await asyncio.wait_for(all_there.wait(), PATIENCE)
        return number

    calls = [
        call_of(
            "on_loop" if number % 2 else "in_thread", {"number": number}, f"c{number}"
        )
        for number in range(6)
    ]
    messages = await call_together(by_name([in_thread, on_loop]), calls, ToolContext())
    assert [m.content for m in messages] == [str(number) for number in range(6)]
    assert [m.tool_call_id for m in messages] == [f"c{number}" for number in range(6)]


async def test_results_come_in_the_order_of_the_calls_and_are_heard_of_at_once() -> (
    None
):
    last = asyncio.Event()
    heard: list[str] = []

    async def wait_for_last(text: str) -> str:
        await asyncio.wait_for(last.wait(), PATIENCE)
        return text

    async def be_last(text: str) -> str:
        return text

    def on_result(call: ToolCall, message: Message) -> None:
        assert call.id == message.tool_call_id
        heard.append(message.content)
        last.set()

    calls = [
        call_of("wait_for_last", {"text": "a"}, "1"),
        call_of("be_last", {"text": "b"}, "2"),
    ]
    messages = await call_together(
        by_name([wait_for_last, be_last]), calls, ToolContext(), on_result=on_result
    )
    assert [m.content for m in messages] == ["a", "b"]
    assert heard == ["b", "a"]


async def test_one_result_for_each_call_though_ids_are_the_same() -> None:
    calls = [
        call_of("echo", {"text": "a"}, "same"),
        call_of("echo", "[broken", "same"),
        call_of("nothing", {}, "same"),
        call_of("echo", {"text": "b"}, "same"),
    ]
    messages = await call_together(by_name([echo]), calls, ToolContext())
    assert [m.tool_error for m in messages] == [False, True, True, False]
    assert [m.tool_call_id for m in messages] == ["same"] * 4
    assert await call_together(by_name([echo]), [], ToolContext()) == []


async def test_no_more_than_some_run_at_once() -> None:
    running: list[int] = []
    most: list[int] = []
    lock = threading.Lock()
    full = threading.Barrier(AT_ONCE)

    def work() -> None:
        with lock:
            running.append(1)
            most.append(len(running))
        full.wait(PATIENCE)
        with lock:
            running.pop()
        full.wait(PATIENCE)

    calls = [call_of("work", {}, str(number)) for number in range(3 * AT_ONCE)]
    messages = await call_together(by_name([work]), calls, ToolContext())
    assert [m.content for m in messages] == ["null"] * len(calls)
    assert max(most) == AT_ONCE


async def test_a_thread_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert "can't start new thread" in await error_of(echo, {"text": "x"})


async def test_a_tool_that_cancels_itself() -> None:
    async def stop() -> None:
        task: Any = asyncio.current_task()
        task.cancel()
        await asyncio.sleep(PATIENCE)

    assert await error_of(stop) == "stop failed: CancelledError"


async def test_a_tool_of_another_size() -> None:
    small = tool(max_result=3)(echo)
    assert await result_of(small, {"text": "abc"}) == "abc"
    assert "4 characters long, and at most 3" in await error_of(small, {"text": "abcd"})
