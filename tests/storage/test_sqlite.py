"""What SQLite adds to the contract: transactions, cancellation, cost."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from agno_tui.session import Message, Run, RunStatus, now
from agno_tui.storage import sqlite_runs, sqlite_sessions
from agno_tui.storage.errors import StorageError, StorageErrorKind
from agno_tui.storage.process import SIGN_OF_LIFE, Owner
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.storage.sqlite_files import Database
from agno_tui.storage.sqlite_runs import ENDED_EARLY


def a_run(session_id: str = "s", question: str = "Why?") -> Run:
    return Run(session_id, "ann", messages=[Message("user", question)])


@pytest.fixture
async def storage(tmp_path: Path) -> SqliteStorage:
    storage = SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    return storage


async def ask(storage: SqliteStorage, sql: str) -> list[tuple[object, ...]]:
    """Rows of any question put to the storage's own connection."""

    def work(database: Database) -> list[tuple[object, ...]]:
        return [tuple(row) for row in database.connection.execute(sql)]

    return await storage._hop(work)


async def test_connection_settings(storage: SqliteStorage) -> None:
    for pragma, expected in {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "trusted_schema": 0,
        "synchronous": 2,
    }.items():
        assert await ask(storage, f"PRAGMA {pragma}") == [(expected,)], pragma


async def test_only_checkpoints_and_the_like_skip_the_wait_for_the_disk(
    storage: SqliteStorage,
) -> None:
    normal, full = [(1,)], [(2,)]
    run = a_run()
    for call, expected in (
        (storage.start_run(run), full),
        (storage.append_content(run, content="x"), normal),
        (storage.claim_run(run), full),
        (storage.update_run(run), full),
        (storage.set_draft("s", "x", user_id="ann"), normal),
        (storage.rename_session("s", "x", user_id="ann"), full),
        (storage.mark_read("s", user_id="ann"), normal),
        (storage.delete_session("s", user_id="ann"), full),
        (storage.set_open_session("s", user_id="ann"), normal),
        (storage.restore_session("s", user_id="ann"), full),
        (storage.append_content(run), normal),
        (storage.interrupt_abandoned(), full),
    ):
        await call
        assert await ask(storage, "PRAGMA synchronous") == expected, call


async def test_not_open(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "chat.db")
    for _ in range(2):
        with pytest.raises(StorageError) as failure:
            await storage.get_sessions(user_id="ann")
        assert failure.value.kind is StorageErrorKind.OTHER
        await storage.open()
        await storage.open()
        await storage.start_run(a_run())
        await storage.close()


async def test_200_cancelled_writes_are_whole_or_not_there(
    storage: SqliteStorage,
) -> None:
    chance = random.Random(7)
    runs = [a_run(f"{number % 9}", f"{number}") for number in range(200)]
    tasks = []
    for run in runs:
        run.messages.append(Message("assistant", "So."))
        tasks.append(asyncio.create_task(storage.start_run(run)))
        for _ in range(chance.randrange(3)):
            await asyncio.sleep(0)
        tasks[-1].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(result, asyncio.CancelledError) for result in results) > 50
    kept = 0
    for run, result in zip(runs, results, strict=True):
        found = await storage.get_run(run.run_id, user_id="ann")
        kept += found is not None
        if found is None:
            assert isinstance(result, asyncio.CancelledError)
        else:
            assert found.messages == run.messages
    assert 0 < kept < 200, "some were cancelled before they asked, some after"
    assert await ask(storage, "SELECT count(*) FROM runs") == [(kept,)]
    assert await ask(storage, "SELECT count(*) FROM messages") == [(2 * kept,)]
    assert not (await storage._hop(lambda database: database.connection.in_transaction))
    await storage.start_run(a_run())


async def test_a_write_that_was_asked_for_is_done_though_cancelled(
    storage: SqliteStorage,
) -> None:
    runs = [a_run() for _ in range(200)]
    for run in runs:
        task = asyncio.create_task(storage.start_run(run))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await storage.close()
    await storage.open()
    assert len(await storage.get_runs("s", user_id="ann")) == 200


async def test_cancelled_while_it_opens(tmp_path: Path) -> None:
    for steps in range(6):
        storage = SqliteStorage(tmp_path / f"{steps}.db")
        task = asyncio.create_task(storage.open())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await storage.close()
        assert storage._connection is None
        await storage.open()
        await storage.start_run(a_run())
        closing = asyncio.create_task(storage.close())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.gather(closing, storage.close(), return_exceptions=True)


