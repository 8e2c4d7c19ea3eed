"""Where Agno breaks and ours must not: another user's session is not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from agno_tui import Agent, Memory
from agno_tui.session import SessionMetrics
from agno_tui.storage.errors import SessionNotFoundError
from tests.fake_server import FakeServer, streams
from tests.page.conftest import MakeAgent, sent, turn
from tests.page.looking import looked_back
from tests.page.rows import everything, rows

SECRET = "I am afraid of geese"


async def anns(server: FakeServer, agent: Agent) -> str:
    """Ann's session `s` with all that a session can have; the id of its run."""
    server.will(streams("So am I."), streams("About geese."))
    run = await agent.arun(
        SECRET, session_id="s", user_id="ann", session_state={"bird": "goose"}
    )
    await agent.aset_session_name("s", "Geese", user_id="ann")
    await agent.acreate_session_summary("s", user_id="ann")
    await agent.memory.remember("Is afraid", user_id="ann", session_id="s")
    return run.run_id


async def _stream(agent: Agent, **options: Any) -> None:
    async for _ in agent.arun("Hello?", stream=True, **options):
        pass


async def _fork_into_own(agent: Agent, run_id: str) -> None:
    await agent.arun("Mine", session_id="own", user_id="bob")
    await agent.afork_session("own", "bob", run_id=run_id)


REFUSED: dict[str, Callable[[Agent, str], Awaitable[Any]]] = {
    "run": lambda agent, _: agent.arun("Hello?", session_id="s", user_id="bob"),
    "run, nobody": lambda agent, _: agent.arun("Hello?", session_id="s"),
    "stream": lambda agent, _: _stream(agent, session_id="s", user_id="bob"),
    "run with a state": lambda agent, _: agent.arun(
        "Hello?", session_id="s", user_id="bob", session_state={"bird": "hen"}
    ),
    "continue": lambda agent, run: agent.acontinue_run(
        run, user_id="bob", regenerate=True
    ),
    "continue in": lambda agent, run: agent.acontinue_run(
        run, session_id="s", user_id="bob", regenerate=True
    ),
    "fork": lambda agent, _: agent.afork_session("s", "bob"),
    "fork through": lambda agent, run: agent.afork_session("s", "bob", run_id=run),
    "name": lambda agent, _: agent.aset_session_name("s", "Mine", user_id="bob"),
    "make up a name": lambda agent, _: agent.aset_session_name(
        "s", autogenerate=True, user_id="bob"
    ),
    "delete": lambda agent, _: agent.adelete_session("s", user_id="bob"),
    "change the state": lambda agent, _: agent.aupdate_session_state(
        {"bird": "hen"}, "s", user_id="bob"
    ),
    "sum up": lambda agent, _: agent.acreate_session_summary("s", user_id="bob"),
}
"""What another user cannot do."""

EMPTY: dict[str, tuple[Callable[[Agent], Awaitable[Any]], object]] = {
    "session": (lambda agent: agent.aget_session("s", user_id="bob"), None),
    "messages": (lambda agent: agent.aget_session_messages("s", user_id="bob"), []),
    "history": (lambda agent: agent.aget_chat_history("s", user_id="bob"), []),
    "metrics": (
        lambda agent: agent.aget_session_metrics("s", user_id="bob"),
        SessionMetrics(),
    ),
    "state": (lambda agent: agent.aget_session_state("s", user_id="bob"), {}),
    "summary": (lambda agent: agent.aget_session_summary("s", user_id="bob"), None),
    "memories": (lambda agent: agent.aget_user_memories("bob"), []),
}
"""What another user sees of it."""


@pytest.mark.parametrize("what", REFUSED)
async def test_d_anothers_session_is_not_found_and_stays_as_it_is(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path, what: str
) -> None:
    """Point D: byte for byte; and nothing is asked of the model."""
    agent = make_agent(add_history_to_messages=True)
    run_id = await anns(server, agent)
    before, asked = everything(tmp_path / "agents.db"), len(server.chats)
    with pytest.raises(SessionNotFoundError):
        await REFUSED[what](agent, run_id)
    assert everything(tmp_path / "agents.db") == before
    assert len(server.chats) == asked


