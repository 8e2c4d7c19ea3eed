"""What a run costs that is not the model's: beside Agno, beside bare sqlite3, and in a
session of 10,000 runs beside one of 10."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from agno_tui import Agent, SqliteStorage
from agno_tui.models.base import ModelResponse, Progress, ToolDefinition, Usage
from agno_tui.session import Message, RunStatus
from tests.benchmarks import bare
from tests.benchmarks.beside import Agno
from tests.benchmarks.measuring import Taken, in_turns
from tests.benchmarks.table import Line

QUESTION = "How do I keep the runs of a session in a database, " + "and why? " * 4
ANSWER = "A run is one turn: what was asked, what came of it. " * 12

SESSION = 1_000
FEW, MANY = 10, 10_000
TURNS = 5
"""Runs measured in each of the sessions of `FEW`, so that they stay short."""

BESIDE_AGNO_ROUNDS = 8
"""A run of Agno's takes seconds there."""

BESIDE_AGNO = 0.05
BESIDE_BARE = 2.0
AROUND = 0.2


_USAGE = Usage(input_tokens=400, output_tokens=150)


class AtOnce:
    """A model that has its answer at once, with its tokens counted."""

    id = label = "at-once"
    provider = "fake"
    context_window = None

    async def prepare(self) -> AsyncGenerator[Progress, None]:
        """Nothing to do."""
        return
        yield

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolDefinition] = (),
        may_call: bool = True,
    ) -> AsyncGenerator[ModelResponse, None]:
        """All of the answer in one piece."""
        yield ModelResponse(content=ANSWER, finish_reason="stop", usage=_USAGE)

    async def close(self) -> None:
        """Nothing to do."""


class Place:
    """A database, an agent of ours over it, and a loop of its own to ask it on."""

    def __init__(self, path: Path, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._storage = SqliteStorage(path)
        self.path = path
        self.agent = Agent(
            AtOnce(),
            storage=self._storage,
            user_id="user_1",
            add_history_to_messages=True,
            num_history_runs=3,
        )
        runner.run(self._storage.open())

    def fill(self, session_id: str, runs: int) -> str:
        """Give a session runs; returns its id."""
        bare.fill(self.path, session_id, runs, QUESTION, ANSWER)
        return session_id

    def arun(self, session_id: str) -> float:
        """Seconds of one run from an event loop."""
        return self._runner.run(self._arun(session_id))

    async def _arun(self, session_id: str) -> float:
        started = time.perf_counter()
        response = await self.agent.arun(QUESTION, session_id=session_id)
        seconds = time.perf_counter() - started
        if response.status is not RunStatus.COMPLETED or response.content != ANSWER:
            raise ValueError(f"that was not the answer: {response.error}")
        return seconds

    def run(self, session_id: str) -> float:
        """Seconds of one run from a program without an event loop."""
        started = time.perf_counter()
        self.agent.run(QUESTION, session_id=session_id)
        return time.perf_counter() - started

    def close(self) -> None:
        """Let go of the file."""
        self._runner.run(self._storage.close())


def lines(folder: Path, rounds: int) -> list[Line]:
    """Beside bare sqlite3, and in a long session beside a short one."""
    with asyncio.Runner() as runner:
        return [
            *_beside_bare(folder, runner, rounds),
            *_beside_few(folder, runner, rounds),
            *_written(folder, runner),
        ]


def beside_agno(folder: Path, agno: Agno) -> list[Line]:
    """In a session of ten runs and in one of a thousand."""
    with asyncio.Runner() as runner:
        return [
            _beside_agno(folder, runner, agno, runs, most)
            for runs, most in ((FEW, None), (SESSION, BESIDE_AGNO))
        ]


def _beside_agno(
    folder: Path, runner: asyncio.Runner, agno: Agno, runs: int, most: float | None
) -> Line:
    """`run()` of both, so that both wait in the same way."""
    name = f"of-{runs}"
    agno.ask("prepare", name, runs)
    with closing(Place(folder / f"{name}.db", runner)) as place:
        place.fill(name, runs)
        subjects = {
            "ours": partial(place.run, name),
            "theirs": partial(agno.ask, "run", name),
        }
        taken = in_turns(subjects, BESIDE_AGNO_ROUNDS)
    what = f"run() in a session of {runs:,}, beside {agno.name}'s"
    return Line(what, taken["ours"], "ms", taken["theirs"], most)


def _beside_bare(folder: Path, runner: asyncio.Runner, rounds: int) -> list[Line]:
    """Each in a file of its own, so that no one's locks or log are the other's."""
    asked = Place(folder / "asked.db", runner)
    waited = Place(folder / "waited.db", runner)
    inline = Place(folder / "inline.db", runner)
    with closing(asked), closing(waited), closing(inline):
        for place in (asked, waited, inline):
            place.fill("s", SESSION)
        with closing(bare.connected(inline.path)) as connection:
            taken = in_turns(
                {
                    "arun()": partial(asked.arun, "s"),
                    "run()": partial(waited.run, "s"),
                    "bare": partial(bare.run, connection, "s", QUESTION, ANSWER),
                },
                rounds,
            )
    what = f"{{}} in a session of {SESSION:,}, beside bare sqlite3"
    return [
        Line(what.format(name), taken[name], "ms", taken["bare"], BESIDE_BARE)
        for name in ("arun()", "run()")
    ]


def _beside_few(folder: Path, runner: asyncio.Runner, rounds: int) -> list[Line]:
    small, large = Place(folder / "few.db", runner), Place(folder / "many.db", runner)
    with closing(small), closing(large):
        large.fill("s", MANY)
        short = itertools.count()

        def in_few() -> float:
            number, turn = divmod(next(short), TURNS)
            if turn == 0:
                small.fill(f"s{number}", FEW)
            return small.arun(f"s{number}")

        taken = in_turns({"many": partial(large.arun, "s"), "few": in_few}, rounds)
        what = f"arun() in a session of {MANY:,}, beside one of {FEW}"
        time_taken = Line(what, taken["many"], "ms", taken["few"], around=AROUND)
        return [time_taken]


def _written(folder: Path, runner: asyncio.Runner) -> list[Line]:
    """Bytes and rows that a run writes into a session of 1,000, beside one of 10."""
    with closing(Place(folder / "written.db", runner)) as place:
        bytes_in: dict[int, Taken] = {}
        rows_in: dict[int, Taken] = {}
        for runs in (FEW, SESSION):
            session_id = place.fill(f"of-{runs}", runs)
            counted = [_counted(place, session_id) for _ in range(20)]
            bytes_in[runs] = Taken(tuple(float(size) for size, _ in counted))
            rows_in[runs] = Taken(tuple(float(rows) for _, rows in counted))
        what = f"a run writes into {SESSION:,}, beside into {FEW}"
        return [
            Line(what, bytes_in[SESSION], "KiB", bytes_in[FEW], around=AROUND),
            Line(what, rows_in[SESSION], "rows", rows_in[FEW], around=AROUND),
        ]


_ROWS = " + ".join(
    f"(SELECT count(*) FROM {table})"
    for table in ("sessions", "runs", "messages", "checkpoints")
)


def _counted(place: Place, session_id: str) -> tuple[int, int]:
    """What one run adds to the write-ahead log, and to the tables."""
    with closing(bare.connected(place.path)) as connection:

        def rows() -> int:
            (count,) = connection.execute(f"SELECT {_ROWS}").fetchone()
            return int(count)

        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = rows()
        place.arun(session_id)
        log = place.path.with_name(place.path.name + "-wal")
        return log.stat().st_size, rows() - before
