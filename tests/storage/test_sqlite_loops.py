"""The life of a connection: many loops, many threads, and nobody who closes it."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import subprocess
import sys
import threading
import time
import weakref
from contextlib import closing
from pathlib import Path

import pytest

from agno_tui.storage.errors import StorageError, StorageErrorKind
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.storage.sqlite_files import Database
from tests.storage.runs import a_run, a_turn

ROOT = Path(__file__).parents[2]


def count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (number,) = connection.execute("SELECT count(*) FROM runs").fetchone()
    return int(number)


def is_tidy(path: Path) -> bool:
    """Whether the file was closed: its log is copied back into it and gone."""
    return [file.name for file in path.parent.iterdir()] == [path.name]


def script(path: Path, body: str) -> subprocess.CompletedProcess[str]:
    """Run a program that keeps things in `path`, warnings and all, to its end."""
    prelude = (
        "import asyncio, os, sys\n"
        "from agno_tui.session import Message, Run\n"
        "from agno_tui.storage.sqlite import SqliteStorage\n"
        "storage = SqliteStorage(sys.argv[1])\n"
        "async def keep(session_id):\n"
        "    await storage.open()\n"
        "    await storage.start_run(Run(session_id, 'ann'))\n"
    )
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", prelude + body, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
    )


@pytest.mark.parametrize(
    ("body", "code", "runs"),
    [
        ("asyncio.run(keep('a')); asyncio.run(keep('b'))", 0, 2),
        ("asyncio.run(keep('a')); del storage", 0, 1),
        ("asyncio.run(keep('a')); sys.exit(3)", 3, 1),
        ("asyncio.run(keep('a')); asyncio.run(storage.close())", 0, 1),
        ("asyncio.run(storage.open())", 0, 0),
        # As it is written, not waited for: begun before the loop ended, it is done.
        (
            "async def hurry():\n"
            "    await storage.open()\n"
            "    asyncio.ensure_future(keep('a'))\n"
            "    await asyncio.sleep(0)\n"
            "asyncio.run(hurry())",
            0,
            1,
        ),
    ],
)
def test_a_program_that_does_not_close_ends(
    tmp_path: Path, body: str, code: int, runs: int
) -> None:
    path = tmp_path / "tmp" / "data.db"
    ended = script(path, body)
    assert (ended.returncode, ended.stderr) == (code, "")
    assert is_tidy(path), "the log was copied back"
    assert count(path) == runs


def test_what_was_kept_survives_an_end_without_farewell(tmp_path: Path) -> None:
    path = tmp_path / "data.db"
    ended = script(path, "asyncio.run(keep('a')); os._exit(0)")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert count(path) == 1


def test_an_exception_ends_the_program_too(tmp_path: Path) -> None:
    path = tmp_path / "data.db"
    ended = script(path, "asyncio.run(keep('a')); 1 / 0")
    assert ended.returncode == 1
    assert ended.stderr.strip().endswith("ZeroDivisionError: division by zero")
    assert is_tidy(path)


def test_one_loop_after_the_other(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "chat.db")

    async def turn(number: int) -> int:
        await storage.open()
        await a_turn(storage, "s", f"{number}")
        return len(await storage.get_runs("s", user_id="ann"))

    assert [asyncio.run(turn(number)) for number in range(3)] == [1, 2, 3]
    asyncio.run(storage.close())
    assert is_tidy(storage.path)
    assert asyncio.run(turn(4)) == 4
    asyncio.run(storage.close())


def test_loops_in_several_threads_at_once(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "chat.db")
    before = threading.active_count()
    together = threading.Barrier(6)
    failures: list[BaseException] = []

    async def turns(name: str) -> None:
        await storage.open()
        for number in range(20):
            await a_turn(storage, name, f"{number}")
        runs = await storage.get_runs(name, user_id="ann")
        assert [run.question for run in runs] == [f"{n}" for n in range(20)]

    def work(name: str) -> None:
        try:
            together.wait(10)
            asyncio.run(turns(name))
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(f"{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert threading.active_count() == before + 1, "one connection for all"
    asyncio.run(storage.close())
    assert count(storage.path) == 120


def blocked(storage: SqliteStorage, seconds: float) -> threading.Event:
    """Keep the connection's thread busy until the event is set."""
    release = threading.Event()
    connection = storage._connection
    assert connection is not None
    connection._tx.put_nowait((None, lambda: release.wait(seconds)))
    return release


