"""Selecting text with the mouse."""

from __future__ import annotations

from textual.geometry import Offset

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.transcript.rows import MARGIN
from agno_tui.ui.transcript.transcript import Transcript
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    transcript_lines,
    until,
)


def place_of(pilot: Screen, words: str) -> Offset:
    lines = transcript_lines(pilot)
    y = next(n for n, line in enumerate(lines) if words in line)
    return Offset(MARGIN, y)


async def select(pilot: Screen, start: Offset, end: Offset) -> None:
    await pilot.mouse_down(Transcript, offset=start)
    await pilot.hover(Transcript, offset=end)
    await pilot.mouse_up(Transcript, offset=end)
    await pilot.pause()


async def test_selected_text_has_no_margins_and_no_padding(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "q", "first line  \nsecond line"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        start = place_of(pilot, "first line")
        await select(pilot, start + Offset(6, 0), start + Offset(5, 1))
        assert app.screen.get_selected_text() == "line\nsecond"
        await pilot.press("ctrl+c")
        assert app.clipboard == "line\nsecond"


async def test_wide_characters_are_selected_whole(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "q", "你好世界 and more"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        start = place_of(pilot, "你好世界")
        await select(pilot, start + Offset(4, 0), start + Offset(7, 0))
        assert app.screen.get_selected_text() == "世界"


async def test_a_selection_is_gone_in_another_session(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("b", "other"), a_run("a", "q", "first line"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        start = place_of(pilot, "first line")
        await select(pilot, start, start + Offset(5, 0))
        assert app.screen.get_selected_text()
        await pilot.press("alt+down")
        await until(pilot, lambda: "  ▌ other" in transcript_lines(pilot))
        assert not app.screen.get_selected_text()


async def test_who_has_selected_text_with_the_mouse_goes_on_writing(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, *(a_run("a", f"q{n}", "first line") for n in range(9)))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        start = place_of(pilot, "first line")
        await select(pilot, start, start + Offset(5, 0))
        await pilot.press("ctrl+c", *"great, yours")
        assert app.clipboard == "first"
        assert prompt_text(pilot) == "great, yours"
        await pilot.click(Transcript, offset=start, times=2)
        assert app.screen.get_selected_text() == "first"
        await pilot.press(*"j")
        assert prompt_text(pilot) == "great, yoursj"


async def test_a_click_on_a_message_marks_it(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, *(a_run("a", f"q{n}", f"line {n}") for n in range(3)))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.click(Transcript, offset=place_of(pilot, "line 1"))
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == "line 1")
        await pilot.press("j", "j", "y")
        await until(pilot, lambda: app.clipboard == "line 2")
        assert prompt_text(pilot) == ""
