"""What the first version kept is there in the newest."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agno_tui.session import Message, Metrics, Run, RunStatus, UserMemory
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.storage.sqlite_migrations import APPLICATION_ID, MIGRATIONS
from agno_tui.storage.steps.first import FIRST
from tests.storage.runs import a_turn, ask

SESSIONS = [
    # session_id, user_id, name, name_by_user, draft, created, updated, read, deleted
    ("s", "ann", "Mine", 1, "typed", 10, 50, 60, None),
    ("t", "", "Why?", 0, "", 11, 40, 0, None),
    ("gone", "ann", "Old", 0, "", 12, 30, 0, 99),
]

RUNS = [
    # run_id, session_id, status, retry_of, created_at, ended_at, output_tokens, owner
    ("r1", "s", "COMPLETED", None, 20, 25, 7, "1@x@elsewhere"),
    ("r2", "t", "ERROR", None, 21, 26, None, "1@x@elsewhere"),
    ("r3", "s", "RUNNING", "r1", 22, None, None, "1@x@elsewhere"),
    ("r4", "gone", "COMPLETED", None, 23, 27, 7, "1@x@elsewhere"),
    ("r5", "s", "PENDING", None, 24, None, None, "1@x@elsewhere"),
]

MESSAGES = [
    # run_id, position, role, content, reasoning_content, created_at
    ("r5", 0, "user", "waits", "", 24),
    ("r1", 1, "assistant", "Because.", "Hmm.", 21),
    ("r1", 0, "user", "Why ä\x00?", "", 20),
    ("r2", 0, "user", "Not ann's", "", 21),
    ("r3", 0, "user", "Why?", "", 22),
    ("r4", 0, "user", "In the trash", "", 23),
    ("r4", 1, "assistant", "Yes.", "", 23),
]


def make(path: Path, *, extra: str = "") -> None:
    """A database as the first version left it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in FIRST:
            connection.execute(statement)
        connection.executemany(
            "INSERT INTO sessions (session_id, user_id, name, name_by_user, draft,"
            " created_at, updated_at, read_at, deleted_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            SESSIONS,
        )
        connection.executemany(
            "INSERT INTO runs (run_id, session_id, status, retry_of, created_at,"
            " ended_at, output_tokens, owner, model, provider, finish_reason, error,"
            " estimated, alive_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'm', 'p', '', '', 0, 22)",
            RUNS,
        )
        connection.executemany(
            "INSERT INTO messages (run_id, position, role, content, reasoning_content,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?)",
            MESSAGES,
        )
        connection.execute(
            "INSERT INTO checkpoints (run_id, content, reasoning_content, created_at)"
            " VALUES ('r3', 'So ', 'Hm', 30), ('r3', 'far', '', 31)"
        )
        connection.execute("INSERT INTO users VALUES ('ann', 's')")
        if extra:
            connection.execute(extra)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")


@pytest.fixture
async def storage(tmp_path: Path) -> SqliteStorage:
    make(tmp_path / "chat.db")
    storage = SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    return storage


async def test_all_of_it_is_there(storage: SqliteStorage) -> None:
    (session,) = await storage.get_sessions(user_id="ann")
    assert (session.session_id, session.name, session.draft) == ("s", "Mine", "typed")
    assert (session.created_at, session.updated_at) == (10, 50)
    assert session.named_by_user and not session.temporary and not session.unread
    assert session.forked_from is None
    assert await storage.get_open_session(user_id="ann") == "s"
    third, fifth = await storage.get_runs("s", user_id="ann")
    first = await storage.get_run("r1", user_id="ann")
    assert first == Run(
        "s",
        "ann",
        "r1",
        RunStatus.COMPLETED,
        [
            Message("user", "Why ä\x00?", created_at=20),
            Message("assistant", "Because.", "Hmm.", created_at=21),
        ],
        model="m",
        provider="p",
        metrics=Metrics(output_tokens=7),
        parent_run_id="",
        created_at=20,
        ended_at=25,
        sequence=1,
    )
    assert (third.status, third.retry_of) == (RunStatus.RUNNING, "r1")
    assert (third.parent_run_id, fifth.parent_run_id) == ("", None)
    assert await storage.get_versions("s", user_id="ann") == [["r1", "r3"]]
    assert third.messages[1] == Message("assistant", "So far", "Hm", created_at=30)
    assert (fifth.status, fifth.question) == (RunStatus.PENDING, "waits")
    (session,) = await storage.get_sessions(user_id="")
    assert session.unread and not session.named_by_user
    (run,) = await storage.get_runs("t", user_id="")
    assert (run.status, run.question) == (RunStatus.ERROR, "Not ann's")
    await storage.restore_session("gone", user_id="ann")
    (run,) = await storage.get_runs("gone", user_id="ann")
    assert (run.question, run.answer) == ("In the trash", "Yes.")


