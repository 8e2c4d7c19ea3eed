"""What SQLite adds to the contract: transactions and cancellation."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from agno_tui.session import (
    Message,
    RunStatus,
    SessionSummary,
    ToolCall,
    UserMemory,
)
from agno_tui.storage import (
    sqlite_beginnings,
    sqlite_forks,
    sqlite_runs,
    sqlite_states,
)
from agno_tui.storage.errors import StorageError, StorageErrorKind
from agno_tui.storage.sqlite import SqliteStorage
from tests.storage.runs import a_run, a_turn, ask, everything


@pytest.fixture
async def storage(tmp_path: Path) -> SqliteStorage:
    storage = SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    return storage


async def test_connection_settings(storage: SqliteStorage) -> None:
    for pragma, expected in {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        # Full-text triggers need it in the SQLite of before: see `sqlite_files`.
        "trusted_schema": int(sqlite3.sqlite_version_info < (3, 44, 0)),
        "synchronous": 2,
    }.items():
        assert await ask(storage, f"PRAGMA {pragma}") == [(expected,)], pragma


async def test_only_checkpoints_and_the_like_skip_the_wait_for_the_disk(
    storage: SqliteStorage,
) -> None:
    normal, full = [(1,)], [(2,)]
    run = a_run("s")
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
        (storage.mark_read("s", user_id="ann"), normal),
        (storage.fork_session("s", user_id="ann"), full),
        (storage.mark_read("s", user_id="ann"), normal),
        (storage.update_session_state("s", user_id="ann", changed={}), full),
        (storage.mark_read("s", user_id="ann"), normal),
        (storage.set_session_summary("s", SessionSummary(""), user_id="ann"), full),
        (storage.mark_read("s", user_id="ann"), normal),
        (storage.add_memory(UserMemory("", "ann", memory_id="m")), full),
        (storage.mark_read("s", user_id="ann"), normal),
        (storage.update_memory("m", "x", user_id="ann"), full),
        (storage.mark_read("s", user_id="ann"), normal),
        (storage.delete_memory("m", user_id="ann"), full),
        (storage.mark_read("s", user_id="ann"), normal),
        (storage.set_setting("theme", "dark", user_id="ann"), full),
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
        await storage.start_run(a_run("s"))
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
    await storage.start_run(a_run("s"))


async def test_a_write_that_was_asked_for_is_done_though_cancelled(
    storage: SqliteStorage,
) -> None:
    runs = [a_run("s") for _ in range(200)]
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
        await storage.start_run(a_run("s"))
        closing = asyncio.create_task(storage.close())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.gather(closing, storage.close(), return_exceptions=True)


async def test_a_failure_in_the_middle_leaves_nothing(
    storage: SqliteStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await a_turn(storage, "s")
    before = await everything(storage, user_id="ann")

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("the disk took fire")

    monkeypatch.setattr(sqlite_beginnings, "add_messages", fail)
    monkeypatch.setattr(sqlite_runs, "put_messages", fail)
    monkeypatch.setattr(sqlite_forks, "copy_messages", fail)
    monkeypatch.setattr(sqlite_states, "json_object", fail)
    for attempt in (
        storage.start_run(a_run("new")),
        storage.start_run(a_run("s"), name="x", temporary=True),
        storage.update_run(replace(run, status=RunStatus.ERROR)),
        storage.fork_session("s", user_id="ann"),
        storage.update_session_state("s", user_id="ann", changed={"a": 1}),
        storage.update_session_state("new", user_id="ann", changed={"a": 1}),
    ):
        with pytest.raises(StorageError, match="fire"):
            await attempt
    monkeypatch.undo()
    assert await everything(storage, user_id="ann") == before
    assert await ask(storage, "SELECT count(*) FROM sessions") == [(1,)]
    assert await ask(storage, "SELECT count(*) FROM messages") == [(2,)]


async def test_a_row_that_is_broken_is_still_shown(storage: SqliteStorage) -> None:
    run = a_run("s")
    run.messages.append(Message("assistant", "Hm", tool_calls=[ToolCall("1", "a", "")]))
    await storage.start_run(run)
    await storage.set_session_summary("s", SessionSummary("x"), user_id="ann")
    for broken in ("", "{", "[{}]", "[1]", '{"id": 1}', "nonsense \x00", "[" * 10**5):
        text = "'" + broken.replace("\x00", "' || char(0) || '") + "'"
        await ask(storage, f"UPDATE messages SET tool_calls = {text}")
        await ask(storage, f"UPDATE sessions SET state = {text}, summary = {text}")
        (kept,) = await storage.get_runs("s", user_id="ann")
        assert kept.messages[1].content == "Hm"
        assert kept.messages[1].tool_calls == []
        assert await storage.get_session_summary("s", user_id="ann") is None
        state = await storage.get_session_state("s", user_id="ann")
        assert state == ({"id": 1} if broken.startswith('{"id') else {})
    state = await storage.update_session_state("s", user_id="ann", changed={"a": 1})
    assert state == {"a": 1}
    assert await storage.fork_session("s", user_id="ann")