@pytest.mark.parametrize("what", EMPTY)
@pytest.mark.parametrize("in_memory", [False, True])
async def test_d_nothing_is_seen_of_anothers_session(
    server: FakeServer, make_agent: MakeAgent, what: str, in_memory: bool
) -> None:
    """Point D: neither what was said nor that there is anything."""
    where = {"storage": None, "memory": Memory()} if in_memory else {}
    agent = make_agent(**where)
    await anns(server, agent)
    look, nothing = EMPTY[what]
    assert await look(agent) == nothing


async def test_d_a_fork_through_anothers_run_is_not_found(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path
) -> None:
    """Point D: a run of Ann's does not get into a fork of Bob's."""
    agent = make_agent()
    run_id = await anns(server, agent)
    with pytest.raises(SessionNotFoundError):
        await _fork_into_own(agent, run_id)
    kept = rows(tmp_path / "agents.db", "SELECT session_id, user_id FROM sessions")
    assert kept == [("s", "ann"), ("own", "bob")]


async def test_d_the_model_cannot_read_anothers_session(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path
) -> None:
    """Point D: not by its id, and not by searching for its words."""
    agent = make_agent(search_previous_sessions_history=True)
    await anns(server, agent)
    path = tmp_path / "agents.db"
    before = rows_of_ann(path)
    for arguments in (
        {"tool": "read_past_session", "session_id": "s"},
        {"query": "geese"},
        {"query": None},
    ):
        for user in ("bob", ""):
            told = await looked_back(
                server, agent, where=f"of {user}", user_id=user, **arguments
            )
            assert told["sessions"] == []
    assert all(SECRET not in chat.raw.decode() for chat in server.chats[2:])
    assert rows_of_ann(path) == before


@pytest.mark.parametrize("stream", [False, True])
async def test_d_print_response_says_that_it_is_not_there(
    server: FakeServer, make_agent: MakeAgent, stream: bool
) -> None:
    """Points D and I: in words, and it goes on."""
    agent = make_agent()
    await anns(server, agent)
    out = StringIO()
    await agent.aprint_response(
        "Hello?", session_id="s", user_id="bob", stream=stream, file=out
    )
    assert "This conversation is no longer there." in out.getvalue()
    assert "geese" not in out.getvalue()


async def test_l_a_second_user_takes_nothing_over(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path
) -> None:
    """Point L: one agent, no session named: each user has their own, and keeps it."""
    agent = make_agent(add_history_to_messages=True)
    first = await agent.arun("I am Ann", user_id="ann")
    second = await agent.arun("I am Bob", user_id="bob")
    again = await agent.arun("Ann again", user_id="ann")
    assert first.session_id == again.session_id != second.session_id
    assert sent(server) == [
        [("user", "I am Ann")],
        [("user", "I am Bob")],
        [*turn("I am Ann"), ("user", "Ann again")],
    ]
    kept = rows(tmp_path / "agents.db", "SELECT session_id, user_id FROM sessions")
    assert kept == [(first.session_id, "ann"), (second.session_id, "bob")]


async def test_l_an_agent_without_user_takes_on_nobody(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path
) -> None:
    """Point L: on a file that has a user's sessions it stays without one."""
    await make_agent(user_id="ann").arun(SECRET, session_id="s")
    path = tmp_path / "agents.db"
    before = rows_of_ann(path)
    agent = make_agent(
        add_history_to_messages=True, search_previous_sessions_history=True
    )
    run = await agent.arun("Who am I?")
    assert (run.user_id, agent.user_id) == ("", "")
    assert run.session_id != "s"
    assert sent(server)[-1] == [("user", "Who am I?")]
    fixed = make_agent(session_id="s", add_history_to_messages=True)
    with pytest.raises(SessionNotFoundError):
        await fixed.arun("Who am I?")
    assert rows_of_ann(path) == before
    kept = rows(path, "SELECT session_id, user_id FROM sessions")
    assert kept == [("s", "ann"), (run.session_id, "")]


def rows_of_ann(path: Path) -> list[object]:
    """All that is kept of her."""
    return [
        rows(path, f"SELECT {table}.* FROM {joined} WHERE user_id = 'ann'")
        for table, joined in (
            ("sessions", "sessions"),
            ("runs", "runs JOIN sessions USING (session_id)"),
            (
                "messages",
                "messages JOIN runs USING (run_id) JOIN sessions USING (session_id)",
            ),
            ("memories", "memories"),
        )
    ]
