"""Finding words in the session on the screen, as the user sees it."""

from __future__ import annotations

from functools import partial

import pytest

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.searching import NOTHING_SOUGHT
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    ready,
    screen_text,
    shows,
    transcript_lines,
    until,
)
from tests.ui.marked_words import (
    at_line,
    bar_is_open,
    count,
    here,
    line_here,
    marked_words,
    said_session,
    sparse_session,
)
from tests.ui.transcript.views import (
    all_there,
    follows,
    is_read,
    questions,
    scroll_up,
    the_document,
    view_of,
)

SIZE = (80, 24)


def is_here(pilot: Screen, words: str) -> bool:
    return here(pilot) == [words]


async def find(pilot: Screen, words: str, expected: str) -> None:
    """Look for something, and wait for what the bar says of it."""
    await pilot.press("ctrl+f", *words)
    await until(pilot, lambda: count(pilot) == expected, f"{words}: {expected}")


async def test_it_is_found_as_one_types_and_walked_around_the_ends(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, ("tea?", "tea and tears"), ("more tea?", "no coffee"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await find(pilot, "te", "1/4")
        assert marked_words(pilot) == ["te", "te", "te"]
        assert here(pilot) == ["te"]
        await pilot.press("a")
        await until(pilot, lambda: here(pilot) == ["tea"])
        assert line_here(pilot) == "▌ tea?"
        for key, said, line in (
            ("enter", "2/4", "tea and tears"),
            ("down", "3/4", "tea and tears"),
            ("ctrl+f", "4/4", "▌ more tea?"),
            ("enter", "1/4", "▌ tea?"),
            ("up", "4/4", "▌ more tea?"),
            ("shift+enter", "3/4", "tea and tears"),
        ):
            await pilot.press(key)
            assert count(pilot) == said
            await at_line(pilot, line)
            assert (len(marked_words(pilot)), len(here(pilot))) == (3, 1)


async def test_what_is_far_away_and_not_read_is_found(
    app: AgnoApp, storage: TestStorage
) -> None:
    await sparse_session(storage, 400, (0, 399), "kyoto")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await all_there(pilot, 400)
        await find(pilot, "kyoto", "2/2")
        assert line_here(pilot) == "here is kyoto 399"
        assert not is_read(pilot, 0)
        await pilot.press("enter")
        await at_line(pilot, "here is kyoto 0")
        assert count(pilot) == "1/2"
        assert questions(pilot)[0] == 0
        await pilot.press("up")
        await at_line(pilot, "here is kyoto 399")


@pytest.mark.parametrize(
    ("typed", "said", "marked"),
    [
        ("KYOTO", "in Kyōto today", "Kyōto"),
        ("kyōto", "in KYOTO today", "KYOTO"),
        ("京都", "我在京都见", "京都"),
        ("max_tokens", "set `max_tokens` now", "max_tokens"),
        ("c++", "in C++ it is", "C++"),
        ("[/bold]", "a [/bold] tag", "[/bold]"),
        ("a.*(b", "the sign a.*(b here", "a.*(b"),
        ("\\d+", "by `\\d+` only", "\\d+"),
        ("wide 👩‍🚀", "a wide 👩‍🚀 suit", "wide 👩‍🚀"),
    ],
)
async def test_what_is_typed_is_data(
    app: AgnoApp, storage: TestStorage, typed: str, said: str, marked: str
) -> None:
    await said_session(storage, ("why?", f"nothing\n\n{said}"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+f")
        app.screen.query_one("#find-input").value = typed  # type: ignore[attr-defined]
        await until(pilot, lambda: count(pilot) == "1/1")
        await until(pilot, lambda: "".join(here(pilot)) == marked)


async def test_no_match_says_so_and_nothing_takes_the_marks_away(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, ("tea?", "tea"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await find(pilot, "teas", "no match")
        assert not marked_words(pilot) + here(pilot)
        await pilot.press("backspace")
        await until(pilot, lambda: count(pilot) == "1/2")
        await pilot.press(*["backspace"] * 3)
        await until(pilot, lambda: count(pilot) == "")
        assert bar_is_open(pilot)
        assert not marked_words(pilot) + here(pilot)


async def test_typing_on_goes_out_from_where_it_began(
    app: AgnoApp, storage: TestStorage
) -> None:
    for n in range(40):
        await keep(storage, a_run("a", f"kq {n}", f"kyo {n}" if n == 5 else "k " * 300))
    await keep(storage, a_run("a", "the end", "kyoto"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await all_there(pilot, 41)
        for n, typed in enumerate("kyo", 1):
            await pilot.press(*(["ctrl+f"] if n == 1 else []), typed)
            await until(pilot, partial(is_here, pilot, "kyo"[:n]))
        await until(pilot, lambda: count(pilot) == "2/2")
        assert line_here(pilot) == "kyoto"


async def test_escape_goes_back_to_the_line_one_was_at(
    app: AgnoApp, storage: TestStorage
) -> None:
    await sparse_session(storage, 100, (3,), "kyoto")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await all_there(pilot, 100)
        await scroll_up(pilot, 7)
        before = transcript_lines(pilot)
        await find(pilot, "kyoto", "1/1")
        await at_line(pilot, "here is kyoto 3")
        await pilot.press("ctrl+f", "escape")
        await until(pilot, lambda: transcript_lines(pilot) == before)
        assert not follows(pilot)
        assert not bar_is_open(pilot)
        assert app.desk.chat.prompt.has_focus


async def test_escape_goes_back_to_the_end_if_one_was_there(
    app: AgnoApp, storage: TestStorage
) -> None:
    await sparse_session(storage, 100, (3,), "kyoto")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await all_there(pilot, 100)
        before = transcript_lines(pilot)
        await find(pilot, "kyoto", "1/1")
        await at_line(pilot, "here is kyoto 3")
        assert not follows(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: transcript_lines(pilot) == before)
        assert follows(pilot)


async def test_tab_stays_at_the_message_and_n_goes_on(
    app: AgnoApp, storage: TestStorage
) -> None:
    await sparse_session(storage, 60, (3, 30, 50), "kyoto")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await all_there(pilot, 60)
        await find(pilot, "kyoto", "3/3")
        await pilot.press("tab")
        assert view_of(pilot).has_focus
        document = the_document(pilot)
        for key, index in (("N", 30), ("N", 3), ("n", 30), ("n", 50), ("n", 3)):
            await pilot.press(key)
            words = f"here is kyoto {index}"
            await at_line(pilot, words)
            assert document.marked is not None
            assert (document.marked.index, document.marked.role) == (index, "assistant")
        await pilot.press("escape")
        assert not bar_is_open(pilot)
        await until(pilot, lambda: not marked_words(pilot) + here(pilot))
        assert "here is kyoto 3" in screen_text(pilot)
        assert app.desk.chat.prompt.has_focus


async def test_n_without_anything_looked_for_says_what_to_do(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, ("tea?", "tea"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "n")
        await until(pilot, shows(pilot, NOTHING_SOUGHT.split(".")[0]))


@pytest.mark.parametrize("from_where", ["shift+tab", "ctrl+s"])
async def test_it_is_asked_for_from_the_messages_and_from_the_list(
    app: AgnoApp, storage: TestStorage, from_where: str
) -> None:
    await said_session(storage, ("tea?", "tea"))
    async with app.run_test(size=(100, 24)) as pilot:
        await ready(pilot)
        await pilot.press(from_where)
        assert not app.desk.chat.prompt.has_focus
        await find(pilot, "tea", "1/2")
