"""What making an agent, a run and an import cost: ratios measured within one run.

    python -m tests.benchmarks [--agno PYTHON]… [--folder FOLDER] [--rounds N]

Agno 1.8.4 is installed beside us, in an environment that is thrown away, which takes a
minute and a network; without one the rest is still measured. `--agno` names the Python
of an environment that has agno, openai and sqlalchemy[asyncio]; it may be given several
times, for several versions, and runs are measured beside 1.x only. `--folder` is where
the databases are made and deleted again (default: the folder for temporary files); one
in memory shows what is left where the disk costs nothing. Takes two minutes.

Two things are done in turns, A B A B …, in the same session on the same disk with a
model that answers at once. The table shows the least and the median of each and the
ratios of both, and both are held against the target. Nothing here is asserted by the
tests: a time depends on the machine, and on what else it does.

`--search FILE` measures searching a million messages too (see `search.py`), and makes
FILE where it is missing, which takes minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import importing, making, running, search
from tests.benchmarks.beside import Agno, installed
from tests.benchmarks.table import Line, show


def main() -> None:
    """Measure, and print the table."""
    chosen = _arguments()
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(dir=chosen.folder))
        )
        pythons: Sequence[Path] = chosen.agno
        if not pythons:
            new = installed(folder / "agno")
            pythons = [new] if new else []
        show(_lines(folder, pythons, chosen.rounds))
    _warn_if_busy()
    if chosen.search is not None:
        if not chosen.search.exists():
            search.make(chosen.search, search.MESSAGES)
        asyncio.run(search.measure(chosen.search))


def _lines(folder: Path, pythons: Sequence[Path], rounds: int) -> list[Line]:
    made: list[Line] = []
    runs: list[Line] = []
    for number, python in enumerate(pythons):
        own = folder / f"beside-{number}"
        with Agno(python) as agno:
            agno.start(own, running.QUESTION, running.ANSWER)
            made += making.lines(own, agno)
            if agno.keeps_runs_in_sessions:
                runs += running.beside_agno(own, agno)
    made = made or making.lines(folder, None)
    return [*importing.lines(), *made, *runs, *running.lines(folder, rounds)]


def _warn_if_busy() -> None:
    if not hasattr(os, "getloadavg"):
        return
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    if load > processors:
        print(
            f"The machine is busy ({load:.1f} want {processors} processors): what "
            "changes threads or waits for the disk looks slower than it is.\n"
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description="What the core costs."
    )
    parser.add_argument("--agno", type=Path, action="append", default=[])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--search", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
