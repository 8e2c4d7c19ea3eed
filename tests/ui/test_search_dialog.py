"""Searching all conversations from the screen: as one types, and opened at the hit."""

from __future__ import annotations

import asyncio

from textual.widgets import Input

from agno_tui.session import Run
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.search_dialog import LOOKING, SearchDialog
from agno_tui.ui.search_view import SearchView
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    list_lines,
    prompt_text,
    ready,
    screen_lines,
    screen_text,
    shows,
    the_app,
    transcript_lines,
    until,
)
from tests.ui.marked_words import burst, here


async def three(storage: TestStorage) -> dict[str, Run]:
    """Three conversations; the first one is open."""
    runs = {
        "a": a_run("a", "what is a monad?", "a monoid in a category"),
        "b": a_run("b", "bake bread", "mix flour and water, then a quotation"),
        "c": a_run("c", "old letters", "a quotation of Goethe"),
    }
    for name, run in zip(
        ("Monads", "Sourdough", "Letters"), runs.values(), strict=True
    ):
        await keep(storage, run, name=name)
    await storage.set_open_session("a", user_id="")
    return runs


def is_open(pilot: Screen) -> bool:
    return isinstance(the_app(pilot).screen, SearchDialog)


def words(pilot: Screen) -> str:
    lines = the_app(pilot).screen.query("#search-input").results(Input)
    return "".join(line.value for line in lines)


def at_cursor(pilot: Screen) -> str:
    return next((line for line in screen_lines(pilot) if "❯" in line), "")


def view(pilot: Screen) -> SearchView:
    return the_app(pilot).screen.query_one(SearchView)


def open_session(pilot: Screen) -> str:
    document = the_app(pilot).desk.document
    assert document is not None
    return document.session.session_id


def focused(pilot: Screen) -> str | None:
    widget = the_app(pilot).focused
    return widget.id if widget is not None else None


async def opened(pilot: Screen, key: str = "f6") -> None:
    await ready(pilot)
    await pilot.press(key)
    await until(pilot, lambda: is_open(pilot), "the search is open")
    await until(pilot, lambda: bool(the_app(pilot).screen.query("#search-input")))


async def closed(pilot: Screen) -> None:
    await until(pilot, lambda: not is_open(pilot), "the search is closed")


