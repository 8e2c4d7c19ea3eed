"""Copying what is not read yet: it is read first, and comes whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from textual.geometry import Offset
from textual.selection import Selection

from agno_tui.session import Run
from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import (
    Copied,
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    screen_text,
    shows,
    the_app,
    type_and_send,
    until,
)
from tests.ui.transcript.views import all_there, is_read, the_document, view_of

SIZE = (80, 24)
COUNT = 701


async def numbered_session(storage: TestStorage, count: int = COUNT) -> None:
    """Turns that say their numbers, every third with a list."""
    await keep(storage, *(a_run("a", f"q{n}", answer(n)) for n in range(count)))
    await storage.set_open_session("a", user_id="")


def answer(number: int) -> str:
    return f"- **a{number}**\n- b" if number % 3 == 0 else f"a{number} and *more*"


def whole(first: int, last: int) -> str:
    """The source of some turns."""
    turns = (f"q{n}\n\n{answer(n)}" for n in range(first, last + 1))
    return "\n\n".join(turns)


def select_all(pilot: Screen) -> None:
    pilot.app.screen.selections = {view_of(pilot): Selection(None, None)}


async def test_a_selection_over_many_turns_is_whole_read_or_not(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await numbered_session(storage)
    copied = Copied()
    async with app.run_test(size=SIZE, message_hook=copied.note) as pilot:
        await ready(pilot)
        await all_there(pilot, COUNT)
        sessions = app.desk.pages.open_sessions
        assert sessions is not None and not is_read(pilot, COUNT // 2)
        asked: list[int] = []
        read = sessions.read_runs

        async def counting(run_ids: Sequence[str]) -> list[Run]:
            asked.append(len(run_ids))
            return await read(run_ids)

        monkeypatch.setattr(sessions, "read_runs", counting)
        select_all(pilot)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: copied.texts, "copied")
        assert copied.texts == [whole(0, COUNT - 1)]
        await until(pilot, lambda: app.clipboard == copied.texts[0])
        # A page at a time, and none of it stays.
        assert max(asked) <= 100
        assert not is_read(pilot, COUNT // 2)
        assert sum(turn.run is not None for turn in the_document(pilot).turns) < 100


async def test_of_the_first_and_the_last_turn_only_the_selected_part_is_copied(
    app: AgnoApp, storage: TestStorage
) -> None:
    await numbered_session(storage)
    copied = Copied()
    async with app.run_test(size=SIZE, message_hook=copied.note) as pilot:
        await ready(pilot)
        await all_there(pilot, COUNT)
        await pilot.press("shift+tab", "g")
        await all_there(pilot, COUNT)
        view, turns = view_of(pilot), the_document(pilot).turns
        assert view.placement is not None
        # From behind the first word of an answer to behind the first of the last one.
        places = [
            (view.placement.start(turn), turn.rows_of("assistant").start + 1)
            for turn in (turns[1], turns[-1])
        ]
        (first, row), (last, last_row) = places
        selection = Selection(Offset(3, first + row), Offset(2, last + last_row))
        app.screen.selections = {view: selection}
        # Both have been forgotten since, as after a long way between them.
        document = the_document(pilot)
        document.texts.near = ()
        turns[1].forget_run()
        await pilot.press("ctrl+c")
        await until(pilot, lambda: copied.texts, "copied")
        assert copied.texts == [f"and more\n\n{whole(2, 699)}\n\nq700\n\na7"]


async def test_what_is_copied_while_it_is_read_does_nothing_else(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    await numbered_session(storage, 90)
    going_on = asyncio.Event()
    model.scripts = [Script("it begins", going_on, " and ends")]
    copied = Copied()
    run = app.run_test(size=SIZE, notifications=True, message_hook=copied.note)
    async with run as pilot:
        await ready(pilot)
        await all_there(pilot, 90)
        await type_and_send(pilot, "go")
        await until(pilot, shows(pilot, "it begins"))
        await pilot.press(*"draft")
        gate = storage.gates["get_runs_by_id"] = asyncio.Event()
        select_all(pilot)
        # Also where the keyboard is in the list, which lets Textual's own key come
        # first.
        await pilot.press("ctrl+c", "ctrl+s", "ctrl+c")
        assert not copied.texts and prompt_text(pilot) == "draft"
        assert app.runner.live("a") is not None
        assert "again to quit" not in screen_text(pilot)
        gate.set()
        await until(pilot, lambda: copied.texts, "copied")
        await pilot.pause()
        assert copied.texts == [f"{whole(0, 89)}\n\ngo\n\nit begins"]
        going_on.set()
        await until(pilot, shows(pilot, "it begins and ends"))


async def test_what_cannot_be_read_is_not_copied_by_half(
    app: AgnoApp, storage: TestStorage
) -> None:
    await numbered_session(storage, 150)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await all_there(pilot, 150)
        storage.refuse.add("get_runs_by_id")
        select_all(pilot)
        await pilot.press("ctrl+c")
        await until(pilot, shows(pilot, "Not copied. The disk is full."))
        assert app.clipboard == ""
        storage.refuse.clear()
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.clipboard == whole(0, 149), "copied")


@pytest.mark.parametrize("gone", [0, 20])
async def test_what_is_no_longer_there_is_said(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch, gone: int
) -> None:
    await numbered_session(storage, 150)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await all_there(pilot, 150)
        sessions = the_app(pilot).desk.pages.open_sessions
        assert sessions is not None
        lost, read = the_document(pilot).turns[gone].run_id, sessions.read_runs

        async def losing(run_ids: Sequence[str]) -> list[Run]:
            return [run for run in await read(run_ids) if run.run_id != lost]

        monkeypatch.setattr(sessions, "read_runs", losing)
        select_all(pilot)
        await pilot.press("ctrl+c")
        await until(pilot, shows(pilot, "Not copied. Some of it is"))
        assert app.clipboard == ""


async def test_a_message_that_is_not_read_is_read_and_then_copied(
    app: AgnoApp, storage: TestStorage
) -> None:
    await numbered_session(storage, 150)
    copied = Copied()
    run = app.run_test(size=SIZE, notifications=True, message_hook=copied.note)
    async with run as pilot:
        await ready(pilot)
        await all_there(pilot, 150)
        gate = storage.gates["get_runs_by_id"] = asyncio.Event()
        await pilot.press("shift+tab", "g", "j", "y")
        await pilot.pause()
        assert not is_read(pilot, 0) and not copied.texts
        # What was asked for is copied, wherever the mark is by then.
        await pilot.press("j")
        gate.set()
        await until(pilot, lambda: copied.texts, "copied")
        assert copied.texts == [answer(0)]
        assert "nothing to copy" not in screen_text(pilot)


async def test_a_message_that_cannot_be_read_is_not_said_to_be_empty(
    app: AgnoApp, storage: TestStorage
) -> None:
    await numbered_session(storage, 150)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await all_there(pilot, 150)
        storage.refuse.add("get_runs_by_id")
        await pilot.press("shift+tab", "g", "y")
        await until(pilot, shows(pilot, "Not copied. The disk is full."))
        assert "nothing to copy" not in screen_text(pilot)
