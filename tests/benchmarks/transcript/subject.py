"""What every measured process can be asked, and how it waits for its own paint."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from textual.app import App
from textual.widget import Widget

from tests.benchmarks.transcript.feed import Feed


class Subject(Protocol):
    """An app that is asked to do things and says what they took."""

    @property
    def app(self) -> App[Any]:
        """The app to run."""
        ...

    async def ready(self) -> None:
        """Wait until it may be asked."""
        ...

    async def ask(self, command: str, arguments: Sequence[Any]) -> object:
        """Do a command; what it returns is sent back as JSON."""
        ...

    async def close(self) -> None:
        """End the app."""
        ...


async def painted(widget: Widget) -> None:
    """Wait until all that is to be painted now has been handed to the terminal."""
    done = asyncio.Event()
    widget.call_after_refresh(done.set)
    await done.wait()


class Stopwatch:
    """Seconds since it was made: of the CPU, and on the clock."""

    def __init__(self) -> None:
        self._cpu, self._clock = time.process_time(), time.perf_counter()

    @property
    def cpu(self) -> float:
        """Of the CPU, all threads."""
        return time.process_time() - self._cpu

    @property
    def clock(self) -> float:
        """On the clock."""
        return time.perf_counter() - self._clock


async def paced(
    say: Callable[[Sequence[str]], None],
    feed: Feed,
    start: int,
    frames: int,
    step: int,
    rate: float,
) -> tuple[float, float]:
    """Say `step` tokens `rate` times a second, whether or not they are painted as
    fast; seconds it took (CPU, clock)."""
    watch = Stopwatch()
    for frame in range(frames):
        say(feed.take(start + frame * step, step))
        await asyncio.sleep(max(0.0, (frame + 1) / rate - watch.clock))
    return watch.cpu, watch.clock
