from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from agno_tui.agent import Agent
from agno_tui.events import (
    RunCompleted,
    RunContent,
    RunPending,
    RunStarted,
    RunWithdrawn,
)
from agno_tui.runner import Runner
from agno_tui.session import Role, RunOutline, RunStatus
from agno_tui.ui.open_sessions import ABOVE, OpenSessions
from agno_tui.ui.transcript.document import Document
from agno_tui.ui.transcript.reading import Marked
from tests.ui.conftest import ScriptedModel, TestStorage, a_run, keep
from tests.ui.transcript.turns import document_of, outlines_of, said


def questions(document: Document) -> list[str]:
    """What was asked, as far as it is read."""
    return [turn.run.question if turn.run else "…" for turn in document.turns]


def test_runs_become_turns_in_their_order() -> None:
    document = document_of(a_run("s", "one"), a_run("s", "two"), has_older=True)
    assert questions(document) == ["one", "two"]
    assert document.has_older


def test_older_runs_come_first_and_known_turns_stay_themselves() -> None:
    zero, one = a_run("s", "zero"), a_run("s", "one")
    document = document_of(a_run("s", "two"))
    document.marked = Marked(0, Role.USER)
    (two,) = document.turns
    assert document.prepend(outlines_of(zero, one), has_older=False) == 2
    assert questions(document) == ["…", "…", "two"]
    document.read([one, zero])
    assert questions(document) == ["zero", "one", "two"]
    assert document.turns[2] is two
    assert document.marked == Marked(2, Role.USER)
    assert [turn.index for turn in document.turns] == [0, 1, 2]
    assert [turn.before for turn in document.turns] == [None, *document.turns[:2]]


def test_a_page_that_comes_twice_shows_every_run_once() -> None:
    zero, one = a_run("s", "zero"), a_run("s", "one")
    document = document_of(a_run("s", "two"))
    document.marked = Marked(0, Role.ASSISTANT)
    assert document.prepend(outlines_of(one), has_older=True) == 1
    assert document.prepend(outlines_of(zero, one), has_older=False) == 1
    document.read([zero, one])
    assert questions(document) == ["zero", "one", "two"]
    assert document.marked == Marked(2, Role.ASSISTANT)
    assert document.prepend(outlines_of(zero, one), has_older=False) == 0
    assert questions(document) == ["zero", "one", "two"]
    assert document.marked == Marked(2, Role.ASSISTANT)


def test_the_run_under_way_is_shared_not_copied() -> None:
    live = a_run("s", status=RunStatus.RUNNING)
    kept = a_run("s", status=RunStatus.RUNNING, run_id=live.run_id)
    document = document_of(kept, live=live)
    assert [turn.run for turn in document.turns] == [live]
    assert document.turns[0].run is live


def test_events_make_and_change_turns() -> None:
    document = document_of()
    run = a_run("s", "q", "", status=RunStatus.RUNNING)
    document.apply(RunPending(run))
    document.apply(RunStarted(run))
    assert questions(document) == ["q"]
    lines = document.turns[0].lines(40)
    document.apply(RunContent("s", run.run_id, "x"))
    assert document.turns[0].lines(40) is not lines
    assert document.apply(RunContent("s", "nobody", "x")) is None


def test_r_is_offered_for_the_failed_turn_at_the_end_else_for_what_waits() -> None:
    failed = a_run("s", "one", "", status=RunStatus.ERROR)
    waiting = a_run("s", "two", "", status=RunStatus.PENDING)
    later = a_run("s", "three", "", status=RunStatus.PENDING)
    whole, stopped = a_run("s", "q", "a"), a_run("s", "q", status=RunStatus.CANCELLED)
    running = a_run("s", "q", status=RunStatus.RUNNING)
    assert document_of(whole, failed, waiting).retryable is failed
    assert document_of(failed, whole, waiting, later).retryable is waiting
    assert document_of(failed, waiting, whole).retryable is waiting
    assert document_of(failed, whole).retryable is None
    assert document_of(failed, stopped).retryable is None
    assert document_of(failed, running, waiting).retryable is None


