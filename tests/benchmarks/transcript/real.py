"""The installed program against a server, as a user has it: T6b, T8, and at rest."""

from __future__ import annotations

import itertools
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.measuring import Taken
from tests.benchmarks.transcript.report import Line, percentile
from tests.benchmarks.transcript.served import LAST
from tests.benchmarks.transcript.terminal import (
    Screen,
    cpu_of,
    memory_of,
    settled,
    wakings_of,
)
from tests.terminal import environment

LETTERS = [chr(code) for code in (*range(0x430, 0x450), *range(0x3B1, 0x3C2))]
"""Letters that no answer and no word of the program has: seen first where they are
echoed."""

ENDLESS = 10_000_000
PAUSE = 0.12
"""Seconds between two keys, on average."""

MODEL = "fake-1"

FILLED = 100_000
"""Bytes written after which an answer fills the screen."""

MODES = {"at rest": None, "150 tokens/s": 150, "full speed": 0}
"""How fast the answer comes meanwhile, in tokens a second; 0: as fast as taken."""


@contextmanager
def served() -> Iterator[str]:
    """A server in a process of its own; gives its base URL."""
    module = "tests.benchmarks.transcript.served"
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-m", module], stdout=subprocess.PIPE, text=True, cwd=root
    ) as process:
        try:
            if process.stdout is None:
                raise AssertionError("it is a pipe")
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@contextmanager
def started(base_url: str) -> Iterator[Screen]:
    """The program, new to the user, when it is ready and quiet."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        config = home / "config" / "agno-tui" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text("name_sessions = false\n")
        server = {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": "none"}
        arguments = ["-m", "agno_tui", "--model", f"openai:{MODEL}"]
        with Screen(arguments, env=environment(home) | server) as screen:
            screen.expect(MODEL)
            if screen.came(20) is None or not settled(screen, 1.0, 20):
                raise RuntimeError(f"the program is not ready:\n{screen.tail}")
            yield screen


def at_once_lines(rounds: int) -> Iterator[Line]:
    """T6b against the server: until the last of 20,000 tokens came to the terminal."""
    clocks, cpus, sizes = [], [], []
    with served() as base_url:
        for _ in range(rounds):
            with started(base_url) as screen:
                process = screen.process.pid
                before, size = cpu_of(process), memory_of(process)
                screen.expect(LAST)
                asked = screen.type(b"say 20000 at 0\r")
                came = screen.came(120)
                clocks.append((came or float("inf")) - asked)
                settled(screen, 1.0, 10)
                cpus.append(cpu_of(process) - before)
                sizes.append(float(memory_of(process) - size))
    what = "T6b 20,000 tokens from a server, {}"
    yield Line(what.format("until shown, clock"), Taken(tuple(clocks)), "s", most=2.0)
    yield Line(what.format("CPU till at rest"), Taken(tuple(cpus)), "s", most=2.0)
    yield Line(what.format("memory"), Taken(tuple(sizes)), "MB", most=30)


def echo_lines(rounds: int, keys: int) -> Iterator[Line]:
    """T8: from a key to its letter in what the program writes."""
    p50: dict[str, list[float]] = {mode: [] for mode in MODES}
    p95: dict[str, list[float]] = {mode: [] for mode in MODES}
    with served() as base_url:
        for _, (mode, rate) in itertools.product(range(rounds), MODES.items()):
            with started(base_url) as screen:
                taken = _echoes(screen, rate, keys)
            p50[mode].append(statistics.median(taken))
            p95[mode].append(percentile(taken, 0.95))
    floor = Taken(tuple(p95["at rest"]))
    targets = {"at rest": (None, None), "150 tokens/s": (2, 25), "full speed": (0, 50)}
    for mode in MODES:
        ratio, most = targets[mode]
        median, usual = Taken(tuple(p95[mode])), Taken(tuple(p50[mode]))
        beside = None if mode == "at rest" else floor
        yield Line(f"T8  key echo p50, {mode}", usual, "ms")
        yield Line(
            f"T8  key echo p95, {mode}", median, "ms", beside, ratio or None, most
        )


def _echoes(screen: Screen, rate: int | None, keys: int) -> list[float]:
    chance = random.Random(5)
    if rate is not None:
        before = screen.written
        screen.type(f"say {ENDLESS} at {rate}\r".encode())
        _wait_for_answer(screen, before)
    taken = []
    for letter in itertools.islice(itertools.cycle(LETTERS), keys):
        screen.expect(letter)
        typed = screen.type(letter.encode())
        came = screen.came(5.0)
        taken.append(came - typed if came is not None else 5.0)
        rest = PAUSE * chance.uniform(0.5, 1.5)
        time.sleep(max(0.0, typed + rest - time.perf_counter()))
    return taken


def _wait_for_answer(screen: Screen, written: int) -> None:
    """Until there is so much of it that the screen scrolls. Errors: `RuntimeError`."""
    limit = time.monotonic() + 10
    while screen.written - written < FILLED:
        if time.monotonic() > limit:
            raise RuntimeError(f"no answer came:\n{screen.tail}")
        time.sleep(0.05)


def rest_lines(seconds: float) -> Iterator[Line]:
    """A session on the screen and nothing moves: what is written, who wakes."""
    with served() as base_url, started(base_url) as screen:
        screen.expect(LAST)
        screen.type(b"say 500 at 0\r")
        screen.came(20)
        settled(screen, 3.0, 10)
        process = screen.process.pid
        written, wakings, used = screen.written, wakings_of(process), cpu_of(process)
        time.sleep(seconds)
        wakings = wakings_of(process) - wakings
        used = cpu_of(process) - used
        written = screen.written - written
    what = f"at rest, {seconds:g} s: "
    yield Line(what + "written", Taken((float(written),)), "bytes", most=0)
    yield Line(what + "main thread", Taken((float(wakings),)), "wakings", most=0)
    yield Line(what + "CPU, all threads", Taken((used,)), "ms")
