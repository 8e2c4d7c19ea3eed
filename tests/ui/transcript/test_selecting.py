"""From cells of the screen to characters, words and lines, and to what is copied."""

from __future__ import annotations

import pytest
from textual.content import Content
from textual.geometry import Offset
from textual.selection import Selection

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.lines import Line
from agno_tui.ui.transcript.placement import Placement
from agno_tui.ui.transcript.selecting import around, column_at, text_of
from agno_tui.ui.transcript.transcript import Transcript
from tests.ui.conftest import Screen, TestStorage, a_run, ready
from tests.ui.marked_words import said_session
from tests.ui.transcript.reader import Reader
from tests.ui.transcript.test_mouse import place_of, select
from tests.ui.transcript.turns import document_of

SIZE = (60, 40)
FAMILY = "👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("plain", "columns"),
    [
        ("abc", [0, 1, 2, 3, 3]),
        ("你a好", [0, 0, 1, 2, 2, 3]),
        ("e\u0301x", [0, 2, 3]),
        (f"{FAMILY}x", [0, 0, 5, 6]),
        ("❤️x", [0, 0, 2, 3]),
        ("", [0, 0]),
    ],
)
def test_both_cells_of_a_wide_character_are_that_character(
    plain: str, columns: list[int]
) -> None:
    line = Line(Content(plain))
    assert [column_at(line, x) for x in range(len(columns))] == columns


def test_left_of_a_line_is_its_first_character() -> None:
    assert column_at(Line(Content("abc")), -2) == 0


def placed(*said: tuple[str, str]) -> Placement:
    runs = [a_run("s", *one, run_id=f"r{n}") for n, one in enumerate(said)]
    return Reader(document_of(*runs), 30).placement


def row_of(placement: Placement, words: str) -> int:
    found = placement.lines(0, placement.total)
    plain = [one[2].content.plain if one else "" for one in found]
    return next(y for y, line in enumerate(plain) if words in line)


def copied(placement: Placement, selection: Selection | None) -> str:
    return "" if selection is None else text_of(placement, selection)


@pytest.mark.parametrize(
    ("words", "x", "word"),
    [
        ("see foo.bar/baz, then", 6, "foo.bar/baz,"),
        ("see foo.bar/baz now", 6, "foo.bar/baz"),
        ("an 京都 city", 4, "京都"),
        ("go --dry-run now", 5, "--dry-run"),
    ],
)
def test_the_word_around_a_cell(words: str, x: int, word: str) -> None:
    placement = placed(("q", words))
    y = row_of(placement, words)
    selection = around(placement, x, y, whole_line=False)
    assert copied(placement, selection).rstrip(",") == word.rstrip(",")


def test_the_line_around_a_cell_is_whole_however_it_is_wrapped() -> None:
    long = "one **two** three four five six seven eight nine ten eleven"
    placement = placed(("q", f"before\n\n{long}\n\nafter"))
    for words in ("one two", "eleven"):
        y = row_of(placement, words)
        assert copied(placement, around(placement, 1, y, whole_line=True)) == long


def test_nothing_is_around_where_there_is_no_line() -> None:
    placement = placed(("q", "a"))
    assert around(placement, 0, 0, whole_line=False) is None
    assert around(placement, 0, 999, whole_line=True) is None


def test_all_of_a_document_is_the_sources_of_its_messages() -> None:
    placement = placed(("why *so*?", "**so**"), ("more?", "- a\n- b"))
    everything = text_of(placement, Selection(None, None))
    assert everything == "why *so*?\n\n**so**\n\nmore?\n\n- a\n- b"


def test_an_empty_document_has_nothing_to_select() -> None:
    assert text_of(placed(), Selection(None, None)) == ""


# With the mouse


async def click(pilot: Screen, words: str, column: int, times: int) -> str:
    place = place_of(pilot, words) + Offset(column, 0)
    await pilot.click(Transcript, offset=place, times=times)
    await pilot.pause()
    return pilot.app.screen.get_selected_text() or ""


async def test_two_clicks_select_a_word_three_the_line(
    app: AgnoApp, storage: TestStorage
) -> None:
    long = "你好 `max_tokens` is a long line " + "of words " * 10 + "to the end"
    await said_session(storage, ("why?", f"{long}\n\nafter"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert await click(pilot, "你好", 1, 2) == "你好"
        assert await click(pilot, "你好", 8, 2) == "max_tokens"
        assert await click(pilot, "你好", 8, 3) == long
        assert await click(pilot, "to the end", 0, 3) == long
        await click(pilot, "after", 2, 1)
        assert not app.screen.get_selected_text()


async def test_a_drag_across_turns_gives_their_sources(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(
        storage,
        ("first *q*", "first **answer**"),
        ("second", "`code` and [a](https://x.org)"),
        ("third", "last words here"),
    )
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        start, end = place_of(pilot, "first answer"), place_of(pilot, "last words")
        await select(pilot, start + Offset(6, 0), end + Offset(3, 0))
        wanted = "answer\n\nsecond\n\n`code` and [a](https://x.org)\n\nthird\n\nlast"
        assert app.screen.get_selected_text() == wanted
        # The same upwards.
        await select(pilot, end + Offset(3, 0), start + Offset(6, 0))
        assert app.screen.get_selected_text() == wanted


async def test_a_drag_over_emoji_takes_them_whole(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, ("why?", f"a {FAMILY} family and 👍🏽 too"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        start = place_of(pilot, "family and")
        await select(pilot, start + Offset(2, 0), start + Offset(10, 0))
        assert app.screen.get_selected_text() == f"{FAMILY} family"


async def test_a_drag_begins_where_the_mouse_is_also_behind_an_emoji(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, ("why?", f"a {FAMILY} family and more"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        start = place_of(pilot, "family and")
        await select(pilot, start + Offset(5, 0), start + Offset(10, 0))
        assert app.screen.get_selected_text() == "family"
