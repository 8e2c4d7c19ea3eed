"""What the model may remember, change and forget, and what it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agno_tui.agent import Agent
from agno_tui.history import estimate_tokens
from agno_tui.memory import Memory
from agno_tui.session import Message
from agno_tui.storage.memory import MemoryStorage
from agno_tui.tools.base import ToolContext, by_name
from agno_tui.tools.calling import call_tool
from agno_tui.tools.memories import memory_tools
from tests.agent.asking import a_call, calling
from tests.fakes import FakeModel

ANN = ToolContext(user_id="ann", session_id="s")
BOB = ToolContext(user_id="bob", session_id="s")


async def asked(
    memory: Memory, name: str, context: ToolContext = ANN, /, **arguments: Any
) -> Message:
    tools = by_name(memory_tools(memory))
    return await call_tool(tools, a_call(name, **arguments), context)


async def test_what_is_remembered_says_where_it_was_learned() -> None:
    memory = Memory()
    message = await asked(memory, "remember", memory="likes tea")
    (kept,) = await memory.get_user_memories(user_id="ann")
    assert (kept.memory, kept.session_id) == ("likes tea", "s")
    assert message.content == f"Kept as [{kept.memory_id}]."


async def test_it_is_changed_and_forgotten_by_its_id() -> None:
    memory = Memory()
    kept = await memory.remember("likes tea", user_id="ann")
    changed = await asked(
        memory, "update_memory", memory_id=kept.memory_id, memory="likes coffee"
    )
    assert changed.content == "Changed."
    assert [m.memory for m in await memory.get_user_memories(user_id="ann")] == [
        "likes coffee"
    ]
    gone = await asked(memory, "forget_memory", memory_id=kept.memory_id)
    assert json.loads(gone.content) == {"forgotten": True, "memory": "likes coffee"}
    assert await memory.get_user_memories(user_id="ann") == []


@pytest.mark.parametrize("name", ["update_memory", "forget_memory"])
async def test_another_users_memory_is_not_there(name: str) -> None:
    memory = Memory()
    kept = await memory.remember("likes tea", user_id="ann")
    arguments = {"memory_id": kept.memory_id}
    if name == "update_memory":
        arguments["memory"] = "x"
    message = await asked(memory, name, BOB, **arguments)
    assert message.content == f"There is no memory [{kept.memory_id}]."
    assert [m.memory for m in await memory.get_user_memories(user_id="ann")] == [
        "likes tea"
    ]


@pytest.mark.parametrize("text", ["", " ", "x" * 2_000])
async def test_nothing_and_too_much_are_told_to_the_model(text: str) -> None:
    memory = Memory()
    assert (await asked(memory, "remember", memory=text)).tool_error
    assert await memory.get_user_memories(user_id="ann") == []


def told(model: FakeModel) -> str:
    return "\n".join(m.content for m in model.requests[-1] if m.role == "system")


async def test_only_an_agent_that_is_to_remember_tells_the_model() -> None:
    model = FakeModel()
    agent = Agent(model, storage=MemoryStorage(), user_id="ann", instructions="Be kind")
    await agent.memory.remember("likes tea", user_id="ann")
    await agent.memory.remember("likes milk", user_id="bob")
    await agent.arun("Hi")
    assert (told(model), model.tools[-1]) == ("Be kind", [])
    agent.enable_agentic_memory = True
    await agent.arun("Hi")
    assert told(model).startswith("Be kind\n\nWhat you know about the user")
    assert "likes tea" in told(model) and "likes milk" not in told(model)
    assert [tool.name for tool in model.tools[-1]] == [
        "remember",
        "update_memory",
        "forget_memory",
    ]


async def test_without_memories_and_instructions_there_is_no_system_message() -> None:
    model = FakeModel()
    await Agent(model, enable_agentic_memory=True).arun("Hi")
    assert told(model) == ""


async def test_what_one_run_remembers_the_next_knows_in_any_session() -> None:
    model = FakeModel([calling(a_call("remember", memory="likes tea"))], ["ok"])
    agent = Agent(model, enable_agentic_memory=True)
    await agent.arun("I like tea", session_id="a")
    await agent.arun("And?", session_id="b")
    assert "likes tea" in told(model)
    await agent.arun("And?", session_id="c", user_id="bob")
    assert "likes tea" not in told(model)


async def test_many_memories_never_fill_a_small_context() -> None:
    model = FakeModel(context_window=3_000)
    agent = Agent(model, enable_agentic_memory=True)
    for number in range(120):
        await agent.memory.remember(f"fact {number} " + "x" * 400)
    await agent.arun("Hi")
    assert "fact 119 " in told(model) and "fact 0 " not in told(model)
    assert estimate_tokens(told(model)) < 3_000 // 5


async def test_the_newest_hundred_are_told_where_there_is_room() -> None:
    agent = Agent(model := FakeModel(), enable_agentic_memory=True)
    for number in range(120):
        await agent.memory.remember(f"fact {number}.")
    await agent.arun("Hi")
    assert told(model).count("fact ") == 100
    assert "fact 20." in told(model) and "fact 19." not in told(model)