def test_details_open_all_and_close_all() -> None:
    thinking = [a_run("s"), a_run("s")]
    for run in thinking:
        run.messages[-1].reasoning_content = "two words"
    document = document_of(*thinking)
    folds = ("▸ thought", "▾ thought")

    def shown() -> list[str]:
        lines = [line for turn in document.turns for line in said(turn)]
        return [line[0] for line in lines if line.startswith(folds)]

    assert shown() == ["▸", "▸"]
    document.toggle_details()
    assert document.details and shown() == ["▾", "▾"]
    document.apply(RunPending(a_run("s", "q", "", status=RunStatus.PENDING)))
    document.toggle_details()
    assert not document.details and shown() == ["▸", "▸"]


def test_a_turn_is_found_by_its_run() -> None:
    runs = a_run("s"), a_run("s")
    document = document_of(*runs)
    assert document.turn_of(runs[1].run_id) is document.turns[1]
    assert document.turn_of("nobody") is None


# Opening while things happen


def open_sessions(storage: TestStorage) -> OpenSessions:
    runner = Runner(Agent(ScriptedModel(), storage=storage))
    return OpenSessions(storage, runner, "", lambda: "thinking")


async def test_a_run_that_ends_while_its_session_is_read_is_shown_ended() -> None:
    storage = TestStorage()
    run = a_run("s", "q", "", status=RunStatus.RUNNING)
    await keep(storage, run)
    sessions = open_sessions(storage)
    gate = storage.gates["get_runs"] = asyncio.Event()
    opening = asyncio.create_task(sessions.open("s"))
    await asyncio.sleep(0)
    run.status = RunStatus.COMPLETED
    sessions.apply(RunCompleted(run))
    gate.set()
    document = await opening
    assert document is not None
    assert [turn.status for turn in document.turns] == [RunStatus.COMPLETED]


async def test_a_session_whose_opening_was_cancelled_opens_whole_later() -> None:
    storage = TestStorage()
    await keep(storage, a_run("s", "q"))
    sessions = open_sessions(storage)
    gate = storage.gates["get_runs"] = asyncio.Event()
    opening = asyncio.create_task(sessions.open("s"))
    await asyncio.sleep(0)
    opening.cancel()
    await asyncio.wait([opening])
    gate.set()
    document = await sessions.open("s")
    assert document is not None
    assert questions(document) == ["q"]


async def test_an_open_session_is_the_same_document_again() -> None:
    storage = TestStorage()
    await keep(storage, a_run("s"))
    sessions = open_sessions(storage)
    assert await sessions.open("s") is await sessions.open("s")
    assert await sessions.open("nowhere") is None


async def test_outlines_come_until_there_are_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agno_tui.ui.open_sessions.OUTLINES", 30)
    storage = TestStorage()
    await keep(storage, *(a_run("s", str(n)) for n in range(90)))
    sessions = open_sessions(storage)
    document = await sessions.open("s")
    assert document is not None
    assert [len(document.turns), document.has_older] == [40, True]
    assert await sessions.read_outlines(document)
    assert [len(document.turns), document.has_older] == [70, True]
    assert not await sessions.read_outlines(document)
    assert questions(document) == ["…"] * 50 + [str(n) for n in range(50, 90)]
    assert not document.has_older
    assert not await sessions.read_outlines(document)
    first = document.turns[:50]
    document.read(await sessions.read_runs([turn.run_id for turn in first]))
    assert questions(document) == [str(n) for n in range(90)]


async def test_a_run_far_up_is_reached_and_read_alone() -> None:
    storage = TestStorage()
    runs = [a_run("s", str(n)) for n in range(60)]
    await keep(storage, *runs, a_run("other"))
    sessions = open_sessions(storage)
    document = await sessions.open("s")
    assert document is not None
    assert await sessions.reach(document, runs[3].run_id)
    assert questions(document)[:6] == ["…", "…", "…", "3", "…", "…"]
    assert not await sessions.reach(document, "nobody")
    (other,) = await storage.get_runs("other", user_id="")
    assert not await sessions.reach(document, other.run_id)


