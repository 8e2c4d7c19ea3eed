"""How runs end when something odd happens at their beginning or end."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys

import pytest

from agno_tui.agent import Agent
from agno_tui.models.base import ModelError, ModelErrorKind
from agno_tui.session import RunStatus
from agno_tui.storage.memory import MemoryStorage
from tests.fakes import FailingStorage, FakeModel, until


async def test_a_run_cancelled_twice_while_it_begins_is_kept_as_cancelled() -> None:
    storage = FailingStorage(MemoryStorage())
    storage.gates["start_run"] = asyncio.Event()
    agent = Agent(FakeModel(["Hello"]), storage=storage)
    task = asyncio.create_task(agent.arun("Hi", session_id="s"))
    await until(lambda: bool(agent._live))
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    storage.gates["start_run"].set()
    with pytest.raises(asyncio.CancelledError):
        await task
    (run,) = await storage.get_runs("s", user_id="")
    assert run.status is RunStatus.CANCELLED


async def test_a_run_cancelled_while_it_can_not_begin_is_cancelled() -> None:
    """Not failed: whoever cancelled it waits for that."""
    storage = FailingStorage(MemoryStorage(), "start_run")
    storage.gates["start_run"] = asyncio.Event()
    task = asyncio.create_task(Agent(FakeModel(), storage=storage).arun("Hi"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    storage.gates["start_run"].set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_state_given_is_kept_though_the_model_is_not_there() -> None:
    model = FakeModel()
    model.preparation = [ModelError(ModelErrorKind.NO_NETWORK, "No network.")]
    agent = Agent(model, storage=MemoryStorage(), session_id="s")
    response = await agent.arun("Hi", session_state={"basket": ["tea"]})
    assert response.status is RunStatus.ERROR
    assert await agent.aget_session_state() == {"basket": ["tea"]}


async def test_an_answer_with_nothing_in_it_says_so() -> None:
    response = await Agent(FakeModel([])).arun("Hi")
    assert response.status is RunStatus.ERROR
    assert "empty answer" in response.error


async def test_a_run_whose_loop_is_gone_can_not_be_cancelled() -> None:
    agent = Agent(FakeModel(["Hello", asyncio.Event()]))

    def leave_a_run_behind() -> str:
        loop = asyncio.new_event_loop()
        stream = agent.arun("Hi", stream=True)
        loop.run_until_complete(anext(stream))
        assert stream.run is not None
        loop.close()
        return stream.run.run_id

    run_id = await asyncio.to_thread(leave_a_run_behind)
    assert not agent.cancel_run(run_id)
    assert not agent._live


def _ask_in_the_child(agent: Agent) -> None:
    assert agent.run("Hi").content == "Hello"


@pytest.mark.skipif(sys.platform == "win32", reason="fork")
def test_a_process_that_was_forked_can_ask_too() -> None:
    agent = Agent(FakeModel(["Hello"]))
    assert agent.run("Hi").content == "Hello"
    child = multiprocessing.get_context("fork").Process(
        target=_ask_in_the_child, args=(agent,)
    )
    child.start()
    child.join(20)
    alive = child.is_alive()
    child.kill()
    assert not alive
    assert child.exitcode == 0
