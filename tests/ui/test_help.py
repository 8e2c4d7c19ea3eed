"""Help: it can be read to its end by keyboard, and says what the dialogs' keys do."""

from __future__ import annotations

import pytest

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.command import Where
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.help import Help, help_text
from tests.ui.conftest import (
    Screen,
    TestStorage,
    prompt_text,
    ready,
    screen_lines,
    screen_text,
    shows,
    until,
)
from tests.ui.marked_words import burst, said_session, sought

SIZES = [(120, 40), (80, 24)]
FIRST = "Keys · "
"""How the first line of help begins."""
FIRST_COMMAND = f"/{COMMANDS[0].slash}"
"""What stands in the first line that is read."""


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
        (["pagedown"] * 15, ["pageup"] * 15),
        (["space"] * 15, ["pageup"] * 15),
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
        assert FIRST_COMMAND not in screen_text(pilot)
        await pilot.press(*up)
        await until(pilot, shows(pilot, FIRST_COMMAND), "the beginning")
        assert isinstance(app.screen, Help)


@pytest.mark.parametrize("size", SIZES)
async def test_keys_read_line_by_line(app: AgnoApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await open_help(pilot)
        page = app.screen.query_one("#help-page")
        await pilot.press(*["down"] * 3)
        await until(pilot, lambda: page.scroll_offset.y == 3)
        await pilot.press(*["up"] * 4)
        await until(pilot, lambda: page.scroll_offset.y == 0)


async def test_a_page_leaves_no_line_out(app: AgnoApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_help(pilot)
        seen = screen_text(pilot)
        for _ in range(20):
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
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Help))


@pytest.mark.parametrize("size", [*SIZES, (60, 16)])
async def test_what_is_typed_filters(app: AgnoApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await open_help(pilot)
        await pilot.press(*"redraw")
        await until(pilot, shows(pilot, "Keys · redraw"))
        await until(pilot, shows(pilot, "/redraw"))
        text = screen_text(pilot)
        assert "ctrl+l" in text and FIRST_COMMAND not in text
        await pilot.press(*"zzz")
        await until(pilot, shows(pilot, "No key and no command"))
        await pilot.press(*["backspace"] * 9)
        await until(pilot, shows(pilot, FIRST_COMMAND))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Help))
        assert prompt_text(pilot) == ""


@pytest.mark.parametrize("keys", [["end"], ["pagedown"] * 15, ["down"] * 300])
async def test_keys_typed_with_the_one_that_opens_it_read_too(
    app: AgnoApp, keys: list[str]
) -> None:
    app.about = "The last line."
    async with app.run_test(size=SIZES[1]) as pilot:
        await ready(pilot)
        burst(pilot, "f1", *keys)
        await until(pilot, shows(pilot, app.about), "the end")


@pytest.mark.parametrize("size", [*SIZES, (60, 16)])
async def test_what_is_typed_stays_where_it_is(
    app: AgnoApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await open_help(pilot)
        box = app.screen.query_one("#help")
        before = box.region
        for letter in "queuezz":
            await pilot.press(letter)
            await pilot.pause()
            assert box.region == before


@pytest.mark.parametrize("size", [*SIZES, (60, 16), (44, 16)])
async def test_its_lines_fit_and_what_is_too_long_goes_on_below_its_words(
    app: AgnoApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await open_help(pilot)
        text = app.screen.query_one("#help-text")
        assert app.screen.query_one("#help-typed").region.height == 1
        typed = "Show or hide the list of conversations"
        if size[0] == 80:
            await pilot.resize_terminal(60, 16)
        await pilot.press(*typed)
        if size[0] > 60 and size[0] != 80:
            await until(pilot, shows(pilot, f"  {typed}"))
            return
        await until(pilot, shows(pilot, "Show or hide"))
        lines = screen_lines(pilot)
        at = next(n for n, line in enumerate(lines) if "  Show or hide" in line)
        assert lines[at + 1][: lines[at].index("Show")].strip() in ("", "│")
        assert lines[at + 1][lines[at].index("Show") :].split()
        assert text.region.height == len(
            help_text("", typed=typed, width=text.region.width).plain.splitlines()
        )


def test_help_is_filtered_by_key_slash_command_and_place() -> None:
    assert "New conversation" in help_text("", typed="ctrl+n").plain
    assert "New conversation" in help_text("", typed="/new").plain
    text = help_text("", typed="remembers forget").plain
    assert "Forget it" in text and "New conversation" not in text


def test_help_says_every_place_and_how_to_come_there() -> None:
    text = help_text("").plain
    for where in Where:
        assert where is Where.ANYWHERE or where.value in text
    assert "In the list (ctrl+s)" in text and "On a message (shift+tab)" in text


@pytest.mark.parametrize(
    ("environ", "told", "untold"),
    [
        ({"ZELLIJ": "0"}, ["Inside zellij", "/new", "alt+↑", "ctrl+g locks"], "tmux"),
        ({"TMUX": "/tmp/x,1,0"}, ["Inside tmux", "f9 or /sidebar"], "zellij"),
        ({"TMUX": "/tmp/x,1,0", "ZELLIJ": "0"}, ["Inside tmux", "Inside zellij"], "?!"),
    ],
)
def test_help_says_which_keys_never_arrive(
    environ: dict[str, str], told: list[str], untold: str
) -> None:
    text = help_text("", environ=environ).plain
    assert [words for words in told if words not in text] == []
    assert untold not in text
    assert "Inside" not in help_text("", environ={}).plain
