"""What every storage promises of tries and forks, run over each of the storages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agno_tui.session import Message, Metrics, Run, RunStatus, SessionSummary, ToolCall
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError
from tests.storage.runs import a_run, a_turn, answer, everything


def same(run: Run, copy: Run) -> bool:
    """Whether all but the ids is the same."""
    return (
        replace(
            copy,
            session_id=run.session_id,
            run_id=run.run_id,
            retry_of=run.retry_of,
            parent_run_id=run.parent_run_id,
            sequence=run.sequence,
        )
        == run
    )


async def runs_of(storage: Storage, session_id: str) -> list[Run]:
    return await storage.get_runs(session_id, user_id="ann")


async def one_of_each_status(storage: Storage, first: Run) -> None:
    """Runs in a row, of which a try of the first was replaced."""
    for status in RunStatus:
        run = a_run("s", status, status=status, error="Hm.")
        if status is RunStatus.REGENERATED:
            (*_, last) = await runs_of(storage, "s")
            run.retry_of, run.parent_run_id = first.run_id, last.run_id
        await storage.start_run(run)


async def test_tries_of_one_question_may_stand_in_a_row(storage: Storage) -> None:
    first = await a_turn(storage, "s", "Why?")
    other = await a_turn(storage, "s", "And how?")
    again = a_run("s", "Why?", retry_of=first.run_id, parent_run_id=other.run_id)
    await storage.start_run(again)
    await storage.update_run(answer(again, "Because."))
    first.status = RunStatus.REGENERATED
    await storage.update_run(first)
    runs = await runs_of(storage, "s")
    assert [run.run_id for run in runs] == [first.run_id, other.run_id, again.run_id]
    assert [run.retry_of for run in runs] == [None, None, first.run_id]
    assert runs[0].answer == "So.", "kept, though another took its place"
    replayed = await storage.get_runs(
        "s", user_id="ann", status=RunStatus.COMPLETED, limit=5
    )
    assert [run.run_id for run in replayed] == [other.run_id, again.run_id]


async def test_a_fork_has_all_that_ended(storage: Storage, clock: list[int]) -> None:
    call = ToolCall("call_1", "look", "{}")
    run = a_run("s", "Look", model="m", provider="p", finish_reason="stop")
    run.metrics = Metrics(1, 2, 3, 4, 0.5, 1.5, True)
    run.created_at, run.ended_at = 5, 7
    run.messages += [
        Message("assistant", "Hm", "thinking", 6, tool_calls=[call]),
        Message("tool", "no", created_at=6, tool_call_id="call_1", tool_name="look"),
        Message("assistant", "So.", created_at=7),
    ]
    run.messages[2].tool_error = True
    run.status = RunStatus.COMPLETED
    await storage.start_run(run, name="Looking", temporary=True)
    await one_of_each_status(storage, run)
    await storage.rename_session("s", "Mine", user_id="ann")
    await storage.update_session_state("s", user_id="ann", changed={"a": [1]})
    await storage.set_session_summary("s", SessionSummary("Looks."), user_id="ann")
    await storage.set_draft("s", "typed", user_id="ann")
    originals = await runs_of(storage, "s")
    before = await everything(storage, user_id="ann")
    clock[0] += 10
    fork = await storage.fork_session("s", user_id="ann")
    assert fork == await storage.get_session(fork.session_id, user_id="ann")
    assert fork.session_id != "s" and fork.forked_from == "s"
    assert (fork.name, fork.named_by_user, fork.temporary) == ("Mine", True, True)
    assert (fork.created_at, fork.updated_at) == (clock[0], clock[0])
    assert (fork.draft, fork.unread) == ("", False)
    copies = await runs_of(storage, fork.session_id)
    ended = [run for run in originals if run.status.ended]
    assert len(ended) == 1 + len(RunStatus) - 2
    for original, copy in zip(ended, copies, strict=True):
        assert same(original, copy) and copy.session_id == fork.session_id
        assert await storage.get_run(copy.run_id, user_id="ann") == copy
    ids = {run.run_id for run in [*originals, *copies]}
    assert len(ids) == len(originals) + len(copies)
    sequences = [run.sequence for run in copies]
    assert sequences == sorted(sequences) and min(sequences) > originals[-1].sequence
    state = await storage.get_session_state(fork.session_id, user_id="ann")
    assert state == {"a": [1]}
    assert await storage.get_session_summary(fork.session_id, user_id="ann") is None
    listed = await storage.get_sessions(user_id="ann")
    assert [session.session_id for session in listed] == [fork.session_id, "s"]
    await storage.set_draft(fork.session_id, "x", user_id="ann")
    await storage.delete_session(fork.session_id, user_id="ann")
    assert await everything(storage, user_id="ann") == before, "the first is untouched"


async def test_a_fork_goes_its_own_way(storage: Storage) -> None:
    await a_turn(storage, "s", "1")
    fork = await storage.fork_session("s", user_id="ann")
    await a_turn(storage, fork.session_id, "2 there")
    await a_turn(storage, "s", "2 here")
    await storage.update_session_state("s", user_id="ann", changed={"a": "here"})
    (copy, *_) = await runs_of(storage, fork.session_id)
    copy.messages[0].content = "1 there"
    await storage.update_run(copy)
    questions = [run.question for run in await runs_of(storage, "s")]
    assert questions == ["1", "2 here"]
    questions = [run.question for run in await runs_of(storage, fork.session_id)]
    assert questions == ["1 there", "2 there"]
    assert await storage.get_session_state(fork.session_id, user_id="ann") == {}
    again = await storage.fork_session(fork.session_id, user_id="ann")
    assert again.forked_from == fork.session_id
    assert len(await runs_of(storage, again.session_id)) == 2


async def test_a_fork_through_a_run_ends_with_it(storage: Storage) -> None:
    runs = [await a_turn(storage, "s", f"{number}") for number in range(4)]
    under_way = a_run("s", "under way")
    await storage.start_run(under_way)
    await a_turn(storage, "s", "later")

    async def questions(through: Run) -> list[str]:
        fork = await storage.fork_session("s", user_id="ann", through=through.run_id)
        return [run.question for run in await runs_of(storage, fork.session_id)]

    assert await questions(runs[0]) == ["0"]
    assert await questions(runs[2]) == ["0", "1", "2"]
    assert await questions(under_way) == ["0", "1", "2", "3"]


async def test_tries_are_tries_of_each_other_in_a_fork(storage: Storage) -> None:
    first = await a_turn(storage, "s", "Why?")
    tries = [first.run_id]
    # The last names a try that is not the first: nothing of ours does, a row might.
    for retry_of in (0, None, 0, 1):
        run = a_run("s", retry_of=None if retry_of is None else tries[retry_of])
        run.parent_run_id = tries[-1]
        await storage.start_run(run)
        await storage.update_run(answer(run, "So."))
        tries.append(run.run_id)
    fork = await storage.fork_session("s", user_id="ann")
    copies = await runs_of(storage, fork.session_id)
    root = copies[0].run_id
    assert [copy.retry_of for copy in copies] == [None, root, None, root, root]
    assert root != first.run_id


async def test_no_copy_is_a_try_of_a_run_that_is_not_in_the_fork(
    storage: Storage,
) -> None:
    waiting = a_run("s", status=RunStatus.PENDING)
    await storage.start_run(waiting)
    for _ in range(3):
        run = a_run("s", retry_of=waiting.run_id)
        await storage.start_run(run)
        await storage.update_run(answer(run, "So."))
    fork = await storage.fork_session("s", user_id="ann")
    copies = await runs_of(storage, fork.session_id)
    root = copies[0].run_id
    assert [copy.retry_of for copy in copies] == [None, root, root]


async def test_a_replaced_answer_counts_where_what_replaced_it_is_not_copied(
    storage: Storage,
) -> None:
    runs = [await a_turn(storage, "s", question) for question in ("1", "2", "3")]
    tries = [runs[0]]
    for _ in range(2):
        again = a_run("s", "1", retry_of=runs[0].run_id)
        again.parent_run_id = (tries[1:] or runs)[-1].run_id
        await storage.start_run(again)
        await storage.update_run(answer(again, "Because."))
        tries[-1].status = RunStatus.REGENERATED
        await storage.update_run(tries[-1])
        tries.append(again)
    before = await runs_of(storage, "s")

    async def counting(through: Run | None) -> list[str]:
        run_id = None if through is None else through.run_id
        fork = await storage.fork_session("s", user_id="ann", through=run_id)
        return [run.status[0] for run in await runs_of(storage, fork.session_id)]

    assert await counting(runs[0]) == ["C"]
    assert await counting(runs[1]) == ["C", "C"]
    assert await counting(tries[1]) == ["R", "C", "C", "C"], "the newest of them"
    assert await counting(tries[2]) == ["R", "C", "C", "R", "C"]
    assert await counting(None) == ["R", "C", "C", "R", "C"]
    assert await runs_of(storage, "s") == before
    failed = answer(a_run("s", "1", retry_of=runs[0].run_id), "Hm", RunStatus.ERROR)
    failed.parent_run_id = tries[-1].run_id
    await storage.start_run(failed)
    assert await counting(failed) == ["R", "C", "C", "R", "C", "E"]


async def test_a_fork_of_what_nothing_ended_in_is_empty(storage: Storage) -> None:
    await storage.start_run(a_run("s"), name="Why?")
    fork = await storage.fork_session("s", user_id="ann")
    assert fork.name == "Why?" and not fork.named_by_user
    assert await runs_of(storage, fork.session_id) == []
    assert len(await storage.get_sessions(user_id="ann")) == 1
    await a_turn(storage, fork.session_id)
    assert len(await storage.get_sessions(user_id="ann")) == 2


async def test_what_is_in_the_trash_is_not_forked(storage: Storage) -> None:
    run = await a_turn(storage, "s")
    await storage.delete_session("s", user_id="ann")
    for through in (None, run.run_id):
        with pytest.raises(SessionNotFoundError):
            await storage.fork_session("s", user_id="ann", through=through)
    assert await storage.get_sessions(user_id="ann") == []


async def test_an_end_in_our_future_is_no_news_in_a_fork(storage: Storage) -> None:
    run = answer(a_run("s"), "So.")
    run.ended_at = 2**60
    await storage.start_run(run)
    assert not (await storage.fork_session("s", user_id="ann")).unread
