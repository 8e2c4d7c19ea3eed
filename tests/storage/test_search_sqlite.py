"""What SQLite adds to searching: indexes that stay whole, and millions of others."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.storage import ranking, sqlite_search
from agno_tui.storage.memory import MemoryStorage
from agno_tui.storage.query import UNSPACED, Query
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.storage.sqlite_files import _INNOCUOUS, Database
from agno_tui.storage.sqlite_migrations import MIGRATIONS, migrate
from agno_tui.storage.steps.third import THIRD
from tests.storage.runs import a_run, answer, ask

INDEXES = ("message_words", "message_trigrams", "session_words", "session_trigrams")

TEXTS = [
    "Why?",
    "Köln",
    "日本",
    "使用Python开发数据",
    "",
    "a\x00b",
    "สวัสดี",
    "why so 日",
]


async def opened(path: Path) -> SqliteStorage:
    storage = SqliteStorage(path)
    await storage.open()
    return storage


async def check(storage: SqliteStorage) -> None:
    """The indexes hold what the tables do, no more and no less."""
    for index in INDEXES:
        await ask(
            storage, f"INSERT INTO {index}({index}, rank) VALUES('integrity-check', 1)"
        )
        indexed = await ask(storage, f"SELECT id FROM {index}_docsize ORDER BY id")
        view = index.replace("words", "texts").replace("trigrams", "texts_unspaced")
        key = "message_id" if index.startswith("message") else "sequence"
        assert indexed == await ask(storage, f"SELECT {key} FROM {view} ORDER BY {key}")


async def test_the_indexes_follow_whatever_happens(tmp_path: Path) -> None:
    chance = random.Random(11)
    storage = await opened(tmp_path / "chat.db")
    memory = MemoryStorage()
    runs: list[Run] = []
    for _ in range(150):
        if not runs or chance.random() < 0.3:
            runs.append(a_run(f"s{chance.randrange(6)}", chance.choice(TEXTS)))
            name = chance.choice(TEXTS)
            for one in (storage, memory):
                await one.start_run(runs[-1], name=name)
                await one.append_content(runs[-1], content="more")
        run = chance.choice(runs)
        if chance.random() < 0.5:
            answer(run, chance.choice(TEXTS), chance.choice(list(RunStatus)))
        elif len(run.messages) > 1 and chance.random() < 0.5:
            del run.messages[1:]
        else:
            run.messages[0].content = chance.choice(TEXTS)
        name = chance.choice(TEXTS)
        for one in (storage, memory):
            await one.update_run(run)
            await one.rename_session(run.session_id, name, user_id="ann")
        await check(storage)
    for query in "why", "koln", "日", "日本", "数据", "python", "more", "so 日", "สวัส":
        sqlite = await storage.search(query, user_id="ann", limit=500)
        plain = await memory.search(query, user_id="ann", limit=500)
        # A name's time differs: each storage has its own clock.
        assert [replace(f, created_at=0) for f in sqlite] == [
            replace(f, created_at=0) for f in plain
        ]
    await ask(storage, "DELETE FROM checkpoints")
    await ask(storage, "DELETE FROM messages")
    await check(storage)
    await storage.close()


async def test_a_run_that_was_abandoned_is_found(tmp_path: Path) -> None:
    storage = await opened(tmp_path / "chat.db")
    await storage.start_run(a_run("s", "word"))
    await storage.append_content(
        (await storage.get_runs("s", user_id="ann"))[0], content="partial"
    )
    await ask(storage, "UPDATE runs SET owner = '', alive_at = 0")
    assert await storage.interrupt_abandoned() == 1
    for query in ("word", "partial"):
        assert len(await storage.search(query, user_id="ann")) == 1
    await check(storage)
    await storage.close()


async def test_a_session_does_not_change_its_user(tmp_path: Path) -> None:
    storage = await opened(tmp_path / "chat.db")
    await storage.start_run(a_run("s", "word"))
    with pytest.raises(sqlite3.IntegrityError, match="keeps its user"):
        await ask(storage, "UPDATE sessions SET user_id = 'bob'")
    await ask(storage, "UPDATE sessions SET user_id = user_id, name = 'x'")
    await storage.close()


async def test_what_was_there_before_the_index_is_found(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, MIGRATIONS[:2])
    storage = SqliteStorage(path, migrations=MIGRATIONS[:2])
    await storage.open()
    await ask(
        storage,
        "INSERT INTO sessions (session_id, user_id, name, created_at, updated_at)"
        " VALUES ('s', 'ann', 'Köln 日本', 1, 1)",
    )
    for run_id, status in (("done", "COMPLETED"), ("live", "RUNNING")):
        await ask(
            storage,
            "INSERT INTO runs (run_id, session_id, status, model, provider,"
            " finish_reason, error, created_at, estimated, owner, alive_at)"
            f" VALUES ('{run_id}', 's', '{status}', '', '', '', '', 1, 0, '', 1)",
        )
        for position, role in enumerate(("user", "assistant", "tool", "system")):
            await ask(
                storage,
                "INSERT INTO messages (run_id, position, role, content,"
                " reasoning_content, created_at)"
                f" VALUES ('{run_id}', {position}, '{role}', '{role}rede 数据', '', 1)",
            )
    await storage.close()
    storage = await opened(path)
    await check(storage)
    for query in ("userrede", "assistantrede", "数据", "userrede 数据"):
        (one,) = await storage.search(query, user_id="ann")
        assert one.run_id == "done"
    for query in ("toolrede", "systemrede"):
        assert await storage.search(query, user_id="ann") == []
    for query in ("koln", "日本", "本"):
        (one,) = await storage.search(query, user_id="ann")
        assert one.run_id is None
    await storage.close()


@pytest.mark.parametrize("newest", [3])
@pytest.mark.parametrize("make", [MemoryStorage, None])
async def test_only_the_users_own_newest_are_weighed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    newest: int,
    make: Callable[[], MemoryStorage] | None,
) -> None:
    """Others' matches, and those in the trash, are not among the newest."""
    for name in ("_IN_WORDS", "_IN_TRIGRAMS"):
        before = getattr(sqlite_search, name)
        limited = eval(repr(before).replace("LIMIT 500", f"LIMIT {newest}"))
        assert limited != before
        monkeypatch.setattr(sqlite_search, name, limited)
    monkeypatch.setattr("agno_tui.storage.memory_search.NEWEST", newest)
    storage = make() if make else SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    for session, user in (
        *((f"mine{number}", "ann") for number in range(5)),
        *((f"trash{number}", "ann") for number in range(5)),
        *((f"his{number}", "bob") for number in range(5)),
    ):
        run = a_run(session, "word 日本", user_id=user)
        await storage.start_run(run)
        run.status = RunStatus.COMPLETED
        await storage.update_run(run)
        if session.startswith("trash"):
            await storage.delete_session(session, user_id=user)
    for query in ("word", "日本", "本"):
        results = await storage.search(query, user_id="ann")
        assert {one.session_id for one in results} == {"mine2", "mine3", "mine4"}
    await storage.close()


