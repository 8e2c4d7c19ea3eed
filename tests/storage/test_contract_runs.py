"""What every storage promises of runs, run over each of the storages."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.session import Message, Metrics, Run, RunStatus
from agno_tui.storage.base import Storage
from tests.storage.runs import a_run, answer

HOSTILE = "a\x00b 👩\u200d👩\u200d👧 \ud83d\ude00 \ud800! \u202e \r\n\t\x1b[31m é"
REPAIRED = "a\x00b 👩\u200d👩\u200d👧 😀 \ufffd! \u202e \r\n\t\x1b[31m é"


async def test_a_run_comes_back_as_it_was_kept(storage: Storage) -> None:
    first = a_run("s", "Why?")
    await storage.start_run(first)
    run = a_run(
        "s",
        "And how?",
        status=RunStatus.ERROR,
        model="m",
        provider="p",
        finish_reason="length",
        error="No network.",
        retry_of=first.run_id,
        parent_run_id=first.run_id,
        ended_at=77,
        metrics=Metrics(1, 2, 3, 4, 0.5, 1.5, True),
    )
    run.messages.append(Message("assistant", "So.", "Hmm.", 5))
    run.messages.append(Message("from the future", "raw"))
    await storage.start_run(run)
    assert 0 < first.sequence < run.sequence
    assert await storage.get_run(run.run_id, user_id="ann") == run
    assert await storage.get_runs("s", user_id="ann") == [first, run]


async def test_update_run_replaces_all_of_it(storage: Storage) -> None:
    run = a_run("s")
    run.messages += [Message("tool", "x"), Message("tool", "y")]
    await storage.start_run(run)
    run.messages = [run.messages[0], Message("assistant", "Because.")]
    run.status = RunStatus.CANCELLED
    run.ended_at = 9
    run.metrics.output_tokens = 10**30
    await storage.update_run(run)
    kept = await storage.get_run(run.run_id, user_id="ann")
    assert kept is not None
    assert kept.messages == run.messages
    assert (kept.status, kept.ended_at) == (RunStatus.CANCELLED, 9)
    assert kept.metrics.output_tokens is not None
    assert kept.metrics.output_tokens >= 2**63 - 1


async def test_nothing_is_shared_with_the_caller(storage: Storage) -> None:
    run = a_run("s", "kept")
    waiting = asyncio.ensure_future(storage.start_run(run))
    await asyncio.sleep(0)
    run.messages[0].content = run.error = "changed later"
    await waiting
    first = await storage.get_run(run.run_id, user_id="ann")
    assert first is not None and (first.question, first.error) == ("kept", "")
    first.messages.clear()
    first.metrics.input_tokens = 5
    again = await storage.get_run(run.run_id, user_id="ann")
    assert again is not None
    assert again.question == "kept" and again.metrics == Metrics()
    session = await storage.get_session("s", user_id="ann")
    assert session is not None
    session.name = "changed"
    found = await storage.get_session("s", user_id="ann")
    assert found is not None and found.name == ""


async def test_starting_a_run_twice_keeps_it_once(storage: Storage) -> None:
    run = a_run("s")
    await storage.start_run(run)
    sequence = run.sequence
    await storage.start_run(run)
    assert run.sequence == sequence
    assert await storage.get_runs("s", user_id="ann") == [run]


async def test_hostile_text_is_kept(storage: Storage) -> None:
    run = a_run("s", HOSTILE, model=HOSTILE, error=HOSTILE, user_id="\ud800")
    await storage.start_run(run, name=HOSTILE)
    await storage.append_content(run, content=HOSTILE, reasoning_content=HOSTILE)
    await storage.set_draft("s", HOSTILE, user_id="\ud800")
    kept = await storage.get_run(run.run_id, user_id="\ud800")
    assert kept is not None
    assert kept.question == kept.model == kept.error == kept.answer == REPAIRED
    assert kept.messages[1].reasoning_content == REPAIRED
    session = await storage.get_session("s", user_id="\ud800")
    assert session is not None
    assert session.name == session.draft == REPAIRED
    await storage.rename_session("s", HOSTILE, user_id="\ud800")
    session = await storage.get_session("s", user_id="\ud800")
    assert session is not None and session.name == REPAIRED


async def test_ten_megabytes_are_kept(storage: Storage) -> None:
    run = a_run("s", "ä" * 5_000_000)
    await storage.start_run(run)
    assert await storage.get_run(run.run_id, user_id="ann") == run


async def test_runs_are_paged_from_the_newest(storage: Storage) -> None:
    runs = [a_run("s", f"{number}") for number in range(7)]
    for run in runs:
        await storage.start_run(run)
    await storage.start_run(a_run("another"))

    async def questions(**asked: object) -> str:
        kept = await storage.get_runs("s", user_id="ann", **asked)  # type: ignore[arg-type]
        return "".join(run.question for run in kept)

    assert await questions() == "0123456"
    assert await questions(limit=3) == "456"
    assert await questions(limit=3, before=runs[4]) == "123"
    assert await questions(limit=3, before=runs[0]) == ""
    assert await questions(limit=0) == ""
    assert await questions(before=a_run("s"), limit=2) == "56"
    for run in (runs[1], runs[3], runs[5]):
        await storage.update_run(answer(run, ""))
    assert await questions(status=RunStatus.COMPLETED, limit=2) == "35"
    assert await questions(status=RunStatus.COMPLETED, before=runs[5]) == "13"
    assert await questions(status=RunStatus.PENDING) == ""


@pytest.mark.parametrize("status", list(RunStatus))
async def test_every_status_is_kept(storage: Storage, status: RunStatus) -> None:
    run = a_run("s", status=status, ended_at=3 if status.ended else None)
    await storage.start_run(run)
    assert await storage.get_runs("s", user_id="ann", status=status) == [run]
    assert await storage.interrupt_abandoned() == 0
    assert await storage.get_run(run.run_id, user_id="ann") == run


@pytest.mark.parametrize("status", list(RunStatus))
async def test_only_a_waiting_run_can_be_claimed_and_only_once(
    storage: Storage, status: RunStatus
) -> None:
    run = a_run("s", status=status, ended_at=3 if status.ended else None)
    await storage.start_run(run)
    claims = await asyncio.gather(*(storage.claim_run(run) for _ in range(5)))
    waited = status is RunStatus.PENDING
    assert claims == [waited, False, False, False, False]
    assert run.status is status, "the caller's own"
    run.status = RunStatus.RUNNING if waited else status
    assert await storage.get_run(run.run_id, user_id="ann") == run


async def test_everything_at_once(storage: Storage) -> None:
    runs = [a_run(f"{number % 5}", f"{number}") for number in range(40)]

    async def converse(run: Run) -> None:
        await storage.start_run(run)
        for _ in range(5):
            await storage.append_content(run, content="x")
        await storage.update_run(answer(run, "xxxxx"))

    await asyncio.gather(*map(converse, runs))
    assert len({run.sequence for run in runs}) == 40
    assert len(await storage.get_sessions(user_id="ann")) == 5
    for number in range(5):
        kept = await storage.get_runs(f"{number}", user_id="ann")
        assert len(kept) == 8
        assert [run.sequence for run in kept] == sorted(run.sequence for run in kept)
        assert all(len(run.messages) == 2 and run.answer == "xxxxx" for run in kept)
