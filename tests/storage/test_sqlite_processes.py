"""Several processes on one file, and processes that are killed."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from agno_tui.session import Run, RunStatus
from agno_tui.storage.sqlite import SqliteStorage

ROOT = Path(__file__).parents[2]

PRELUDE = """
import asyncio, sys
from agno_tui.session import Message, Run, RunStatus
from agno_tui.storage.sqlite import SqliteStorage
path, name = sys.argv[1:3]
storage = SqliteStorage(path)
"""

STREAM = """
async def main():
    await storage.open()
    run = Run(name, 'ann', messages=[Message('user', 'Why?')])
    await storage.start_run(run)
    print(run.run_id, flush=True)
    for number in range(10**9):
        await storage.append_content(run, content=f'{number} ')
        print(number, flush=True)
asyncio.run(main())
"""

CONVERSE = """
async def main():
    await storage.open()
    try:
        for number in range(60):
            run = Run(name, 'ann', messages=[Message('user', f'{number}')])
            await storage.start_run(run, name=name)
            await storage.append_content(run, content='x')
            assert len(await storage.get_runs(name, user_id='ann')) == number + 1
            run.messages.append(Message('assistant', 'x'))
            await storage.update_run(run)
    finally:
        await storage.close()
asyncio.run(main())
"""

START = """
async def main():
    print('ready', flush=True)
    sys.stdin.readline()
    await storage.open()
    await storage.start_run(Run(name, 'ann', messages=[Message('user', name)]))
    await storage.close()
asyncio.run(main())
"""


def spawn(script: str, path: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + script, str(path), name],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(child: subprocess.Popen[str]) -> None:
    _, errors = child.communicate("\n", timeout=60)
    assert (child.returncode, errors) == (0, "")


def is_whole(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def recovered(path: Path) -> tuple[int, list[Run]]:
    """How many runs were found abandoned, and all of ann's."""
    storage = SqliteStorage(path)
    await storage.open()
    abandoned = await storage.interrupt_abandoned()
    runs: list[Run] = []
    for session in await storage.get_sessions(user_id="ann"):
        runs += await storage.get_runs(session.session_id, user_id="ann")
    await storage.close()
    return abandoned, runs


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
@pytest.mark.parametrize("pieces", [1, 7, 40, 150])
def test_killed_while_the_answer_streams(tmp_path: Path, pieces: int) -> None:
    path = tmp_path / "chat.db"
    with spawn(STREAM, path, "s") as child:
        assert child.stdout is not None
        run_id = child.stdout.readline().strip()
        for _ in range(pieces):
            last = int(child.stdout.readline())
        child.kill()
        rest = child.stdout.read().split()
    assert child.returncode == -signal.SIGKILL
    last = int(rest[-1]) if rest else last
    abandoned, (run,) = asyncio.run(recovered(path))
    assert abandoned == 1
    assert run.run_id == run_id
    assert run.status is RunStatus.INTERRUPTED and run.error
    assert run.question == "Why?"
    numbers = [int(word) for word in run.answer.split()]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) in (last + 1, last + 2), "all that was said to be kept"
    assert is_whole(path)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_killed_while_the_file_is_made(tmp_path: Path) -> None:
    for tenth_of_ms in range(0, 300, 20):
        path = tmp_path / f"{tenth_of_ms}.db"
        with spawn(START, path, "s") as child:
            assert child.stdin is not None and child.stdout is not None
            child.stdout.readline()
            child.stdin.write("\n")
            child.stdin.flush()
            time.sleep(tenth_of_ms / 10_000)
            child.kill()
        _, runs = asyncio.run(recovered(path))
        assert len(runs) <= 1
        assert all(run.question == "s" for run in runs)
        assert is_whole(path)


def test_processes_that_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    children = [spawn(CONVERSE, path, f"{number}") for number in range(3)]
    for child in children:
        finish(child)
    _, runs = asyncio.run(recovered(path))
    assert len(runs) == 180
    assert all(run.answer == "x" for run in runs)
    assert is_whole(path)


def test_the_first_start_of_eight_at_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "chat.db"
    children = [spawn(START, path, f"{number}") for number in range(8)]
    for child in children:
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    for child in children:
        finish(child)
    _, runs = asyncio.run(recovered(path))
    assert sorted(run.question for run in runs) == [f"{n}" for n in range(8)]
    assert [file.name for file in path.parent.iterdir()] == ["chat.db"]
