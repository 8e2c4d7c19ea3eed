"""Looking back: the user's own earlier sessions, newest first, in little room."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agno_tui.agent import Agent
from agno_tui.history import estimate_tokens
from agno_tui.session import Message, RunStatus, Session
from agno_tui.storage.base import Storage
from agno_tui.storage.memory import MemoryStorage
from agno_tui.tools.base import ToolContext, by_name
from agno_tui.tools.calling import call_tool
from agno_tui.tools.cited_sessions import CitedSession
from agno_tui.tools.previous_sessions import (
    LEAST_TOKENS,
    RESULT_TOKENS,
    previous_sessions_tools,
)
from tests.agent.asking import a_call, calling, keep
from tests.fakes import FakeModel

GET, READ = "get_previous_session_messages", "read_past_session"


async def asked(
    storage: Storage,
    name: str = GET,
    /,
    *,
    user: str = "",
    sessions: int = 2,
    window: int | None = None,
    current: str = "now",
    **arguments: Any,
) -> Message:
    tools = by_name(
        previous_sessions_tools(
            storage, num_history_sessions=sessions, context_window=window
        )
    )
    context = ToolContext(user_id=user, session_id=current)
    return await call_tool(tools, a_call(name, **arguments), context)


async def found(storage: Storage, name: str = GET, /, **options: Any) -> Any:
    message = await asked(storage, name, **options)
    assert not message.tool_error, message.content
    return json.loads(message.content)


async def ids(storage: Storage, name: str = GET, /, **options: Any) -> list[str]:
    sessions = (await found(storage, name, **options))["sessions"]
    return [session["session_id"] for session in sessions]


async def test_the_last_sessions_come_newest_first_their_turns_oldest_first() -> None:
    storage = MemoryStorage()
    first = await keep(storage, "China?", "Peking", session="a")
    second = await keep(storage, "And Tibet?", "Lhasa", session="a")
    await keep(storage, "France?", "Paris", session="b")
    await keep(storage, "now", session="now")
    result = await found(storage)
    assert [s["session_id"] for s in result["sessions"]] == ["b", "a"]
    cited = result["sessions"][1]
    assert cited["title"] == "China?"
    assert cited["runs"] == [
        {"run_id": first.run_id, "time": cited["runs"][0]["time"]}
        | {"user": "China?", "assistant": "Peking"},
        {"run_id": second.run_id, "time": cited["runs"][1]["time"]}
        | {"user": "And Tibet?", "assistant": "Lhasa"},
    ]
    assert cited["last_activity"].endswith("Z") and "note" not in result


async def test_the_order_is_that_of_the_last_activity() -> None:
    storage = MemoryStorage()
    for session in ("a", "b", "c", "a"):
        await keep(storage, "?", session=session)
    assert await ids(storage) == ["a", "c"]
    assert await ids(storage, sessions=9) == ["a", "c", "b"]


async def test_the_current_one_and_temporary_ones_are_never_there() -> None:
    storage = MemoryStorage()
    for session in ("a", "b", "c"):
        await keep(storage, "word", session=session, temporary=session == "b")
    assert await ids(storage, current="c") == ["a"]
    assert await ids(storage, current="c", query="word") == ["a"]


@pytest.mark.parametrize(("user", "other"), [("", "ann"), ("ann", ""), ("ann", "bob")])
async def test_another_users_are_never_there(user: str, other: str) -> None:
    storage = MemoryStorage()
    await keep(storage, "word", session="theirs", user=other)
    assert await ids(storage, user=user) == []
    assert await ids(storage, user=user, query="word") == []
    assert await ids(storage, READ, user=user, session_id="theirs") == []


async def test_sessions_without_an_answer_do_not_count() -> None:
    storage = MemoryStorage()
    await keep(storage, "?", session="answered")
    for status in (s for s in RunStatus if s is not RunStatus.COMPLETED):
        await keep(storage, "?", session=status, status=status)
    await keep(storage, "?", "", session="silent")
    await storage.set_draft("draft", "typed", user_id="")
    assert await ids(storage) == ["answered"]


@pytest.mark.parametrize("options", [{}, {"query": "monads"}])
async def test_of_several_tries_only_the_last_answered_one_is_told(
    options: dict[str, str],
) -> None:
    storage = MemoryStorage()
    first = await keep(
        storage,
        "What are monads?",
        "Burritos",
        session="a",
        status=RunStatus.REGENERATED,
    )
    again: dict[str, Any] = {"session": "a", "retry_of": first.run_id}
    # In a row, as tries were kept once.
    second = await keep(storage, "What are monads?", "Boxes", follows=first, **again)
    third = await keep(storage, "What are monads?", "Monoids", follows=second, **again)
    await keep(storage, "What are monads?", "", follows=third, **again)
    if not options:
        (session,) = (await found(storage))["sessions"]
        assert [run["assistant"] for run in session["runs"]] == ["Monoids"]
    assert "Burritos" not in json.dumps(await found(storage, **options))


async def test_none_at_all_says_so() -> None:
    storage = MemoryStorage()
    nothing = {"sessions": [], "note": "No history found"}
    assert await found(storage) == nothing
    await keep(storage, "word", session="a")
    assert await found(storage, sessions=0) == nothing
    assert await found(storage, query="nowhere") == nothing
    assert await ids(storage, query="  ") == ["a"]


async def test_more_sessions_than_a_page_are_gone_through() -> None:
    storage = MemoryStorage()
    await keep(storage, "?", session="oldest")
    for number in range(45):
        await keep(storage, "?", "", session=f"silent {number}")
    assert await ids(storage) == ["oldest"]


async def test_text_in_any_script_is_readable() -> None:
    storage = MemoryStorage()
    await keep(storage, "Köln und 東京?", 'She said "hi"\n😀', session="a")
    content = (await asked(storage)).content
    assert "Köln und 東京?" in content and "😀" in content
    assert json.loads(content)["sessions"][0]["runs"][0]["assistant"].endswith("\n😀")


@pytest.mark.parametrize("text", ["word " * 700, "漢字" * 700, "1{;" * 700, "ok"])
@pytest.mark.parametrize("window", [None, 100, 2_048, 4_096, 8_192])
@pytest.mark.parametrize("turns", [1, 30])
async def test_no_result_takes_more_than_its_room(
    text: str, window: int | None, turns: int
) -> None:
    storage = MemoryStorage()
    for session in range(9):
        for number in range(turns):
            await keep(
                storage, f"{number} {text}", f"word {text}", session=str(session)
            )
        await storage.rename_session(str(session), "漢字" * 500, user_id="")
    room = RESULT_TOKENS
    if window is not None:
        room = max(LEAST_TOKENS, min(room, window // 6))
    calls: list[tuple[str, dict[str, Any]]] = [
        (GET, {"sessions": 1}),
        (GET, {"sessions": 50}),
        (GET, {"query": "word"}),
        (READ, {"session_id": "3"}),
    ]
    for name, options in calls:
        content = (await asked(storage, name, window=window, **options)).content
        assert estimate_tokens(content) <= room, options
        sessions = json.loads(content)["sessions"]
        assert sessions or "query" in options
        if window is None:
            assert all(session["runs"] for session in sessions)


async def test_what_did_not_fit_is_said() -> None:
    storage = MemoryStorage()
    for _ in range(30):
        await keep(storage, "q" * 300, "a" * 300, session="a")
    result = await found(storage)
    shown = len(result["sessions"][0]["runs"])
    assert 2 < shown < 30
    assert result["note"].startswith(f"{30 - shown} more turns did not fit")
    for number in range(20):
        await keep(storage, "?", session=str(number))
    assert "More conversations" in (await found(storage, sessions=20))["note"]


async def test_the_default_two_sessions_fit_into_a_small_context() -> None:
    storage = MemoryStorage()
    for session in ("a", "b"):
        await keep(storage, "What about France?", "Paris. " * 400, session=session)
    assert await ids(storage, window=4_096) == ["b", "a"]


async def test_reading_one_gives_its_last_turns() -> None:
    storage = MemoryStorage()
    for number in range(5):
        await keep(storage, f"q{number}", session="a")
    (session,) = (await found(storage, READ, session_id="a"))["sessions"]
    assert [run["user"] for run in session["runs"]] == ["q0", "q1", "q2", "q3", "q4"]
    for count, users in ((2, ["q3", "q4"]), (-3, ["q4"]), (10**9, 5)):
        result = await found(storage, READ, session_id="a", num_runs=count)
        shown = [run["user"] for run in result["sessions"][0]["runs"]]
        assert shown == users or len(shown) == users


@pytest.mark.parametrize("session_id", ["unknown", "now", "temporary", "trash", ""])
async def test_what_cannot_be_read_is_not_there(session_id: str) -> None:
    storage = MemoryStorage()
    await keep(storage, "?", session="now")
    await keep(storage, "?", session="temporary", temporary=True)
    await keep(storage, "?", session="trash")
    await storage.delete_session("trash", user_id="")
    result = await found(storage, READ, session_id=session_id)
    assert result["sessions"] == []
    assert "no earlier conversation" in result["note"]


async def test_words_are_found_in_any_earlier_session() -> None:
    storage = MemoryStorage()
    run = await keep(storage, "Where is Köln?", "On the Rhine.", session="a")
    for number in range(5):
        await keep(storage, "Something else", session=str(number))
    (session,) = (await found(storage, query="koln"))["sessions"]
    assert session["session_id"] == "a"
    assert [r["run_id"] for r in session["runs"]] == [run.run_id]


def test_a_time_out_of_this_world_costs_only_itself() -> None:
    cited = CitedSession(Session("s", updated_at=10**30), []).cited
    assert cited["last_activity"] == ""


async def test_an_agent_offers_it_and_answers_from_it() -> None:
    """The page's own example 3: of four sessions only the last two."""
    model = FakeModel()
    agent = Agent(
        model,
        user_id="user_1",
        storage=MemoryStorage(),
        search_previous_sessions_history=True,
        num_history_sessions=2,
    )
    for number, country in enumerate(("South Africa", "China", "France", "Japan")):
        await agent.arun(f"Capital of {country}?", session_id=str(number))
    model.scripts = [*[["x"]] * 4, [calling(a_call(GET))], ["France and Japan."]]
    await agent.arun("Before the last?", session_id="4")
    result = model.requests[-1][-1].content
    assert "Japan" in result and "France" in result
    assert "China" not in result and "Before the last?" not in result
    assert [tool.name for tool in model.tools[0]] == [GET, READ]
