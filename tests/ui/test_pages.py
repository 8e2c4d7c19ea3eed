"""Pages: outlines and texts read when they are needed, whatever happens meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.session import Run
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.pages import Pages
from tests.ui.conftest import (
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    ready,
    shows,
    the_app,
    transcript_lines,
    type_and_send,
    until,
)
from tests.ui.transcript.views import (
    all_there,
    follows,
    is_read,
    long_session,
    questions,
    the_document,
    turns,
    view_of,
)

SIZE = (80, 24)


def pages_of(pilot: Screen) -> Pages:
    return the_app(pilot).desk.pages


# Trouble


async def test_text_that_could_not_be_read_is_said_and_read_when_scrolled_to_again(
    app: AgnoApp, storage: TestStorage
) -> None:
    await long_session(storage, 120)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await all_there(pilot, 120)
        storage.refuse.add("get_runs_by_id")
        await pilot.press("shift+tab", "g")
        await until(pilot, shows(pilot, "The disk is full."))
        assert not is_read(pilot, 0)
        assert app.is_running
        storage.refuse.clear()
        await pilot.press("G", "g")
        await until(pilot, lambda: is_read(pilot, 0), "read again")
        await all_there(pilot, 120)
        assert questions(pilot)[0] == 0


async def test_text_that_could_not_be_read_once_is_read_with_the_next_scroll(
    app: AgnoApp, storage: TestStorage
) -> None:
    await long_session(storage, 120)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await all_there(pilot, 120)
        view = view_of(pilot)
        storage.refuse.add("get_runs_by_id")
        view.scroll_to(y=view.max_scroll_y // 2, animate=False)
        await until(pilot, shows(pilot, "The disk is full."))
        storage.refuse.clear()
        view.scroll_up(animate=False)
        await all_there(pilot, 120)
        assert not any(line.strip() == "…" for line in transcript_lines(pilot))


async def test_outlines_that_could_not_be_read_are_said_and_the_session_is_usable(
    app: AgnoApp, storage: TestStorage
) -> None:
    await long_session(storage, 120)
    await keep(storage, a_run("z", "other"))
    storage.refuse.add("get_run_outlines")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "The disk is full."))
        assert turns(pilot) == 40
        await pilot.press("shift+tab", "g", "tab")
        await until(pilot, lambda: questions(pilot)[:1] == [80])
        storage.refuse.clear()
        await pilot.press("alt+up")
        await until(pilot, lambda: "  ▌ other" in transcript_lines(pilot))
        await pilot.press("alt+down")
        await all_there(pilot, 120)
        assert questions(pilot)[0] == 80


# Things that happen meanwhile


async def test_a_message_sent_while_outlines_are_read_stays_at_the_end(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    await long_session(storage, 90, lines=1)
    gate = storage.gates["get_run_outlines"] = asyncio.Event()
    answered = asyncio.Event()
    model.scripts = [Script("the answer begins", answered, " and ends")]
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "now?")
        await until(pilot, shows(pilot, "the answer begins"))
        gate.set()
        await all_there(pilot, 91)
        answered.set()
        await until(pilot, shows(pilot, "the answer begins and ends"))
        turns_now = the_document(pilot).turns
        asked = [t.run.question if t.run else "" for t in turns_now]
        assert asked[-2:] == ["question 89", "now?"] and asked.count("now?") == 1
        assert [turn.index for turn in turns_now] == list(range(91))
        assert follows(pilot)


async def test_a_run_that_ends_while_its_text_is_read_is_shown_as_it_ended(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script("half", gate, " and whole")]
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, shows(pilot, "half"))
        document = the_document(pilot)
        (turn,) = document.turns
        assert turn.run is not None
        document.read(await storage.get_runs_by_id([turn.run_id], user_id=""))
        gate.set()
        await until(pilot, shows(pilot, "half and whole"))
        await until(pilot, lambda: turn.status.ended)
        assert turn.run.answer == "half and whole"


async def test_two_quick_switches_while_outlines_are_read_mix_nothing(
    app: AgnoApp, storage: TestStorage
) -> None:
    await long_session(storage, 70, session_id="b")
    await long_session(storage, 90, session_id="a")
    gate = storage.gates["get_run_outlines"] = asyncio.Event()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        document = the_document(pilot)
        await pilot.press("alt+down", "alt+up", "alt+down")
        await until(pilot, lambda: the_document(pilot).session.session_id == "b")
        other = the_document(pilot)
        gate.set()
        await all_there(pilot, 70)
        assert {t.run.session_id for t in other.turns if t.run} == {"b"}
        await pilot.press("alt+up")
        await all_there(pilot, 90)
        assert the_document(pilot) is document
        assert {t.run.session_id for t in document.turns if t.run} == {"a"}
        for one in (document, other):
            ids = [turn.run_id for turn in one.turns]
            assert len(ids) == len(set(ids))


async def test_text_that_comes_after_a_switch_is_not_shown_in_the_other_session(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("z", "other"))
    await long_session(storage, 90)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await all_there(pilot, 90)
        gate = storage.gates["get_runs_by_id"] = asyncio.Event()
        await pilot.press("shift+tab", "g", "alt+down")
        await until(pilot, lambda: "  ▌ other" in transcript_lines(pilot))
        gate.set()
        await pilot.pause(0.05)
        assert turns(pilot) == 1
        await pilot.press("alt+up")
        await all_there(pilot, 90)
        assert questions(pilot)[0] == 0


# All of a session


async def test_a_turn_is_asked_for_once_however_often_it_is_wanted(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await long_session(storage, 90)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await all_there(pilot, 90)
        asked: list[str] = []
        sessions = pages_of(pilot).open_sessions
        assert sessions is not None
        read = sessions.read_runs

        async def counting(run_ids: list[str]) -> list[Run]:
            asked.extend(run_ids)
            return await read(run_ids)

        monkeypatch.setattr(sessions, "read_runs", counting)
        gate = storage.gates["get_runs_by_id"] = asyncio.Event()
        view = view_of(pilot)
        view.scroll_to(y=0, animate=False)
        for _ in range(5):
            await pilot.pause()
            view.content_changed()
        gate.set()
        await all_there(pilot, 90)
        assert asked and len(asked) == len(set(asked))


async def test_all_runs_of_a_session_come_a_page_at_a_time(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agno_tui.ui.pages.RUNS", 100)
    await long_session(storage, 250, lines=1)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        pages = [page async for page in pages_of(pilot).runs(the_document(pilot))]
        assert [len(page) for page in pages] == [100, 100, 50]
        asked = [run.question for page in pages for run in page]
        assert asked == [f"question {n}" for n in range(250)]
        # Going through them keeps none of them.
        assert not is_read(pilot, 120)
