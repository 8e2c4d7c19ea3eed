"""What goes out with a run, rule by rule."""

from __future__ import annotations

import pytest

from agno_tui import Memory, OpenAIChat, RunStatus
from agno_tui.events import RunCancelled, RunContent
from tests.fake_server import FakeServer, answers, chunk, cuts, events, silent
from tests.page.conftest import MakeAgent, sent, turn

CALL_OF_DOUBLE = {
    "index": 0,
    "id": "call_7",
    "type": "function",
    "function": {"name": "double", "arguments": '{"number": 4}'},
}


def double(number: int) -> int:
    """Twice the number."""
    return number * 2


async def test_the_order_is_system_history_user(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    agent = make_agent(add_history_to_messages=True, instructions="Be brief.")
    await agent.arun("one")
    await agent.arun("two")
    assert sent(server) == [
        [("system", "Be brief."), ("user", "one")],
        [("system", "Be brief."), *turn("one"), ("user", "two")],
    ]


async def test_without_instructions_there_is_no_system_message(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    agent = make_agent(search_previous_sessions_history=True, session_state={"a": 1})
    await agent.arun("one")
    assert sent(server) == [[("user", "one")]]


@pytest.mark.parametrize(
    ("num_history_runs", "replayed"),
    [(None, 5), (0, 0), (1, 1), (3, 3), (5, 5), (6, 5), (10**30, 5)],
)
async def test_the_window_holds_the_last_runs_oldest_first(
    server: FakeServer,
    make_agent: MakeAgent,
    num_history_runs: int | None,
    replayed: int,
) -> None:
    agent = make_agent(num_history_runs=num_history_runs)
    texts = ["one", "two", "three", "four", "five"]
    for text in texts:
        await agent.arun(text)
    agent.add_history_to_messages = True
    await agent.arun("now")
    history = [pair for text in texts[5 - replayed :] for pair in turn(text)]
    assert sent(server)[-1] == [*history, ("user", "now")]


def test_a_negative_window_is_refused(make_agent: MakeAgent) -> None:
    with pytest.raises(ValueError, match="num_history_runs is -1"):
        make_agent(num_history_runs=-1)


async def test_what_was_said_without_history_is_replayed_once_it_is_on(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    agent = make_agent()
    await agent.arun("one")
    await agent.arun("two")
    agent.add_history_to_messages = True
    await agent.arun("three")
    agent.add_history_to_messages = False
    await agent.arun("four")
    assert sent(server) == [
        [("user", "one")],
        [("user", "two")],
        [*turn("one"), *turn("two"), ("user", "three")],
        [("user", "four")],
    ]


async def test_a_session_is_made_once_and_gone_on_with(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    agent = make_agent(add_history_to_messages=True)
    first = await agent.arun("one")
    second = await agent.arun("two", session_id="")
    assert first.session_id == second.session_id != ""
    assert first.run_id != second.run_id
    assert sent(server)[1] == [*turn("one"), ("user", "two")]


async def test_a_new_process_goes_on_with_the_same_storage(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    await make_agent().arun("one", session_id="s", user_id="u")
    other = make_agent(add_history_to_messages=True)
    await other.arun("two", session_id="s", user_id="u")
    assert sent(server)[1] == [*turn("one"), ("user", "two")]


async def test_a_new_process_without_storage_has_no_history(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    for text in ("one", "two"):
        agent = make_agent(storage=None, memory=Memory(), add_history_to_messages=True)
        await agent.arun(text, session_id="s", user_id="u")
    assert sent(server) == [[("user", "one")], [("user", "two")]]


async def test_a_failed_run_is_kept_and_not_replayed(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    agent = make_agent(add_history_to_messages=True)
    server.will(answers(500, {"error": {"message": "broken"}}))
    failed = await agent.arun("one")
    server.will(cuts("Half an ans"))
    cut = await agent.arun("two")
    await agent.arun("three")
    assert sent(server)[-1] == [("user", "three")]
    assert failed.status is cut.status is RunStatus.ERROR
    assert failed.error and cut.error
    kept = await agent.storage.get_runs(failed.session_id, user_id="")
    assert [(run.question, run.answer) for run in kept] == [
        ("one", ""),
        ("two", "Half an ans"),
        ("three", "You said: three"),
    ]


async def test_a_cancelled_run_is_kept_and_not_replayed(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    agent = make_agent(add_history_to_messages=True)
    server.will(silent("Half an ans"))
    async for event in agent.arun("one", stream=True):
        if isinstance(event, RunContent):
            assert agent.cancel_run(event.run_id)
    assert isinstance(event, RunCancelled)
    await agent.arun("two")
    assert sent(server)[-1] == [("user", "two")]
    kept = await agent.storage.get_runs(event.session_id, user_id="")
    assert kept[0].status is RunStatus.CANCELLED
    assert kept[0].answer == "Half an ans"


async def test_tools_count_as_one_run_and_are_replayed_whole(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    agent = make_agent(tools=[double], add_history_to_messages=True, num_history_runs=1)
    await agent.arun("zero")
    server.will(
        events(
            {"choices": [{"index": 0, "delta": {"tool_calls": [CALL_OF_DOUBLE]}}]},
            chunk(finish="tool_calls"),
            done=True,
        )
    )
    response = await agent.arun("Double 4")
    assert response.tools[0].result == "8"
    await agent.arun("Thanks")
    last = server.chats[-1].messages
    assert [message["role"] for message in last] == [
        "user",
        "assistant",
        "tool",
        "assistant",
        "user",
    ]
    assert last[0]["content"] == "Double 4"
    assert last[1]["tool_calls"][0]["function"] == {
        "name": "double",
        "arguments": '{"number": 4}',
    }
    assert (last[2]["tool_call_id"], last[2]["content"]) == ("call_7", "8")


async def test_system_goes_out_in_the_role_the_model_wants(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    agent = make_agent(instructions="Be brief.")
    await agent.model.close()
    agent.model = OpenAIChat(
        base_url=server.base_url, api_key="", system_role="developer"
    )
    await agent.arun("one")
    assert sent(server) == [[("developer", "Be brief."), ("user", "one")]]
