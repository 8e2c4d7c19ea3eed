"""What can be asked of sessions and done to them: each user's own, and no other's."""

from __future__ import annotations

from typing import Any

import pytest

from agno_tui.agent import Agent
from agno_tui.models.base import ModelError, ModelResponse, Usage
from agno_tui.session import RunStatus, Session, SessionMetrics
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.memory import MemoryStorage
from tests.agent.asking import a_call, calling, keep, said
from tests.fakes import FakeModel, Script, words


def an_agent(*scripts: Script, **options: Any) -> Agent:
    return Agent(FakeModel(*scripts), storage=MemoryStorage(), **options)


async def session_of(agent: Agent, session: str = "s", user: str = "") -> Session:
    found = await agent.aget_session(session, user_id=user)
    assert found is not None
    return found


async def test_what_is_anothers_is_empty_or_not_found() -> None:
    agent = an_agent()
    await keep(agent.storage, "Hi", session="s", user="ann")
    theirs: dict[str, Any] = {"session_id": "s", "user_id": "bob"}
    assert await agent.aget_session(**theirs) is None
    assert await agent.aget_session_messages(**theirs) == []
    assert await agent.aget_chat_history(**theirs) == []
    assert await agent.aget_session_state(**theirs) == {}
    assert await agent.aget_session_summary(**theirs) is None
    assert await agent.aget_session_metrics(**theirs) == SessionMetrics()
    for refused in (
        agent.aset_session_name(session_name="x", **theirs),
        agent.aset_session_name(autogenerate=True, **theirs),
        agent.adelete_session(**theirs),
        agent.afork_session("s", "bob"),
        agent.aupdate_session_state({"x": 1}, **theirs),
        agent.acreate_session_summary(**theirs),
        agent.arun("Hi", **theirs),
    ):
        with pytest.raises(SessionNotFoundError):
            await refused
    mine = await session_of(agent, "s", "ann")
    assert (mine.user_id, mine.name, mine.named_by_user) == ("ann", "Hi", False)
    assert len(await agent.aget_session_messages("s", user_id="ann")) == 2
    assert await agent.aget_session_state("s", user_id="ann") == {}


async def test_messages_are_those_the_model_may_see_again() -> None:
    agent = an_agent()
    for status in RunStatus:
        await keep(agent.storage, str(status), "re", status=status)
    assert said(await agent.aget_session_messages("s")) == [
        ("user", "COMPLETED"),
        ("assistant", "re"),
    ]
    everything = await agent.aget_session_messages("s", skip_statuses=())
    assert len(everything) == 2 * len(RunStatus)


async def test_of_several_answers_to_a_question_the_last_is_one_of_the_messages() -> (
    None
):
    agent = an_agent()
    first = await keep(agent.storage, "q", "one")
    other = await keep(agent.storage, "other", "x")
    # In a row, as tries were kept once.
    await keep(agent.storage, "q", "two", retry_of=first.run_id, follows=other)
    assert [m.content for m in await agent.aget_session_messages("s")] == [
        *["other", "x"],
        *["q", "two"],
    ]
    assert len(await agent.aget_session_messages("s", skip_statuses=())) == 6


@pytest.mark.parametrize(
    ("count", "questions"),
    [(None, "abc"), (2, "bc"), (1, "c"), (0, ""), (9, "abc"), (-1, "")],
)
async def test_the_last_runs_are_counted_without_those_that_are_skipped(
    count: int | None, questions: str
) -> None:
    agent = an_agent()
    for question in "abc":
        await keep(agent.storage, question)
        await keep(agent.storage, "failed", status=RunStatus.ERROR)
    messages = await agent.aget_session_messages(
        "s", last_n_runs=count, skip_roles=["assistant"]
    )
    assert "".join(m.content for m in messages) == questions


async def test_chat_history_is_what_was_said_without_tools() -> None:
    def noop() -> str:
        return "ok"

    agent = an_agent([calling(a_call("noop"))], ["Done."], tools=[noop])
    await agent.arun("Hi", session_id="s")
    assert said(await agent.aget_chat_history("s")) == [
        ("user", "Hi"),
        ("assistant", "Done."),
    ]


async def test_a_name_by_hand_is_taken_as_it_is_and_never_made_up_again() -> None:
    agent = an_agent(["Made up"])
    await keep(agent.storage, "Hi")
    assert await agent.aset_session_name("s", " C#\nand  *me* ") == "C# and *me*"
    assert await agent.aset_session_name("s", autogenerate=True) == "C# and *me*"
    session = await session_of(agent)
    assert (session.name, session.named_by_user) == ("C# and *me*", True)
    assert isinstance(agent.model, FakeModel) and agent.model.requests == []


async def test_a_made_up_name_may_be_made_up_again() -> None:
    agent = an_agent(["First name"], ["Second name"])
    await keep(agent.storage, "Hi")
    for name in ("First name", "Second name"):
        assert await agent.aset_session_name("s", autogenerate=True) == name
        assert (await session_of(agent)).named_by_user is False


@pytest.mark.parametrize("name", [None, "", "  \n"])
async def test_no_name_is_refused(name: str | None) -> None:
    agent = an_agent()
    await keep(agent.storage, "Hi")
    with pytest.raises(ValueError, match="empty"):
        await agent.aset_session_name("s", name)


