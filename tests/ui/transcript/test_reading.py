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
        top = view.top
        await pilot.resize_terminal(*size)
        await pilot.pause()
        await pilot.pause()
        assert top is not None and view.top is not None
        assert view.top.turn is top.turn
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
