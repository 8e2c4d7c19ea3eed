"""The whole program: a model that says what it is told, SQLite, and `AgnoApp`."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from textual.app import App

from tests.benchmarks.transcript.feed import FEEDS
from tests.benchmarks.transcript.ours import Program
from tests.benchmarks.transcript.subject import Stopwatch, paced, painted

READ = 256
"""Tokens that come in one read of the network, when all come at once: 64 KiB."""

STUCK = 3.0
"""Seconds after which a page key is taken to have done nothing."""


class ProgramSubject:
    """The program, asked to answer, to open sessions and to turn pages."""

    def __init__(self, database: Path) -> None:
        self._program = Program(database)
        self._feed = FEEDS["mixed"]()
        self._place = 0

    @property
    def app(self) -> App[Any]:
        """The app to run."""
        return self._program.app

    async def ready(self) -> None:
        """Wait until the conversations are open."""
        await self._program.ready()
        await painted(self._program.view)

    async def close(self) -> None:
        """End the program."""
        await self._program.close()

    async def ask(self, command: str, arguments: Sequence[Any]) -> object:
        """`begin`, `reach TOKENS`, `paced FRAMES STEP RATE`, `at_once TOKENS LAST`,
        `open SESSION RUN COLD`, `page KEY COUNT SECONDS`, `heights`, `trace`,
        `memory`."""
        match command, *arguments:
            case ["begin"]:
                await self._program.begin()
                await self._settle()
                return None
            case "reach", int(place):
                return await self._reach(place)
            case "paced", int(frames), int(step), rate:
                start, self._place = self._place, self._place + frames * step
                say = self._program.model.pieces.put_nowait
                return await paced(say, self._feed, start, frames, step, rate)
            case "at_once", int(count), str(last):
                return await self._at_once(count, last)
            case "open", str(session_id), str(run_id), bool(cold):
                return await self._open(session_id, run_id, cold)
            case "page", str(key), int(count), seconds:
                return await self._page(key, count, seconds)
            case ["heights"]:
                view = self._program.view
                return view.size.height, view.virtual_size.height
            case ["trace"]:
                tracemalloc.start()
                return None
            case ["memory"]:
                await self._settle()
                gc.collect()
                return tracemalloc.get_traced_memory()[0]
        raise ValueError(command)

    async def _settle(self) -> None:
        """Wait until nothing is under way any more but a run."""
        for _ in range(3):
            await self._program.at_rest()
            await painted(self._program.view)

    async def _reach(self, place: int) -> int:
        """Say all up to a place at once; returns the place."""
        count = max(0, place - self._place)
        self._program.model.pieces.put_nowait(self._feed.take(self._place, count))
        self._place += count
        await self._program.model.pieces.join()
        # The program paints on its own clock, thirty times a second.
        await asyncio.sleep(0.3)
        await painted(self._program.view)
        return self._place

    async def _at_once(self, count: int, last: str) -> float:
        """Say `count` tokens and one more as fast as they are taken; seconds of CPU
        until the answer is kept and painted."""
        tokens = self._feed.take(0, count)
        reads = [tokens[at : at + READ] for at in range(0, count, READ)]
        await self._program.begin()
        watch = Stopwatch()
        for read in [*reads, [last]]:
            self._program.model.pieces.put_nowait(read)
        await self._program.end()
        await painted(self._program.view)
        await painted(self._program.view)
        return watch.cpu

    async def _open(
        self, session_id: str, run_id: str, cold: bool
    ) -> tuple[float, float]:
        """Open a session (at a run, where one is named); seconds until it is painted
        on the clock, and of CPU until nothing is under way."""
        await self._settle()
        watch = Stopwatch()
        await self._program.open(session_id, at=run_id, cold=cold)
        await painted(self._program.view)
        clock = watch.clock
        await self._settle()
        return watch.cpu, clock

    async def _page(
        self, key: str, count: int, seconds: float
    ) -> list[tuple[float, float]]:
        """Press a page key again and again; seconds from the key to the painted page,
        each (CPU, clock). Ends early at the session's end, and where time runs out."""
        view = self._program.view
        moved = asyncio.Event()
        view.watch(view, "scroll_y", lambda: moved.set(), init=False)
        taken: list[tuple[float, float]] = []
        whole = Stopwatch()
        while len(taken) < count and whole.clock < seconds:
            if key == "pagedown" and view.scroll_offset.y >= view.max_scroll_y:
                break
            moved.clear()
            watch = Stopwatch()
            self._program.press(key)
            with suppress(TimeoutError):
                await asyncio.wait_for(moved.wait(), STUCK)
            if not moved.is_set():
                break
            await painted(view)
            taken.append((watch.cpu, watch.clock))
        return taken
