"""What random keys have found, each by hand."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.palette import Palette
from tests.ui.conftest import (
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    type_and_send,
    until,
)

SIZE = (120, 40)


async def test_cutting_the_last_line_cuts_it(app: AgnoApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press(*"one", "ctrl+j", *"two", "ctrl+x")
        assert prompt_text(pilot) == "one\n"
        assert app.clipboard == "two"
        await pilot.press("ctrl+z")
        assert prompt_text(pilot) == "one\ntwo"


async def test_what_was_put_away_is_found_after_another_message(app: AgnoApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press(*"precious", "ctrl+c")
        assert prompt_text(pilot) == ""
        await type_and_send(pilot, "another")
        await until(pilot, lambda: not app.runner.running, "answered")
        await pilot.press("up", "up")
        assert prompt_text(pilot) == "precious"


async def test_nobody_writes_in_a_list_that_was_hidden(app: AgnoApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        # Both before the app has done any of it.
        for key in ("ctrl+s", "ctrl+b"):
            app.post_message(events.Key(key, None))
        await pilot.pause()
        await pilot.press(*"here")
        assert prompt_text(pilot) == "here"


async def test_nobody_writes_in_a_filter_that_was_folded_away(app: AgnoApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s", "slash")
        assert isinstance(app.focused, Input)
        await pilot.resize_terminal(50, 20)
        await pilot.pause()
        assert app.desk.chat.prompt.has_focus


async def test_a_field_that_is_gone_is_no_place_of_the_keyboard(app: AgnoApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.focused, Input), "the palette")
        field = app.focused
        assert field is not None
        await pilot.press("escape")
        await until(pilot, lambda: not field.is_attached, "the palette gone")
        app.post_message(events.DescendantFocus(field))
        await pilot.press(*"on")
        assert prompt_text(pilot) == "on"


async def test_two_clicks_beside_the_palette_close_it_once(app: AgnoApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette), "the palette")
        palette = app.screen
        await pilot.pause()
        palette.dismiss()
        palette.dismiss()
        await pilot.press(*"on")
        assert prompt_text(pilot) == "on"


async def test_a_session_opened_where_it_is_open_keeps_what_is_typed(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        # Sooner than a draft is kept.
        app.desk.chat.prompt.insert("just typed")
        await app.desk.open_session("a")
        assert prompt_text(pilot) == "just typed"


async def test_the_keyboard_is_somewhere_when_what_was_read_is_gone(
    app: AgnoApp,
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "question")
        await until(pilot, lambda: not app.runner.running, "answered")
        await pilot.press("shift+tab")
        assert app.desk.document is not None
        app.desk.drop_sessions([app.desk.document.session.session_id])
        await pilot.press(*"on")
        assert prompt_text(pilot) == "on"


async def test_a_changed_question_that_was_left_is_found_again(app: AgnoApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "question")
        await until(pilot, lambda: not app.runner.running, "answered")
        await pilot.press("escape", "escape", *" changed", "escape")
        assert prompt_text(pilot) == ""
        await type_and_send(pilot, "another")
        await pilot.press("up", "up")
        assert prompt_text(pilot) == "question changed"
