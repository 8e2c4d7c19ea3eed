"""What the transcript costs: T6 to T10 of the targets, each beside its floor.

    python -m tests.benchmarks.transcript [--quick] [t6 t6b t7 t8 t9 t10 rest]
    python -m tests.benchmarks.transcript profile [view|floor] [KIND] [TOKENS]

All of it takes five minutes, with `--quick` a minute and a half. Each thing measured is
a process of its own in a pseudo-terminal of 120 by 40 with Textual's own driver, and
what it paints is read at once by this one: painting and writing are counted. CPU is
that of the whole measured process, all threads; it is the honest column on a machine
that does other things too. Two things that are compared take turns.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterable

from tests.benchmarks.transcript import frames, real, sessions
from tests.benchmarks.transcript.report import Line, show, show_head

Measured = Callable[[bool], Iterable[Line]]


def t6(quick: bool) -> Iterable[Line]:
    """A reply streams, through the view alone and through the program."""
    yield from frames.streamed_lines(every=5 if quick else 2)
    if not quick:
        yield from frames.streamed_lines(every=2, step=50)
    yield from frames.program_lines(rounds=2 if quick else 6, frames=60)


def t6b(quick: bool) -> Iterable[Line]:
    """A reply comes all at once."""
    rounds = 1 if quick else 4
    yield from frames.at_once_lines(rounds)
    yield from real.at_once_lines(rounds)


def t7(quick: bool) -> Iterable[Line]:
    """A reply grows long."""
    rounds, count, patience = (2, 15, 10.0) if quick else (4, 30, 25.0)
    return frames.growth_lines(rounds, count, patience)


def t8(quick: bool) -> Iterable[Line]:
    """Keys are typed meanwhile."""
    rounds, keys = (1, 20) if quick else (2, 40)
    return real.echo_lines(rounds, keys)


def t9(quick: bool) -> Iterable[Line]:
    """Long sessions are opened."""
    with sessions.kept() as path:
        yield from sessions.opening_lines(path, rounds=8 if quick else 20)


def t10(quick: bool) -> Iterable[Line]:
    """Pages are turned, and what that keeps in memory."""
    with sessions.kept() as path:
        yield from sessions.paging_lines(path, pages=60 if quick else 300)
        yield from sessions.memory_lines(path, seconds=12 if quick else 60)


def rest(quick: bool) -> Iterable[Line]:
    """Nothing moves."""
    return real.rest_lines(5.0 if quick else 10.0)


MEASURED: dict[str, Measured] = {
    "t6": t6,
    "t6b": t6b,
    "t7": t7,
    "t8": t8,
    "t9": t9,
    "t10": t10,
    "rest": rest,
}


def main() -> None:
    """Measure what is named, or all, and print the table."""
    chosen = _arguments()
    if chosen.names[:1] == ["profile"]:
        given: list[str] = chosen.names[1:]
        usual = ("view", "mixed", "2000")
        subject, kind, place = [*given, *usual[len(given) :]]
        print(frames.profiled(subject, kind, int(place), 200))
        return
    unknown = [name for name in chosen.names if name not in MEASURED]
    if unknown:
        raise SystemExit(f"Known: {', '.join(MEASURED)}, profile.")
    started = time.monotonic()
    show_head()
    for name in chosen.names or MEASURED:
        show(MEASURED[name](chosen.quick))
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    print(
        f"\n{time.monotonic() - started:.0f} s; the machine's load at the end was "
        f"{load:.1f} on {processors} processors."
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.transcript",
        description="What the transcript costs.",
    )
    parser.add_argument("names", nargs="*", help=f"{', '.join(MEASURED)}, profile")
    parser.add_argument("--quick", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
