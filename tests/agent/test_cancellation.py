"""Stopping a run from anywhere: what arrived is kept, and nobody else is touched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import pytest

from agno_tui.agent import Agent
from agno_tui.cancellation import Cancellation, StoppedError
from agno_tui.events import RunCancelled, RunCompleted, RunContent, RunStarted
from agno_tui.models.base import ModelResponse
from agno_tui.session import RunStatus
from agno_tui.storage.memory import MemoryStorage
from tests.agent.asking import events_of, kept, stopped
from tests.fakes import FailingStorage, FakeModel, until


def an_agent(model: FakeModel) -> Agent:
    return Agent(model, storage=MemoryStorage())


async def test_while_the_model_streams_what_arrived_is_kept() -> None:
    model = FakeModel(["Half ", "of it", asyncio.Event()])
    agent = an_agent(model)
    run = agent.new_run("Hi", session_id="s")
    seen: list[str] = []

    async def follow() -> None:
        async for event in agent.stream(run):
            seen.append(type(event).__name__)

    following = asyncio.create_task(follow())
    await until(lambda: seen.count("RunContent") == 2)
    assert agent.cancel_run(run.run_id)
    await following
    assert seen[-1] == "RunCancelled"
    there = await kept(agent, run.run_id)
    assert (there.status, there.answer) == (RunStatus.CANCELLED, "Half of it")
    assert model.open_streams == 0


async def test_before_the_first_piece() -> None:
    model = FakeModel([asyncio.Event()])
    run = await stopped(an_agent(model), lambda: model.open_streams == 1)
    assert [message.role for message in run.messages] == ["user"]
    assert model.open_streams == 0


async def test_while_the_model_is_prepared() -> None:
    model = FakeModel()
    gate = asyncio.Event()
    model.preparation = ["Loading", gate]
    storage = MemoryStorage()
    agent = Agent(model, storage=storage)
    await stopped(agent, lambda: bool(storage._runs))
    assert model.requests == []


async def test_while_history_is_read() -> None:
    model, storage = FakeModel(), FailingStorage(MemoryStorage())
    storage.gates["get_runs"] = asyncio.Event()
    agent = Agent(model, storage=storage, add_history_to_messages=True)
    run = agent.new_run("Hi", session_id="s")
    following = asyncio.create_task(events_of(agent, run))
    await until(lambda: run.model != "")
    assert agent.cancel_run(run.run_id)
    storage.gates["get_runs"].set()
    assert (await following)[-1] == RunCancelled(run)
    assert model.requests == []


async def test_who_is_busy_with_an_event_is_not_touched() -> None:
    agent = an_agent(FakeModel(["a", "b"]))
    run = agent.new_run("Hi", session_id="s")
    last = None
    async for event in agent.stream(run):
        if event == RunContent("s", run.run_id, "a"):
            assert agent.cancel_run(run.run_id)
            for _ in range(5):
                await asyncio.sleep(0)  # Its own waiting: nothing may be raised here.
        last = event
    assert last == RunCancelled(run)
    assert (await kept(agent, run.run_id)).answer == "a"


async def test_from_another_thread() -> None:
    model = FakeModel(["Half", asyncio.Event()])
    agent = an_agent(model)
    run = agent.new_run("Hi", session_id="s")
    following = asyncio.create_task(events_of(agent, run))
    await until(lambda: run.answer == "Half")
    assert await asyncio.to_thread(agent.cancel_run, run.run_id)
    assert (await following)[-1] == RunCancelled(run)


def test_a_run_that_waits_in_another_thread() -> None:
    model = FakeModel(["Half", asyncio.Event()])
    agent = an_agent(model)
    for event in agent.run("Hi", stream=True):
        if isinstance(event, RunContent):
            assert agent.cancel_run(event.run_id)
    assert isinstance(event, RunCancelled)
    assert event.run.answer == "Half"


async def test_twice_is_the_same_as_once() -> None:
    model = FakeModel(["Half", asyncio.Event()])
    storage = FailingStorage(MemoryStorage())
    agent = Agent(model, storage=storage)
    run = agent.new_run("Hi", session_id="s")
    following = asyncio.create_task(events_of(agent, run))
    await until(lambda: run.answer == "Half")
    storage.gates["update_run"] = asyncio.Event()
    assert agent.cancel_run(run.run_id)
    agent.cancel_run(run.run_id)
    await until(lambda: run.ended_at is not None)  # It is being kept.
    assert agent.cancel_run(run.run_id) is False
    storage.gates["update_run"].set()
    assert (await following)[-1] == RunCancelled(run)


async def test_a_run_that_ended_or_is_not_known_is_not_stopped() -> None:
    agent = an_agent(FakeModel())
    run = agent.new_run("Hi", session_id="s")
    assert agent.cancel_run(run.run_id) is False
    async for event in agent.stream(run):
        if isinstance(event, RunCompleted):
            assert agent.cancel_run(run.run_id) is False
    assert (await kept(agent, run.run_id)).status is RunStatus.COMPLETED
    assert not agent._live


async def test_who_left_early_leaves_nothing_behind() -> None:
    agent = an_agent(FakeModel(["a", asyncio.Event()]))
    stream = agent.arun("Hi", stream=True)
    async for event in stream:
        if isinstance(event, RunStarted):
            run_id = event.run_id
        if isinstance(event, RunContent):
            break
    await stream.aclose()
    assert (await kept(agent, run_id)).status is RunStatus.CANCELLED
    assert agent.cancel_run(run_id) is False


@pytest.mark.parametrize("cancel_first", [True, False])
async def test_a_cancelled_task_stays_one_where_the_run_is_stopped_too(
    cancel_first: bool,
) -> None:
    model = FakeModel(["Half", asyncio.Event()])
    agent = an_agent(model)
    run = agent.new_run("Hi", session_id="s")
    following = asyncio.create_task(events_of(agent, run))
    await until(lambda: run.answer == "Half")
    if cancel_first:
        following.cancel()
    agent.cancel_run(run.run_id)
    if not cancel_first:
        following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    there = await kept(agent, run.run_id)
    assert (there.status, there.answer) == (RunStatus.CANCELLED, "Half")


async def test_a_stopped_run_in_a_task_that_was_cancelled_before() -> None:
    agent = an_agent(FakeModel(["Half", asyncio.Event()]))
    run = agent.new_run("Hi", session_id="s")

    async def goodbye() -> str:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return type((await events_of(agent, run))[-1]).__name__

    task = asyncio.create_task(goodbye())
    await asyncio.sleep(0)
    task.cancel()
    await until(lambda: run.answer == "Half")
    agent.cancel_run(run.run_id)
    assert await task == "RunCancelled"


class Stubborn(FakeModel):
    """Makes something else of being cut off: an error, or a last piece."""

    def __init__(self, last: ModelResponse | Exception) -> None:
        super().__init__()
        self.last = last

    async def stream(
        self, *_: object, **__: object
    ) -> AsyncGenerator[ModelResponse, None]:
        yield ModelResponse(content="Half")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if isinstance(self.last, Exception):
                raise self.last from None
            yield self.last


@pytest.mark.parametrize("last", [ModelResponse(content="!"), OSError("torn")])
async def test_whatever_a_model_makes_of_it_the_run_is_stopped(
    last: ModelResponse | Exception,
) -> None:
    agent = an_agent(Stubborn(last))
    run = agent.new_run("Hi", session_id="s")
    following = asyncio.create_task(events_of(agent, run))
    await until(lambda: run.answer == "Half")
    agent.cancel_run(run.run_id)
    assert (await following)[-1] == RunCancelled(run)
    assert run.error == ""
    assert following.cancelling() == 0


async def test_what_is_not_waited_for_any_more_is_closed() -> None:
    cancellation = Cancellation()
    cancellation.request()
    waiting = asyncio.sleep(0)
    with pytest.raises(StoppedError):
        await cancellation.wait_for(waiting)
    with pytest.raises(RuntimeError, match="cannot reuse"):
        await waiting
