from __future__ import annotations

import asyncio

from agno_tui.agent import Agent
from agno_tui.events import RunCompleted, RunContent, RunPending, RunStarted
from agno_tui.runner import Runner
from agno_tui.session import Run, RunStatus, Session
from agno_tui.ui.markdown.parser import MarkdownParser
from agno_tui.ui.open_sessions import OpenSessions
from agno_tui.ui.transcript.document import Document
from tests.ui.conftest import ScriptedModel, TestStorage, a_run, keep

PARSER = MarkdownParser()


def document_of(*runs: Run, has_older: bool = False) -> Document:
    document = Document(Session(session_id="s"), PARSER, lambda: "thinking")
    document.load(runs, live=None, has_older=has_older)
    return document


def questions(document: Document) -> list[str]:
    return [turn.run.question for turn in document.turns]


def test_runs_become_turns_in_their_order() -> None:
    document = document_of(a_run("s", "one"), a_run("s", "two"), has_older=True)
    assert questions(document) == ["one", "two"]
    assert document.has_older


def test_older_runs_come_first_and_known_turns_stay_themselves() -> None:
    document = document_of(a_run("s", "two"))
    document.selected = 0
    (two,) = document.turns
    assert (
        document.prepend([a_run("s", "zero"), a_run("s", "one")], has_older=False) == 2
    )
    assert questions(document) == ["zero", "one", "two"]
    assert document.turns[2] is two
    assert document.selected == 2


def test_a_page_that_comes_twice_shows_every_run_once() -> None:
    zero, one = a_run("s", "zero"), a_run("s", "one")
    document = document_of(a_run("s", "two"))
    document.selected = 0
    assert document.prepend([one], has_older=True) == 1
    assert document.prepend([zero, one], has_older=False) == 1
    assert questions(document) == ["zero", "one", "two"]
    assert document.selected == 2
    assert document.prepend([zero, one], has_older=False) == 0
    assert questions(document) == ["zero", "one", "two"]
    assert document.selected == 2


def test_the_run_under_way_is_shared_not_copied() -> None:
    live = a_run("s", status=RunStatus.RUNNING)
    kept = a_run("s", status=RunStatus.RUNNING, run_id=live.run_id)
    document = Document(Session(), PARSER, lambda: "")
    document.load([kept], live=live, has_older=False)
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


def test_tries_of_one_question_are_one_question() -> None:
    first = a_run("s", "q", "", status=RunStatus.ERROR)
    second = a_run("s", "q", "", status=RunStatus.ERROR, retry_of=first.run_id)
    third = a_run("s", "q", "yes", retry_of=first.run_id)
    document = document_of(first, second, third)
    assert [t.shows_question for t in document.turns] == [True, False, False]
    assert [t.standing.superseded for t in document.turns] == [True, True, False]


def test_a_try_of_a_question_further_up_says_it_again() -> None:
    first = a_run("s", "q", "", status=RunStatus.ERROR)
    other = a_run("s", "something else", "yes")
    again = a_run("s", "q", "at last", retry_of=first.run_id)
    document = document_of(first, other, again)
    assert [t.shows_question for t in document.turns] == [True, True, True]
    assert [t.standing.superseded for t in document.turns] == [True, False, False]


def test_a_try_whose_first_is_not_loaded_asks_until_it_is() -> None:
    first = a_run("s", "q", "", status=RunStatus.ERROR)
    second = a_run("s", "q", "yes", retry_of=first.run_id)
    document = document_of(second, has_older=True)
    assert document.turns[0].lines(40)[1].content.plain == "▌ q"
    document.prepend([first], has_older=False)
    assert document.turns[1].lines(40)[0].content.plain == "Agent"


def test_r_is_offered_for_the_failed_turn_at_the_end_else_for_what_waits() -> None:
    failed = a_run("s", "one", "", status=RunStatus.ERROR)
    waiting = a_run("s", "two", "", status=RunStatus.PENDING)
    later = a_run("s", "three", "", status=RunStatus.PENDING)
    whole, stopped = a_run("s", "q", "a"), a_run("s", "q", status=RunStatus.CANCELLED)
    running = a_run("s", "q", status=RunStatus.RUNNING)
    assert document_of(whole, failed, waiting).retryable is failed
    assert document_of(failed, whole, waiting, later).retryable is waiting
    assert document_of(failed, whole).retryable is None
    assert document_of(failed, stopped).retryable is None
    assert document_of(failed, running, waiting).retryable is None


def test_details_open_all_and_close_all() -> None:
    document = document_of(a_run("s"), a_run("s"))
    document.turns[0].details = True
    document.toggle_details()
    assert not any(turn.details for turn in document.turns)
    document.toggle_details()
    assert all(turn.details for turn in document.turns)


def test_a_run_can_be_marked_by_its_id() -> None:
    runs = a_run("s"), a_run("s")
    document = document_of(*runs)
    document.select(runs[1].run_id)
    assert document.selected == 1
    document.select("nobody")
    assert document.selected is None


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
    assert [turn.run.status for turn in document.turns] == [RunStatus.COMPLETED]


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


async def test_older_pages_come_until_there_are_none() -> None:
    storage = TestStorage()
    await keep(storage, *(a_run("s", str(n)) for n in range(90)))
    sessions = open_sessions(storage)
    document = await sessions.open("s")
    assert document is not None
    assert [len(document.turns), document.has_older] == [40, True]
    assert [await sessions.load_older(document) for _ in range(2)] == [40, 10]
    assert questions(document) == [str(n) for n in range(90)]
    assert not document.has_older


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
