"""Help: it can be read to its end by keyboard, and says what the dialogs' keys do."""

from __future__ import annotations

import pytest
from textual.binding import Binding
from textual.screen import Screen as TextualScreen

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.help import Help, help_text
from agno_tui.ui.memory_dialog import MemoryDialog
from agno_tui.ui.other_keys import MEMORY_KEYS, SESSION_KEYS
from agno_tui.ui.session_dialog import SessionDialog
from tests.ui.conftest import (
    Screen,
    TestStorage,
    prompt_text,
    ready,
    screen_text,
    shows,
    until,
)
from tests.ui.marked_words import said_session, sought

SIZES = [(120, 40), (80, 24)]
FIRST = "Keys · "
"""How the first line of help begins."""


async def open_help(pilot: Screen) -> None:
    await ready(pilot)
    await pilot.press("f1")
    await until(pilot, lambda: isinstance(pilot.app.screen, Help))
    await until(pilot, shows(pilot, FIRST))


@pytest.mark.parametrize("place", ["shift+tab", "ctrl+s"])
async def test_a_question_mark_opens_help_outside_the_prompt(
    app: AgnoApp, storage: TestStorage, place: str
) -> None:
    await said_session(storage, ("why?", "so"))
    async with app.run_test(size=SIZES[0]) as pilot:
        await ready(pilot)
        await pilot.press(place, "?")
        await until(pilot, lambda: isinstance(pilot.app.screen, Help))
        assert prompt_text(pilot) == ""
    assert "f1  ?" in help_text("").plain


async def test_a_question_mark_is_written_where_something_is(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, ("why?", "so"))
    async with app.run_test(size=SIZES[0]) as pilot:
        await ready(pilot)
        await pilot.press(*"so?")
        assert prompt_text(pilot) == "so?"
        await pilot.press("ctrl+f", *"why?")
        await until(pilot, lambda: sought(pilot) == "why?")
        assert not isinstance(app.screen, Help)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("down", "up"),
    [
        (["end"], ["home"]),
        (["G"], ["g"]),
        (["pagedown"] * 5, ["pageup"] * 5),
        (["space"] * 5, ["pageup"] * 5),
    ],
)
async def test_keys_go_to_the_end_of_help_and_back(
    app: AgnoApp, size: tuple[int, int], down: list[str], up: list[str]
) -> None:
    app.about = "The last line."
    async with app.run_test(size=size) as pilot:
        await open_help(pilot)
        assert app.about not in screen_text(pilot)
        await pilot.press(*down)
        await until(pilot, shows(pilot, app.about), "the end")
        assert FIRST not in screen_text(pilot)
        await pilot.press(*up)
        await until(pilot, shows(pilot, FIRST), "the beginning")
        assert isinstance(app.screen, Help)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("down", "up"), [("down", "up"), ("j", "k")])
async def test_keys_read_line_by_line(
    app: AgnoApp, size: tuple[int, int], down: str, up: str
) -> None:
    async with app.run_test(size=size) as pilot:
        await open_help(pilot)
        page = app.screen.query_one("#help")
        await pilot.press(*[down] * 3)
        await until(pilot, lambda: page.scroll_offset.y == 3)
        await pilot.press(*[up] * 4)
        await until(pilot, lambda: page.scroll_offset.y == 0)


async def test_a_page_leaves_no_line_out(app: AgnoApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_help(pilot)
        seen = screen_text(pilot)
        for _ in range(5):
            await pilot.press("space")
            await pilot.pause()
            seen += screen_text(pilot)
        lines = help_text(app.about).plain.splitlines()
        assert [line for line in lines if line.rstrip() not in seen] == []


async def test_keys_go_on_after_a_click(app: AgnoApp) -> None:
    app.about = "The last line."
    async with app.run_test(size=(80, 24)) as pilot:
        await open_help(pilot)
        await pilot.click("#help")
        await pilot.press("end")
        await until(pilot, shows(pilot, app.about))
        await pilot.press("q")
        await until(pilot, lambda: not isinstance(app.screen, Help))


SIGNS = {"↑": "up", "↓": "down"}


@pytest.mark.parametrize(
    ("dialog", "keys", "given"),
    [
        # The list has these by itself.
        (MemoryDialog, MEMORY_KEYS, {"up", "down", "enter"}),
        (SessionDialog, SESSION_KEYS, set()),
    ],
)
def test_help_names_the_keys_of_a_dialog(
    dialog: type[TextualScreen[None]],
    keys: tuple[tuple[str, str], ...],
    given: set[str],
) -> None:
    bindings = [b for b in dialog.BINDINGS if isinstance(b, Binding)]
    bound = {key for binding in bindings for key in binding.key.split(",")}
    said = {SIGNS.get(key, key) for names, _ in keys for key in names.split()}
    assert said <= bound | given
    # Every binding is said by one of its keys, but for those that close.
    said |= {"escape", "f3", "f4"}
    assert [b.key for b in bindings if not said & set(b.key.split(","))] == []
    text = help_text("").plain
    for names, words in keys:
        assert any(
            line.startswith(names) and line.endswith(words)
            for line in text.splitlines()
        )