async def test_it_goes_on_from_there(storage: SqliteStorage) -> None:
    assert await storage.interrupt_abandoned() == 1
    run = await storage.get_run("r3", user_id="ann")
    assert run is not None
    assert (run.status, run.answer) == (RunStatus.INTERRUPTED, "So far")
    waiting = await storage.get_run("r5", user_id="ann")
    assert waiting is not None and await storage.claim_run(waiting)
    assert (await a_turn(storage, "s")).sequence == 6
    assert await storage.get_session_state("s", user_id="ann") == {}
    assert await storage.get_session_summary("s", user_id="ann") is None
    metrics = await storage.get_session_metrics("s", user_id="ann")
    assert (metrics.runs, metrics.output_tokens) == (3, 7)
    fork = await storage.fork_session("s", user_id="ann")
    copies = await storage.get_runs(fork.session_id, user_id="ann")
    assert [copy.retry_of for copy in copies] == [None, None]
    assert [copy.parent_run_id for copy in copies] == ["", copies[0].run_id]
    await storage.add_memory(UserMemory("Likes tea.", "ann"))
    assert len(await storage.get_memories(user_id="ann")) == 1


async def test_messages_are_numbered_as_they_were_said(storage: SqliteStorage) -> None:
    rows = await ask(
        storage, "SELECT run_id, position, indexed FROM messages ORDER BY message_id"
    )
    assert rows == [
        ("r1", 0, 1),
        ("r1", 1, 1),
        ("r2", 0, 1),
        ("r3", 0, 0),
        ("r4", 0, 1),
        ("r4", 1, 1),
        ("r5", 0, 0),
    ]
    foreign = await ask(storage, "PRAGMA foreign_key_list(messages)")
    assert [row[2:5] for row in foreign] == [("runs", "run_id", "run_id")]
    assert await ask(storage, "PRAGMA integrity_check") == [("ok",)]


async def test_every_step_in_between_leads_there(tmp_path: Path) -> None:
    schema = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name"
    whole, path = tmp_path / "whole.db", tmp_path / "chat.db"
    make(path)
    for version in range(1, len(MIGRATIONS) + 1):
        storage = SqliteStorage(path, migrations=MIGRATIONS[:version])
        await storage.open()
        assert await ask(storage, "PRAGMA user_version") == [(version,)]
        await storage.close()
    storages = [SqliteStorage(path), SqliteStorage(whole)]
    for storage in storages:
        await storage.open()
    stepwise, at_once = [await ask(storage, schema) for storage in storages]
    assert stepwise == at_once
    assert [run.run_id for run in await storages[0].get_runs("s", user_id="ann")] == [
        "r3",
        "r5",
    ]


async def test_text_that_is_not_utf8_is_carried_over(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    make(path, extra="UPDATE messages SET content = CAST(x'61ff62' AS TEXT)")
    storage = SqliteStorage(path)
    await storage.open()
    rows = await ask(storage, "SELECT DISTINCT hex(content) FROM messages")
    assert rows == [("61FF62",)]
    (run, *_) = await storage.get_runs("s", user_id="ann")
    assert run.question == "a\ufffdb"
