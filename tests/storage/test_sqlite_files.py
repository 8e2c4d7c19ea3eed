"""The file: whose it is, who may read it, and what happens when it goes wrong."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agno_tui.session import Message, Run
from agno_tui.storage.errors import StorageError, StorageErrorKind
from agno_tui.storage.sqlite import SqliteStorage

ROOT = Path(__file__).parents[2]


def a_run(question: str = "Why?") -> Run:
    return Run("s", "ann", messages=[Message("user", question)])


async def opened(path: Path) -> SqliteStorage:
    storage = SqliteStorage(path)
    await storage.open()
    return storage


async def make(path: Path) -> None:
    await (await opened(path)).close()


async def refused(path: Path, *, busy_timeout: float = 10.0) -> StorageErrorKind:
    """The kind of error on opening; the words must name the file."""
    storage = SqliteStorage(path, busy_timeout=busy_timeout)
    with pytest.raises(StorageError) as failure:
        await storage.open()
    await storage.close()
    assert str(path) in failure.value.words
    return failure.value.kind


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("no_umask")
@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
async def test_only_the_user_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "chat.db"
    storage = await opened(path)
    await storage.start_run(a_run())
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["chat.db", "chat.db-shm", "chat.db-wal"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    for folder in (path.parent, path.parent.parent):
        assert folder.stat().st_mode & 0o777 == 0o700
    await storage.close()


@pytest.mark.usefixtures("no_umask")
async def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    path.touch(0o666)
    storage = await opened(path)
    await storage.start_run(a_run())
    await storage.close()
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
@pytest.mark.parametrize("left_open", [False, True])
async def test_another_programs_database(
    tmp_path: Path, mode: str, left_open: bool
) -> None:
    path = tmp_path / "their#own?%41.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as theirs:
        theirs.execute(f"PRAGMA journal_mode = {mode}")
        theirs.execute("CREATE TABLE sessions (x)")
        theirs.execute("INSERT INTO sessions VALUES ('theirs')")
        if not left_open:
            theirs.close()
        before = path.read_bytes()
        assert await refused(path) is StorageErrorKind.FOREIGN
        assert path.read_bytes() == before
    with closing(sqlite3.connect(path)) as theirs:
        assert theirs.execute("SELECT * FROM sessions").fetchall() == [("theirs",)]
        assert theirs.execute("PRAGMA journal_mode").fetchone() == (mode.lower(),)


async def test_a_marked_but_empty_database_is_foreign_too(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    sql(path, "PRAGMA application_id = 42")
    before = path.read_bytes()
    assert await refused(path) is StorageErrorKind.FOREIGN
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"Dear diary, this is no database at all.\n" * 100,
        b"x",
        b"SQLite format 3\x00" + b"\xff" * 5000,
        b"\x00" * 8192,
    ],
)
async def test_no_database_at_all(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "chat.db"
    path.write_bytes(content)
    assert await refused(path) is StorageErrorKind.CORRUPT
    assert path.read_bytes() == content
    assert os.listdir(tmp_path) == [path.name]


async def test_a_truncated_database(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    storage = await opened(path)
    await storage.start_run(a_run("long " * 10_000))
    await storage.close()
    content = path.read_bytes()[:6000]
    path.write_bytes(content)
    assert await refused(path) is StorageErrorKind.CORRUPT
    assert path.read_bytes() == content


async def test_damage_in_the_middle_is_named_when_it_is_met(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    storage = await opened(path)
    await storage.start_run(a_run())
    await storage.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xee" * (len(content) - 4096)
    path.write_bytes(content)
    storage = SqliteStorage(path)
    with pytest.raises(StorageError) as failure:
        await storage.open()
        await storage.get_runs("s", user_id="ann")
    await storage.close()
    assert failure.value.kind is StorageErrorKind.CORRUPT
    assert path.read_bytes() == content


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert await refused(tmp_path) is StorageErrorKind.OTHER


async def test_a_file_in_the_way_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert await refused(tmp_path / "file" / "chat.db") is StorageErrorKind.OTHER


async def test_locked_by_another_program(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    await make(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert await refused(path, busy_timeout=0.05) is StorageErrorKind.BUSY
    await make(path)


async def test_a_long_write_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    storage = SqliteStorage(path, busy_timeout=0.05)
    await storage.open()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError) as failure:
            await storage.start_run(a_run())
        assert failure.value.kind is StorageErrorKind.BUSY
        assert await storage.get_sessions(user_id="ann") == [], "reading goes on"
        other.execute("COMMIT")
    await storage.start_run(a_run())
    await storage.close()


@pytest.mark.skipif(os.name != "posix", reason="an open file can be deleted")
@pytest.mark.parametrize("how", ["deleted", "replaced", "its folder deleted"])
async def test_gone_while_in_use(tmp_path: Path, how: str) -> None:
    path = tmp_path / "folder" / "chat.db"
    storage = await opened(path)
    run = a_run()
    await storage.start_run(run)
    if how == "deleted":
        path.unlink()
    elif how == "replaced":
        other = tmp_path / "other.db"
        await make(other)
        other.replace(path)
    else:
        shutil.rmtree(path.parent)
    for attempt in (
        storage.start_run(a_run()),
        storage.append_content(run, content="x"),
        storage.update_run(run),
        storage.set_draft("s", "x", user_id="ann"),
        storage.interrupt_abandoned(),
    ):
        with pytest.raises(StorageError) as failure:
            await attempt
        assert failure.value.kind is StorageErrorKind.GONE
        assert str(path) in failure.value.words
    assert await storage.get_run(run.run_id, user_id="ann") == run, "still readable"
    await storage.close()


async def test_a_full_disk(tmp_path: Path) -> None:
    storage = await opened(tmp_path / "chat.db")
    run = a_run()
    await storage.start_run(run)
    await storage._hop(lambda database: limit_pages(database.connection, 40))
    with pytest.raises(StorageError) as failure:
        await storage.start_run(a_run("x" * 400_000))
    assert failure.value.kind is StorageErrorKind.FULL
    assert await storage.get_runs("s", user_id="ann") == [run], "whole or not at all"
    await storage._hop(lambda database: limit_pages(database.connection, 10_000))
    await storage.start_run(a_run("x" * 400_000))
    assert len(await storage.get_runs("s", user_id="ann")) == 2
    await storage.close()


def limit_pages(connection: sqlite3.Connection, pages: int) -> None:
    connection.execute(f"PRAGMA max_page_count = {pages}")


OPEN_AS_NOBODY = """
import asyncio, os, sys
from agno_tui.storage.errors import StorageError
from agno_tui.storage.sqlite import SqliteStorage
if os.geteuid() == 0:
    os.setuid(65534)
try:
    asyncio.run(SqliteStorage(sys.argv[1]).open())
except StorageError as error:
    print(error.kind.name)
    assert sys.argv[1] in error.words
"""


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
@pytest.mark.parametrize(
    ("of_file", "of_folder"), [(0o444, 0o755), (0o666, 0o555), (0o000, 0o755)]
)
def test_no_permission_to_write(of_file: int, of_folder: int) -> None:
    # Outside pytest's own folder, which another user may not even enter.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "chat.db"
        asyncio.run(make(path))
        before = path.read_bytes()
        path.chmod(of_file)
        folder.chmod(of_folder)
        child = subprocess.run(
            [sys.executable, "-c", OPEN_AS_NOBODY, str(path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
        )
        folder.chmod(0o755)
        path.chmod(0o600)
        assert (child.stdout, child.stderr) == ("READ_ONLY\n", "")
        assert path.read_bytes() == before
