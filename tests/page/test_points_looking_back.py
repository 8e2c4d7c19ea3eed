"""Where Agno breaks and ours must not: what the model finds when it looks back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from types import SimpleNamespace

import pytest

from agno_tui import Agent, Memory, session
from tests.fake_server import FakeServer, answers, calls, cuts
from tests.page.conftest import MakeAgent, echo, turn
from tests.page.looking import found, looked_back

NOON = 1_800_000_000_000_000_000
"""A time of day, in nanoseconds: the first one of its second."""


@pytest.fixture(params=["sqlite", "memory"])
def agent(request: pytest.FixtureRequest, make_agent: MakeAgent) -> Agent:
    """An agent whose model may look back, over either storage."""
    where = {"storage": None, "memory": Memory()} if request.param == "memory" else {}
    return make_agent(search_previous_sessions_history=True, **where)


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Iterator[int]], None]:
    """Has the present be what an iterator says, in nanoseconds."""

    def set_clock(times: Iterator[int]) -> None:
        clock = SimpleNamespace(time_ns=lambda: next(times))
        monkeypatch.setattr(session, "time", clock)

    return set_clock


async def talk(agent: Agent, *session_ids: str, user_id: str = "") -> None:
    """Say one thing in each session."""
    for session_id in session_ids:
        text = f"I am in {session_id}"
        await agent.arun(text, session_id=session_id, user_id=user_id)


async def test_a_sessions_of_the_same_moment_come_in_the_order_they_were_made(
    server: FakeServer, agent: Agent, set_clock: Callable[[Iterator[int]], None]
) -> None:
    """Point A: by a sequence, where the clock says nothing."""
    set_clock(iter(lambda: NOON, None))
    await talk(agent, "south-africa", "china", "france", "japan")
    assert list(await found(server, agent)) == ["japan", "france"]


async def test_a_sessions_of_one_second_come_by_last_activity(
    server: FakeServer, agent: Agent, set_clock: Callable[[Iterator[int]], None]
) -> None:
    """Point A: finer than a second, and an old session that is used again is new."""
    set_clock(count(NOON, 1_000))
    await talk(agent, "south-africa", "china", "france", "japan", "china")
    assert list(await found(server, agent)) == ["china", "japan"]


async def test_b_the_present_session_is_neither_counted_nor_returned(
    server: FakeServer, agent: Agent
) -> None:
    """Point B: not in its first turn, nor in any later one, nor on request."""
    await talk(agent, "one", "two", "three")
    for _ in range(3):
        assert list(await found(server, agent)) == ["three", "two"]
    told = await looked_back(server, agent, query="Look back")
    assert told == {"sessions": [], "note": "No history found"}
    told = await looked_back(server, agent, tool="read_past_session", session_id="now")
    assert told["sessions"] == []


async def test_c_without_a_user_only_sessions_without_a_user_come_back(
    server: FakeServer, agent: Agent
) -> None:
    """Point C: nobody is a user of their own, for looking and for searching."""
    await talk(agent, "ann-1", "ann-2", user_id="ann")
    assert await found(server, agent, where="nobody-1") == {}
    assert await found(server, agent, where="nobody-1", query="I am in") == {}
    await talk(agent, "nobody-2")
    assert list(await found(server, agent, where="n")) == ["nobody-2", "nobody-1"]
    words = await found(server, agent, where="n", query="I am in")
    assert list(words) == ["nobody-2"]
    of_ann = await found(server, agent, where="a", user_id="ann")
    assert list(of_ann) == ["ann-2", "ann-1"]
    words = await found(server, agent, where="a", user_id="ann", query="I am in")
    assert set(words) == {"ann-1", "ann-2"}


@pytest.mark.parametrize("query", ["Köln", "köln", "KÖLN", "koln", "Reise koln", "köl"])
async def test_g_a_session_is_found_by_its_name(
    server: FakeServer, agent: Agent, query: str
) -> None:
    """Point G: a name is text, umlauts and all."""
    await talk(agent, "trip", "other")
    await agent.aset_session_name("trip", "Reise nach Köln")
    told = await looked_back(server, agent, query=query)
    assert [(s["title"], s["session_id"]) for s in told["sessions"]] == [
        ("Reise nach Köln", "trip")
    ]
    assert told["sessions"][0]["runs"][0]["user"] == "I am in trip"


@pytest.mark.parametrize(
    "query",
    [
        "metrics",
        "session_name",
        "user_id",
        "null",
        '"',
        "{",
        "%",
        "_",
        "*",
        "name:Köln",
    ],
)
async def test_g_what_nobody_wrote_finds_nothing(
    server: FakeServer, agent: Agent, query: str
) -> None:
    """Point G: how it is kept is not searched, and nothing is an operator."""
    await talk(agent, "trip", "other")
    await agent.aset_session_name("trip", "Reise nach Köln")
    assert await found(server, agent, query=query) == {}


def double(number: int) -> int:
    """Twice the number."""
    return number * 2


async def test_m_questions_and_answers_stay_pairs(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    """Point M: with a system prompt, tool calls, and runs without an answer between."""
    agent = make_agent(
        instructions="Be brief.",
        tools=[double],
        add_history_to_messages=True,
        num_history_runs=None,
        search_previous_sessions_history=True,
    )
    server.will(
        echo,
        calls(("double", {"number": 4}), text="Let me see."),
        echo,
        answers(500),
        cuts("Half an"),
        calls(("double", {"number": 1}), ("double", {"number": 3})),
    )
    for text in ("one", "Double 4", "It fails", "It is cut", "Double both", "now"):
        await agent.arun(text, session_id="s")

    told = [
        (m["role"], m["content"] or [c["id"] for c in m["tool_calls"]])
        for m in server.chats[-1].messages
    ]
    assert told == [
        ("system", "Be brief."),
        *turn("one"),
        ("user", "Double 4"),
        ("assistant", "Let me see."),
        ("tool", "8"),
        ("assistant", "You said: 8"),
        ("user", "Double both"),
        ("assistant", ["call_0", "call_1"]),
        ("tool", "2"),
        ("tool", "6"),
        ("assistant", "You said: 6"),
        ("user", "now"),
    ]
    assert (await found(server, agent))["s"] == [
        ("one", "You said: one"),
        ("Double 4", "Let me see.\nYou said: 8"),
        ("Double both", "You said: 6"),
        ("now", "You said: now"),
    ]
    assert await found(server, agent, query="It is cut") == {}
