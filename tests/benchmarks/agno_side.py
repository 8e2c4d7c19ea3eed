"""The side of Agno: runs in an environment of its own, told what to do line by line.

Started by `beside.py` with Agno's Python, knows nothing of agno_tui. Each line on the
standard input is a JSON array, a command and its arguments; each answer a number.
"""

from __future__ import annotations

import copy
import gc
import json
import sqlite3
import sys
import time
import tracemalloc
from contextlib import closing
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

TABLE = "agent_sessions"
FULL_WINDOW = 6
"""The first turn whose run is like any later one: three runs go along with it."""

_agent_class: Any = import_module("agno.agent").Agent
_chat: Any = import_module("agno.models.openai").OpenAIChat
_model: Any = import_module("agno.models.base").Model
_response: Any = import_module("agno.models.response").ModelResponse


class Side:
    """Agno's part of each measurement."""

    def __init__(self) -> None:
        self.version = version("agno")
        self._agents: dict[str, Any] = {}
        self._folder = Path()
        self._say = ("", "")

    def start(self, folder: str, question: str, answer: str) -> str:
        """Where databases go, and what is said; returns Agno's version."""
        self._folder = Path(folder)
        self._say = (question, answer)
        return self.version

    def make(self, count: int, with_model: bool) -> float:
        """Seconds that making an agent takes, of `count`."""
        model, kept = _chat(id="gpt-4o-mini"), self._kept()
        started = time.perf_counter()
        for _ in range(count):
            _made(_chat(id="gpt-4o-mini") if with_model else model, kept)
        return (time.perf_counter() - started) / count

    def memory(self, count: int, with_model: bool) -> float:
        """Bytes an agent takes, of `count` that are kept."""
        model, kept = _chat(id="gpt-4o-mini"), self._kept()
        _made(model, kept)
        gc.collect()
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        agents = [
            _made(_chat(id="gpt-4o-mini") if with_model else model, kept)
            for _ in range(count)
        ]
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return (after - before) / len(agents)

    def prepare(self, name: str, runs: int) -> float:
        """A session of `runs` runs; returns the bytes of its row.

        The first ones are real, the others copies of the last of these: a thousand real
        ones would take minutes, because each writes all of them.
        """
        path = self._folder / f"agno-{name}.db"
        real = min(runs, FULL_WINDOW)
        self._agents[name] = self._answering(path, name)
        for _ in range(real):
            self.run(name)
        with closing(sqlite3.connect(path)) as connection, connection:
            (text,) = connection.execute(f"SELECT memory FROM {TABLE}").fetchone()
            memory = json.loads(text)
            for _ in range(runs - real):
                run = copy.deepcopy(memory["runs"][real - 1])
                run["run_id"] = str(uuid4())
                memory["runs"].append(run)
            text = json.dumps(memory)
            connection.execute(f"UPDATE {TABLE} SET memory = ?", (text,))
        self._agents[name] = self._answering(path, name)
        return float(len(text))

    def run(self, name: str) -> float:
        """Seconds of one run."""
        started = time.perf_counter()
        response = self._agents[name].run(self._say[0], session_id=name)
        seconds = time.perf_counter() - started
        if response.content != self._say[1]:
            raise ValueError("that was not the answer")
        return seconds

    def _kept(self) -> Any:
        path = str(self._folder / "agno-made.db")
        if self.version.startswith("1."):
            sqlite: Any = import_module("agno.storage.sqlite")
            return {"storage": sqlite.SqliteStorage(TABLE, db_file=path)}
        return {"db": import_module("agno.db.sqlite").SqliteDb(db_file=path)}

    def _answering(self, path: Path, session_id: str) -> Any:
        sqlite: Any = import_module("agno.storage.sqlite")
        return _agent_class(
            model=_at_once(self._say[1]),
            storage=sqlite.SqliteStorage(TABLE, db_file=str(path)),
            user_id="user_1",
            session_id=session_id,
            add_history_to_messages=True,
            num_history_runs=3,
            telemetry=False,
        )


def _made(model: Any, kept: dict[str, Any]) -> Any:
    """An agent; `_made` of `making.py` has the same arguments."""
    if "db" in kept:
        return _agent_class(
            model=model,
            user_id="user_1",
            add_history_to_context=True,
            num_history_runs=3,
            search_past_sessions=True,
            num_past_sessions_to_search=2,
            **kept,
        )
    return _agent_class(
        model=model,
        user_id="user_1",
        add_history_to_messages=True,
        num_history_runs=3,
        search_previous_sessions_history=True,
        num_history_sessions=2,
        show_tool_calls=True,
        **kept,
    )


def _at_once(answer: str) -> Any:
    """A model that has its answer at once, with its tokens counted."""

    def say(*_: Any, **__: Any) -> Any:
        return _response(
            role="assistant",
            content=answer,
            response_usage={"input_tokens": 400, "output_tokens": 150},
        )

    methods = dict.fromkeys(_model.__abstractmethods__, say)
    return type("AtOnce", (_model,), methods)(id="at-once", provider="fake")


def main() -> None:
    """Answer commands until there are none."""
    answers, sys.stdout = sys.stdout, sys.stderr  # Agno may print what it likes.
    side = Side()
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        print(json.dumps(getattr(side, command)(*arguments)), file=answers, flush=True)


if __name__ == "__main__":
    main()
