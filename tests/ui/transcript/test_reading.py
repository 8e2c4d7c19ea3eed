"""Scrolling, resizing, selecting: what is read stays where it is."""

from __future__ import annotations

import asyncio

import pytest
from textual.geometry import Offset

from agno_tui.ui.app import AgnoApp
from agno_tui.ui.transcript.transcript import Transcript
from agno_tui.ui.transcript.view import MARGIN
from tests.ui.conftest import (
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    ready,
    screen_text,
    the_app,
    transcript_lines,
    type_and_send,
    until,
)


def view_of(pilot: Screen) -> Transcript:
    return the_app(pilot).desk.chat.transcript


def follows(pilot: Screen) -> bool:
    document = view_of(pilot).document
    return document is not None and document.following


def pill(pilot: Screen) -> bool:
    return bool(the_app(pilot).query_one("#pill").display)


def first_words(pilot: Screen) -> str:
    return next(line for line in transcript_lines(pilot) if line.strip())


async def long_session(storage: TestStorage, count: int, lines: int = 3) -> None:
    """Turns of uneven lengths, which a guess of their heights gets wrong."""
    for n in range(count):
        answer = "\n\n".join(
            f"line {n}.{i} " + "words " * (n * 7 % 40) for i in range(lines)
        )
        table = "\n\n|a|b|\n|-|-|\n" + f"|{n}|x|\n" * (n % 5) if n % 2 else ""
        await keep(storage, a_run("a", f"question {n}", answer + table))
    await storage.set_open_session("a", user_id="")


async def scroll_up(pilot: Screen, times: int = 1) -> None:
    for _ in range(times):
        view_of(pilot).scroll_up(animate=False)
        await pilot.pause()


async def test_the_view_follows_the_answer(app: AgnoApp, model: ScriptedModel) -> None:
    model.scripts = [Script(*(f"line {n}\n\n" for n in range(60)))]
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, lambda: "  line 59" in transcript_lines(pilot))
        assert not pill(pilot)


async def test_scrolling_up_lets_go_and_new_text_moves_nothing(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate, more = asyncio.Event(), asyncio.Event()
    lines = [f"line {n}\n\n" for n in range(40)]
    model.scripts = [Script(*lines, gate, *lines, more, "the very end")]
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, lambda: "  line 39" in transcript_lines(pilot))
        await scroll_up(pilot, 5)
        assert not pill(pilot)
        before = transcript_lines(pilot)
        gate.set()
        height = view_of(pilot).virtual_size.height
        await until(pilot, lambda: view_of(pilot).virtual_size.height > height + 50)
        assert transcript_lines(pilot) == before
        assert pill(pilot)
        await pilot.press("end")
        await until(pilot, lambda: not pill(pilot))
        more.set()
        await until(pilot, lambda: "  the very end" in transcript_lines(pilot))


async def test_text_of_a_streaming_answer_above_a_waiting_one_moves_nothing(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    lines = [f"line {n}\n\n" for n in range(30)]
    model.scripts = [Script(*lines, gate, *lines, asyncio.Event())]
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, lambda: "  line 29" in transcript_lines(pilot))
        await type_and_send(pilot, "next")
        await until(pilot, lambda: "waits for its turn" in screen_text(pilot))
        await scroll_up(pilot, 3)
        top = transcript_lines(pilot)[:4]
        gate.set()
        height = view_of(pilot).virtual_size.height
        await until(pilot, lambda: view_of(pilot).virtual_size.height > height + 50)
        assert transcript_lines(pilot)[:4] == top


async def test_a_click_on_the_pill_goes_to_the_end(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    lines = [f"line {n}\n\n" for n in range(40)]
    model.scripts = [Script(*lines, gate, "the very end")]
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, lambda: "  line 39" in transcript_lines(pilot))
        await scroll_up(pilot, 3)
        gate.set()
        await until(pilot, lambda: pill(pilot))
        await pilot.click("#pill")
        await until(pilot, lambda: "  the very end" in transcript_lines(pilot))
        assert not pill(pilot)


async def test_sending_takes_hold_of_the_end_again(
    app: AgnoApp, storage: TestStorage
) -> None:
    await long_session(storage, 20)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await scroll_up(pilot, 10)
        assert not follows(pilot)
        await type_and_send(pilot, "hello")
        await until(pilot, lambda: "  Echo hello" in transcript_lines(pilot))
        assert follows(pilot)
        assert not pill(pilot)


async def test_scrolling_to_the_end_by_hand_takes_hold_of_it(
    app: AgnoApp, storage: TestStorage
) -> None:
    await long_session(storage, 20)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await scroll_up(pilot, 2)
        assert not follows(pilot)
        for _ in range(2):
            view_of(pilot).scroll_down(animate=False)
            await pilot.pause()
        assert follows(pilot)


