"""A message that waits is edited in the prompt, and left as it was."""

from __future__ import annotations

from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import (
    ScriptedModel,
    prompt_text,
    screen_lines,
    screen_text,
    shows,
    until,
)
from tests.ui.test_queue import asked, queue_lines, three_wait

EDITING = "Editing a message that waits"


async def test_esc_puts_a_queued_message_back_where_it_was_and_stops_nothing(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        gate = await three_wait(pilot, model)
        await pilot.press(*"draft", "alt+q", "j", "enter", "!")
        await until(pilot, lambda: queue_lines(pilot)[1:] == ["1  one", "2  three"])
        assert prompt_text(pilot) == "two\ndraft!"
        await until(pilot, shows(pilot, EDITING))
        await until(pilot, lambda: "esc leave" in screen_lines(pilot)[-1])
        await pilot.press("escape")
        assert prompt_text(pilot) == "draft"
        waiting = ["1  one", "2  two", "3  three"]
        await until(pilot, lambda: queue_lines(pilot)[1:] == waiting)
        assert app.runner.running and EDITING not in screen_text(pilot)
        # What was written there is not lost.
        await pilot.press("ctrl+z")
        assert prompt_text(pilot) == "two\ndraft!"
        gate.set()
        await until(pilot, shows(pilot, "Echo three"))
        assert asked(model) == ["zero", "one", "two", "three"]


async def test_esc_at_once_after_the_edit_sends_nothing_twice(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        gate = await three_wait(pilot, model)
        await pilot.press("alt+q", "enter", "escape")
        waiting = ["1  one", "2  two", "3  three"]
        await until(pilot, lambda: queue_lines(pilot)[1:] == waiting)
        assert prompt_text(pilot) == ""
        gate.set()
        await until(pilot, shows(pilot, "Echo three"))
        assert asked(model) == ["zero", "one", "two", "three"]


async def test_after_the_message_is_sent_esc_stops_the_answer(
    app: AgnoApp, model: ScriptedModel
) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await three_wait(pilot, model)
        await pilot.press("alt+q", "enter", "!", "enter")
        await until(pilot, lambda: "1  one!" in queue_lines(pilot))
        assert EDITING not in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not app.runner.running)
