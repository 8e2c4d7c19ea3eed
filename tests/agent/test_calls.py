"""The calls of a program: run, continue, print; waiting or not, streaming or not."""

from __future__ import annotations

import asyncio
import gc
import inspect
import io
from typing import Any, Literal

import pytest

from agno_tui.agent import Agent
from agno_tui.agent.calls import AgentCalls
from agno_tui.events import RunCompleted, RunContent, RunStarted
from agno_tui.response import RunResponse
from agno_tui.session import RunStatus
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.storage.memory import MemoryStorage
from tests.agent.asking import a_call, calling
from tests.fakes import FailingStorage, FakeModel, until, words

WAITING = sorted(
    name.removeprefix("a")
    for name, call in inspect.getmembers(AgentCalls, callable)
    if name.startswith("a") and callable(getattr(Agent, name[1:], None))
)
"""Every call of an agent that there is with and without waiting."""

ARGUMENTS: dict[str, tuple[object, ...]] = {
    "run": ("Hi",),
    "continue_run": ("run",),
    "print_response": ("Hi",),
    "delete_session": ("s",),
    "update_session_state": ({},),
}


class Gate(asyncio.Event):
    """Knows that a model has come so far."""

    reached = False

    async def wait(self) -> Literal[True]:
        self.reached = True
        return await super().wait()


def test_every_call_there_is_with_and_without_waiting() -> None:
    coroutines = {
        name.removeprefix("a")
        for name, call in inspect.getmembers(AgentCalls, inspect.iscoroutinefunction)
        if name.startswith("a")
    }
    assert coroutines | {"run", "continue_run"} == set(WAITING)
    for name in WAITING:
        assert getattr(Agent, name).__name__ == name
        assert getattr(Agent, name).__doc__


@pytest.mark.parametrize("name", WAITING)
async def test_where_a_loop_runs_a_call_that_waits_says_what_to_call(name: str) -> None:
    agent = Agent(FakeModel())
    with pytest.raises(RuntimeError, match=rf"Call `await agent\.a{name}\(…\)` there"):
        getattr(agent, name)(*ARGUMENTS.get(name, ()))
    assert agent._loop_thread is None


@pytest.mark.parametrize("name", ["run", "continue_run"])
async def test_so_does_one_that_streams(name: str) -> None:
    with pytest.raises(RuntimeError, match=f"agent.a{name}"):
        getattr(Agent(FakeModel()), name)("x", stream=True)


async def test_a_run_gives_a_response() -> None:
    agent = Agent(FakeModel(["Hel", "lo"]), storage=MemoryStorage())
    response = await agent.arun("Hi", user_id="ann", session_id="s")
    assert isinstance(response, RunResponse)
    assert (response.content, response.status) == ("Hello", RunStatus.COMPLETED)
    assert (response.user_id, response.session_id) == ("ann", "s")
    assert (response.model, response.model_provider) == ("fake-1", "fake")
    assert [m.content for m in response.messages] == ["Hi", "Hello"]
    assert response.created_at > 0 and response.metrics.duration is not None


async def test_a_stream_may_be_awaited_first_or_not() -> None:
    agent = Agent(FakeModel(["a", "b"]))
    for stream in (agent.arun("Hi", stream=True), await agent.arun("Hi", stream=True)):
        kinds = [type(event) async for event in stream]
        assert kinds == [RunStarted, RunContent, RunContent, RunCompleted]
        assert stream.run is not None and stream.run.answer == "ab"


async def test_a_stream_that_nobody_reads_asks_for_nothing() -> None:
    agent = Agent(model := FakeModel(), storage=MemoryStorage())
    stream = agent.arun("Hi", session_id="s", stream=True)
    await stream.aclose()
    assert model.requests == []
    assert await agent.aget_session("s") is None


async def test_what_goes_wrong_is_in_the_response() -> None:
    response = await Agent(FakeModel(["Half", words()])).arun("Hi")
    assert (response.status, response.content) == (RunStatus.ERROR, "Half")
    assert response.error == "The server is on fire. Try again."


async def test_a_message_that_cannot_be_kept_is_raised() -> None:
    agent = Agent(FakeModel(), storage=FailingStorage(MemoryStorage(), "start_run"))
    with pytest.raises(StorageError):
        await agent.arun("Hi")
    with pytest.raises(StorageError):
        async for _ in agent.arun("Hi", stream=True):
            pass
    assert not agent._live


async def test_a_temporary_session_is_one_from_its_first_run_on() -> None:
    agent = Agent(FakeModel(), storage=MemoryStorage())
    await agent.arun("Hi", session_id="s", temporary=True)
    await agent.arun("Hi", session_id="t")
    await agent.arun("Hi", session_id="t", temporary=True)
    found = [await agent.aget_session(session) for session in "st"]
    assert [session and session.temporary for session in found] == [True, False]