@pytest.mark.parametrize("index", range(2))
async def test_the_plan_walks_an_index_newest_first(tmp_path: Path, index: int) -> None:
    storage = await opened(tmp_path / "chat.db")
    values = {"match": '"a"', "user_id": "", "excluding": None, "common": "[]"}
    for sql in (sqlite_search._IN_WORDS[index], sqlite_search._IN_TRIGRAMS[index][1]):

        def explain(database: Database, sql: str = sql) -> list[str]:
            rows = database.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
            return [str(row["detail"]) for row in rows]

        plan = await storage._hop(explain)
        first, *others = plan
        assert "VIRTUAL TABLE" in first
        assert not any("TEMP B-TREE" in step for step in plan), "sorted by the index"
        assert all(re.search("SEARCH|SUBQ|json_(each|tree)", step) for step in others)
    await storage.close()


async def test_common_pieces_are_looked_for_and_rare_ones_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = await opened(tmp_path / "chat.db")
    for number in range(8):
        run = a_run(f"s{number}", f"数据{chr(0x4E00 + number)}的 终于{number}")
        await storage.start_run(run)
        run.status = RunStatus.COMPLETED
        await storage.update_run(run)
    for many in (500, 3):
        monkeypatch.setattr(sqlite_search, "_MANY", many)
        monkeypatch.setattr(
            sqlite_search,
            "_IN_TRIGRAMS",
            tuple(
                (trigrams.replace("LIMIT 501", f"LIMIT {many + 1}"), sql)
                for trigrams, sql in sqlite_search._IN_TRIGRAMS
            ),
        )
        assert len(await storage.search("数据", user_id="ann")) == 8
        assert len(await storage.search("数据 终于", user_id="ann")) == 8
        assert len(await storage.search("终于5", user_id="ann")) == 1
        assert await storage.search("数字", user_id="ann") == []
    await storage.close()


async def test_a_message_that_is_not_utf8(tmp_path: Path) -> None:
    storage = await opened(tmp_path / "chat.db")
    run = a_run("s", "word")
    run.messages.append(Message(Role.ASSISTANT, "word"))
    run.status = RunStatus.COMPLETED
    await storage.start_run(run)
    await storage.update_run(run)
    await ask(storage, "UPDATE messages SET content = CAST(x'776f7264ff' AS TEXT)")
    (one,) = await storage.search("word", user_id="ann")
    assert one.excerpt == "word\ufffd"
    await check(storage)
    await storage.close()


def test_the_same_scripts_in_the_schema_and_in_the_query() -> None:
    assert sum(f"*[{UNSPACED}]*" in statement for statement in THIRD) >= 6
    assert Query("한국어 Ж Ω").is_spaced and not Query("a 日").is_spaced


async def test_the_schema_is_trusted_only_where_it_has_to_be(tmp_path: Path) -> None:
    storage = await opened(tmp_path / "chat.db")
    trusted = sqlite3.sqlite_version_info < _INNOCUOUS
    assert await ask(storage, "PRAGMA trusted_schema") == [(int(trusted),)]
    await storage.close()


def test_the_number_that_is_weighed() -> None:
    assert ranking.NEWEST == 500
    assert all("LIMIT 500" in sql for sql in sqlite_search._IN_WORDS)
