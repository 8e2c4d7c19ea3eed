"""Scrolling and resizing: what is read stays where it is."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from textual.strip import Strip

from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import (
    Screen,
    Script,
    ScriptedModel,
    TestStorage,
    a_run,
    keep,
    ready,
    screen_text,
    transcript_lines,
    type_and_send,
    until,
)
from tests.ui.transcript.views import (
    all_there,
    follows,
    long_session,
    pill,
    scroll_up,
    turn_wheel,
    view_of,
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


async def test_an_answer_below_the_screen_grows_and_is_scrolled_to_without_a_jump(
    app: AgnoApp, model: ScriptedModel, storage: TestStorage
) -> None:
    await long_session(storage, 12)
    gates = [asyncio.Event() for _ in range(3)]
    lines = [f"new {n}\n\n" for n in range(50)]
    model.scripts = [
        Script(*lines[:20], gates[0], *lines[20:30], gates[1], *lines[30:], gates[2])
    ]
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, lambda: "  new 19" in transcript_lines(pilot))
        view = view_of(pilot)
        view.scroll_to(y=view.scroll_offset.y - 60, animate=False)
        await pilot.pause()
        before = painted(pilot)
        for gate, last in zip(gates[:2], ("new 29", "new 49"), strict=True):
            gate.set()
            await until(pilot, partial(has_answered, app, last))
            for _ in range(3):
                await pilot.pause(1 / 30)
                assert painted(pilot) == before
        assert pill(pilot)
        step = round(app.scroll_sensitivity_y)
        while not follows(pilot):
            here = transcript_lines(pilot)
            await turn_wheel(pilot)
            moved = transcript_lines(pilot)
            assert moved[:-step] == here[step:] or follows(pilot)
        assert "  new 49" in transcript_lines(pilot)
        assert not pill(pilot)


def painted(pilot: Screen) -> list[Strip]:
    """What stands in the transcript, with its colours."""
    view = view_of(pilot)
    return [view.render_line(y) for y in range(view.size.height)]


def has_answered(app: AgnoApp, words: str) -> bool:
    """Whether these words have come, on the screen or not."""
    return words in app.runner.running[0].answer


async def test_one_notch_up_lets_go_of_a_streaming_answer_at_once(
    app: AgnoApp, model: ScriptedModel
) -> None:
    gate = asyncio.Event()
    lines = [f"line {n}\n\n" for n in range(80)]
    model.scripts = [Script(*lines[:40], gate, *lines[40:], asyncio.Event())]
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, lambda: "  line 39" in transcript_lines(pilot))
        await turn_wheel(pilot, up=True)
        assert not follows(pilot)
        before = painted(pilot)
        gate.set()
        await until(pilot, lambda: pill(pilot))
        await until(pilot, partial(has_answered, app, "line 79"))
        await pilot.pause(2 / 30)
        assert painted(pilot) == before


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


async def test_another_size_keeps_the_line_inside_a_long_answer(
    app: AgnoApp, storage: TestStorage
) -> None:
    words = " ".join(f"w{n}" + "x" * (n * 7 % 11) for n in range(2_000))
    await keep(storage, *(a_run("a", f"q{n}", words) for n in range(5)))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=(60, 24)) as pilot:
        await ready(pilot)
        await all_there(pilot, 5)
        view = view_of(pilot)
        view.scroll_to(y=view.max_scroll_y // 2, animate=False)
        await pilot.pause()
        first = transcript_lines(pilot)[0].split()[0]
        for width in (100, 140, 60, 100, 60):
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
            await pilot.pause()
            assert first in " ".join(transcript_lines(pilot)[:2]).split()
        assert transcript_lines(pilot)[0].split()[0] == first


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
