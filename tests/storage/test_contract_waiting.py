"""What every storage promises of runs that wait, run over each of the storages."""

from __future__ import annotations

import pytest

from agno_tui.session import RunStatus
from agno_tui.storage.base import Storage
from tests.storage.runs import a_run, a_turn, answer, everything


async def questions(storage: Storage, session_id: str = "s") -> list[str]:
    runs = await storage.get_runs(session_id, user_id="ann")
    outlines = await storage.get_run_outlines(session_id, user_id="ann")
    assert [run.run_id for run in runs] == [one.run_id for one in outlines]
    assert [run.sequence for run in runs] == sorted({run.sequence for run in runs})
    return [run.question for run in runs]


async def test_a_withdrawn_run_is_as_if_it_had_never_been_sent(
    storage: Storage,
) -> None:
    await a_turn(storage, "s", "before")
    was = await everything(storage, user_id="ann")
    run = a_run("s", "waits", status=RunStatus.PENDING)
    await storage.start_run(run)
    assert await storage.withdraw_run(run)
    assert await storage.get_run(run.run_id, user_id="ann") is None
    assert await questions(storage) == ["before"]
    now = await everything(storage, user_id="ann")
    assert isinstance(was, tuple) and isinstance(now, tuple)
    assert was[1:] == now[1:]
    assert not await storage.withdraw_run(run)
    after = a_run("s", "after")
    await storage.start_run(after)
    assert await questions(storage) == ["before", "after"]


@pytest.mark.parametrize("status", [s for s in RunStatus if s is not RunStatus.PENDING])
async def test_only_what_waits_is_withdrawn_or_put_in_order(
    storage: Storage, status: RunStatus
) -> None:
    run, other = a_run("s", "one", status=status), await a_turn(storage, "s", "two")
    await storage.start_run(run)
    waiting = a_run("s", "three", status=RunStatus.PENDING)
    await storage.start_run(waiting)
    assert not await storage.withdraw_run(run)
    await storage.order_waiting([run, waiting, other])
    assert await questions(storage) == ["two", "one", "three"]
    assert await storage.get_run(run.run_id, user_id="ann") is not None


async def test_runs_wait_in_the_order_they_are_put_in(storage: Storage) -> None:
    runs = [a_run("s", text, status=RunStatus.PENDING) for text in "abc"]
    for run in runs:
        await storage.start_run(run)
    elsewhere = a_run("other", "x", status=RunStatus.PENDING)
    await storage.start_run(elsewhere)
    a, b, c = runs
    await storage.order_waiting([c, a, b])
    assert await questions(storage) == ["c", "a", "b"]
    assert c.sequence < a.sequence < b.sequence
    await storage.start_run(a_run("s", "d"))
    assert await questions(storage) == ["c", "a", "b", "d"]
    first = (await storage.get_runs("s", user_id="ann", limit=1, before=b))[0]
    assert first.question == "a"


async def test_a_claimed_run_stands_after_those_that_overtook_it(
    storage: Storage,
) -> None:
    waiting = a_run("s", "waits", status=RunStatus.PENDING)
    behind = a_run("s", "behind", status=RunStatus.PENDING)
    for run in (waiting, behind):
        await storage.start_run(run)
    overtaking = await a_turn(storage, "s", "overtakes")
    assert await storage.claim_run(waiting)
    assert await questions(storage) == ["behind", "overtakes", "waits"]
    assert waiting.sequence > overtaking.sequence
    history = await storage.get_runs("s", user_id="ann", before=waiting)
    assert overtaking in history
    await storage.update_run(answer(waiting, "Yes."))
    assert await questions(storage) == ["behind", "overtakes", "waits"]


async def test_a_claimed_run_stays_before_those_that_wait_behind_it(
    storage: Storage,
) -> None:
    runs = [a_run("s", text, status=RunStatus.PENDING) for text in "ab"]
    for run in runs:
        await storage.start_run(run)
    was = runs[0].sequence
    assert await storage.claim_run(runs[0])
    assert await questions(storage) == ["a", "b"]
    assert runs[0].sequence == was


async def test_what_waits_is_its_users(storage: Storage) -> None:
    run = a_run("s", "mine", status=RunStatus.PENDING)
    other = a_run("s", "too", status=RunStatus.PENDING)
    for one in (run, other):
        await storage.start_run(one)
    stolen = a_run("s", status=RunStatus.PENDING, run_id=run.run_id, user_id="bob")
    elsewhere = a_run("t", status=RunStatus.PENDING, run_id=run.run_id)
    for foreign in (stolen, elsewhere):
        assert not await storage.withdraw_run(foreign)
        await storage.order_waiting([foreign])
    assert await questions(storage) == ["mine", "too"]
