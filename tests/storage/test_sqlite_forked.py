"""A process that is forked while a database is open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agno_tui.storage.sqlite import SqliteStorage

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="os.fork")

PRELUDE = """
import asyncio, os, sys
from agno_tui.session import Message, Run
from agno_tui.storage.errors import StorageError
from agno_tui.storage.sqlite import SqliteStorage
path = sys.argv[1]

async def keep(storage, name):
    await storage.open()
    await storage.start_run(Run(name, 'ann', messages=[Message('user', name)]))

def fails(work):
    try:
        asyncio.run(work)
    except StorageError as failure:
        assert failure.kind == 'other', failure.kind
        assert 'before this process was forked' in str(failure), failure
    else:
        raise AssertionError('it did not fail')

def in_a_fork(work):
    child = os.fork()
    if not child:
        work()
        sys.exit(0)  # As a program ends: what is left open is looked after.
    assert os.waitpid(child, 0)[1] == 0

storage = SqliteStorage(path)
"""

OPEN = """
asyncio.run(keep(storage, 'parent'))
def child():
    fails(keep(storage, 'child'))
    fails(storage.get_sessions(user_id='ann'))
    asyncio.run(storage.close())
    fails(keep(storage, 'child'))
    fails(keep(SqliteStorage(path), 'child'))
    fails(keep(SqliteStorage(path, table_name='other'), 'child'))
    asyncio.run(keep(SqliteStorage(path + '-2'), 'elsewhere'))
in_a_fork(child)
asyncio.run(keep(storage, 'parent'))
"""

CLOSED = """
asyncio.run(keep(storage, 'parent'))
asyncio.run(storage.close())
def child():
    asyncio.run(keep(storage, 'child'))
    assert storage._owner.pid == os.getpid()
    asyncio.run(storage.close())
in_a_fork(child)
asyncio.run(keep(storage, 'parent'))
"""


def run(script: str, path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + script, str(path)],
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


async def listed(path: Path) -> list[tuple[str, int]]:
    storage = SqliteStorage(path)
    await storage.open()
    sessions = [s.session_id for s in await storage.get_sessions(user_id="ann")]
    found = [(s, len(await storage.get_runs(s, user_id="ann"))) for s in sessions]
    await storage.close()
    return sorted(found)


async def test_what_was_open_is_not_used_in_a_fork(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    run(OPEN, path)
    assert await listed(path) == [("parent", 2)]
    assert await listed(tmp_path / "chat.db-2") == [("elsewhere", 1)]


async def test_what_was_closed_can_be_opened_in_a_fork(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    run(CLOSED, path)
    assert await listed(path) == [("child", 1), ("parent", 2)]
