"""The title line: what is true of what is open, and of the rest without a list."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.session import RunStatus
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.marks import PULSE
from tests.ui.conftest import (
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    ready,
    screen_lines,
    shows,
    type_and_send,
    until,
)


def title(pilot: Screen) -> str:
    return str(pilot.app.screen.query_one("#title").render())


@pytest.mark.parametrize("size", [(80, 24), (60, 16)])
async def test_without_the_list_it_says_that_an_answer_is_under_way(
    app: AgnoApp, model: ScriptedModel, size: tuple[int, int]
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script("half", gate)]
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        assert "esc stop" not in screen_lines(pilot)[-1]
        await type_and_send(pilot, "a long question " * 8)
        await until(pilot, shows(pilot, "half"))
        await until(pilot, lambda: title(pilot)[:1] in PULSE)
        before = title(pilot)[0]
        # It moves, as the mark in the list does.
        await until(pilot, lambda: title(pilot)[0] not in (before, " "))
        assert "esc stop" in screen_lines(pilot)[-1]
        await pilot.press("f9")
        await until(pilot, lambda: title(pilot)[0] not in PULSE)
        await pilot.press("f9")
        await until(pilot, lambda: title(pilot)[0] in PULSE)
        # Of the session on the screen only.
        await pilot.press("ctrl+n")
        await until(pilot, lambda: title(pilot)[0] not in PULSE)
        assert "esc stop" not in screen_lines(pilot)[-1]
        await pilot.press("alt+down")
        await until(pilot, lambda: "esc stop" in screen_lines(pilot)[-1])
        gate.set()
        await until(pilot, lambda: title(pilot)[0] not in PULSE)
        await until(pilot, lambda: "esc stop" not in screen_lines(pilot)[-1])


async def test_without_the_list_it_says_how_many_need_the_user(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("b", "Second", "", status=RunStatus.ERROR))
    await keep(storage, a_run("a", "A title " * 30, "yes"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(60, 16)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: title(pilot).endswith("… · 1 needs you"))
        await until(pilot, shows(pilot, "· 1 needs you"))
        await pilot.press("f9")
        await until(pilot, lambda: "needs" not in title(pilot))


async def test_what_is_archived_says_so(app: AgnoApp, storage: TestStorage) -> None:
    await keep(storage, a_run("a", "First", "yes"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "a")
        await until(pilot, lambda: title(pilot).endswith("First · archived"))
        await pilot.press("u")
        await until(pilot, lambda: title(pilot).endswith("First"))


async def test_lines_in_which_one_writes_have_their_own_keys(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "First", "yes"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "r")
        await until(pilot, lambda: "enter save   esc leave" in screen_lines(pilot)[-1])
        await pilot.press("escape", "escape", "ctrl+f")
        await until(pilot, lambda: "esc back" in screen_lines(pilot)[-1])
        assert "ctrl+n new" not in screen_lines(pilot)[-1]


async def test_the_end_of_a_long_name_is_seen_where_it_is_written(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "First " * 8 + "end", "yes"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "r")
        await until(pilot, lambda: "First end" in "".join(screen_lines(pilot)[:8]))


async def test_what_was_not_read_comes_back_without_being_opened(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "First", "yes"))
    await keep(storage, a_run("b", "Second", "yes"))
    await storage.set_open_session("b", user_id="")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "j", "d")
        await until(pilot, shows(pilot, "Deleted."))
        await pilot.press("u")
        await until(pilot, shows(pilot, "Brought back."))
        assert app.desk._wished == "b" and title(pilot) == "Second"
        # What was on the screen is there again.
        await pilot.press("escape", "ctrl+s", "d")
        await until(pilot, lambda: app.desk._wished != "b")
        await pilot.press("escape", "ctrl+s", "u")
        await until(pilot, lambda: title(pilot) == "Second")


async def test_the_way_back_leads_from_a_fork_to_where_it_was_made(
    app: AgnoApp, storage: TestStorage
) -> None:
    for n in range(3):
        await keep(storage, a_run("a", f"q{n}", f"a{n}"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "k", "f")
        await until(pilot, shows(pilot, "This is the copy"))
        assert app.desk._wished != "a"
        await pilot.press("alt+left")
        await until(pilot, lambda: app.desk._wished == "a")


async def test_it_says_when_the_model_sees_nothing_of_it(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "alpha", "Alpha it is."))
    await storage.set_open_session("a", user_id="")
    words = "the model sees none of this"
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert words not in title(pilot)
        await pilot.press("ctrl+t", "0", "escape")
        await until(pilot, lambda: words in title(pilot), words)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: words not in title(pilot), "a new one")
