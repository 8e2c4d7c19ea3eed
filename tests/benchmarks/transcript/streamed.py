"""A reply that streams into a view: ours, or the floor's."""

from __future__ import annotations

import cProfile
import io
import pstats
from collections.abc import Sequence
from typing import Any, Protocol

from textual.app import App
from textual.widget import Widget

from tests.benchmarks.transcript.feed import FEEDS, Feed
from tests.benchmarks.transcript.floor import PlainApp
from tests.benchmarks.transcript.ours import TranscriptApp
from tests.benchmarks.transcript.subject import Stopwatch, paced, painted

FULL = 2.5
"""Screens of text after which a frame is like any later one."""


class Streamed(Protocol):
    """A view that a reply streams into."""

    @property
    def app(self) -> App[Any]:
        """Its app."""
        ...

    @property
    def view(self) -> Widget:
        """What is painted."""
        ...

    def begin(self) -> None:
        """A reply begins."""
        ...

    def append(self, pieces: Sequence[str]) -> None:
        """More of it came: show it."""
        ...


class FloorStream:
    """A stream into the plain view."""

    def __init__(self) -> None:
        self.app = PlainApp()

    @property
    def view(self) -> Widget:
        """The view."""
        return self.app.view

    def begin(self) -> None:
        """Nothing to do."""

    def append(self, pieces: Sequence[str]) -> None:
        """Show more."""
        self.app.view.append("".join(pieces))


class ViewStream:
    """A stream of events into our transcript, alone on the screen."""

    def __init__(self) -> None:
        self.app = TranscriptApp()

    @property
    def view(self) -> Widget:
        """The view."""
        return self.app.view

    def begin(self) -> None:
        """The run begins."""
        self.app.begin()

    def append(self, pieces: Sequence[str]) -> None:
        """Show more."""
        self.app.append(pieces)


class Stream:
    """Feeds a view, frame after frame, and takes the time of each."""

    def __init__(self, streamed: Streamed) -> None:
        self._streamed = streamed
        self._feed: Feed = FEEDS["mixed"]()
        self._place = 0

    @property
    def app(self) -> App[Any]:
        """The app to run."""
        return self._streamed.app

    async def ready(self) -> None:
        """Wait for the first frame."""
        await painted(self._streamed.view)

    async def close(self) -> None:
        """End the app."""
        self.app.exit()

    async def ask(self, command: str, arguments: Sequence[Any]) -> object:
        """`begin KIND`, `fill TOKENS`, `reach TOKENS STEP SECONDS`,
        `frames COUNT STEP SECONDS`, `paced FRAMES STEP RATE`, `profile COUNT STEP`."""
        match command, *arguments:
            case "begin", str(kind):
                self._feed = FEEDS[kind]()
                self._streamed.begin()
                await painted(self._streamed.view)
                return self._place
            case "fill", int(least):
                return await self._fill(least)
            case "reach", int(place), int(step), seconds:
                return await self._reach(place, step, seconds)
            case "frames", int(count), int(step), seconds:
                return await self._frames(count, step, seconds)
            case "paced", int(frames), int(step), rate:
                start, self._place = self._place, self._place + frames * step
                say = self._streamed.append
                return await paced(say, self._feed, start, frames, step, rate)
            case "profile", int(count), int(step):
                return await self._profile(count, step)
        raise ValueError(command)

    async def _frame(self, count: int) -> tuple[float, float]:
        pieces = self._feed.take(self._place, count)
        self._place += count
        watch = Stopwatch()
        self._streamed.append(pieces)
        await painted(self._streamed.view)
        return watch.cpu, watch.clock

    async def _fill(self, least: int) -> int:
        """Go on until the screen is full of text and `least` tokens came; returns how
        many did."""
        view = self._streamed.view
        while view.virtual_size.height < FULL * view.size.height or self._place < least:
            await self._frame(20)
        return self._place

    async def _reach(self, place: int, step: int, seconds: float) -> int:
        """Go on to a place in steps; returns how far it came in `seconds`."""
        watch = Stopwatch()
        while self._place < place and watch.clock < seconds:
            await self._frame(min(step, place - self._place))
        return self._place

    async def _frames(
        self, count: int, step: int, seconds: float
    ) -> list[tuple[float, float]]:
        """Seconds of each frame (CPU, clock); fewer frames where time runs out."""
        watch = Stopwatch()
        taken: list[tuple[float, float]] = []
        while len(taken) < count and (not taken or watch.clock < seconds):
            taken.append(await self._frame(step))
        return taken

    async def _profile(self, count: int, step: int) -> str:
        """Where the time of frames goes, as cProfile tells it."""
        profile = cProfile.Profile()
        profile.enable()
        for _ in range(count):
            await self._frame(step)
        profile.disable()
        text = io.StringIO()
        pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(28)
        pstats.Stats(profile, stream=text).sort_stats("cumtime").print_stats(60)
        return text.getvalue()
