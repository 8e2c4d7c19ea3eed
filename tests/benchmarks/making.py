"""What making an `Agent` costs: time and memory."""

from __future__ import annotations

import gc
import time
import tracemalloc
from functools import partial
from pathlib import Path

from agno_tui import Agent, OpenAIChat, SqliteStorage
from tests.benchmarks.beside import Agno
from tests.benchmarks.measuring import Taken, in_turns
from tests.benchmarks.table import Line

COUNT = 1_000
ROUNDS = 20
MOST = 0.5


def lines(folder: Path, agno: Agno | None) -> list[Line]:
    """Time and memory, with a model that is there and with one made each time."""
    storage = SqliteStorage(folder / "made.db")
    beside = f", beside {agno.name}'s" if agno else ""
    found: list[Line] = []
    for with_model in (False, True):
        what = "an Agent and its OpenAIChat" if with_model else "an Agent"
        most = None if with_model or agno is None else MOST
        subjects = {"ours": partial(_seconds, storage, with_model)}
        if agno is not None:
            subjects["theirs"] = partial(agno.ask, "make", COUNT, with_model)
        taken = in_turns(subjects, ROUNDS)
        found.append(
            Line(f"make {what}{beside}", taken["ours"], "µs", taken.get("theirs"), most)
        )
        size = Taken((_bytes(storage, with_model),))
        other = None
        if agno is not None:
            other = Taken((agno.ask("memory", COUNT, with_model),))
        found.append(Line(f"keep {what}{beside}", size, "KiB", other, most))
    return found


def _seconds(storage: SqliteStorage, with_model: bool) -> float:
    model = OpenAIChat(id="gpt-4o-mini")
    started = time.perf_counter()
    for _ in range(COUNT):
        _made(OpenAIChat(id="gpt-4o-mini") if with_model else model, storage)
    return (time.perf_counter() - started) / COUNT


def _bytes(storage: SqliteStorage, with_model: bool) -> float:
    model = OpenAIChat(id="gpt-4o-mini")
    _made(model, storage)
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    agents = [
        _made(OpenAIChat(id="gpt-4o-mini") if with_model else model, storage)
        for _ in range(COUNT)
    ]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / len(agents)


def _made(model: OpenAIChat, storage: SqliteStorage) -> Agent:
    """An agent; `_made` of `agno_side.py` has the same arguments."""
    return Agent(
        model=model,
        user_id="user_1",
        storage=storage,
        add_history_to_messages=True,
        num_history_runs=3,
        search_previous_sessions_history=True,
        num_history_sessions=2,
        show_tool_calls=True,
    )
