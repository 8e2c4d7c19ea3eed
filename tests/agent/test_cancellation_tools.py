"""Stopping a run while its tools run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from agno_tui.agent import Agent
from agno_tui.session import RunStatus
from agno_tui.storage.memory import MemoryStorage
from agno_tui.tools.base import ToolContext
from tests.agent.asking import a_call, calling, events_of, kept, stopped
from tests.fakes import FakeModel, until


def an_agent(model: FakeModel, *tools: Callable[..., object]) -> Agent:
    return Agent(model, storage=MemoryStorage(), tools=tools)


async def test_while_an_async_tool_runs() -> None:
    cut = asyncio.Event()
    begun = asyncio.Event()

    async def slow() -> str:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cut.set()
        return "never"

    model = FakeModel(["Looking. ", calling(a_call("slow"))], ["Done."])
    run = await stopped(an_agent(model, slow), begun.is_set)
    assert cut.is_set()
    assert run.answer == "Looking. "
    assert len(model.requests) == 1


async def test_while_a_tool_runs_in_a_thread() -> None:
    begun, go = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        go.wait(10)
        return "late"

    model = FakeModel([calling(a_call("slow"))], ["Done."])
    try:
        run = await stopped(an_agent(model, slow), begun.is_set)
    finally:
        go.set()
    assert [message.role for message in run.messages] == ["user", "assistant"]


async def test_results_that_came_before_are_kept() -> None:
    async def quick() -> str:
        return "quick one"

    async def slow() -> str:
        await asyncio.Event().wait()
        return "never"

    calls = calling(a_call("slow", "1"), a_call("quick", "2"))
    agent = an_agent(FakeModel([calls]), quick, slow)
    run = agent.new_run("Hi", session_id="s")
    following = asyncio.create_task(events_of(agent, run))
    await until(lambda: len(run.messages) == 3)
    assert agent.cancel_run(run.run_id)
    await following
    assert (await kept(agent, run.run_id)).messages[-1].content == "quick one"


async def test_a_tool_may_stop_the_run_it_is_called_in() -> None:
    async def stop(context: ToolContext) -> str:
        agent.cancel_run(context.run_id)
        return "stopping"

    agent = an_agent(FakeModel([calling(a_call("stop"))], ["Done."]), stop)
    response = await agent.arun("Hi")
    assert response.status is RunStatus.CANCELLED
