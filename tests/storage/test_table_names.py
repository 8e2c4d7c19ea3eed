"""Several sets of sessions in one file: apart in everything, each with its version."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from agno_tui.storage.errors import StorageError, StorageErrorKind
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.storage.sqlite_migrations import MIGRATIONS
from agno_tui.storage.steps import Migration
from agno_tui.storage.table_names import (
    DEFAULT,
    TABLE_SETS,
    Statements,
    check_table_name,
    names_in,
)
from tests.storage.runs import a_run, a_turn, everything

NAMES = names_in(MIGRATIONS)

NEWER = (*MIGRATIONS, ("CREATE TABLE notes (note TEXT) STRICT",))


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


async def opened(
    path: Path, table_name: str, migrations: tuple[Migration, ...] = MIGRATIONS
) -> SqliteStorage:
    storage = SqliteStorage(path, table_name=table_name, migrations=migrations)
    await storage.open()
    return storage


@pytest.mark.parametrize("other", ["agent_sessions_new", "order", "Agents", "_1"])
async def test_two_sets_share_a_file_and_nothing_else(
    tmp_path: Path, other: str
) -> None:
    first = SqliteStorage(db_file=str(tmp_path / "tmp" / "data.db"))
    second = SqliteStorage(table_name=other, db_file=tmp_path / "tmp" / "data.db")
    await first.open()
    before = await everything(first, user_id="ann")
    await second.open()
    run = await a_turn(second, "s", "Why so?")
    await second.rename_session("s", "Second", user_id="ann")
    await second.set_open_session("s", user_id="ann")
    await second.set_setting("theme", "dark", user_id="ann")
    assert await everything(first, user_id="ann") == before
    assert await first.get_run(run.run_id, user_id="ann") is None
    assert await first.search("why", user_id="ann") == []
    await a_turn(first, "s", "Why not?")
    assert [f.excerpt for f in await second.search("why", user_id="ann")] == ["Why so?"]
    assert [f.excerpt for f in await first.search("why", user_id="ann")] == ["Why not?"]
    await first.delete_session("s", user_id="ann")
    assert len(await second.get_runs("s", user_id="ann")) == 1
    await first.close()
    await second.close()
    tables = query(first.path, "SELECT name FROM sqlite_schema WHERE type = 'table'")
    names = {str(name) for (name,) in tables}
    assert {other, f"{other}_runs", f"{other}_messages", "sessions", "runs"} <= names
    assert query(first.path, f"SELECT table_name, version FROM {TABLE_SETS}") == [
        (other, len(MIGRATIONS))
    ]
    assert query(first.path, "PRAGMA foreign_key_check") == []
    assert query(first.path, "PRAGMA integrity_check") == [("ok",)]


async def test_the_default_set_is_the_default_whatever_its_case(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    storage = SqliteStorage(path)
    await storage.open()
    await a_turn(storage, "s")
    await storage.close()
    for name in ("sessions", "Sessions"):
        same = await opened(path, name)
        assert len(await same.get_runs("s", user_id="ann")) == 1
        await same.close()
    assert query(path, f"SELECT 1 FROM sqlite_schema WHERE name = '{TABLE_SETS}'") == []


async def test_a_sets_case_does_not_matter(tmp_path: Path) -> None:
    storage = await opened(tmp_path / "chat.db", "Agents")
    await a_turn(storage, "s")
    await storage.close()
    storage = await opened(tmp_path / "chat.db", "agents")
    assert len(await storage.get_runs("s", user_id="ann")) == 1
    await storage.close()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1st",
        "a b",
        "a-b",
        'a"b',
        "a;b",
        "größe",
        "a\n",
        "x" * 64,
        "sqlite_sequence",
        "SQLite_x",
        "runs",
        "Users",
        "agents_runs",
        "sessions_runs",
        "agents_message_words_data",
        "sqlite",
        "Excluded",
        "new",
        "old",
        "json_each",
        "raise",
        "rowid",
        TABLE_SETS,
    ],
)
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="table_name"):
        SqliteStorage(tmp_path / "chat.db", table_name=name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["agent_sessions", "agno_sessions", "select", "my_runs_2", "x" * 63, "_"]
)
def test_names_that_can_be(name: str) -> None:
    check_table_name(name, NAMES)


def test_no_name_in_one_set_is_a_name_in_another() -> None:
    """What `check_table_name` relies on: none of our names ends in another of them."""
    for one, other in product(NAMES, NAMES - {DEFAULT}):
        assert not one.endswith(f"_{other}"), (one, other)
    assert {"messages", "runs_by_session", "message_words_idx", "session_added"} < NAMES
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA trusted_schema = ON")
        for step in MIGRATIONS:
            for statement in step:
                connection.execute(statement)
        schema = "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
        made = {name for (name,) in connection.execute(schema)}
        assert made <= NAMES, "every name is known"
        columns = (
            "SELECT p.name FROM sqlite_schema s, pragma_table_info(s.name) p"
            " WHERE s.type = 'table' AND s.sql NOT LIKE 'CREATE VIRTUAL%'"
        )
        assert not NAMES & {name for (name,) in connection.execute(columns)}, (
            "a column of that name would be translated with the table"
        )


def test_only_whole_words_are_translated() -> None:
    statements = Statements("order", frozenset({"runs", "runs_by_end", "sessions"}))
    assert statements[
        "SELECT runs.id, x.runs, :runs, 'runs ''runs', \"runs\", runs_2, my_runs "
        "FROM sessions JOIN runs -- runs\n, runs_by_end"
    ] == (
        "SELECT \"order_runs\".id, x.runs, :runs, 'runs ''runs', \"runs\", runs_2, "
        'my_runs FROM "order" JOIN "order_runs" -- runs\n, "order_runs_by_end"'
    )


async def test_each_set_has_its_own_version(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    for name in ("sessions", "agents"):
        storage = await opened(path, name)
        await a_turn(storage, "s")
        await storage.close()
    newer = await opened(path, "agents", NEWER)
    assert len(await newer.get_runs("s", user_id="ann")) == 1
    await newer.close()
    copy = tmp_path / f"chat.db.bak-agents-v{len(MIGRATIONS)}"
    assert files(tmp_path) == ["chat.db", copy.name]
    assert query(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert query(copy, f"SELECT version FROM {TABLE_SETS}") == [(len(MIGRATIONS),)]
    before = path.read_bytes()
    with pytest.raises(StorageError) as failure:
        await SqliteStorage(path, table_name="agents").open()
    assert failure.value.kind is StorageErrorKind.NEWER
    assert path.read_bytes() == before
    older = await opened(path, "sessions")
    assert len(await older.get_runs("s", user_id="ann")) == 1
    await older.close()


async def test_a_failed_migration_of_a_set_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    await (await opened(path, "agents")).close()
    before = path.read_bytes()
    broken = (*MIGRATIONS, ("CREATE TABLE notes (x)", "INSERT INTO nowhere VALUES (1)"))
    with pytest.raises(StorageError):
        await opened(path, "agents", broken)
    assert path.read_bytes() == before
    assert files(tmp_path) == ["chat.db"]


async def test_another_programs_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "data.db"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("CREATE TABLE agents (session_id TEXT)")
    before = path.read_bytes()
    with pytest.raises(StorageError, match="db_file") as failure:
        await SqliteStorage(path, table_name="agents").open()
    assert failure.value.kind is StorageErrorKind.FOREIGN
    assert path.read_bytes() == before


async def test_a_table_that_is_in_the_way_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    await (await opened(path, "sessions")).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE agents_runs (mine)")
    with pytest.raises(StorageError, match="agents_runs"):
        await SqliteStorage(path, table_name="agents").open()
    assert query(path, "SELECT * FROM agents_runs") == []
    assert query(path, "SELECT 1 FROM sqlite_schema WHERE name = 'agents'") == []


async def test_first_opens_of_many_sets_at_once(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    names = ["sessions", "one", "two", "one", "two", "sessions"]
    storages = [SqliteStorage(path, table_name=name) for name in names]
    await asyncio.gather(*(storage.open() for storage in storages))
    for name, storage in zip(names, storages, strict=True):
        run = a_run("s", name)
        await storage.start_run(run)
        kept = await storage.get_runs("s", user_id="ann")
        assert {run.question for run in kept} == {name}
        await storage.close()
    assert files(tmp_path) == ["chat.db"], "no copies"
