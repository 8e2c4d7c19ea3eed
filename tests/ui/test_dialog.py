"""Dialogs when something breaks that nobody expected: it is said, and they go on."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from agno_tui.session import Metrics, RunStatus, SessionSummary, UserMemory
from agno_tui.ui import dialog
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.dialog import UNEXPECTED, Dialog, Hint
from agno_tui.ui.model_dialog import NONE_FOUND, ModelDialog
from agno_tui.ui.session_dialog import SessionDialog
from agno_tui.ui.session_facts import SMALL
from tests.ui.conftest import (
    Screen,
    Script,
    ScriptedModel,
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


async def a_session_on_screen(
    pilot: Screen,
) -> None:
    await ready(pilot)
    await pilot.press("f4")
    await until(pilot, shows(pilot, "Runs"))
    await until(pilot, shows(pilot, "s sum up"))


async def test_what_came_of_a_key_gives_way_to_the_keys_by_itself(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("s"))
    await storage.set_open_session("s", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await a_session_on_screen(pilot)
        await pilot.press("y")
        await until(pilot, shows(pilot, "There is no summary yet."))
        assert "s sum up" not in screen_text(pilot)
        await pilot.press("j")
        await until(pilot, shows(pilot, "s sum up"))
        with patch.object(dialog, "PASSING_SECONDS", 0.05):
            await pilot.press("y")
        assert dialog.PASSING_SECONDS <= 3
        await until(pilot, shows(pilot, "s sum up"))
        assert "There is no summary yet." not in screen_text(pilot)


async def test_nothing_and_next_to_nothing_make_no_noise(
    app: AgnoApp, storage: TestStorage
) -> None:
    took = Metrics(
        input_tokens=7,
        output_tokens=5,
        cached_tokens=0,
        reasoning_tokens=0,
        duration=0.04,
        time_to_first_token=0.0,
    )
    await keep(storage, a_run("s", metrics=took))
    text = "## Trip\nThey chose **Kyoto** and 2**3**4."
    await storage.set_session_summary("s", SessionSummary(text, []), user_id="")
    await storage.set_open_session("s", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await a_session_on_screen(pilot)
        shown = screen_text(pilot)
        assert "7 in · 5 out\n" in shown.replace(" \n", "\n"), shown
        assert "cached" not in shown and "reasoning" not in shown
        assert "< 0.1 s · first token after < 0.1 s" in shown
        assert "They chose Kyoto and" in shown
        assert "#" not in shown.split("Summary")[1]
        await pilot.press("y")
        assert app.clipboard == text


@pytest.mark.parametrize("provider", ["local", "test"])
@pytest.mark.parametrize(("key", "what"), [("s", "a summary"), ("n", "a name")])
async def test_a_model_that_comes_up_with_nothing_is_said_case_by_case(
    app: AgnoApp,
    storage: TestStorage,
    model: ScriptedModel,
    provider: str,
    key: str,
    what: str,
) -> None:
    model.provider = provider
    model.scripts = [Script("I'm sorry, no.")]
    await keep(storage, a_run("s"))
    await storage.set_open_session("s", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await a_session_on_screen(pilot)
        await pilot.press(key)
        words = f"The model did not come up with {what}."
        await until(pilot, shows(pilot, words))
        assert app.screen.query_one(Hint).has_class("failed")
        shown = " ".join(str(app.screen.query_one(Hint).render()).split())
        assert (SMALL in shown) == (provider == "local")
        assert ("write" in shown) == (key == "n")


@pytest.mark.parametrize("key", ["f3", "f4"])
async def test_the_key_that_opened_a_dialog_never_drops_what_is_written(
    app: AgnoApp, storage: TestStorage, key: str
) -> None:
    await keep(storage, a_run("s"))
    await storage.set_open_session("s", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press(key)
        await until(pilot, shows(pilot, "esc close"))
        write = "a" if key == "f3" else "r"
        await until(pilot, shows(pilot, f"{write} {'add' if key == 'f3' else 'ren'}"))
        await pilot.press(write, *"green tea", key)
        await pilot.pause()
        assert "green tea" in screen_text(pilot)
        await pilot.press("escape", key)
        await until(pilot, lambda: not is_open(pilot))