async def test_a_long_session_opens_at_its_end_and_goes_back_to_its_beginning(
    app: AgnoApp, storage: TestStorage
) -> None:
    await long_session(storage, 300, lines=1)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        document = app.desk.document
        assert document is not None and len(document.turns) == 40
        assert any("line 299.0" in line for line in transcript_lines(pilot))
        view = view_of(pilot)
        for _ in range(900):
            before = transcript_lines(pilot)
            if "  ▌ question 0" in before:
                break
            view.scroll_to(y=max(0, view.scroll_offset.y - 16), animate=False)
            # Text moves down by sixteen lines and by nothing else, guesses or pages.
            moved = transcript_lines(pilot)
            assert moved[16:] == before[:-16] or "  ▌ question 0" in moved
            await pilot.pause()
            assert transcript_lines(pilot) == moved
        assert "  ▌ question 0" in transcript_lines(pilot)
        assert len(document.turns) == 300
        await pilot.press("end")
        await until(pilot, lambda: follows(pilot))
        assert any("line 299.0" in line for line in transcript_lines(pilot))


async def test_older_pages_come_in_above_without_a_jump(
    app: AgnoApp, storage: TestStorage
) -> None:
    await long_session(storage, 90)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        gate = storage.gates["get_runs"] = asyncio.Event()
        view = view_of(pilot)
        for _ in range(500):
            if view.scroll_offset.y <= 3:
                break
            view.scroll_to(y=view.scroll_offset.y - 3, animate=False)
        await pilot.pause()
        before = transcript_lines(pilot)
        gate.set()
        document = app.desk.document
        assert document is not None
        await until(pilot, lambda: len(document.turns) > 40)
        await pilot.pause()
        top = next(n for n, line in enumerate(before) if line.strip())
        assert transcript_lines(pilot)[top:] == before[top:]


@pytest.mark.parametrize("size", [(60, 16), (100, 30), (140, 50)])
async def test_another_size_keeps_the_turn_that_is_read(
    app: AgnoApp, storage: TestStorage, size: tuple[int, int]
) -> None:
    await long_session(storage, 30)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        view = view_of(pilot)
        await pilot.press("shift+tab", *["up"] * 12)
        await pilot.press("tab")
        await scroll_up(pilot, 2)
        anchor = view._turn_at(view.scroll_offset.y)
        await pilot.resize_terminal(*size)
        await pilot.pause()
        await pilot.pause()
        assert view._turn_at(view.scroll_offset.y) == anchor
        assert not follows(pilot)


async def test_another_size_stays_at_the_end(
    app: AgnoApp, storage: TestStorage
) -> None:
    await long_session(storage, 30)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for size in ((60, 16), (120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.pause()
            lines = [line for line in transcript_lines(pilot) if line.strip()]
            assert "test-model · 412 tokens" in lines[-1]


async def test_a_session_is_found_again_where_it_was_left(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("z", "other"))
    await long_session(storage, 30)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await scroll_up(pilot, 20)
        before = transcript_lines(pilot)
        await pilot.press("alt+down")
        await until(pilot, lambda: "  ▌ other" in transcript_lines(pilot))
        await pilot.press("alt+up")
        await until(pilot, lambda: "  ▌ other" not in transcript_lines(pilot))
        assert transcript_lines(pilot) == before
        assert not follows(pilot)


# Selecting with the mouse


def place_of(pilot: Screen, words: str) -> Offset:
    lines = transcript_lines(pilot)
    y = next(n for n, line in enumerate(lines) if words in line)
    return Offset(MARGIN, y)


async def select(pilot: Screen, start: Offset, end: Offset) -> None:
    await pilot.mouse_down(Transcript, offset=start)
    await pilot.hover(Transcript, offset=end)
    await pilot.mouse_up(Transcript, offset=end)
    await pilot.pause()


async def test_selected_text_has_no_margins_and_no_padding(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "q", "first line  \nsecond line"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        start = place_of(pilot, "first line")
        await select(pilot, start + Offset(6, 0), start + Offset(5, 1))
        assert app.screen.get_selected_text() == "line\nsecond"
        await pilot.press("ctrl+c")
        assert app.clipboard == "line\nsecond"


async def test_wide_characters_are_selected_whole(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("a", "q", "你好世界 and more"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        start = place_of(pilot, "你好世界")
        await select(pilot, start + Offset(4, 0), start + Offset(7, 0))
        assert app.screen.get_selected_text() == "世界"


async def test_a_selection_is_gone_in_another_session(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, a_run("b", "other"), a_run("a", "q", "first line"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        start = place_of(pilot, "first line")
        await select(pilot, start, start + Offset(5, 0))
        assert app.screen.get_selected_text()
        await pilot.press("alt+down")
        await until(pilot, lambda: "  ▌ other" in transcript_lines(pilot))
        assert not app.screen.get_selected_text()