async def test_a_failure_in_the_middle_leaves_nothing(
    storage: SqliteStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = a_run()
    await storage.start_run(run)
    before = await storage.get_sessions(user_id="ann")

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("the disk took fire")

    monkeypatch.setattr(sqlite_runs, "_put_messages", fail)
    for attempt in (
        storage.start_run(a_run("new")),
        storage.start_run(a_run(), name="x"),
        storage.update_run(replace(run, status=RunStatus.ERROR)),
    ):
        with pytest.raises(StorageError, match="fire"):
            await attempt
    monkeypatch.undo()
    assert await storage.get_sessions(user_id="ann") == before
    assert await storage.get_runs("s", user_id="ann") == [run]


async def test_a_checkpoint_costs_the_same_at_the_end(storage: SqliteStorage) -> None:
    """Bytes written, by the log's size: nothing is copied back meanwhile."""
    await ask(storage, "PRAGMA wal_autocheckpoint = 0")
    run = a_run()
    await storage.start_run(run)
    log = storage.path.with_name("chat.db-wal")

    async def written(pieces: int) -> int:
        before = log.stat().st_size
        for _ in range(pieces):
            await storage.append_content(run, content="x" * 200)
        return log.stat().st_size - before

    first = await written(100)
    await written(1800)
    last = await written(100)
    assert last <= first * 1.2
    kept = await storage.get_run(run.run_id, user_id="ann")
    assert kept is not None and kept.answer == "x" * 200 * 2000
    await storage.update_run(kept)
    assert await ask(storage, "SELECT count(*) FROM checkpoints") == [(0,)]


async def test_an_unchanged_question_is_not_written_again(
    storage: SqliteStorage,
) -> None:
    await ask(storage, "PRAGMA wal_autocheckpoint = 0")
    run = a_run(question="x" * 1_000_000)
    await storage.start_run(run)
    log = storage.path.with_name("chat.db-wal")
    before = log.stat().st_size
    run.messages.append(Message("assistant", "So."))
    await storage.update_run(run)
    assert log.stat().st_size - before < 100_000


@pytest.mark.parametrize(
    "sql",
    [
        sqlite_sessions._FIRST_PAGE,
        sqlite_sessions._NEXT_PAGE,
        sqlite_sessions._FIND,
        sqlite_sessions._MARK_READ,
        f"{sqlite_runs._SELECT} AND session_id = 's' {sqlite_runs._LAST_RUNS}",
        f"{sqlite_runs._SELECT} AND session_id = 's' {sqlite_runs._BEFORE}"
        f"{sqlite_runs._LAST_RUNS}",
        sqlite_runs._FIND_RUN,
        sqlite_runs._SELECT_MESSAGES,
        sqlite_runs._UNDER_WAY,
        sqlite_runs._SHOW_LIFE,
        sqlite_runs._CLAIM_RUN,
        sqlite_runs._DROP_CHECKPOINTS,
    ],
)
async def test_no_question_reads_a_whole_table(
    storage: SqliteStorage, sql: str
) -> None:
    def work(database: Database) -> list[str]:
        names = "user_id session_id run_id run_ids limit updated_at now before owner"
        rows = database.connection.execute(
            f"EXPLAIN QUERY PLAN {sql}", dict.fromkeys(names.split())
        )
        return [str(row["detail"]) for row in rows]

    plan = await storage._hop(work)
    assert plan
    for step in plan:
        assert "TEMP B-TREE FOR ORDER" not in step, plan
        if step.startswith("SCAN"):
            assert "json_each" in step or "runs_under_way" in step, plan


async def test_abandoned_runs_are_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    this = Owner.current()
    dead = replace(this, pid=2**22 + 1, start="1-nobody")
    elsewhere = replace(this, host="elsewhere")
    runs: dict[str, Run] = {}
    for name, owner in {"this": this, "dead": dead, "elsewhere": elsewhere}.items():
        storage = SqliteStorage(path, owner=owner)
        await storage.open()
        runs[name] = a_run(name)
        await storage.start_run(runs[name])
        await storage.append_content(runs[name], content="So ", reasoning_content="Hm")
        await storage.append_content(runs[name], content="far")
        waiting = a_run(name)
        waiting.status = RunStatus.PENDING
        await storage.start_run(waiting)
        await storage.close()
    storage = SqliteStorage(path)
    await storage.open()

    async def state(name: str) -> RunStatus:
        run = await storage.get_run(runs[name].run_id, user_id="ann")
        assert run is not None
        assert run.answer == "So far" and run.messages[1].reasoning_content == "Hm"
        return run.status

    assert await storage.interrupt_abandoned() == 1
    assert await storage.interrupt_abandoned() == 0
    assert await state("dead") is RunStatus.INTERRUPTED
    assert await state("this") is await state("elsewhere") is RunStatus.RUNNING
    long_ago = now() - SIGN_OF_LIFE - 1
    await ask(storage, f"UPDATE runs SET alive_at = {long_ago}")
    assert await storage.interrupt_abandoned() == 1
    assert await state("elsewhere") is RunStatus.INTERRUPTED
    assert await state("this") is RunStatus.RUNNING
    kept = await storage.get_run(runs["elsewhere"].run_id, user_id="ann")
    assert kept is not None
    assert (kept.error, kept.ended_at) == (ENDED_EARLY, long_ago)
    session = await storage.get_session("dead", user_id="ann")
    assert session is not None and session.unread
    pending = await storage.get_runs("dead", user_id="ann", status=RunStatus.PENDING)
    assert len(pending) == 1, "what waits is not abandoned"
    assert await ask(storage, "SELECT DISTINCT run_id FROM checkpoints") == [
        (runs["this"].run_id,)
    ]


async def test_a_run_belongs_to_whoever_answers_it(tmp_path: Path) -> None:
    dead = replace(Owner.current(), pid=2**22 + 1, start="1-nobody")
    first = SqliteStorage(tmp_path / "chat.db", owner=dead)
    await first.open()
    run = a_run()
    run.status = RunStatus.PENDING
    await first.start_run(run)
    second = SqliteStorage(tmp_path / "chat.db")
    await second.open()
    assert await second.claim_run(run)
    assert not await first.claim_run(run)
    assert await second.interrupt_abandoned() == 0
    assert await first.get_runs("s", user_id="ann", status=RunStatus.RUNNING)
