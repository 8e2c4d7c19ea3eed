"""Dialogs when something breaks that nobody expected: it is said, and they go on."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from agno_tui.session import RunStatus, UserMemory
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.dialog import UNEXPECTED, Dialog, Hint
from agno_tui.ui.model_dialog import NONE_FOUND, ModelDialog
from agno_tui.ui.session_dialog import SessionDialog
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    ready,
    screen_text,
    shows,
    the_app,
    until,
)

SIZE = (100, 40)

BROKEN = RuntimeError("internal words")


def is_open(pilot: Screen) -> bool:
    return isinstance(the_app(pilot).screen, Dialog)


async def test_what_breaks_while_showing_is_said_and_the_dialog_closes(
    app: AgnoApp, storage: TestStorage
) -> None:
    await storage.add_memory(UserMemory("Lives in Oslo"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        with patch("agno_tui.ui.memory_dialog.moment", side_effect=BROKEN):
            await pilot.press("f3")
            await until(pilot, shows(pilot, UNEXPECTED))
        assert app.screen.query_one(Hint).has_class("failed")
        assert "internal words" not in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not is_open(pilot))


async def test_a_memory_of_an_odd_time_hides_no_other(
    app: AgnoApp, storage: TestStorage
) -> None:
    await storage.add_memory(UserMemory("Lives in Oslo"))
    await storage.add_memory(UserMemory("Odd clock", created_at=9 * 10**17))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("f3")
        await until(pilot, shows(pilot, "Odd clock"))
        assert "Lives in Oslo" in screen_text(pilot)


async def test_a_session_of_odd_times_opens_and_tells_of_itself(
    app: AgnoApp, storage: TestStorage
) -> None:
    odd = 9 * 10**17
    run = a_run("s", status=RunStatus.INTERRUPTED, created_at=odd, ended_at=odd)
    await keep(storage, run)
    await storage.set_open_session("s", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "✗ interrupted · 1 word kept"))
        with patch("agno_tui.ui.session_text.moment", return_value=""):
            await pilot.press("f4")
            await until(pilot, shows(pilot, "Runs"))
        assert "Begun" not in screen_text(pilot)


async def test_asking_that_breaks_while_showing_stops_asking(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("s"))
    await storage.set_open_session("s", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("f4")
        await until(pilot, shows(pilot, "Runs"))
        with (
            patch.object(type(app.runner), "summarize", return_value=None),
            patch.object(SessionDialog, "_show", side_effect=BROKEN),
        ):
            await pilot.press("s")
            await until(pilot, shows(pilot, UNEXPECTED))
        # One escape closes: nothing is being asked any more.
        await pilot.press("escape")
        await until(pilot, lambda: not is_open(pilot))


@pytest.mark.parametrize("name", ["", "other"])
async def test_where_looking_for_models_breaks_a_name_can_be_typed(
    app: AgnoApp, name: str
) -> None:
    async def find() -> list[str]:
        raise BROKEN

    chosen: list[str | None] = []
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        app.push_screen(ModelDialog("now", find), chosen.append)
        await until(pilot, shows(pilot, NONE_FOUND[:20]))
        await pilot.press(*name, "enter")
        await until(pilot, lambda: not is_open(pilot))
    assert chosen == [name]