async def test_it_finds_as_one_types_and_groups_by_conversation(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three(storage)
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        # Before a word, the newest conversations.
        await until(pilot, lambda: "Letters" in at_cursor(pilot))
        await pilot.press(*"quot")
        await until(pilot, shows(pilot, "2 places in 2 conversations"))
        text = screen_text(pilot)
        assert "Agent  a quotation of Goethe" in text
        assert "Agent  mix flour and water, then a quotation" in text
        assert text.index("Letters") < text.index("Goethe")
        assert "Monads ·" not in text
        line = next(n for n, row in enumerate(view(pilot).rows) if "Goethe" in row.text)
        marked = [
            segment.text
            for segment in view(pilot).render_line(line)
            if segment.style and segment.style.underline and segment.style.bold
        ]
        assert marked == ["quot"]


async def test_enter_opens_at_the_hit_and_back_is_one_key(
    app: AgnoApp, storage: TestStorage
) -> None:
    runs = await three(storage)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        await pilot.press(*"a draft")
        await opened(pilot)
        await pilot.press(*"flour wat", "enter")
        await closed(pilot)
        await until(pilot, lambda: open_session(pilot) == "b")
        assert focused(pilot) == "transcript"
        marked = the_app(pilot).desk.chat.transcript.marked_turn
        assert marked is not None and marked.run_id == runs["b"].run_id
        await until(pilot, lambda: here(pilot) == ["flour"])
        assert "go back" in screen_lines(pilot)[-1]
        await pilot.press("alt+left")
        await until(pilot, lambda: open_session(pilot) == "a")
        assert prompt_text(pilot) == "a draft"


async def test_a_hit_on_another_branch_turns_the_conversation_there(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three(storage)
    one = a_run("d", "one", "first")
    await keep(storage, one, name="Branched")
    other = a_run("d", "other", "hidden zebra", parent_run_id=one.run_id)
    await keep(storage, other)
    await keep(storage, a_run("d", "two", "second", parent_run_id=one.run_id))
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        await pilot.press(*"zebra", "enter")
        await closed(pilot)
        await until(pilot, lambda: "hidden zebra" in "\n".join(transcript_lines(pilot)))
        assert "second" not in "\n".join(transcript_lines(pilot))


async def test_escape_changes_nothing(app: AgnoApp, storage: TestStorage) -> None:
    await three(storage)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        await pilot.press(*"half a thou")
        await opened(pilot)
        await pilot.press(*"quotation", "down", "escape", *"ght")
        await closed(pilot)
        await until(pilot, lambda: prompt_text(pilot) == "half a thought")
        assert open_session(pilot) == "a"


async def test_opened_again_one_goes_on_from_hit_to_hit(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three(storage)
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        await pilot.press(*"quotation", "down", "enter")
        await closed(pilot)
        first = open_session(pilot)
        await opened(pilot)
        await until(pilot, shows(pilot, "2 places"))
        assert words(pilot) == "quotation"
        text = "flour" if first == "b" else "Goethe"
        await until(pilot, lambda: text in at_cursor(pilot))
        await pilot.press("up", "enter")
        await closed(pilot)
        await until(pilot, lambda: open_session(pilot) not in ("a", first))
        # What is typed takes the place of the words of before.
        await opened(pilot)
        await pilot.press(*"mon")
        await until(pilot, lambda: words(pilot) == "mon")


async def test_a_burst_of_keys_goes_where_it_is_meant(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three(storage)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        burst(pilot, *"dra", "f6", *"lette", "enter", *"ft")
        await until(pilot, lambda: open_session(pilot) == "c")
        await closed(pilot)
        await until(pilot, lambda: prompt_text(pilot) == "ft")
        await pilot.press("alt+left")
        await until(pilot, lambda: prompt_text(pilot) == "dra")


async def test_the_list_never_gets_what_was_typed_for_the_search(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three(storage)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        burst(pilot, "ctrl+s", "ctrl+s", *"dada")
        await until(pilot, lambda: is_open(pilot) and words(pilot) == "dada")
        await until(pilot, shows(pilot, "Nothing found"))
        await pilot.press("escape")
        await closed(pilot)
        assert len(await storage.get_sessions(user_id="")) == 3


async def test_an_older_search_never_shows_over_a_newer_one(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three(storage)
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        await until(pilot, shows(pilot, "The newest."))
        gate = storage.gates["search"] = asyncio.Event()
        await pilot.press(*"goethe")
        await until(pilot, shows(pilot, LOOKING))
        await pilot.press("ctrl+u", *"flou", "down")
        gate.set()
        await until(pilot, lambda: "flour" in at_cursor(pilot))
        assert "Goethe" not in screen_text(pilot)
        assert LOOKING not in screen_text(pilot)


async def test_a_failure_is_said_and_the_next_key_asks_again(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three(storage)
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        storage.refuse.add("search")
        await pilot.press(*"goethe")
        await until(pilot, shows(pilot, "The disk is full."))
        storage.refuse.clear()
        await pilot.press("enter")
        await closed(pilot)
        await until(pilot, lambda: open_session(pilot) == "c")


async def test_only_this_user_s_and_what_is_put_away_is_marked_so(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three(storage)
    await keep(storage, a_run("x", "q", "a quotation of theirs", user_id="eve"))
    gone = a_run("g", "q", "a quotation thrown away")
    await keep(storage, gone)
    await storage.delete_session("g", user_id="")
    await storage.archive_session("c", True, user_id="")
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        await pilot.press(*"quotation")
        await until(pilot, shows(pilot, "2 places in 2 conversations"))
        assert "Letters · archived" in screen_text(pilot)
        assert "theirs" not in screen_text(pilot)
        assert "thrown" not in screen_text(pilot)


async def test_hostile_text_is_shown_and_nothing_more(
    app: AgnoApp, storage: TestStorage
) -> None:
    run = a_run("h", "[bold]x[/] \x1b[31mred", "evil\u202e\n\n[@click=app.quit]word[/]")
    await keep(storage, run, name="[red]t\x1b]0;x\x07itle\u202e")
    async with app.run_test(size=(100, 24)) as pilot:
        await opened(pilot)
        await pilot.press(*"word")
        await until(pilot, shows(pilot, "1 place in 1"))
        text = screen_text(pilot)
        assert "[red]t␛]0;x␇itle⟨U+202E⟩" in text
        assert "evil⟨U+202E⟩ [@click=app.quit]word[/]" in text
        for bad in ('"*(%', "[/]", "NEAR(", "\u202e\u3042", "a" * 3000):
            line = the_app(pilot).screen.query_one("#search-input", Input)
            line.value = bad
            await pilot.pause()
        await until(pilot, shows(pilot, "Nothing found."))


async def test_the_slash_command_takes_words_and_so_does_the_list(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three(storage)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        await pilot.press(*"/search goethe", "enter")
        await until(pilot, lambda: "Goethe" in at_cursor(pilot))
        await pilot.press("!", "escape")
        await closed(pilot)
        assert prompt_text(pilot) == ""
        await pilot.press(*"/sessions goethe", "enter")
        await until(pilot, lambda: is_open(pilot) and "Goethe" in at_cursor(pilot))
        await pilot.press("escape")
        await closed(pilot)
        await pilot.press("ctrl+s", "slash", *"flour")
        await until(pilot, shows(pilot, "No title has these words"))
        assert any("ctrl+s looks in the text" in line for line in list_lines(pilot))
        assert "ctrl+s search" in screen_lines(pilot)[-1]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: is_open(pilot) and "flour" in at_cursor(pilot))
        assert words(pilot) == "flour"
        await pilot.press("enter")
        await closed(pilot)
        await until(pilot, lambda: open_session(pilot) == "b")
        assert focused(pilot) == "transcript"
        assert any("Monads" in line for line in list_lines(pilot))


async def test_a_title_opens_its_conversation_with_the_keyboard_in_the_prompt(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three(storage)
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        await pilot.press(*"sourd")
        await until(pilot, lambda: "Sourdough" in at_cursor(pilot))
        await pilot.press("enter", *"hi")
        await closed(pilot)
        await until(pilot, lambda: prompt_text(pilot) == "hi")
        assert open_session(pilot) == "b"


async def test_the_cursor_goes_by_places_and_pages(
    app: AgnoApp, storage: TestStorage
) -> None:
    for n in range(30):
        await keep(storage, a_run(f"s{n}", f"word {n}"), name=f"Title {n}")
    async with app.run_test(size=(60, 16)) as pilot:
        await opened(pilot)
        await pilot.press(*"word")
        await until(pilot, shows(pilot, "30 places"))
        first = at_cursor(pilot)
        await pilot.press("end")
        await until(pilot, lambda: at_cursor(pilot) not in ("", first))
        last = at_cursor(pilot)
        await pilot.press("down", "pageup")
        await until(pilot, lambda: at_cursor(pilot) not in ("", last))
        await pilot.press("home", "pagedown", "pageup")
        await until(pilot, lambda: at_cursor(pilot) == first)


async def test_an_empty_list_is_not_left_behind(
    app: AgnoApp, storage: TestStorage
) -> None:
    await three(storage)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        for way in ("ctrl+f", "ctrl+n", "alt+down"):
            await pilot.press("ctrl+s", "slash", *"zzz")
            await until(pilot, shows(pilot, "No title has these words"))
            await pilot.press(way)
            await until(
                pilot, lambda: any("Monads" in line for line in list_lines(pilot)), way
            )
            assert not shows(pilot, "No title has these words")()
            await pilot.press("escape", "escape")
            await until(pilot, lambda: focused(pilot) == "prompt")
        assert open_session(pilot) != "a"
