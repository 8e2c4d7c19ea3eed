"""The lines between a session and its forks, and the ways along them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.places import Place
from agno_tui.ui.transcript.fork_lines import GONE, ForkNote, fork_lines
from tests.ui.conftest import (
    Screen,
    TestStorage,
    list_lines,
    prompt_text,
    ready,
    screen_text,
    shows,
    the_app,
    transcript_lines,
    type_and_send,
    until,
)
from tests.ui.marked_words import said_session

SIZE = (100, 40)
FROM, INTO = "⑂ forked from “Light”", "⑂ forked into “Kyoto”"


def note(name: str, *, is_origin: bool = False) -> ForkNote:
    return ForkNote(name, Place(name, ""), is_origin)


def test_each_fork_has_a_line_up_to_three() -> None:
    notes = [note(f"n{n}") for n in range(3)]
    lines = fork_lines(notes, 40)
    assert [line.content.plain[:20] for line in lines[:-1]] == [
        f"─ ⑂ forked into “n{n}”"[:20] for n in range(3)
    ]
    assert [line.leads_to for line in lines[:-1]] == [one.place for one in notes]
    lines = fork_lines([note(f"n{n}") for n in range(1_008)], 40)
    assert "and 1,005 more · /tree" in lines[3].content.plain
    assert lines[3].leads_to is None and len(lines) == 5
    assert fork_lines([], 40) == []


def test_what_was_deleted_leads_nowhere() -> None:
    line, _ = fork_lines([ForkNote("", None, is_origin=True)], 60)
    assert f"⑂ forked from {GONE}" in line.content.plain and line.leads_to is None


@pytest.mark.parametrize("width", [1, 2, 3, 8, 30, 100])
def test_a_line_is_as_wide_as_it_may_be_and_no_text(width: int) -> None:
    name = "[b]光の速さ\x1b[2J\n‮" * 20
    for line in fork_lines([note(name), note("")], width)[:-1]:
        assert line.content.cell_length <= width
        assert "\x1b" not in line.content.plain and "\n" not in line.content.plain
        assert line.text == ""


async def forked(storage: TestStorage) -> str:
    """A session of three turns, and a fork of it after the second."""
    await said_session(storage, *((f"q{n}", f"a{n}") for n in range(3)))
    await storage.rename_session("a", "Light", user_id="")
    runs = await storage.get_runs("a", user_id="", limit=9)
    fork = await storage.fork_session("a", user_id="", through=runs[1].run_id)
    await storage.rename_session(fork.session_id, "Kyoto", user_id="")
    return fork.session_id


def around(pilot: Screen, words: str) -> list[str]:
    """What stands above and below a line, but for empty lines and quiet ones."""
    said = [line.strip(" ▌┃") for line in transcript_lines(pilot)]
    said = [line for line in said if line and "tok/s" not in line]
    at = next(n for n, line in enumerate(said) if words in line)
    return said[max(0, at - 1) : at + 3]


def shown(pilot: Screen) -> str:
    document = the_app(pilot).desk.document
    return document.session.name if document is not None else ""


def told(pilot: Screen, words: str) -> Callable[[], bool]:
    """Whether a toast says this."""
    return lambda: any(words in one.message for one in pilot.app._notifications)


async def click(pilot: Screen, words: str) -> None:
    lines = screen_text(pilot).splitlines()
    y = next(n for n, line in enumerate(lines) if words in line)
    await pilot.click(offset=(lines[y].index(words) + 3, y))


async def test_both_ends_say_so_and_lead_to_each_other(
    app: AgnoApp, storage: TestStorage
) -> None:
    await forked(storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, INTO))
        above, _, you, below = around(pilot, INTO)
        assert (above, you, below) == ("a1", "You", "q2")
        await click(pilot, INTO)
        await until(pilot, lambda: shown(pilot) == "Kyoto")
        await until(pilot, shows(pilot, FROM))
        assert around(pilot, FROM)[0] == "a1"
        await click(pilot, FROM)
        await until(pilot, lambda: shown(pilot) == "Light")
        marked = the_app(pilot).desk.chat.transcript.marked_turn
        assert marked is not None and marked.run is not None
        assert marked.run.question == "q1"
        await pilot.press("alt+left")
        await until(pilot, lambda: shown(pilot) == "Kyoto")


async def test_what_is_said_in_the_fork_stands_below_the_line(
    app: AgnoApp, storage: TestStorage
) -> None:
    await storage.set_open_session(await forked(storage), user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, FROM))
        await type_and_send(pilot, "and now?")
        await until(pilot, shows(pilot, "Echo and now?"))
        above, _, _, below = around(pilot, FROM)
        assert (above, below) == ("a1", "and now?")


async def test_forking_says_how_to_come_back(
    app: AgnoApp, storage: TestStorage
) -> None:
    await said_session(storage, ("q0", "a0"))
    await storage.rename_session("a", "Light", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "/fork")
        await until(pilot, told(pilot, "/origin goes back"))
        await until(pilot, shows(pilot, FROM))
        assert "⑂" in "\n".join(list_lines(pilot))
        await type_and_send(pilot, "/origin")
        sessions = the_app(pilot).desk.sessions
        await until(pilot, lambda: sessions.open_id == "a")
        await until(pilot, shows(pilot, "⑂ forked into “Light”"))
        assert prompt_text(pilot) == ""


async def test_origin_says_where_there_is_none(
    app: AgnoApp, storage: TestStorage
) -> None:
    fork = await forked(storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "/origin")
        await until(pilot, told(pilot, "was not forked from another"))
        await the_app(pilot).desk.open_session(fork)
        await until(pilot, shows(pilot, FROM))
        await storage.delete_session("a", user_id="")
        await type_and_send(pilot, "/origin")
        await until(pilot, told(pilot, "it was forked from was deleted"))


async def test_the_session_is_painted_before_its_forks_are_read(
    app: AgnoApp, storage: TestStorage
) -> None:
    await forked(storage)
    storage.refuse.add("get_forks")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "q2"))
        await pilot.pause(0.05)
        assert INTO not in screen_text(pilot)
        assert "The disk is full" not in screen_text(pilot)
        storage.refuse.clear()
        await the_app(pilot).desk.open_session("a")
        await until(pilot, shows(pilot, INTO))


async def test_a_fork_from_a_message_ends_with_it(
    app: AgnoApp, storage: TestStorage
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        for words in ("Light", "Sound", "Water"):
            await type_and_send(pilot, words)
            await until(pilot, lambda: not app.runner.running, "answered")
        await pilot.press("shift+tab", "k", "k", "f")
        await until(pilot, lambda: len(list_lines(pilot)) > 1, "forked")
        await until(pilot, lambda: "Water" not in screen_text(pilot), "the copy")
        assert app.desk.document is not None
        fork = app.desk.document.session
        runs = await storage.get_runs(fork.session_id, user_id="")
        assert [run.question for run in runs] == ["Light", "Sound"]
