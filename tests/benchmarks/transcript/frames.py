"""Streaming beside the floor: T6, T6b with a model inside the process, and T7."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.measuring import Taken
from tests.benchmarks.transcript.feed import FEEDS
from tests.benchmarks.transcript.report import Line
from tests.benchmarks.transcript.served import LAST
from tests.benchmarks.transcript.terminal import Child, memory_of

TOKENS = 20_000
LATE = 50_000
EARLY = 500
STEP = 5
"""Tokens a frame: 150 a second at 30 frames."""

STRETCH = 1_000
"""Tokens each is fed before the other has its turn."""

PATIENCE = 25.0
"""Seconds after which what gets slower and slower is measured where it stands."""


def streamed_lines(every: int, step: int = STEP) -> Iterator[Line]:
    """T6: the whole reply through our view and through the floor, in turns.

    Frame by frame: a few tokens, then until they are painted. `every`: of so many
    stretches one is streamed so, the others come in big steps and do not count.
    """
    taken: dict[str, list[list[tuple[float, float]]]] = {"view": [], "floor": []}
    with Child("view") as view, Child("floor") as floor:
        children = {"view": view, "floor": floor}
        for child in children.values():
            child.ask("begin", "mixed")
        for number in range(TOKENS // STRETCH):
            for name, child in children.items():
                if number % every:
                    child.ask("reach", (number + 1) * STRETCH, 100, PATIENCE)
                else:
                    frames = child.ask("frames", STRETCH // step, step, PATIENCE)
                    taken[name].append(frames)
    ours, theirs = (_a_frame(taken[name], 0) for name in ("view", "floor"))
    what = f"T6  a frame of {step} tokens, of {TOKENS:,}, {{}}"
    yield Line(what.format("CPU"), ours, "ms", theirs, ratio=1.5)
    ours, theirs = (_a_frame(taken[name], 1) for name in ("view", "floor"))
    yield Line(what.format("clock"), ours, "ms", theirs)


def _a_frame(stretches: list[list[tuple[float, float]]], column: int) -> Taken:
    """Seconds of a frame, the mean of each stretch."""
    columns = ([frame[column] for frame in frames] for frames in stretches)
    return Taken(tuple(statistics.fmean(one) for one in columns))


def program_lines(rounds: int, frames: int) -> Iterator[Line]:
    """T6, the program: 30 times a second a few tokens, beside the floor, in turns."""
    taken: dict[str, list[float]] = {"program": [], "floor": []}
    with TemporaryDirectory() as folder, ExitStack() as stack:
        database = str(Path(folder) / "streamed.db")
        program = stack.enter_context(Child("program", database))
        floor = stack.enter_context(Child("floor"))
        program.ask("begin")
        floor.ask("begin", "mixed")
        for number in range(rounds):
            place = EARLY + 1_500 + number * (TOKENS - 4_000) // max(1, rounds - 1)
            program.ask("reach", place)
            floor.ask("reach", place, 100, PATIENCE)
            for name, child in (("program", program), ("floor", floor)):
                cpu, _ = child.ask("paced", frames, STEP, 30.0)
                taken[name].append(cpu / frames)
    ours, theirs = (Taken(tuple(taken[name])) for name in ("program", "floor"))
    what = "T6  the whole program at 150 tokens/s, CPU a frame"
    yield Line(what, ours, "ms", theirs, ratio=1.5)


def at_once_lines(rounds: int) -> Iterator[Line]:
    """T6b: a model inside the process, agent, runner, SQLite, app; all at once."""
    clocks, cpus, sizes = [], [], []
    for _ in range(rounds):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            child = stack.enter_context(Child("program", str(folder / "once.db")))
            process = child.process.pid
            size = memory_of(process)
            child.expect(LAST)
            asked = time.perf_counter()
            cpus.append(child.ask("at_once", TOKENS, f"\n\n{LAST}"))
            came = child.came(60)
            clocks.append((came or float("inf")) - asked)
            sizes.append(float(memory_of(process) - size))
    what = f"T6b {TOKENS:,} tokens at once, {{}}"
    yield Line(what.format("until shown, clock"), Taken(tuple(clocks)), "s", most=2.0)
    yield Line(what.format("CPU till kept"), Taken(tuple(cpus)), "s", most=2.0)
    yield Line(what.format("memory"), Taken(tuple(sizes)), "MB", most=30)


def growth_lines(rounds: int, frames: int, patience: float) -> Iterator[Line]:
    """T7: a frame far into a reply beside one near its beginning, in turns.

    Both screens are full, and show the same words: the feed repeats itself. What gets
    slower and slower is given up after `patience` seconds and measured where it stands.
    """
    for kind in FEEDS:
        yield _growth(kind, rounds, frames, patience)


def _growth(kind: str, rounds: int, frames: int, patience: float) -> Line:
    with Child("view") as early, Child("view") as late:
        for child in (early, late):
            child.ask("begin", kind)
        first = early.ask("fill", EARLY)
        place = FEEDS[kind]().alike(first, LATE)
        # The last stretch frame by frame, as it came to the other one.
        late.ask("reach", place - 1_000, 500, patience)
        reached = late.ask("reach", place, 20, patience / 4)
        taken: dict[str, list[float]] = {"early": [], "late": []}
        for _ in range(rounds):
            for name, child in (("early", early), ("late", late)):
                times = child.ask("frames", frames, STEP, patience / 4)
                taken[name].append(statistics.median(cpu for cpu, _ in times))
    ours, theirs = (Taken(tuple(taken[name])) for name in ("late", "early"))
    gave_up = "" if reached >= place else " (gave up)"
    what = f"T7  {kind}, CPU a frame at {reached:,}{gave_up} / {first:,}"
    return Line(what, ours, "ms", theirs, ratio=1.1)


def profiled(subject: str, kind: str, place: int, frames: int) -> str:
    """Where the time of frames goes at a place of a reply, as cProfile tells: of our
    `view`, or of the `floor`."""
    with Child(subject) as child:
        child.ask("begin", kind)
        child.ask("fill", EARLY)
        child.ask("reach", place, 100, PATIENCE)
        return str(child.ask("profile", frames, STEP))
