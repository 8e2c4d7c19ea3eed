"""Words that were looked for elsewhere, marked in the session that opens."""

from __future__ import annotations

import pytest

from agno_tui.session import Run
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.found_runs import MOST_WORDS, words_in
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    ready,
    shows,
    the_app,
    until,
)
from tests.ui.marked_words import at_line, count, here, marked_words
from tests.ui.tool_runs import asked, call, found, result, tool_run
from tests.ui.transcript.views import all_there, is_read, the_document, view_of

SIZE = (80, 24)


def looked_for(query: str) -> Run:
    """A run in which the session `Kyoto` was looked into for these words."""
    name = "get_previous_session_messages"
    cited = found("Kyoto", runs=1)
    cited["sessions"][0]["runs"][0]["run_id"] = "Kyoto-30"  # type: ignore[index]
    return tool_run(
        asked(call(name, {"query": query})), result(name, cited), session_id="now"
    )


async def test_a_session_that_was_looked_into_opens_with_the_words_marked(
    app: AgnoApp, storage: TestStorage
) -> None:
    for n in range(60):
        answer = "line\n\n" * 40 + "the Ramen was good, of all ramens"
        await keep(storage, a_run("Kyoto", f"q {n}", answer, run_id=f"Kyoto-{n}"))
    await keep(storage, looked_for('a "good ramen"'))
    await storage.set_open_session("now", user_id="")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "o")
        await until(pilot, lambda: marked_words(pilot), "marked")
        # It stands at the end of a long answer, and is on the screen.
        assert here(pilot) == ["Ramen"]
        assert marked_words(pilot) == ["good", "ramen"]
        document = the_document(pilot)
        assert document.marked is not None and document.marked.index == 30
        await pilot.press("escape")
        await until(pilot, lambda: not marked_words(pilot))
        await pilot.press("alt+left")
        await until(pilot, shows(pilot, "looked in: Kyoto"))
        assert not marked_words(pilot)


@pytest.mark.parametrize("query", [None, 7, "", "[/x]", "no such words"])
async def test_whatever_the_model_looked_for_the_session_opens(
    app: AgnoApp, storage: TestStorage, query: object
) -> None:
    await keep(storage, a_run("Kyoto", "q", "ramen", run_id="Kyoto-30"))
    await keep(storage, looked_for(query))  # type: ignore[arg-type]
    await storage.set_open_session("now", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab", "o")
        await until(pilot, shows(pilot, "┃ ramen"))
        assert not marked_words(pilot)


def test_of_a_models_words_the_telling_ones_are_marked() -> None:
    assert words_in("a trip in Kyoto") == ["trip", "Kyoto"]
    assert words_in("“京” it") == ["京"]
    assert words_in("it") == ["it"]
    assert not words_in(' "" ')
    assert len(words_in(" ".join(f"word{n}" for n in range(10_000)))) == MOST_WORDS


# Going on from there


async def open_at_words(pilot: Screen, run_id: str, words: str) -> None:
    """Open the session `Kyoto` as one that was searched for: at a run, marked."""
    desk = the_app(pilot).desk
    await desk.open_session("Kyoto", at=run_id, words=words)
    await until(pilot, lambda: view_of(pilot).has_focus)


async def three_places(storage: TestStorage, turns: int = 300) -> None:
    """Turns of which the first, the one in the middle and the last have a word."""
    places = {0: "spring ", turns // 2: "kyoto ", turns - 1: "Kyoto "}
    for n in range(turns):
        answer = f"{places.get(n, '')}answer {n}"
        await keep(storage, a_run("Kyoto", f"q {n}", answer, run_id=f"Kyoto-{n}"))
    await storage.set_open_session("Kyoto", user_id="")


async def test_n_goes_on_to_the_next_marked_place_and_around(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three_places(storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await open_at_words(pilot, "Kyoto-150", "spring kyoto")
        await at_line(pilot, "kyoto answer 150")
        assert not is_read(pilot, 0), "nothing is looked through before it is wished"
        for key, index, word in (
            ("n", 299, "Kyoto"),
            ("n", 0, "spring"),
            ("n", 150, "kyoto"),
            ("N", 0, "spring"),
            ("N", 299, "Kyoto"),
        ):
            await pilot.press(key)
            await at_line(pilot, f"{word} answer {index}")
            marked = the_document(pilot).marked
            assert marked is not None and marked.index == index
        await pilot.press("escape")
        await until(pilot, lambda: not marked_words(pilot) + here(pilot))


async def test_every_place_of_every_word_is_gone_to_in_order(
    app: AgnoApp, storage: TestStorage
) -> None:
    said = "kyoto one, spring\n\nthe kyotos, Spring"
    await keep(storage, a_run("Kyoto", "spring?", said, run_id="Kyoto-0"))
    await storage.set_open_session("Kyoto", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await open_at_words(pilot, "Kyoto-0", "spring kyoto")
        await until(pilot, lambda: here(pilot) == ["spring"])
        assert len(marked_words(pilot)) == 4
        for word in ("kyoto", "spring", "kyoto", "Spring", "spring", "kyoto"):
            await pilot.press("n")
            await until(pilot, lambda word=word: here(pilot) == [word])  # type: ignore[misc]
            assert len(marked_words(pilot)) == 4


async def test_keys_that_are_faster_than_the_storage_all_count(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three_places(storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await open_at_words(pilot, "Kyoto-150", "spring kyoto")
        await pilot.press("n", "n", "n", "N")
        await at_line(pilot, "spring answer 0")


@pytest.mark.parametrize(("key", "index"), [("n", 299), ("N", 150)])
async def test_where_nothing_is_marked_the_next_one_is_the_first(
    app: AgnoApp, storage: TestStorage, key: str, index: int
) -> None:
    await three_places(storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await all_there(pilot, 300)
        await open_at_words(pilot, "Kyoto-200", "spring kyoto")
        assert not here(pilot)
        await pilot.press(key)
        await until(pilot, lambda: len(here(pilot)) == 1)
        marked = the_document(pilot).marked
        assert marked is not None and marked.index == index


async def test_asking_for_something_else_forgets_them(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three_places(storage, 9)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await open_at_words(pilot, "Kyoto-4", "spring kyoto")
        await pilot.press("n")
        await at_line(pilot, "Kyoto answer 8")
        await pilot.press("ctrl+f")
        await until(pilot, lambda: not marked_words(pilot) + here(pilot))
        assert count(pilot) == ""
        await pilot.press(*"spring")
        await until(pilot, lambda: count(pilot) == "1/1")
        await at_line(pilot, "spring answer 0")


async def test_a_storage_that_fails_is_asked_again(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three_places(storage)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await all_there(pilot, 300)
        await open_at_words(pilot, "Kyoto-150", "spring kyoto")
        await at_line(pilot, "kyoto answer 150")
        storage.refuse.add("get_runs_by_id")
        await pilot.press("n")
        await until(pilot, shows(pilot, "The disk is full."))
        storage.refuse.clear()
        await pilot.press("n")
        await at_line(pilot, "Kyoto answer 299")
