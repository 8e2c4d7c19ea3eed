"""The floor shows what it is fed, and so does our view as it is fed here."""

from __future__ import annotations

import pytest

from tests.benchmarks.transcript.feed import mixed
from tests.benchmarks.transcript.floor import PlainApp, wrapped
from tests.benchmarks.transcript.ours import TranscriptApp
from tests.benchmarks.transcript.streamed import FloorStream, Stream, ViewStream
from tests.benchmarks.transcript.subject import painted

SIZE = (120, 40)


def test_a_line_is_cut_at_spaces_else_anywhere() -> None:
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("abcdefgh", 3) == ["abc", "def", "gh"]
    assert wrapped("", 3) == [""]


async def test_the_floor_follows_all_of_a_text() -> None:
    app = PlainApp()
    async with app.run_test(size=SIZE):
        for piece in mixed().take(0, 3_000):
            app.view.append(piece)
        app.view.append("\nthe end")
        await painted(app.view)
        lines = [app.view.render_line(y).text for y in range(app.view.size.height)]
        assert lines[-1].strip() == "the end"
        assert all(len(line) == app.view.size.width for line in lines)


async def test_the_floor_paints_a_line_that_grows() -> None:
    app = PlainApp()
    async with app.run_test(size=SIZE):
        for piece in ("one", " two", "\n", "three"):
            app.view.append(piece)
        await painted(app.view)
        assert app.view.render_line(0).text.strip() == "one two"
        assert app.view.render_line(1).text.strip() == "three"


async def test_our_view_follows_all_of_a_text() -> None:
    app = TranscriptApp()
    async with app.run_test(size=SIZE):
        app.begin()
        app.append(mixed().take(0, 3_000))
        app.append(["\n\nthe ", "end"])
        await painted(app.view)
        lines = [app.view.render_line(y).text for y in range(app.view.size.height)]
        assert any(line.strip() == "the end" for line in lines[-4:])


@pytest.mark.parametrize("streamed", [FloorStream, ViewStream])
async def test_a_stream_reaches_the_place_it_is_asked_for(
    streamed: type[FloorStream] | type[ViewStream],
) -> None:
    stream = Stream(streamed())
    async with stream.app.run_test(size=SIZE):
        await stream.ask("begin", ["mixed"])
        full = await stream.ask("fill", [500])
        assert isinstance(full, int)
        assert full >= 500
        assert await stream.ask("reach", [full + 100, 40, 60.0]) == full + 100
        frames = await stream.ask("frames", [3, 5, 60.0])
        assert isinstance(frames, list)
        assert len(frames) == 3
