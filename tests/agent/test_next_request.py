"""What would go out next: the parts of it, how much they take, the request itself."""

from __future__ import annotations

import json

import pytest

from agno_tui.agent import Agent
from agno_tui.agent.next_request import Counts
from agno_tui.memory import Memory
from agno_tui.models.openai import OpenAIChat
from agno_tui.storage.memory import MemoryStorage
from tests.agent.asking import keep, run_of
from tests.fakes import FakeModel

KEY = "sk-canary-0123456789"


def look(place: str) -> str:
    """Look at a place."""
    return place


async def an_agent(model: FakeModel, storage: MemoryStorage) -> Agent:
    memory = Memory(storage)
    await memory.remember("likes tea", user_id="")
    return Agent(
        model,
        storage=storage,
        instructions="Be brief.",
        tools=[look],
        enable_agentic_memory=True,
        add_history_to_messages=True,
        num_history_runs=3,
    )


async def test_it_is_what_goes_out() -> None:
    """One truth: the same messages and tools as the model gets a moment later."""
    model, storage = FakeModel(), MemoryStorage()
    for n in range(5):
        await keep(storage, f"q{n}", f"a{n}")
    agent = await an_agent(model, storage)
    made = await agent.next_request("s", user_id="", text="now?")
    assert not model.requests
    await run_of(agent, "now?")
    sent = [(str(m.role), m.content) for m in model.requests[0]]
    told = [(str(m.role), m.content) for m in made.request.messages(made.run)]
    assert told == sent
    assert [t.name for t in made.request.tools.values()] == [
        tool.name for tool in model.tools[0]
    ]
    body = made.body()
    assert [(m["role"], m["content"]) for m in body["messages"]] == sent
    assert len(body["tools"]) == len(model.tools[0])


async def test_every_part_is_counted_once() -> None:
    storage = MemoryStorage()
    await keep(storage, "q", "a")
    agent = await an_agent(FakeModel(), storage)
    made = await agent.next_request("s", user_id="", text="now?")
    counts = made.counts()
    parts = (counts.instructions, counts.told, counts.tools, counts.question)
    assert all(parts) and len(counts.runs) == 1
    assert counts.total == sum(parts) + counts.history
    agent.enable_agentic_memory, agent.tools = False, []
    bare = (await agent.next_request("s", user_id="", text="now?")).counts()
    assert (bare.told, bare.tools) == (0, 0)
    assert abs(bare.instructions - counts.instructions) <= 2


async def test_nothing_at_all() -> None:
    agent = Agent(FakeModel(), storage=MemoryStorage())
    made = await agent.next_request("nowhere", user_id="")
    assert made.counts() == Counts(0, 0, 0, (), 0)
    assert made.body()["messages"] == []
    assert await agent.storage.get_session("nowhere", user_id="") is None


@pytest.mark.parametrize(
    ("text", "is_short"), [("x" * 900, True), ("x" * 30_000, False)]
)
async def test_room_beside_all_else(text: str, is_short: bool) -> None:
    agent = Agent(
        FakeModel(context_window=1_000),
        storage=MemoryStorage(),
        add_history_to_messages=True,
    )
    made = await agent.next_request("s", user_id="", text=text)
    room = made.room()
    assert room is not None and (room > 0) is is_short


async def test_fewer_go_along_where_no_more_fit() -> None:
    storage = MemoryStorage()
    for n in range(9):
        await keep(storage, f"q{n}", "word " * 40)
    agent = Agent(
        FakeModel(context_window=400),
        storage=storage,
        add_history_to_messages=True,
        num_history_runs=6,
    )
    made = await agent.next_request("s", user_id="")
    assert made.found == 6
    assert 0 < len(made.request.history) < 6
    assert made.counts().total <= 300


@pytest.mark.parametrize("base_url", [None, "http://127.0.0.1:1/v1", "no address"])
async def test_the_key_is_no_part_of_it(base_url: str | None) -> None:
    model = OpenAIChat("m", base_url=base_url, api_key=KEY)
    agent = Agent(model, storage=MemoryStorage(), instructions="Be brief.")
    made = await agent.next_request("s", user_id="", text="half \ud83d pair")
    text = made.as_json()
    assert KEY not in text
    body = json.loads(text)
    assert body["model"] == "m" and body["stream"] is True
    assert [m["role"] for m in body["messages"]][1] == "user"
    text.encode()


async def test_what_the_sdk_puts_beside_the_rest_stands_there() -> None:
    model = OpenAIChat("m", api_key=KEY, temperature=0.5, extra_body={"top_k": 3})
    agent = Agent(model, storage=MemoryStorage())
    body = (await agent.next_request("s", user_id="", text="x")).body()
    assert body["top_k"] == 3 and body["temperature"] == 0.5
    assert "extra_body" not in body
