"""The loop of model and tools: rounds, what is kept meanwhile, what is replayed."""

from __future__ import annotations

import asyncio
from typing import Any

from agno_tui.agent import Agent
from agno_tui.events import (
    RunCompleted,
    RunContent,
    RunError,
    RunStarted,
    ToolCallCompleted,
    ToolCallStarted,
)
from agno_tui.models.base import ModelErrorKind
from agno_tui.session import Role, RunStatus
from agno_tui.storage.memory import MemoryStorage
from tests.agent.asking import a_call, calling, events_of, keep, kept, said
from tests.fakes import FailingStorage, FakeModel, words


async def echo(text: str) -> str:
    """Says it again."""
    return f"echo {text}"


def asking_echo(*texts: str) -> Any:
    calls = (a_call("echo", f"call_{n}", text=text) for n, text in enumerate(texts))
    return calling(*calls)


def an_agent(model: FakeModel, **options: Any) -> Agent:
    return Agent(model, storage=MemoryStorage(), tools=[echo], **options)


async def test_several_calls_of_one_turn_and_their_results_go_out_whole() -> None:
    model = FakeModel(["Hm. ", asking_echo("a", "b")], ["Done."])
    agent = an_agent(model)
    run = agent.new_run("Hi", session_id="s")
    events = await events_of(agent, run)
    question, asked, one, two, answer = run.messages
    ids = ("s", run.run_id)
    assert events == [
        RunStarted(run),
        RunContent(*ids, "Hm. "),
        ToolCallStarted(*ids, asked.tool_calls[0]),
        ToolCallStarted(*ids, asked.tool_calls[1]),
        ToolCallCompleted(*ids, asked.tool_calls[0], one),
        ToolCallCompleted(*ids, asked.tool_calls[1], two),
        RunContent(*ids, "Done."),
        RunCompleted(run),
    ]
    assert model.requests[1] == [question, asked, one, two]
    assert [m.content for m in (one, two)] == ["echo a", "echo b"]
    assert (await kept(agent, run.run_id)).messages == run.messages
    assert answer.content == "Done."


async def test_results_stand_in_the_order_of_the_calls_whichever_came_first() -> None:
    gate = asyncio.Event()

    async def slow() -> str:
        await gate.wait()
        return "slow"

    async def quick() -> str:
        gate.set()
        return "quick"

    calls = calling(a_call("slow", "1"), a_call("quick", "2"))
    model = FakeModel([calls], ["Done."])
    response = await Agent(model, tools=[slow, quick]).arun("Hi")
    assert [c.result for c in response.tools] == ["slow", "quick"]
    assert [m.content for m in model.requests[1][2:]] == ["slow", "quick"]


async def test_calls_are_kept_before_the_tool_runs_and_results_before_the_model() -> (
    None
):
    storage, seen = MemoryStorage(), list[list[tuple[str, str]]]()

    async def look() -> str:
        (run,) = await storage.get_runs("s", user_id="")
        seen.append(said(run.messages))
        assert [call.name for call in run.messages[-1].tool_calls] == ["look"]
        assert run.status is RunStatus.RUNNING
        return "looked"

    model = FakeModel([calling(a_call("look"))], ["Done."])
    model.on_request = lambda: seen.append(
        [x for run in storage._runs.values() for x in said(run.messages)]
    )
    await Agent(model, storage=storage, tools=[look]).arun("Hi", session_id="s")
    assert seen == [
        [("user", "Hi")],
        [("user", "Hi"), ("assistant", "")],
        [("user", "Hi"), ("assistant", ""), ("tool", "looked")],
    ]


async def test_a_tool_that_fails_is_told_and_the_run_goes_on() -> None:
    async def fail() -> str:
        raise OSError("no such place")

    model = FakeModel([calling(a_call("fail"), a_call("nope", "2"))], ["Sorry."])
    response = await Agent(model, tools=[fail]).arun("Hi")
    assert response.status is RunStatus.COMPLETED
    assert [c.tool_call_error for c in response.tools] == [True, True]
    assert "no such place" in response.tools[0].result


async def test_the_last_round_has_to_answer() -> None:
    model = FakeModel([asking_echo("a")], [asking_echo("b")], ["Done."])
    response = await an_agent(model, tool_call_rounds=2).arun("Hi")
    assert (response.status, response.content) == (RunStatus.COMPLETED, "Done.")
    assert model.may_call == [True, True, False]
    assert [len(tools) for tools in model.tools] == [1, 1, 1]