def limits_asked_for(
    storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> list[int]:
    """How many outlines were asked for, each time some are from now on."""
    asked: list[int] = []
    really_read = storage.get_run_outlines

    async def read(session_id: str, **how: Any) -> list[RunOutline]:
        asked.append(how["limit"])
        return await really_read(session_id, **how)

    monkeypatch.setattr(storage, "get_run_outlines", read)
    return asked


async def test_no_more_is_read_than_lies_between_here_and_a_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agno_tui.ui.open_sessions.OUTLINES", 100)
    storage = TestStorage()
    runs = [a_run("s", str(n)) for n in range(300)]
    await keep(storage, *runs)
    asked = limits_asked_for(storage, monkeypatch)
    near = open_sessions(storage)
    document = await near.open("s")
    assert document is not None
    assert await near.reach(document, runs[250].run_id)
    assert asked == [10 + ABOVE]
    assert document.has_older and len(document.turns) == 50 + ABOVE
    asked.clear()
    far = open_sessions(storage)
    document = await far.open("s")
    assert document is not None
    arrangement = document.arrangement
    assert await far.reach(document, runs[1].run_id)
    assert asked == [100, 100, 59 + ABOVE]
    assert document.arrangement == arrangement + 1, "they are put in at once"
    assert not document.has_older and len(document.turns) == 300
    assert [turn.run_id for turn in document.turns] == [run.run_id for run in runs]


async def test_a_run_on_another_way_is_looked_for_no_further_than_it_could_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    storage = TestStorage()
    runs = [a_run("s", str(n)) for n in range(100)]
    await keep(storage, *runs[:80])
    beside = a_run("s", "beside", retry_of=runs[79].run_id)
    await keep(storage, beside, *runs[80:])
    await storage.choose_run(runs[79].run_id, user_id="")
    await keep(storage, *(a_run("s", "more") for n in range(60)))
    asked = limits_asked_for(storage, monkeypatch)
    sessions = open_sessions(storage)
    document = await sessions.open("s")
    assert document is not None
    assert not await sessions.reach(document, beside.run_id)
    assert len(asked) == 1 and document.has_older


async def test_another_way_that_parts_near_the_end_reads_no_more_than_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    storage = TestStorage()
    runs = [a_run("s", str(n)) for n in range(600)]
    await keep(storage, *runs)
    sessions = open_sessions(storage)
    document = await sessions.open("s")
    assert document is not None
    while await sessions.read_outlines(document):
        pass
    above = document.turns[:500]
    await storage.start_run(
        a_run("s", "beside", parent_run_id=runs[499].run_id, retry_of=None)
    )
    asked = limits_asked_for(storage, monkeypatch)
    await sessions.read_way(document)
    assert len(document.turns) == 501 and sum(asked) == 0
    assert await sessions.choose(document, runs[500].run_id)
    assert asked == [160]
    assert [turn.run_id for turn in document.turns] == [run.run_id for run in runs]
    assert all(a is b for a, b in zip(document.turns, above, strict=False))
    assert [turn.index for turn in document.turns] == list(range(600))
    assert all(turn.before is above for above, turn in pairwise(document.turns))
    assert all(document.turn_of(turn.run_id) is turn for turn in document.turns)


async def test_a_draft_is_kept_once() -> None:
    storage = TestStorage()
    await keep(storage, a_run("s"))
    session = await storage.get_session("s", user_id="")
    assert session is not None
    sessions = open_sessions(storage)
    assert await sessions.keep_draft(session, "hello")
    assert not await sessions.keep_draft(session, "hello")
    kept = await storage.get_session("s", user_id="")
    assert kept is not None and kept.draft == "hello"


def test_what_waits_is_no_turn_before_it_is_sent() -> None:
    first, waiting = a_run("s", "one"), a_run("s", "two", status=RunStatus.PENDING)
    first.sequence, waiting.sequence = 1, 2
    document = document_of(first, waiting)
    assert [turn.run for turn in document.turns] == [first]
    assert document.queue.runs == [waiting]
    again = a_run("s", "one", status=RunStatus.RUNNING, retry_of=first.run_id)
    document.apply(RunStarted(again))
    document.apply(RunPending(a_run("s", "three", status=RunStatus.PENDING)))
    document.apply(RunStarted(waiting))
    assert [turn.run for turn in document.turns] == [first, again, waiting]
    assert [run.question for run in document.queue.runs] == ["three"]
    document.apply(RunWithdrawn(document.queue.runs[0]))
    assert document.queue.runs == [] and len(document.turns) == 3


def test_what_waits_among_older_turns_is_to_be_read() -> None:
    waiting, gone = (a_run("s", "q", status=RunStatus.PENDING) for _ in range(2))
    document = document_of(a_run("s"), has_older=True)
    assert document.prepend(outlines_of(a_run("s"), waiting, gone), has_older=True) == 1
    assert document.queue.unread == {waiting.run_id, gone.run_id}
    gone.status = RunStatus.RUNNING
    document.queue.read([waiting, gone])
    assert document.queue.runs == [waiting] and not document.queue.unread
