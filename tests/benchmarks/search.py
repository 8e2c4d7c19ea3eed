"""How long a search takes in a database of a million messages.

    python -m tests.benchmarks.search FILE [MESSAGES]

Makes FILE where it is not there yet (about two minutes and 2 GB for a million), then
asks each kind of question some times and prints milliseconds, those on the clock and
those of the processor: on a busy machine only the latter tell anything.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.storage.sqlite_migrations import MIGRATIONS, migrate

MESSAGES = 1_000_000
ROUNDS = 40
PER_SESSION = 20
HAN_SHARE = 0.01
HAN = "今天我们讨论数据库的搜索性能和索引设计请问如何使用这个程序保存会话记录"

QUESTIONS = {
    "rare": ["w31999", "w31990", "w30777", "w29444", "w28111", "w35000"],
    "common": ["w0", "w1", "w2", "w3", "w4"],
    "middle": ["w200", "w333", "w512", "w750", "w999"],
    "two words": ["w0 w300", "w1 w2", "w40 w77", "w12 w2500"],
    "phrase": ['"w0 w1"', '"w1 w0"', '"w5 w3"', '"w0 w0 w1"'],
    "as typed": ["w1", "w12", "w123", "w3", "w39", "w399"],
    "nothing": ["absent", "w0 absent", '"absent w0"'],
    "Han, 1-2": ["数据", "搜索", "日", "记录"],
    "Han, 3+": ["数据库", "搜索性能", "保存会", "会话记录"],
}
"""Word n stands in about 1 of n messages: `w0` is what "the" is in English."""


def make(path: Path, messages: int) -> None:
    """A database as it was before there was an index, then migrated."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, MIGRATIONS[:2])
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN")
        for sql, rows in fill(random.Random(7), messages):
            connection.executemany(sql, rows)
        connection.execute("COMMIT")
        started = time.perf_counter()
        migrate(connection, path, MIGRATIONS)
        connection.execute("PRAGMA journal_mode = WAL")
        print(f"indexed in {time.perf_counter() - started:.0f} s", flush=True)


def fill(
    chance: random.Random, messages: int
) -> Iterator[tuple[str, Sequence[tuple[object, ...]]]]:
    """Statements with their rows: ann has 60 %, bob 35 %, a hundred others the rest."""
    words = [f"w{n}" for n in range(40_000)]
    weights = list(itertools.accumulate(1 / (n + 1) for n in range(len(words))))
    position = 0
    for number in range(messages // PER_SESSION):
        draw = chance.random()
        user = "ann" if draw < 0.6 else "bob" if draw < 0.95 else f"u{number % 100}"
        name = " ".join(chance.choices(words, cum_weights=weights, k=5))
        at = 1_700_000_000_000_000 + number * 1_000_000
        yield _SESSION, [(f"s{number}", user, name, at, at)]
        runs, rows = [], []
        for turn in range(PER_SESSION // 2):
            run_id = f"{chance.getrandbits(128):032x}"
            runs.append((run_id, f"s{number}", at, at))
            for place, (role, size) in enumerate((("user", 30), ("assistant", 180))):
                if chance.random() < HAN_SHARE:
                    text = "".join(chance.choices(HAN, k=size))
                else:
                    size = max(3, int(chance.expovariate(1 / size)))
                    text = " ".join(chance.choices(words, cum_weights=weights, k=size))
                rows.append((run_id, place, role, text, at + turn))
                position += 1
        yield _RUN, runs
        yield _MESSAGE, rows


_SESSION = """
INSERT INTO sessions (session_id, user_id, name, created_at, updated_at)
VALUES (?, ?, ?, ?, ?)
"""

_RUN = """
INSERT INTO runs (run_id, session_id, status, model, provider, finish_reason, error,
    created_at, ended_at, estimated, owner, alive_at)
VALUES (?, ?, 'COMPLETED', '', '', 'stop', '', ?, ?, 0, '', 0)
"""

_MESSAGE = """
INSERT INTO messages (run_id, position, role, content, reasoning_content, created_at)
VALUES (?, ?, ?, ?, '', ?)
"""


async def measure(path: Path) -> None:
    """Milliseconds of each kind of question, for one with many messages and few."""
    storage = SqliteStorage(path)
    await storage.open()
    try:
        for user in ("ann", "bob", "u7"):
            for kind, queries in QUESTIONS.items():
                await _measure(storage, user, kind, queries)
    finally:
        await storage.close()


async def _measure(
    storage: SqliteStorage, user: str, kind: str, queries: list[str]
) -> None:
    times, busy, found = [], [], 0
    for number in range(ROUNDS):
        query = queries[number % len(queries)]
        started, used = time.perf_counter(), time.process_time()
        found = len(await storage.search(query, user_id=user))
        times.append((time.perf_counter() - started) * 1000)
        busy.append((time.process_time() - used) * 1000)
    clock, cpu = _spread(times), _spread(busy)
    print(f"{user:4} {kind:10} clock {clock}  cpu {cpu}  last {found:3}")


def _spread(times: list[float]) -> str:
    times = sorted(times)
    return f"p50 {times[ROUNDS // 2]:6.1f} p95 {times[int(ROUNDS * 0.95)]:6.1f}"


def main() -> None:
    """Make the file where it is missing, then measure."""
    path = Path(sys.argv[1])
    messages = int(sys.argv[2]) if len(sys.argv) > 2 else MESSAGES
    if not path.exists():
        make(path, messages)
    asyncio.run(measure(path))


if __name__ == "__main__":
    main()
