"""The branches of a session on the screen: looked at, searched, and gone to."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agno_tui.session import Run, RunStatus, Session
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.lines import Line
from agno_tui.ui.tree_dialog import IS_GONE, NO_BRANCHES, NOTHING, TreeDialog
from agno_tui.ui.tree_lines import tree_line
from agno_tui.ui.tree_rows import TreeRow
from agno_tui.ui.tree_view import TreeView
from tests.ui.conftest import (
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    prompt_text,
    ready,
    screen_lines,
    screen_text,
    shows,
    the_app,
    transcript_lines,
    type_and_send,
    until,
)
from tests.ui.marked_words import burst


async def turn(
    storage: TestStorage,
    question: str,
    after: Run | None = None,
    *,
    status: RunStatus = RunStatus.COMPLETED,
) -> Run:
    """A turn that was asked, below another one, or as the first."""
    parent = "" if after is None else after.run_id
    answer = f"answer to {question}"
    run = a_run("a", question, answer, status=status, parent_run_id=parent)
    await keep(storage, run, name="Light")
    return run


async def branched(storage: TestStorage) -> dict[str, Run]:
    """one · two · three, and beside two: other · more."""
    one = await turn(storage, "one")
    other = await turn(storage, "other", one)
    more = await turn(storage, "more", other)
    two = await turn(storage, "two", one)
    three = await turn(storage, "three", two)
    await storage.set_open_session("a", user_id="")
    runs = (one, two, three, other, more)
    return {run.question: run for run in runs}


def is_open(pilot: Screen) -> bool:
    return isinstance(the_app(pilot).screen, TreeDialog)


async def opened(pilot: Screen, text: str = "┃") -> None:
    await ready(pilot)
    await pilot.press("f5")
    await until(pilot, lambda: is_open(pilot))
    await until(pilot, shows(pilot, text))


async def said(pilot: Screen, words: str) -> None:
    """Wait until the transcript shows some words."""
    await until(pilot, lambda: words in "\n".join(transcript_lines(pilot)), words)


def at_cursor(pilot: Screen) -> str:
    lines = screen_text(pilot).splitlines()
    return next((line for line in lines if "❯" in line), "")


def session(pilot: Screen) -> Session:
    document = the_app(pilot).desk.document
    assert document is not None
    return document.session


async def closed(pilot: Screen) -> None:
    await until(pilot, lambda: not is_open(pilot))


async def test_it_shows_the_branches_and_where_one_is(
    app: AgnoApp, storage: TestStorage
) -> None:
    await branched(storage)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        text = screen_text(pilot)
        assert "┃ · one · now" in text
        assert "┠── ▸ other · now · version 1/2 · 2 turns" in text
        assert "❯ ┣━━ ▸ two · now · version 2/2 · 2 turns ◂ here" in text
        assert NO_BRANCHES[:20] not in text


async def test_enter_goes_to_another_branch(app: AgnoApp, storage: TestStorage) -> None:
    runs = await branched(storage)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        await pilot.press("up", "right", "down")
        await until(pilot, lambda: "more" in at_cursor(pilot))
        await pilot.press("enter")
        await closed(pilot)
        await said(pilot, "answer to more")
        assert "answer to three" not in "\n".join(transcript_lines(pilot))
        marked = the_app(pilot).desk.chat.transcript.marked_turn
        assert marked is not None and marked.run_id == runs["more"].run_id
        kept = await storage.get_runs("a", user_id="", limit=9)
        assert [run.question for run in kept] == ["one", "other", "more"]


async def test_there_is_a_way_back_to_the_branch_that_was_left(
    app: AgnoApp, storage: TestStorage
) -> None:
    await branched(storage)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        await pilot.press("up", "enter")
        await said(pilot, "answer to more")
        await pilot.press("alt+left")
        await said(pilot, "answer to three")
        kept = await storage.get_runs("a", user_id="", limit=9)
        assert [run.question for run in kept] == ["one", "two", "three"]


async def test_escape_changes_nothing(app: AgnoApp, storage: TestStorage) -> None:
    await branched(storage)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press(*"my draft")
        await opened(pilot)
        await pilot.press("up", "right", "down", "escape")
        await closed(pilot)
        assert prompt_text(pilot) == "my draft"
        assert "answer to three" in "\n".join(transcript_lines(pilot))
        kept = await storage.get_runs("a", user_id="", limit=9)
        assert [run.question for run in kept] == ["one", "two", "three"]


async def test_going_to_a_branch_keeps_what_is_being_written(
    app: AgnoApp, storage: TestStorage
) -> None:
    await branched(storage)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        burst(pilot, *"hello", "f5", "up", "enter")
        await said(pilot, "answer to more")
        await closed(pilot)
        assert prompt_text(pilot) == "hello"


async def test_keys_typed_before_it_is_read_mean_its_rows(
    app: AgnoApp, storage: TestStorage
) -> None:
    await branched(storage)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        storage.gates["get_run_tree"] = gate = asyncio.Event()
        await pilot.press("f5")
        await until(pilot, lambda: is_open(pilot))
        await pilot.press("up", "right", "down", "enter")
        assert is_open(pilot)
        gate.set()
        await closed(pilot)
        await said(pilot, "answer to more")


async def test_letters_filter_and_backspace_takes_them_away(
    app: AgnoApp, storage: TestStorage
) -> None:
    await branched(storage)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        await pilot.press(*"mor")
        await until(pilot, lambda: "more" in at_cursor(pilot))
        view = the_app(pilot).screen.query_one(TreeView)
        assert [row.words for row in view.rows] == ["more"]
        await pilot.press(*"zz")
        await until(pilot, shows(pilot, NOTHING))
        await pilot.press("ctrl+u")
        await until(pilot, shows(pilot, "┠── ▸ other"))
        await pilot.press(*"more", "enter")
        await closed(pilot)
        await said(pilot, "answer to more")


async def test_left_closes_and_then_goes_to_what_is_left(
    app: AgnoApp, storage: TestStorage
) -> None:
    await branched(storage)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        await pilot.press("up", "right", "down")
        await until(pilot, lambda: "more" in at_cursor(pilot))
        await pilot.press("left")
        await until(pilot, lambda: "▸ other" in at_cursor(pilot))
        await pilot.press("left")
        await until(pilot, lambda: "one" in at_cursor(pilot))


async def test_without_branches_it_says_how_one_is_made(
    app: AgnoApp, storage: TestStorage
) -> None:
    await turn(storage, "[b]one\x1b[2J")
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "┃ · [b]one␛[2J" in screen_text(pilot)
        assert "e edits it" in screen_text(pilot) and "f forks" in screen_text(pilot)


async def test_before_anything_was_said_it_says_so(app: AgnoApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, "Nothing was said")
        await pilot.press("enter", "up", "right", "left", "escape")
        await closed(pilot)


async def test_a_turn_that_ends_meanwhile_loses_its_mark(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    model.scripts = [Script("a", gate, "b")]
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "what?")
        await until(pilot, shows(pilot, "Agent"))
        await opened(pilot)
        await until(pilot, shows(pilot, "┃ · ● what?"))
        gate.set()
        await until(pilot, shows(pilot, "┃ · what?"))


async def test_forks_lead_there_and_back(app: AgnoApp, storage: TestStorage) -> None:
    runs = await branched(storage)
    fork = await storage.fork_session("a", user_id="", through=runs["two"].run_id)
    await storage.rename_session(fork.session_id, "Kyoto", user_id="")
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, "⑂ fork “Kyoto”")
        await pilot.press("home", "down", "down", "down")
        await until(pilot, lambda: "Kyoto" in at_cursor(pilot))
        await pilot.press("enter")
        await closed(pilot)
        await until(pilot, lambda: session(pilot).name == "Kyoto")
        await opened(pilot, "⑂ forked from “Light”")
        await pilot.press("home", "enter")
        await closed(pilot)
        await until(pilot, lambda: session(pilot).session_id == "a")
        marked = the_app(pilot).desk.chat.transcript.marked_turn
        assert marked is not None and marked.run_id == runs["two"].run_id


async def test_an_origin_that_was_deleted_leads_nowhere(
    app: AgnoApp, storage: TestStorage
) -> None:
    await branched(storage)
    fork = await storage.fork_session("a", user_id="")
    await storage.set_open_session(fork.session_id, user_id="")
    await storage.delete_session("a", user_id="")
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, "⑂ forked from a deleted conversation")
        await pilot.press("home", "enter")
        await until(pilot, shows(pilot, IS_GONE[:20]))
        assert is_open(pilot)


async def test_a_click_goes_there_and_on_the_sign_it_opens(
    app: AgnoApp, storage: TestStorage
) -> None:
    await branched(storage)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        lines = screen_lines(pilot)
        y = next(n for n, line in enumerate(lines) if "▸ other" in line)
        await pilot.click(offset=(lines[y].index("▸"), y))
        await until(pilot, shows(pilot, "▾ other"))
        lines = screen_lines(pilot)
        y = next(n for n, line in enumerate(lines) if "│ · more" in line)
        await pilot.click(offset=(lines[y].index("more"), y))
        await closed(pilot)
        await said(pilot, "answer to more")


@pytest.mark.parametrize("size", [(120, 40), (60, 16)])
async def test_of_thousands_of_turns_those_on_the_screen_are_drawn(
    app: AgnoApp,
    storage: TestStorage,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    last = None
    for n in range(1_000):
        last = await turn(storage, f"question {n}", last)
        if n % 10 == 0:
            await turn(storage, f"other {n}", last)
    assert last is not None
    await storage.choose_run(last.run_id, user_id="")
    await storage.set_open_session("a", user_id="")
    drawn: list[str] = []

    def draw(row: TreeRow, *args: Any, **named: Any) -> Line:
        drawn.append(row.key)
        return tree_line(row, *args, **named)

    monkeypatch.setattr("agno_tui.ui.tree_view.tree_line", draw)
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await until(pilot, lambda: "here" in at_cursor(pilot))
        for key in ("right", "home", "right", "end", "pageup", "1", "7"):
            drawn.clear()
            await pilot.press(key)
            await pilot.pause()
            assert len(set(drawn)) <= 3 * size[1], key
        await until(pilot, lambda: "question 17" in at_cursor(pilot))
