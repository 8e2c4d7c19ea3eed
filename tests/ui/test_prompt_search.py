"""ctrl+r: search all that was asked, and take one into the prompt."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from agno_tui.ui import prompt_search
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.prompt_search import PromptSearch
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    screen_lines,
    shows,
    until,
)


async def kept(storage: TestStorage) -> None:
    await keep(
        storage,
        a_run("a", "Where is Kyōto?"),
        a_run("b", "[@click=quit]red\x1b[31m"),
        a_run("a", "kyoto\nonce more"),
        a_run("b", "ÉTÉ in Paris"),
    )


def rows(pilot: Screen) -> list[str]:
    """What the panel lists, the marked one with its bar."""
    panel = pilot.app.screen.query_one("#prompt-search-rows")
    lines = screen_lines(pilot)[panel.region.y : panel.region.bottom]
    return [line[panel.region.x :].rstrip() for line in lines[1:]]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 16)])
async def test_a_long_row_is_cut_to_the_width_of_the_list(
    app: AgnoApp, storage: TestStorage, size: tuple[int, int]
) -> None:
    await keep(storage, a_run("a", "short"), a_run("a", "x日本 trip, once more; " * 20))
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, shows(pilot, "1/2"))
        assert len(rows(pilot)) == 2
        assert rows(pilot)[0].endswith("…") and rows(pilot)[1] == "  short"
        await pilot.press("down")
        await until(pilot, lambda: rows(pilot)[1] == "▌ short")
        assert rows(pilot)[0].startswith("  x日本") and rows(pilot)[0].endswith("…")


async def test_it_lists_all_newest_first_and_filters_without_case_and_accents(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press(*"draft", "ctrl+r")
        await until(pilot, shows(pilot, "1/4"))
        assert rows(pilot) == [
            "▌ ÉTÉ in Paris",
            "  kyoto once more",
            "  [@click=quit]red␛[31m",
            "  Where is Kyōto?",
        ]
        await pilot.press(*"KYOTO")
        await until(pilot, shows(pilot, "1/2"))
        assert rows(pilot) == ["▌ kyoto once more", "  Where is Kyōto?"]
        await pilot.press(*" where")
        await until(pilot, lambda: rows(pilot) == ["▌ Where is Kyōto?"])
        await pilot.press("x")
        await until(pilot, shows(pilot, "nothing found"))
        await pilot.press("enter")
        assert prompt_text(pilot) == "draft"
        await pilot.press("escape", "!")
        assert prompt_text(pilot) == "draft!"
        assert not app.screen.query_one(PromptSearch).display


async def test_enter_takes_one_and_undo_brings_the_draft_back(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press(*"draft", "ctrl+r")
        await until(pilot, shows(pilot, "1/4"))
        await pilot.press("down", "ctrl+r", "up", "enter")
        assert prompt_text(pilot) == "kyoto\nonce more"
        await pilot.press("!")
        assert prompt_text(pilot) == "kyoto\nonce more!"
        await pilot.press("ctrl+z", "ctrl+z")
        assert prompt_text(pilot) == "draft"


async def test_the_draft_comes_back_when_the_question_is_sent_or_put_away(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press(*"my draft", "ctrl+r")
        await until(pilot, shows(pilot, "1/4"))
        await pilot.press("down", "enter", "down")
        assert prompt_text(pilot) == "my draft"
        await pilot.press("!", "ctrl+r")
        await until(pilot, shows(pilot, "1/4"))
        await pilot.press("enter", "?", "enter")
        assert prompt_text(pilot) == "my draft!"
        await until(pilot, shows(pilot, "Echo ÉTÉ in Paris?"))


async def test_the_draft_comes_back_with_its_session(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        await app.desk.open_session("a")
        await pilot.press(*"my draft", "ctrl+r")
        await until(pilot, shows(pilot, "1/4"))
        await pilot.press("enter")
        await app.desk.open_session("b")
        assert prompt_text(pilot) == ""
        await pilot.pause()
        await app.desk.open_session("a")
        assert prompt_text(pilot) == "my draft"


async def test_a_burst_finds_and_takes(app: AgnoApp, storage: TestStorage) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        # Once, so that all is read.
        await pilot.press("ctrl+r")
        await until(pilot, shows(pilot, "1/4"))
        await pilot.press("escape", "ctrl+r")
        await until(pilot, shows(pilot, "1/4"))
        for key in (*"where", "enter", "!"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: prompt_text(pilot) == "Where is Kyōto?!")


async def test_keys_before_anything_is_read_are_words(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        gate = storage.gates["get_questions"] = asyncio.Event()
        await pilot.press("ctrl+r", *"paris")
        await until(pilot, shows(pilot, "reading…"))
        gate.set()
        await until(pilot, lambda: rows(pilot) == ["▌ ÉTÉ in Paris"])
        await pilot.press("enter")
        assert prompt_text(pilot) == "ÉTÉ in Paris"


async def test_a_word_far_behind_is_shown(app: AgnoApp, storage: TestStorage) -> None:
    await keep(storage, a_run("a", "x " * 300 + "needle in it"))
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("ctrl+r", *"needle")
        await until(pilot, lambda: "needle in it" in rows(pilot)[0])


async def test_more_than_fits_scrolls(app: AgnoApp, storage: TestStorage) -> None:
    await keep(storage, *(a_run("a", f"q{n}") for n in range(30)))
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, shows(pilot, "1/30"))
        await pilot.press(*["down"] * 20)
        assert "▌ q9" in rows(pilot) and len(rows(pilot)) <= prompt_search.MOST_ROWS
        await pilot.press("enter")
        assert prompt_text(pilot) == "q9"


async def test_a_click_takes_a_line(app: AgnoApp, storage: TestStorage) -> None:
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, shows(pilot, "1/4"))
        await pilot.click("#prompt-search-rows", offset=(5, 4))
        assert prompt_text(pilot) == "Where is Kyōto?"


async def test_a_failing_storage_says_so(app: AgnoApp, storage: TestStorage) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        storage.refuse.add("get_questions")
        await pilot.press("ctrl+r")
        await until(pilot, shows(pilot, "be read. The disk is full."))
        await pilot.press("escape", "x")
        assert prompt_text(pilot) == "x"


async def test_all_pages_are_looked_through(
    app: AgnoApp, storage: TestStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt_search, "PAGE", 2)
    await kept(storage)
    async with app.run_test() as pilot:
        await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, shows(pilot, "1/4"))
        assert len(rows(pilot)) == 4