async def test_a_cancelled_call_keeps_what_arrived() -> None:
    gate = Gate()
    model = FakeModel(["Half", gate])
    agent = Agent(model, storage=MemoryStorage())
    task = asyncio.create_task(agent.arun("Hi", session_id="s"))
    await until(lambda: gate.reached)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (run,) = await agent.storage.get_runs("s", user_id="")
    assert (run.status, run.answer) == (RunStatus.CANCELLED, "Half")
    assert model.open_streams == 0


async def test_a_call_cancelled_while_its_end_is_kept_keeps_it() -> None:
    storage = FailingStorage(MemoryStorage())
    agent = Agent(FakeModel(), storage=storage)
    gate = storage.gates["update_run"] = Gate()
    task = asyncio.create_task(agent.arun("Hi", session_id="s"))
    await until(lambda: gate.reached)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()  # However often.
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.set()

    async def is_kept() -> bool:
        (run,) = await storage.get_runs("s", user_id="")
        return run.status is RunStatus.COMPLETED

    async with asyncio.timeout(3):
        while not await is_kept():  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0)


async def test_history_that_nobody_waits_for_fails_in_silence(
    caplog: pytest.LogCaptureFixture,
) -> None:
    storage = FailingStorage(MemoryStorage(), "get_runs", "start_run")
    agent = Agent(FakeModel(), storage=storage, add_history_to_messages=True)
    with pytest.raises(StorageError):
        await agent.arun("Hi")
    gc.collect()
    await asyncio.sleep(0)
    assert not caplog.records


async def test_many_runs_of_many_users_at_once_stay_apart() -> None:
    def echoing(messages: Any) -> list[str]:
        return [f"re {messages[-1].content}"]

    agent = Agent(FakeModel(echoing), storage=MemoryStorage())
    users = [str(number) for number in range(50)]
    responses = await asyncio.gather(*(agent.arun(u, user_id=u) for u in users))
    assert [r.content for r in responses] == [f"re {user}" for user in users]
    assert len({r.session_id for r in responses}) == 50
    assert not agent._live


def test_without_a_loop_it_is_the_same() -> None:
    agent = Agent(FakeModel(["a", "b"]), storage=MemoryStorage(), session_id="s")
    assert agent.run("Hi").content == "ab"
    events = list(agent.run("Hi", stream=True))
    assert [type(event) for event in events][-1] is RunCompleted
    assert len(agent.get_session_messages()) == 4
    assert [m.content for m in agent.get_chat_history(last_n_runs=1)] == ["Hi", "ab"]
    assert agent.update_session_state({"n": 1}) == agent.get_session_state() == {"n": 1}
    assert agent.set_session_name(session_name="Mine") == "Mine"
    session = agent.get_session()
    assert session is not None and session.name == "Mine"
    assert agent.get_session_metrics().runs == 2
    assert agent.create_session_summary() == agent.get_session_summary()
    assert agent.get_user_memories() == []
    assert len(agent.get_session_messages(agent.fork_session())) == 4
    agent.delete_session("s")
    assert agent.get_session() is None
    with pytest.raises(SessionNotFoundError):
        agent.run("Hi", session_id="s")
    with pytest.raises(SessionNotFoundError):
        list(agent.run("Hi", session_id="s", stream=True))
    assert agent.run("Hi").session_id not in ("", "s")


def test_a_stream_left_early_keeps_what_arrived() -> None:
    model = FakeModel(["Half", asyncio.Event()])
    agent = Agent(model, storage=MemoryStorage())
    for event in agent.run("Hi", session_id="s", stream=True):
        if isinstance(event, RunContent):
            break
    messages = agent.get_session_messages("s", skip_statuses=())
    assert messages[-1].content == "Half"
    assert model.open_streams == 0
    session = agent.get_session("s")
    assert session is not None and session.last_status is RunStatus.CANCELLED


def test_a_tool_may_ask_the_agent_it_belongs_to() -> None:
    def ask() -> str:
        return agent.run("inner", session_id="inner").content

    model = FakeModel([calling(a_call("ask"))], ["Inner."], ["Outer."])
    agent = Agent(model, tools=[ask])
    response = agent.run("Hi")
    assert (response.content, response.tools[0].result) == ("Outer.", "Inner.")


async def test_printing_for_a_loop() -> None:
    agent = Agent(FakeModel(["Hel", "lo"]))
    for stream in (True, False):
        file = io.StringIO()
        await agent.aprint_response("Hi", stream=stream, file=file)
        assert "┃ Hi " in file.getvalue() and "┃ Hello " in file.getvalue()
