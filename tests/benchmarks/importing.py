"""What an import costs over a bare Python."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from tests.benchmarks.measuring import in_turns
from tests.benchmarks.table import Line

ROUNDS = 30
MOST = 60.0
"""Milliseconds."""

ALONE = "import agno_tui"
NAMES = (
    "from agno_tui import Agent, Memory, OpenAIChat, RunResponse, SqliteStorage, "
    "pprint_run_response"
)


def lines() -> list[Line]:
    """The package alone, and the six names of Agno's page on sessions."""
    subjects = {code: partial(_seconds, code) for code in ("pass", ALONE, NAMES)}
    taken = in_turns(subjects, ROUNDS)
    bare = taken["pass"]
    return [
        Line(ALONE, taken[ALONE].over(bare), "ms", most=MOST),
        Line("from agno_tui import the six names", taken[NAMES].over(bare), "ms"),
    ]


def _seconds(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=_ROOT)
    return time.perf_counter() - started


_ROOT = Path(__file__).parents[2]
