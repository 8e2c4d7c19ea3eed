"""Another size while an answer streams: the line that was read stays."""

from __future__ import annotations

import asyncio

from agno_tui.ui.app import AgnoApp
from tests.ui.conftest import (
    Screen,
    Script,
    ScriptedModel,
    ready,
    screen_text,
    transcript_lines,
    type_and_send,
    until,
)
from tests.ui.transcript.views import follows, scroll_up, view_of


async def test_a_line_of_an_earlier_turn_stays_while_the_next_one_streams(
    app: AgnoApp, model: ScriptedModel
) -> None:
    words = "many words that have to be wrapped at every width there is " * 3
    lines = [f"Paragraph {n} {words}\n\n" for n in range(60)]
    gates = [asyncio.Event() for _ in range(3)]
    model.scripts = [
        Script(*lines, "end"),
        Script(*lines[:20], gates[0], *lines[20:40], gates[1], *lines[40:], gates[2]),
    ]
    async with app.run_test(size=(120, 24)) as pilot:
        await ready(pilot)
        await type_and_send(pilot, "go")
        await until(pilot, lambda: "  end" in transcript_lines(pilot))
        await type_and_send(pilot, "next")
        await until(pilot, lambda: "Paragraph 19" in screen_text(pilot))
        view = view_of(pilot)
        while view.top is None or view.top.turn.index:
            await pilot.press("pageup")
            await pilot.pause()
        await scroll_up(pilot, 10)
        words_before = first_words(pilot)
        for gate, size in ((gates[0], (90, 24)), (gates[1], (120, 24))):
            gate.set()
            await pilot.resize_terminal(*size)
            await pilot.pause(0.2)
            assert view.top is not None and view.top.turn.index == 0
        assert first_words(pilot) == words_before
        assert not follows(pilot)


def first_words(pilot: Screen) -> str:
    return next(line for line in transcript_lines(pilot) if line)