async def test_where_nothing_was_answered_there_is_nothing_to_name_or_sum_up() -> None:
    agent = an_agent()
    await keep(agent.storage, "Hi", status=RunStatus.ERROR)
    with pytest.raises(ValueError, match="Nothing was answered"):
        await agent.aset_session_name("s", autogenerate=True)
    with pytest.raises(ValueError, match="Nothing was answered"):
        await agent.acreate_session_summary("s")
    with pytest.raises(SessionNotFoundError):
        await agent.acreate_session_summary("unknown")


async def test_a_name_that_is_none_leaves_the_old_one() -> None:
    agent = an_agent(["<think>"], [words()])
    await keep(agent.storage, "Hi")
    for error in (ValueError, ModelError):
        with pytest.raises(error):
            await agent.aset_session_name("s", autogenerate=True)
        assert (await session_of(agent)).name == "Hi"


async def test_a_summary_is_kept_and_made_of_what_was_answered() -> None:
    agent = an_agent(["They met.\nTopics: Köln, tea"])
    first = await keep(agent.storage, "q", "old answer")
    await keep(agent.storage, "q", "new answer", retry_of=first.run_id)
    await keep(agent.storage, "failed question", status=RunStatus.ERROR)
    assert await agent.aget_session_summary("s") is None
    made = await agent.acreate_session_summary("s")
    assert (made.summary, made.topics) == ("They met.", ["Köln", "tea"])
    assert await agent.aget_session_summary("s") == made
    assert isinstance(agent.model, FakeModel)
    sent = agent.model.requests[0][1].content
    assert "new answer" in sent
    assert "old answer" not in sent and "failed question" not in sent


async def test_metrics_are_those_of_all_runs() -> None:
    agent = an_agent(["a", ModelResponse(usage=Usage(10, 5))])
    for _ in range(2):
        await agent.arun("Hi", session_id="s")
    metrics = await agent.aget_session_metrics("s")
    assert (metrics.runs, metrics.input_tokens, metrics.output_tokens) == (2, 20, 10)
    assert metrics.duration is not None and not metrics.estimated


async def test_a_fork_begins_as_a_copy_and_goes_its_own_way() -> None:
    agent = an_agent()
    first = await keep(agent.storage, "a")
    await keep(agent.storage, "b")
    await agent.aupdate_session_state({"x": [1]}, "s")
    whole = await agent.afork_session("s")
    part = await agent.afork_session("s", run_id=first.run_id)
    assert len(await agent.aget_session_messages(whole)) == 4
    assert len(await agent.aget_session_messages(part)) == 2
    assert await agent.aget_session_state(part) == {"x": [1]}
    assert (await session_of(agent, part)).forked_from == "s"
    await agent.arun("c", session_id=part)
    assert len(await agent.aget_session_messages("s")) == 4
    with pytest.raises(SessionNotFoundError):
        await agent.afork_session("s", run_id="unknown")


async def test_a_deleted_session_is_neither_gone_on_with_nor_found() -> None:
    agent = an_agent()
    made = (await agent.arun("Hi")).session_id
    await agent.adelete_session(made)
    assert await agent.aget_session(made) is None
    with pytest.raises(SessionNotFoundError):
        await agent.arun("Hi", session_id=made)
    again = (await agent.arun("Hi")).session_id
    assert again != made
    assert (await agent.arun("Hi")).session_id == again


async def test_without_an_id_a_session_is_made_once_for_each_user() -> None:
    agent = an_agent()
    made = (await agent.arun("Hi")).session_id
    assert (await agent.arun("Hi", session_id="")).session_id == made
    assert (await agent.arun("Hi", session_id="other")).session_id == "other"
    anns = (await agent.arun("Hi", user_id="ann")).session_id
    assert anns not in (made, "other")
    assert (await agent.arun("Hi", user_id="ann")).session_id == anns
    assert (await agent.arun("Hi", session_id=None, user_id="")).session_id == made
    assert len(await agent.aget_session_messages()) == 6
    assert (await an_agent().arun("Hi")).session_id != made


async def test_the_agents_own_session_and_user_count_where_none_is_said() -> None:
    agent = an_agent(session_id="own", user_id="ann")
    for user in (None, "ann"):
        response = await agent.arun("Hi", user_id=user)
        assert (response.session_id, response.user_id) == ("own", "ann")
    assert (await agent.arun("Hi", session_id="x", user_id="bob")).user_id == "bob"
    assert (await session_of(agent, "", "ann")).user_id == "ann"


async def test_an_empty_user_is_nobody_and_not_the_agents_own() -> None:
    agent = an_agent(user_id="ann")
    assert (await agent.arun("Mine")).user_id == "ann"
    assert (await agent.arun("Whose?", user_id="")).user_id == ""
    assert [run.question for run in await agent.aget_runs()] == ["Mine"]
    assert [run.question for run in await agent.aget_runs(user_id="")] == ["Whose?"]
    assert len(await agent.aget_sessions()) == 1


async def test_users_without_a_name_are_one_user_of_their_own() -> None:
    agent = an_agent()
    await agent.arun("Hi", session_id="s")
    await agent.arun("Hi", session_id="t", user_id="ann")
    assert await agent.aget_session("s", user_id="ann") is None
    assert await agent.aget_session("t") is None
