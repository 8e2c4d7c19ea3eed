"""The bar in which one says what to find: its keys, in the order they were typed."""

from __future__ import annotations

import pytest

from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import (
    TestStorage,
    prompt_text,
    ready,
    screen_lines,
    shows,
    until,
)
from tests.ui.marked_words import (
    bar_is_open,
    burst,
    count,
    here,
    line_here,
    marked_words,
    said_session,
    sought,
)
from tests.ui.transcript.views import the_document, view_of

SIZE = (80, 24)
SAID = ("kyoto?", "kyoto and kyoto")


async def test_a_burst_goes_into_the_bar_also_the_first_time(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, SAID)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        for _ in range(2):
            burst(pilot, "x", "ctrl+f", *"kyoto")
            await until(pilot, lambda: count(pilot) == "1/3")
            assert sought(pilot) == "kyoto"
            burst(pilot, "escape")
            await until(pilot, lambda: not bar_is_open(pilot))
        assert prompt_text(pilot) == "xx"


async def test_keys_after_the_first_words_wait_for_what_they_find(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, SAID)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        burst(pilot, "ctrl+f", *"kyoto", "enter", "down", "down", "up")
        await until(pilot, lambda: count(pilot) == "3/3")


async def test_keys_behind_escape_are_for_the_prompt(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, SAID)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        burst(pilot, "ctrl+f", *"kyoto", "escape", *"hello")
        await until(pilot, lambda: prompt_text(pilot) == "hello")
        assert not bar_is_open(pilot)
        await pilot.pause()
        assert not marked_words(pilot) + here(pilot)


async def test_keys_behind_tab_are_for_the_message(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, SAID, SAID)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        burst(pilot, "ctrl+f", *"kyoto", "tab", "n", "n", "n", "N")
        await until(pilot, lambda: count(pilot) == "3/6")
        assert view_of(pilot).has_focus
        assert prompt_text(pilot) == ""
        assert sought(pilot) == "kyoto"


async def test_the_word_looked_for_last_is_there_and_typing_replaces_it(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, SAID)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+f", *"kyoto", "escape", "ctrl+f")
        await until(pilot, lambda: count(pilot) == "1/3")
        assert sought(pilot) == "kyoto"
        await pilot.press(*"and")
        await until(pilot, lambda: count(pilot) == "1/1")
        assert here(pilot) == ["and"]
        await pilot.press("tab", "ctrl+f", *"kyoto")
        await until(pilot, lambda: count(pilot) == "1/3")


async def test_going_back_leads_to_where_the_bar_was_opened_first(
    app: AgnoApp, storage: TestStorage
) -> None:
    turns = [(f"question {n}", f"answer {n}") for n in range(38)]
    await said_session(storage, SAID, *turns)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+f", *"kyoto")
        await until(pilot, lambda: line_here(pilot).startswith("kyoto and"))
        await pilot.press("tab", "k", "ctrl+f", "escape")
        assert the_document(pilot).reading.following


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 16)])
async def test_it_stands_above_the_prompt_and_says_its_keys(
    app: AgnoApp, storage: TestStorage, size: tuple[int, int]
) -> None:
    await said_session(storage, SAID)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+f", *"kyoto")
        await until(pilot, lambda: count(pilot) == "1/3")
        (line,) = [one for one in screen_lines(pilot) if "1/3" in one]
        assert "find" in line and "kyoto" in line
        assert (size[0] < 80) or "esc back" in line


async def test_nothing_blinks_while_it_is_open(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, SAID)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+f")
        await until(pilot, lambda: bar_is_open(pilot))
        assert not app.focused.cursor_blink  # type: ignore[union-attr]


async def test_pasted_markup_and_control_codes_are_data(
    app: AgnoApp, storage: TestStorage
) -> None:
    from textual import events

    await said_session(storage, ("why?", "a [/bold] [@click=quit]tag"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+f")
        app.post_message(events.Paste("[@click=quit]\x1b[2J\nmore"))
        await until(pilot, lambda: count(pilot) == "no match")
        await pilot.press(*["backspace"] * 4)
        await until(pilot, lambda: count(pilot) == "1/1")
        assert here(pilot) == ["[@click=quit]"]


async def test_nothing_said_yet_is_nothing_to_find(app: AgnoApp) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+f")
        await until(pilot, shows(pilot, "There is nothing to find here yet."))
        assert not bar_is_open(pilot)
