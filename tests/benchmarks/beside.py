"""Agno in a throw-away environment, measured in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from types import TracebackType

REQUIREMENTS = ("agno==1.8.4", "openai", "sqlalchemy")

_SIDE = Path(__file__).with_name("agno_side.py")


class Agno:
    """A process with Agno in it, which does as it is told and says how long it took."""

    def __init__(self, python: Path) -> None:
        self.version = ""
        self._process = subprocess.Popen(
            [python, "-I", _SIDE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"AGNO_TELEMETRY": "false", "AGNO_MONITOR": "false"},
        )

    def __enter__(self) -> Agno:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def start(self, folder: Path, question: str, answer: str) -> None:
        """Say where its databases go, and what is asked and answered."""
        folder.mkdir()
        self.version = self._ask("start", str(folder), question, answer)

    @property
    def name(self) -> str:
        """Agno with its version."""
        return f"Agno {self.version}"

    @property
    def keeps_runs_in_sessions(self) -> bool:
        """Whether it is a 1.x, the one with `SqliteStorage`."""
        return self.version.startswith("1.")

    def ask(self, command: str, *arguments: object) -> float:
        """What a command of `agno_side.py` gives. Errors: `RuntimeError`."""
        return float(self._ask(command, *arguments))

    def _ask(self, command: str, *arguments: object) -> str:
        asked, told = self._process.stdin, self._process.stdout
        if asked is None or told is None:
            raise AssertionError("both are pipes")
        asked.write(json.dumps([command, *arguments]) + "\n")
        asked.flush()
        answer = told.readline()
        if not answer:
            raise RuntimeError(f"Agno's side ended at {command}")
        return str(json.loads(answer))


def installed(folder: Path) -> Path | None:
    """The Python of a new environment with Agno; None, said why, where it can't be."""
    print(f"Installing {' '.join(REQUIREMENTS)} beside us …", flush=True)
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", *REQUIREMENTS],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return python
    reason = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    print(f"No Agno beside us: {reason}. The rest is measured without it.\n")
    return None