@pytest.mark.parametrize("politely", [True, False])
def test_a_loop_that_ends_while_it_waits(tmp_path: Path, politely: bool) -> None:
    storage = SqliteStorage(tmp_path / "chat.db")
    loop = asyncio.new_event_loop()
    loop.run_until_complete(storage.open())
    release = blocked(storage, 10)
    writing = loop.create_task(storage.start_run(a_run("s")))
    reading = loop.create_task(storage.get_sessions(user_id="ann"))
    loop.run_until_complete(asyncio.sleep(0))
    if politely:
        writing.cancel()
        reading.cancel()
        loop.run_until_complete(
            asyncio.gather(writing, reading, return_exceptions=True)
        )
    loop.close()
    release.set()
    assert len(asyncio.run(storage.get_runs("s", user_id="ann"))) == 1
    asyncio.run(storage.close())
    if not politely:  # Nobody will ever tell these that they are done.
        for task in (writing, reading):
            task.get_coro().close()


def test_a_loop_that_ends_while_it_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = SqliteStorage(tmp_path / "chat.db")
    opener, release = storage._opener, threading.Event()

    def slowly() -> Database:
        release.wait(10)
        return opener()

    monkeypatch.setattr(storage, "_opener", slowly)

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(storage.open(), 0.01)

    async def go_on() -> None:
        release.set()
        await storage.open()
        await a_turn(storage, "s")
        await storage.close()

    asyncio.run(give_up())
    asyncio.run(go_on())
    assert count(storage.path) == 1


async def test_a_read_that_nobody_waits_for_is_not_done(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    release, done = blocked(storage, 10), []
    reading = asyncio.create_task(storage._read(lambda _: done.append("read")))
    writing = asyncio.create_task(storage._write(lambda _: done.append("written")))
    await asyncio.sleep(0)
    reading.cancel()
    writing.cancel()
    release.set()
    await storage.get_sessions(user_id="ann")
    assert done == ["written"]
    await storage.close()


async def test_a_failure_to_open_is_told_to_all_and_can_be_mended(
    tmp_path: Path,
) -> None:
    path = tmp_path / "chat.db"
    path.write_bytes(b"no database" * 100)
    storage = SqliteStorage(path)
    failures = await asyncio.gather(
        *(storage.open() for _ in range(5)), return_exceptions=True
    )
    assert {type(failure) for failure in failures} == {StorageError}
    path.unlink()
    await storage.open()
    await a_turn(storage, "s")
    await storage.close()


async def test_open_again_costs_nothing(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    release = blocked(storage, 10)
    started = time.perf_counter()
    for _ in range(1000):
        await storage.open()  # Would wait for the thread, did it ask it anything.
    assert time.perf_counter() - started < 1
    release.set()
    await storage.close()


async def test_close_and_open_at_once(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "chat.db")
    await storage.close()
    for number in range(30):
        await storage.open()
        closing_it = [asyncio.create_task(storage.close()) for _ in range(3)]
        if number % 2:
            await asyncio.sleep(0)
        await storage.open()
        await asyncio.gather(*closing_it)
        await storage.open()
        await storage.start_run(a_run("s"))
    await storage.close()
    await storage.close()
    assert count(storage.path) == 30
    assert is_tidy(storage.path)
    with pytest.raises(StorageError) as failure:
        await storage.get_sessions(user_id="ann")
    assert failure.value.kind is StorageErrorKind.OTHER


def test_it_closes_when_it_is_collected(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"

    async def keep(storage: SqliteStorage) -> None:
        await storage.open()
        await a_turn(storage, "s")

    storage = SqliteStorage(path)
    asyncio.run(keep(storage))
    connection = storage._connection
    assert connection is not None
    thread, gone = connection._thread, weakref.ref(storage)
    del storage, connection
    gc.collect()
    assert gone() is None, "neither its thread nor the end of the program keeps it"
    thread.join(10)
    assert not thread.is_alive()
    assert is_tidy(path)
    assert count(path) == 1
