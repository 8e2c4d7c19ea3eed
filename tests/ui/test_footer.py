from __future__ import annotations

import json

import pytest

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.command import Where
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.footer import NEEDED_FIRST, footer_line, messages_footer
from agno_tui.ui.keymap import BY_DEFAULT
from tests.ui.conftest import (
    Screen,
    TestStorage,
    a_run,
    keep,
    ready,
    screen_lines,
    until,
)
from tests.ui.tool_runs import asked, call, result, tool_run


@pytest.mark.parametrize("width", range(0, 130))
def test_the_footer_fits(width: int) -> None:
    assert footer_line(width).cell_length <= width


def test_a_wide_footer_shows_all_in_the_order_of_the_commands() -> None:
    text = footer_line(200).plain
    words = [c.footer for c in COMMANDS if c.footer and c.place is Where.ANYWHERE]
    assert sorted(words) == sorted(NEEDED_FIRST)
    assert [text.index(f" {word}") for word in words] == sorted(
        text.index(f" {word}") for word in words
    )


def test_help_stays_longest() -> None:
    kept = [footer_line(width).plain for width in range(12, 40)]
    assert all("help" in text for text in kept)
    assert kept[0].split() == ["f1", "help"]


@pytest.mark.parametrize("opens", [True, False])
@pytest.mark.parametrize("goes_back", [True, False])
def test_keys_on_a_message_are_those_that_do_something(
    opens: bool, goes_back: bool
) -> None:
    words = [
        word
        for _, word in messages_footer(BY_DEFAULT, opens=opens, goes_back=goes_back)
    ]
    assert ("open" in words, "go back" in words) == (opens, goes_back)
    assert words[0] == "walk" and words[-2:] == ["newest", "prompt"]


@pytest.mark.parametrize("has_versions", [True, False])
def test_versions_are_offered_where_there_are_some(has_versions: bool) -> None:
    keys = messages_footer(
        BY_DEFAULT, opens=False, goes_back=False, has_versions=has_versions
    )
    assert (("[ ]", "versions") in keys) == has_versions
    assert ("e", "edit") in keys and ("r", "again") in keys


def footer(pilot: Screen) -> str:
    return screen_lines(pilot)[-1]


async def test_opening_and_going_back_are_shown_where_they_work(
    app: AgnoApp, storage: TestStorage
) -> None:
    name = "get_previous_session_messages"
    then = a_run("old", "Trip to Kyoto", "Go in April.")
    looked = tool_run(
        asked(call(name, {"query": "Kyoto"})),
        result(
            name,
            json.dumps(
                {
                    "sessions": [
                        {
                            "session_id": "old",
                            "title": "Trip to Kyoto",
                            "runs": [{"run_id": then.run_id, "user": "Trip to Kyoto"}],
                        }
                    ]
                }
            ),
        ),
        session_id="now",
        answer="In April.",
    )
    await keep(storage, then)
    await keep(storage, looked, a_run("now", "Thanks", "You are welcome."))
    await storage.set_open_session("now", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("shift+tab")
        await until(pilot, lambda: "↑ ↓ walk" in footer(pilot))
        assert "o open" not in footer(pilot) and "go back" not in footer(pilot)
        await pilot.press("up", "up")
        await until(pilot, lambda: "o open" in footer(pilot))
        assert "go back" not in footer(pilot)
        await pilot.press("o")
        await until(pilot, lambda: "alt+← go back" in footer(pilot))
        await until(pilot, lambda: "o open" not in footer(pilot))
        await pilot.press("alt+left")
        await until(pilot, lambda: "o open" in footer(pilot))
        assert "go back" not in footer(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "f1 help" in footer(pilot))
