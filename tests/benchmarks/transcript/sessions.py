"""Long sessions: opening (T9), turning pages and memory (T10)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from agno_tui.storage.sqlite_migrations import MIGRATIONS, migrate
from tests.benchmarks import bare
from tests.benchmarks.measuring import Taken
from tests.benchmarks.transcript.feed import message, question
from tests.benchmarks.transcript.report import Line, percentile
from tests.benchmarks.transcript.terminal import Child

LONG, SHORT = "long", "short"
RUNS = {SHORT: 5, LONG: 5_000}
MESSAGES = 2 * RUNS[LONG]
DIFFERENT = 250
"""Answers that differ; after them they come again."""

PATIENCE = 40.0
"""Seconds that pages are turned at most."""

TALL = 200
"""Lines of the screen on which a whole session is turned over for its memory."""


@contextmanager
def kept() -> Iterator[Path]:
    """A database with a session of 10,000 messages and one of 10."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            migrate(connection, path, MIGRATIONS)
            connection.execute("PRAGMA journal_mode = WAL")
        said = [(question(n), message(n)) for n in range(DIFFERENT)]
        with closing(bare.connected(path)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            for session_id, runs in RUNS.items():
                for number in range(runs):
                    bare.run(connection, session_id, *said[number % DIFFERENT])
        yield path


def run_at(path: Path, number: int) -> str:
    """The `run_id` of a run of the long session, the first is 0."""
    sql = """SELECT run_id FROM runs WHERE session_id = ?
        ORDER BY sequence LIMIT 1 OFFSET ?"""
    with closing(sqlite3.connect(path)) as connection:
        (run_id,) = connection.execute(sql, (LONG, number)).fetchone()
    return str(run_id)


def text_of(path: Path) -> int:
    """Characters of all messages of the long session."""
    sql = """SELECT sum(length(content)) FROM messages JOIN runs USING (run_id)
        WHERE session_id = ?"""
    with closing(sqlite3.connect(path)) as connection:
        (size,) = connection.execute(sql, (LONG,)).fetchone()
    return int(size)


def opening_lines(path: Path, rounds: int) -> Iterator[Line]:
    """T9: switching to the long session beside switching to the short one."""
    with Child("program", str(path)) as child:
        for session_id in (SHORT, LONG):
            child.ask("open", session_id, "", False)
        for name, cold in (("read anew", True), ("looked at before", False)):
            taken: dict[str, list[tuple[float, float]]] = {LONG: [], SHORT: []}
            for _ in range(rounds):
                for session_id, times in taken.items():
                    times.append(child.ask("open", session_id, "", cold))
            clock = {key: Taken(tuple(c for _, c in taken[key])) for key in taken}
            cpu = {key: Taken(tuple(c for c, _ in taken[key])) for key in taken}
            what = f"T9  open {MESSAGES:,} messages beside 10, {name}, {{}}"
            clocks, cpus = what.format("clock"), what.format("CPU")
            yield Line(clocks, clock[LONG], "ms", clock[SHORT], 2, 100)
            yield Line(cpus, cpu[LONG], "ms", cpu[SHORT])


def paging_lines(path: Path, pages: int) -> Iterator[Line]:
    """T10: page keys, from the key to the painted page: `pages` up from the end, as
    many down from the beginning and from the middle."""
    with Child("program", str(path)) as child:
        child.ask("open", LONG, "", False)
        up = child.ask("page", "pageup", pages, PATIENCE)
        yield from _paged("page up from the end", up)
        cpu, clock = child.ask("open", LONG, run_at(path, 0), False)
        what = f"T10 go to the first of {MESSAGES:,} messages, {{}}"
        yield Line(what.format("clock"), Taken((clock,)), "ms")
        yield Line(what.format("CPU"), Taken((cpu,)), "ms")
        down = child.ask("page", "pagedown", pages, PATIENCE)
        yield from _paged("page down from the first", down)
        child.ask("open", LONG, run_at(path, RUNS[LONG] // 2), False)
        down = child.ask("page", "pagedown", pages, PATIENCE)
        yield from _paged("page down from the middle", down)


def _paged(what: str, taken: list[tuple[float, float]]) -> Iterator[Line]:
    """Usual and 95 of 100, of single keys: least and median are one figure here."""
    clocks, cpus = ([times[n] for times in taken] for n in (1, 0))
    what = f"T10 {what}, {len(taken):,} pages, {{}}"
    p50, p95 = percentile(clocks, 0.5), percentile(clocks, 0.95)
    yield Line(what.format("p50 clock"), Taken((p50,)), "ms")
    yield Line(what.format("p95 clock"), Taken((p95,)), "ms", most=33)
    yield Line(what.format("p95 CPU"), Taken((percentile(cpus, 0.95),)), "ms")


def memory_lines(path: Path, seconds: float) -> Iterator[Line]:
    """T10: bytes a message takes, beside its text: opened, and after paging through.

    On a tall screen, for `seconds` at most, because tracing is slow. In the first half
    of them comes what is kept once (the screen itself, caches that have an end); what
    the messages turned over in the second half leave behind is added to what every
    message takes.
    """
    text = Taken((text_of(path) / MESSAGES,))
    with Child("program", str(path), lines=TALL) as child:
        # What is imported for the first code of a language is no message's.
        child.ask("open", LONG, "", False)
        child.ask("page", "pageup", 2, PATIENCE)
        child.ask("open", SHORT, "", False)
        child.ask("trace")
        before = child.ask("memory")
        child.ask("open", LONG, "", True)
        opened = child.ask("memory") - before
        yield _memory("opened", opened, text)
        child.ask("open", LONG, run_at(path, 0), False)
        loaded = child.ask("memory") - before
        yield _memory("gone to the first", loaded, text)
        child.ask("page", "pagedown", 10_000, seconds / 2)
        half = child.ask("memory") - before
        pages = len(child.ask("page", "pagedown", 10_000, seconds / 2))
        page, whole = child.ask("heights")
        turned = max(1, round(MESSAGES * min(1.0, pages * page / whole)))
        more = child.ask("memory") - before - half
        seen = loaded + more * MESSAGES // turned
        yield _memory(f"of {turned:,} turned over", seen, text)


def _memory(when: str, size: int, text: Taken) -> Line:
    what = f"T10 memory a message, {when}, beside its text"
    return Line(what, Taken((size / MESSAGES,)), "B", text, ratio=2)