async def test_a_model_that_calls_on_and_on_ends_in_words() -> None:
    model = FakeModel([asking_echo("again")])
    agent = an_agent(model, tool_call_rounds=2)
    run = agent.new_run("Hi", session_id="s")
    events = await events_of(agent, run)
    assert events[-1] == RunError(run)
    assert "kept calling tools" in run.error
    assert len(model.requests) == 3
    there = await kept(agent, run.run_id)
    assert len([m for m in there.messages if m.role == Role.TOOL]) == 2
    assert there.messages[-1].tool_calls == []


async def test_no_rounds_at_all_is_no_calls() -> None:
    model = FakeModel([asking_echo("a")])
    response = await an_agent(model, tool_call_rounds=0).arun("Hi")
    assert (model.may_call, response.status) == ([False], RunStatus.ERROR)
    assert response.tools == []


async def test_a_run_with_tools_is_replayed_whole_and_counts_as_one() -> None:
    model = FakeModel([asking_echo("a")], ["One."], ["Two."], ["Three."])
    agent = an_agent(model, add_history_to_messages=True, num_history_runs=2)
    for question in ("1", "2", "3"):
        await agent.arun(question, session_id="s")
    assert said(model.requests[-1]) == [
        ("user", "1"),
        ("assistant", ""),
        ("tool", "echo a"),
        ("assistant", "One."),
        ("user", "2"),
        ("assistant", "Two."),
        ("user", "3"),
    ]
    assert model.requests[-1][1].tool_calls[0].name == "echo"
    assert model.requests[-1][2].tool_call_id == "call_0"


async def test_an_answer_cut_after_the_tools_keeps_all_that_was_said() -> None:
    model = FakeModel(["Hm. ", asking_echo("a")], ["Half", words(ModelErrorKind.CUT)])
    agent = an_agent(model)
    response = await agent.arun("Hi", session_id="s")
    there = await kept(agent, response.run_id)
    assert there.status is RunStatus.ERROR
    assert said(there.messages) == [
        ("user", "Hi"),
        ("assistant", "Hm. "),
        ("tool", "echo a"),
        ("assistant", "Half"),
    ]


async def test_history_too_long_in_the_second_request_is_halved() -> None:
    too_long = words(ModelErrorKind.CONTEXT)
    model = FakeModel([asking_echo("a")], [too_long], [too_long], ["Done."])
    agent = an_agent(model, add_history_to_messages=True, num_history_runs=None)
    for number in range(4):
        await keep(agent.storage, str(number))
    response = await agent.arun("Hi", session_id="s")
    assert response.status is RunStatus.COMPLETED
    assert [len(messages) for messages in model.requests] == [9, 11, 7, 5]
    assert said(model.requests[3])[:2] == [("user", "3"), ("assistant", "an answer")]
    assert said(model.requests[3])[2:] == said(model.requests[1])[8:]


async def test_results_that_cannot_be_kept_end_the_run_in_words() -> None:
    storage = FailingStorage(MemoryStorage())

    async def fill_the_disk() -> str:
        storage.failing.add("update_run")
        return "full"

    model = FakeModel([calling(a_call("fill_the_disk"))], ["Done."])
    agent = Agent(model, storage=storage, tools=[fill_the_disk])
    response = await agent.arun("Hi")
    assert response.status is RunStatus.ERROR
    assert "The disk is full." in response.error
    assert len(model.requests) == 1


async def test_a_model_that_says_nothing_after_its_tools_is_still_complete() -> None:
    model = FakeModel([asking_echo("a")], [])
    response = await an_agent(model).arun("Hi")
    assert (response.status, response.content) == (RunStatus.COMPLETED, "")
    assert response.messages[-1].role == Role.TOOL


async def test_who_leaves_while_tools_run_cancels_them() -> None:
    begun, cut = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cut.set()
        return "never"

    model = FakeModel([calling(a_call("slow", "1"), a_call("echo", "2", text="x"))])
    agent = Agent(model, storage=MemoryStorage(), tools=[slow, echo])
    stream = agent.arun("Hi", stream=True)
    async for event in stream:
        if isinstance(event, ToolCallCompleted):
            break
    await stream.aclose()
    assert begun.is_set() and cut.is_set()
    assert stream.run is not None and stream.run.status is RunStatus.CANCELLED
