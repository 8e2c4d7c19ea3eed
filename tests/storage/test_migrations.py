"""From an older schema to a newer one: whole, copied first, or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

import pytest

from agno_tui.session import Message, Run, RunStatus
from agno_tui.storage.errors import StorageError, StorageErrorKind
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.storage.sqlite_migrations import (
    APPLICATION_ID,
    MIGRATIONS,
    look,
    migrate,
)
from agno_tui.storage.steps import Migration

NEXT: Migration = (
    "ALTER TABLE sessions ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE notes (note TEXT NOT NULL) STRICT",
    "INSERT INTO notes SELECT content FROM messages",
)
NEWER = (*MIGRATIONS, NEXT)
NOW = len(MIGRATIONS)
"""The version of the newest schema."""

TABLES = {
    "checkpoints",
    "memories",
    "messages",
    "runs",
    "sessions",
    "settings",
    "users",
}


async def keep_one(path: Path) -> Run:
    run = Run("s", "ann", messages=[Message("user", "Why?")])
    storage = SqliteStorage(path)
    await storage.open()
    await storage.start_run(run)
    await storage.close()
    return run


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            *connection.iterdump(),
            str(connection.execute("PRAGMA user_version").fetchone()),
        ]


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


async def test_a_new_file_has_the_newest_schema(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    await keep_one(path)
    assert query(path, "PRAGMA user_version") == [(NOW,)]
    assert query(path, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert query(path, "PRAGMA journal_mode") == [("wal",)]
    tables = query(path, "PRAGMA table_list")
    ours = {
        str(name): strict
        for _, name, kind, _, _, strict in tables
        if kind == "table" and not str(name).startswith("sqlite_")
    }
    assert ours == dict.fromkeys(TABLES, 1), "all STRICT"
    assert names(tmp_path) == ["chat.db"], "no copies"


async def test_an_older_database_is_copied_then_migrated(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    run = await keep_one(path)
    old = dump(path)
    storage = SqliteStorage(path, migrations=NEWER)
    await storage.open()
    assert await storage.get_run(run.run_id, user_id="ann") == run
    await storage.close()
    assert query(path, "PRAGMA user_version") == [(NOW + 1,)]
    assert query(path, "SELECT note FROM notes") == [("Why?",)]
    copy = tmp_path / f"chat.db.bak-v{NOW}"
    assert dump(copy) == old
    assert copy.stat().st_mode & 0o777 == 0o600
    await storage.open()
    await storage.close()
    assert len(names(tmp_path)) == 2, "copied once"


async def test_an_older_copy_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    await keep_one(path)
    (tmp_path / f"chat.db.bak-v{NOW}").write_text("precious")
    storage = SqliteStorage(path, migrations=NEWER)
    await storage.open()
    await storage.close()
    assert (tmp_path / f"chat.db.bak-v{NOW}").read_text() == "precious"
    assert query(tmp_path / f"chat.db.bak-v{NOW}-2", "PRAGMA user_version") == [(NOW,)]


@pytest.mark.parametrize(
    "broken",
    [
        "INSERT INTO nowhere VALUES (1)",
        "UPDATE runs SET status = NULL",
        "UPDATE runs SET session_id = 'an orphan'",
    ],
)
async def test_a_failed_migration_changes_nothing(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "chat.db"
    run = await keep_one(path)
    old = dump(path)
    storage = SqliteStorage(path, migrations=(*NEWER, (broken,)))
    for _ in range(2):
        with pytest.raises(StorageError) as failure:
            await storage.open()
        assert str(path) in failure.value.words
    assert dump(path) == old
    assert names(tmp_path) == ["chat.db"]
    storage = SqliteStorage(path)
    await storage.open()
    assert await storage.get_run(run.run_id, user_id="ann") == run
    await storage.close()


async def test_eight_at_once_migrate_once(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    run = await keep_one(path)
    storages = [SqliteStorage(path, migrations=NEWER) for _ in range(8)]
    await asyncio.gather(*(storage.open() for storage in storages))
    for storage in storages:
        assert await storage.get_run(run.run_id, user_id="ann") == run
        await storage.close()
    assert query(path, "SELECT count(*) FROM notes") == [(1,)]
    assert names(tmp_path) == ["chat.db", f"chat.db.bak-v{NOW}"]


def test_a_file_that_is_just_being_made_is_not_half_seen(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    mine = sqlite3.connect(path, isolation_level=None)
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    with closing(mine), closing(other):

        def make(statement: str) -> None:
            if "user_version" in statement:  # Between one question and the next.
                with suppress(sqlite3.OperationalError):
                    migrate(other, path, MIGRATIONS)

        mine.set_trace_callback(make)
        assert look(mine, path, NOW) == 0
        mine.set_trace_callback(None)
        migrate(mine, path, MIGRATIONS)
        assert look(mine, path, NOW) == NOW


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    await keep_one(path)
    newer = SqliteStorage(path, migrations=NEWER)
    await newer.open()
    await newer.close()
    before = path.read_bytes()
    with pytest.raises(StorageError) as failure:
        await SqliteStorage(path).open()
    assert failure.value.kind is StorageErrorKind.NEWER
    assert str(path) in failure.value.words
    assert path.read_bytes() == before


async def test_a_newer_database_still_in_its_log_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    await keep_one(path)
    newer = SqliteStorage(path, migrations=NEWER)
    await newer.open()
    with pytest.raises(StorageError) as failure:
        await SqliteStorage(path).open()
    assert failure.value.kind is StorageErrorKind.NEWER
    await newer.close()
    assert query(path, "PRAGMA user_version") == [(NOW + 1,)]


async def test_what_a_newer_version_wrote_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    run = await keep_one(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE runs SET status = 'PAUSED', error = 'Hm.'")
        connection.execute(
            "UPDATE messages SET role = 'oracle', content = CAST(x'61ff62' AS TEXT)"
        )
    storage = SqliteStorage(path)
    await storage.open()
    kept = await storage.get_run(run.run_id, user_id="ann")
    (session,) = await storage.get_sessions(user_id="ann")
    assert session.last_status is RunStatus.ERROR
    assert kept is not None and kept.status is RunStatus.ERROR
    assert kept.error.startswith("Hm. ") and "PAUSED" in kept.error
    assert kept.messages[0].role == "oracle"
    assert kept.messages[0].content == "a\ufffdb"
    await storage.update_run(kept)
    await storage.close()


def test_released_steps_are_never_edited() -> None:
    """A step that was released is a promise: change the schema by a new step."""
    released = ["02c1233e12ef6e5b0b7ddf329d48f06d07ad277d8c5bf47a109f7fed84501262"]
    digests = [sha256("".join(step).encode()).hexdigest() for step in MIGRATIONS]
    assert digests[: len(released)] == released
