"""Asking again: a run that failed, and another answer in place of one."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.agent import Agent
from agno_tui.events import RunCompleted
from agno_tui.session import RunStatus
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.memory import MemoryStorage
from tests.agent.asking import keep, kept, said
from tests.fakes import FailingStorage, FakeModel, Script, until, words

STATUS = RunStatus


async def tries(agent: Agent) -> list[tuple[str, RunStatus]]:
    """All answers of the session and how they stand, in their order."""
    nodes = await agent.storage.get_run_tree("s", user_id="")
    runs = [await kept(agent, node.run_id) for node in nodes]
    return [(run.answer, run.status) for run in runs]


async def path(agent: Agent) -> list[str]:
    """The answers the conversation goes through."""
    return [run.answer for run in await agent.storage.get_runs("s", user_id="")]


def an_agent(*scripts: Script) -> Agent:
    model = FakeModel(*scripts)
    return Agent(
        model,
        storage=FailingStorage(MemoryStorage()),
        add_history_to_messages=True,
        num_history_runs=None,
    )


@pytest.mark.parametrize("status", [STATUS.ERROR, STATUS.CANCELLED, STATUS.INTERRUPTED])
async def test_a_run_without_a_whole_answer_is_asked_again(status: RunStatus) -> None:
    agent = an_agent(["Whole."])
    await keep(agent.storage, "before", "re before")
    failed = await keep(agent.storage, "Hi", "Half", status=status)
    response = await agent.acontinue_run(failed.run_id)
    assert (response.content, response.session_id) == ("Whole.", "s")
    assert response.run_id != failed.run_id
    again = await kept(agent, response.run_id)
    assert again.retry_of == failed.run_id
    assert (await kept(agent, failed.run_id)).status is status
    assert isinstance(agent.model, FakeModel)
    assert said(agent.model.requests[0]) == [
        ("user", "before"),
        ("assistant", "re before"),
        ("user", "Hi"),
    ]


@pytest.mark.parametrize("status", [STATUS.COMPLETED, STATUS.REGENERATED])
async def test_a_whole_answer_is_not_asked_again_by_accident(status: RunStatus) -> None:
    agent = an_agent()
    run = await keep(agent.storage, "Hi", status=status)
    with pytest.raises(ValueError, match="regenerate=True"):
        await agent.acontinue_run(run.run_id)


@pytest.mark.parametrize("status", [STATUS.PENDING, STATUS.RUNNING])
@pytest.mark.parametrize("regenerate", [True, False])
async def test_one_under_way_is_not_asked_again(
    status: RunStatus, regenerate: bool
) -> None:
    agent = an_agent()
    run = await keep(agent.storage, "Hi", status=status)
    with pytest.raises(ValueError, match="under way"):
        await agent.acontinue_run(run.run_id, regenerate=regenerate)


async def test_another_users_run_is_not_found() -> None:
    agent = an_agent()
    run = await keep(agent.storage, "Hi", user="ann", status=STATUS.ERROR)
    for user, session in (("bob", None), (None, None), ("ann", "other")):
        with pytest.raises(SessionNotFoundError):
            await agent.acontinue_run(run.run_id, user_id=user, session_id=session)
    with pytest.raises(SessionNotFoundError):
        await agent.acontinue_run("unknown")
    assert len(await agent.storage.get_runs("s", user_id="ann")) == 1


async def test_another_answer_sees_what_came_before_and_takes_the_place() -> None:
    agent = an_agent(["New."], ["Next."])
    await keep(agent.storage, "before", "re before")
    old = await keep(agent.storage, "Hi", "Old.")
    await keep(agent.storage, "after", "re after")
    response = await agent.acontinue_run(old.run_id, regenerate=True)
    assert response.content == "New."
    assert isinstance(agent.model, FakeModel)
    assert said(agent.model.requests[0]) == [
        ("user", "before"),
        ("assistant", "re before"),
        ("user", "Hi"),
    ]
    assert (await kept(agent, old.run_id)).status is STATUS.REGENERATED
    await agent.arun("more", session_id="s")
    assert "Old." not in [m.content for m in agent.model.requests[1]]
    assert "New." in [m.content for m in agent.model.requests[1]]
    assert "re after" not in [m.content for m in agent.model.requests[1]]


async def test_the_old_answer_stays_where_the_new_one_fails() -> None:
    agent = an_agent(["Half", words()])
    old = await keep(agent.storage, "Hi", "Old.")
    response = await agent.acontinue_run(old.run_id, regenerate=True)
    assert response.status is STATUS.ERROR
    assert await tries(agent) == [("Old.", STATUS.COMPLETED), ("Half", STATUS.ERROR)]
    assert await path(agent) == ["Old."]


async def test_what_waits_keeps_no_old_answer_away() -> None:
    agent = an_agent()
    agent.model = FakeModel(["Half", gate := asyncio.Event(), words()])
    old = await keep(agent.storage, "Hi", "Old.")
    task = asyncio.create_task(agent.acontinue_run(old.run_id, regenerate=True))
    await until(lambda: len(agent.model.requests) > 0)  # type: ignore[attr-defined]
    waiting = agent.new_run("later", session_id="s")
    waiting.status = STATUS.PENDING
    await agent.storage.start_run(waiting)
    gate.set()
    assert (await task).status is STATUS.ERROR
    assert await agent.storage.claim_run(waiting)
    assert waiting.parent_run_id == old.run_id


async def test_a_new_answer_that_fails_when_all_went_on_takes_nothing_back() -> None:
    agent = an_agent()
    agent.model = FakeModel(["Half", gate := asyncio.Event(), words()])
    old = await keep(agent.storage, "Hi", "Old.")
    task = asyncio.create_task(agent.acontinue_run(old.run_id, regenerate=True))
    await until(lambda: len(agent.model.requests) > 0)  # type: ignore[attr-defined]
    await keep(agent.storage, "more", "After.")
    gate.set()
    assert (await task).status is STATUS.ERROR
    assert await path(agent) == ["Half", "After."]


async def test_an_old_answer_that_is_chosen_meanwhile_stays() -> None:
    agent = an_agent()
    agent.model = FakeModel([gate := asyncio.Event(), "New."])
    old = await keep(agent.storage, "Hi", "Old.")
    task = asyncio.create_task(agent.acontinue_run(old.run_id, regenerate=True))
    await until(lambda: len(agent.model.requests) > 0)  # type: ignore[attr-defined]
    assert await agent.storage.choose_run(old.run_id, user_id="")
    gate.set()
    assert (await task).content == "New."
    assert (await path(agent), await tries(agent)) == (
        ["Old."],
        [("Old.", STATUS.COMPLETED), ("New.", STATUS.COMPLETED)],
    )


async def test_the_old_answer_stays_where_the_new_one_is_cancelled() -> None:
    agent = an_agent()
    agent.model = FakeModel(["Half", asyncio.Event()])
    old = await keep(agent.storage, "Hi", "Old.")
    stream = agent.acontinue_run(old.run_id, regenerate=True, stream=True)
    async for _ in stream:
        if stream.run and stream.run.answer:
            break
    await stream.aclose()
    assert await tries(agent) == [
        ("Old.", STATUS.COMPLETED),
        ("Half", STATUS.CANCELLED),
    ]
    assert await path(agent) == ["Old."]


async def test_the_old_answer_stays_where_the_new_one_cannot_be_kept() -> None:
    agent = an_agent(["New."])
    old = await keep(agent.storage, "Hi", "Old.")
    assert isinstance(agent.storage, FailingStorage)
    agent.storage.failing.add("update_run")
    response = await agent.acontinue_run(old.run_id, regenerate=True)
    assert response.status is STATUS.ERROR
    agent.storage.failing.clear()
    assert (await kept(agent, old.run_id)).status is STATUS.COMPLETED


@pytest.mark.parametrize("which", [0, 1])
async def test_asked_a_third_time_exactly_one_answer_is_left(which: int) -> None:
    agent = an_agent(["Two."], ["Three."])
    first = await keep(agent.storage, "Hi", "One.")
    second = await agent.acontinue_run(first.run_id, regenerate=True)
    again = (first.run_id, second.run_id)[which]
    third = await agent.acontinue_run(again, regenerate=True)
    assert third.content == "Three."
    assert await tries(agent) == [
        ("One.", STATUS.REGENERATED),
        ("Two.", STATUS.REGENERATED),
        ("Three.", STATUS.COMPLETED),
    ]
    assert isinstance(agent.model, FakeModel)
    assert [said(messages) for messages in agent.model.requests] == [
        [("user", "Hi")],
        [("user", "Hi")],
    ]


async def test_two_other_answers_at_once_leave_one_to_be_replayed() -> None:
    agent = an_agent()
    agent.model = FakeModel(["Two."], ["Three."])
    old = await keep(agent.storage, "Hi", "One.")
    await asyncio.gather(
        *(agent.acontinue_run(old.run_id, regenerate=True) for _ in range(2))
    )
    assert (await kept(agent, old.run_id)).status is STATUS.REGENERATED
    messages = await agent.aget_session_messages("s")
    assert len(messages) == 2 and messages[0].content == "Hi"


async def test_a_failed_run_asked_anew_with_regenerate_is_replaced_too() -> None:
    agent = an_agent(["Whole."])
    failed = await keep(agent.storage, "Hi", "Half", status=STATUS.ERROR)
    await agent.acontinue_run(failed.run_id, regenerate=True)
    assert (await tries(agent))[-1] == ("Whole.", STATUS.COMPLETED)
    assert len(await agent.aget_session_messages("s")) == 2


async def test_streaming_and_waiting_give_the_same() -> None:
    agent = an_agent(["New."])
    old = await keep(agent.storage, "Hi", "Old.")
    stream = agent.acontinue_run(old.run_id, regenerate=True, stream=True)
    events = [event async for event in stream]
    assert isinstance(events[-1], RunCompleted) and events[-1].run.answer == "New."


def test_without_a_loop_it_is_the_same() -> None:
    model = FakeModel([words()], ["Two."], ["Three."])
    agent = Agent(model, session_id="s", storage=MemoryStorage())
    failed = agent.run("Hi")
    whole = agent.continue_run(failed.run_id)
    assert whole.content == "Two."
    events = list(agent.continue_run(whole.run_id, regenerate=True, stream=True))
    assert isinstance(events[-1], RunCompleted)
    with pytest.raises(ValueError, match="regenerate"):
        agent.continue_run(events[-1].run_id)


async def test_it_can_be_stopped_like_any_other() -> None:
    agent = an_agent()
    agent.model = FakeModel(["Half", asyncio.Event()])
    old = await keep(agent.storage, "Hi", "Old.")
    task = asyncio.create_task(agent.acontinue_run(old.run_id, regenerate=True))
    await until(lambda: bool(agent._live))
    agent.cancel_run(next(iter(agent._live)))
    assert (await task).status is STATUS.CANCELLED
    assert (await kept(agent, old.run_id)).status is STATUS.COMPLETED
