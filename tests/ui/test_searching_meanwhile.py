"""Finding words while other things happen: answers, other sessions, trouble."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.session import Run
from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import (
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    ready,
    shows,
    transcript_lines,
    type_and_send,
    until,
)
from tests.ui.marked_words import (
    at_line,
    bar_is_open,
    burst,
    count,
    here,
    marked_words,
    said_session,
    sought,
    sparse_session,
)
from tests.ui.transcript.views import all_there

SIZE = (80, 24)


async def find(pilot: Screen, words: str, expected: str) -> None:
    """Look for something, and wait for what the bar says of it."""
    await pilot.press("ctrl+f", *words)
    await until(pilot, lambda: count(pilot) == expected, f"{words}: {expected}")


async def test_a_streaming_answer_moves_nothing_and_counts_when_it_ends(
    app: AgnoApp, storage: TestStorage, model: ScriptedModel
) -> None:
    await sparse_session(storage, 30, (3,), "kyoto")
    more, end = asyncio.Event(), asyncio.Event()
    model.scripts = [Script("kyoto ", more, "kyoto\n\n" * 30 + "last", end)]
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "again")
        await until(pilot, shows(pilot, "kyoto"))
        await find(pilot, "kyoto", "2/2")
        await pilot.press("up")
        await at_line(pilot, "here is kyoto 3")
        before = transcript_lines(pilot)
        more.set()
        (live,) = app.runner.running
        await until(pilot, lambda: live.answer.endswith("last"))
        await until(pilot, lambda: app.query_one("#pill").display)
        assert (transcript_lines(pilot), count(pilot)) == (before, "1/2")
        end.set()
        await until(pilot, lambda: count(pilot) == "1/32")
        assert transcript_lines(pilot) == before


async def test_another_session_closes_it(app: AgnoApp, storage: TestStorage) -> None:
    await keep(storage, a_run("b", "tea too", "tea"))
    await said_session(storage, ("tea?", "tea"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await find(pilot, "tea", "1/2")
        await pilot.press("alt+down", *"hi")
        await until(pilot, shows(pilot, "▌ tea too"))
        assert not bar_is_open(pilot)
        assert not marked_words(pilot) + here(pilot)
        assert app.desk.chat.prompt.text == "hi"


@pytest.mark.parametrize("leaving", ["escape", "alt+down"])
async def test_what_is_found_too_late_marks_nothing(
    app: AgnoApp, storage: TestStorage, leaving: str
) -> None:
    await keep(storage, a_run("b", "tea too", "tea"))
    for n in range(60):
        await keep(storage, a_run("a", f"tea {n}", "tea"))
    await storage.set_open_session("a", user_id="")
    gate = storage.gates["get_run_outlines"] = asyncio.Event()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+f", *"tea", leaving)
        await until(pilot, lambda: not bar_is_open(pilot))
        gate.set()
        await pilot.pause(0.05)
        assert not marked_words(pilot) + here(pilot)
        assert not app.desk.searching.is_open


async def test_a_session_may_be_named_meanwhile(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, ("tea?", "tea"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await find(pilot, "tea", "1/2")
        app.desk.session_named("a", "All about it")
        await app.desk.refresh_session("a")
        await pilot.press("enter")
        assert (count(pilot), len(here(pilot))) == ("2/2", 1)


@pytest.mark.parametrize("method", ["get_runs_by_id", "get_run_outlines"])
async def test_a_storage_that_fails_is_said_and_lived_with(
    app: AgnoApp, storage: TestStorage, method: str
) -> None:
    await sparse_session(storage, 300, (0, 299), "kyoto")
    if method == "get_run_outlines":
        storage.refuse.add(method)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        if method == "get_runs_by_id":
            await all_there(pilot, 300)
        storage.refuse.add(method)
        await pilot.press("ctrl+f", *"kyoto")
        await until(pilot, shows(pilot, "The disk is full."))
        if method == "get_runs_by_id":
            await until(pilot, lambda: "not all was read" in count(pilot))
        storage.refuse.clear()
        await pilot.press("escape")
        await find(pilot, "kyoto", "2/2")


async def test_a_place_that_cannot_be_read_is_said_and_lived_with(
    app: AgnoApp, storage: TestStorage
) -> None:
    await sparse_session(storage, 300, (0, 299), "kyoto")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await all_there(pilot, 300)
        await find(pilot, "kyoto", "2/2")
        storage.refuse.add("get_runs_by_id")
        await pilot.press("enter")
        await until(pilot, shows(pilot, "The disk is full."))
        assert app.is_running
        storage.refuse.clear()
        await pilot.press("up", "down")
        await at_line(pilot, "here is kyoto 0")


async def test_a_burst_from_the_messages_goes_into_the_bar(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, ("kyoto?", "kyoto"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab")
        burst(pilot, "ctrl+f", *"kyoto")
        await until(pilot, lambda: count(pilot) == "1/2")
        assert sought(pilot) == "kyoto"


async def test_a_run_that_is_gone_is_not_asked_for_for_ever(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sparse_session(storage, 120, (0, 119), "kyoto")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await all_there(pilot, 120)
        asked: list[str] = []
        sessions = app.desk.pages.open_sessions
        assert sessions is not None

        async def read_nothing(run_ids: list[str]) -> list[Run]:
            asked.extend(run_ids)
            return []

        monkeypatch.setattr(sessions, "read_runs", read_nothing)
        await pilot.press("shift+tab", "g")
        await until(pilot, lambda: asked)
        await pilot.pause(0.1)
        assert len(asked) == len(set(asked))
        # Only what is here is found, and the rest of it works.
        await find(pilot, "kyoto", "1/1")
        await at_line(pilot, "here is kyoto 119")
