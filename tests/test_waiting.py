"""What waits behind an answer: gone on with, taken back, put in another order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agno_tui.events import RunCompleted, RunPending, RunWithdrawn
from agno_tui.session import Run, RunStatus
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.storage.memory import MemoryStorage
from agno_tui.storage.sqlite import SqliteStorage
from tests.fakes import FailingStorage, FakeModel, until, words
from tests.test_runner import Desk, settled


async def questions(desk: Desk) -> list[str]:
    runs = await desk.storage.get_runs("s", user_id="u")
    return [run.question for run in runs]


@pytest.mark.parametrize("stopped", [True, False])
async def test_what_was_held_goes_on_when_the_broken_answer_comes_at_last(
    stopped: bool,
) -> None:
    gate = asyncio.Event()
    desk = Desk(FakeModel(["Half", gate, words()], ["One"], ["Two"], ["Three"]))
    first = await desk.send("1")
    await desk.streams(first, "Half")
    second, third = await desk.send("2"), await desk.send("3")
    if stopped:
        desk.runner.stop("s")
    gate.set()
    await desk.ended(first)
    assert not desk.runner.line.has(second)
    again = await desk.runner.retry(first)
    assert desk.runner.line.has(second) and desk.runner.line.has(third)
    await desk.ended(again, second, third)
    assert [r.answer for r in (again, second, third)] == ["One", "Two", "Three"]
    # Each saw what was said before it, the answer that came at last included.
    assert [said[-1] for said in desk.model.said] == [
        ("user", text) for text in ("1", "1", "2", "3")
    ]
    assert ("assistant", "One") in desk.model.said[2]
    assert await questions(desk) == ["1", "2", "3"]


async def test_what_is_held_stays_held_while_tries_fail() -> None:
    desk = Desk(FakeModel([words()], [words()], [words()], ["One"], ["Two"]))
    desk.model.preparation = [gate := asyncio.Event()]
    first, second = await desk.send("1"), await desk.send("2")
    gate.set()
    await desk.ended(first)
    for _ in range(2):
        first = await desk.runner.retry(first)
        await desk.ended(first)
        await settled()
        assert await desk.status(second) is RunStatus.PENDING
        assert not desk.runner.line.has(second)
    await desk.ended(await desk.runner.retry(first), second)
    assert second.answer == "Two"


async def test_after_a_restart_nothing_is_sent_until_it_is_wished() -> None:
    storage = MemoryStorage()
    before = Desk(FakeModel([asyncio.Event()]), storage)
    first = await before.send("1")
    for text in "23":
        await before.send(text)
    await before.runner.close()
    assert (await before.kept(first)).status is RunStatus.INTERRUPTED
    desk = Desk(FakeModel(["One"], ["Two"], ["Three"]), storage)
    _, second, third = await storage.get_runs("s", user_id="u")
    await settled()
    assert desk.model.requests == [] and not desk.runner.line.has(second)
    again = await desk.runner.retry(first)
    await desk.ended(again, second, third)
    assert desk.ends() == ["1", "2", "3"]


async def test_the_first_that_waits_takes_the_others_along_after_a_restart() -> None:
    desk = Desk(FakeModel(["One"], ["Two"], ["Three"]))
    first, second, third = [await desk.waiting(text) for text in "123"]
    await desk.runner.resume(second)
    await desk.ended(second, third)
    assert await desk.status(first) is RunStatus.PENDING


async def test_a_message_taken_back_is_never_sent() -> None:
    gate = asyncio.Event()
    desk = Desk(FakeModel([gate, "One"], ["Three"]))
    first = await desk.send("1")
    second, third = await desk.send("2"), await desk.send("3")
    assert await desk.runner.line.take_back(second)
    assert desk.events[-1] == RunWithdrawn(second)
    gate.set()
    await desk.ended(first, third)
    assert await questions(desk) == ["1", "3"]
    assert desk.ends() == ["1", "3"]


async def test_what_is_being_answered_cannot_be_taken_back() -> None:
    desk = Desk(FakeModel(["Half", gate := asyncio.Event()]))
    run = await desk.send("1")
    assert not await desk.runner.line.take_back(run)
    gate.set()
    await desk.ended(run)
    # Told how it stands, whoever still shows it as waiting.
    assert not await desk.runner.line.take_back(run)
    assert isinstance(desk.events[-1], RunCompleted)
    assert await questions(desk) == ["1"]


async def test_what_cannot_be_taken_back_keeps_its_turn() -> None:
    storage, gate = FailingStorage(MemoryStorage(), "withdraw_run"), asyncio.Event()
    desk = Desk(FakeModel([gate, "One"], ["Two"], ["Three"]), storage)
    runs = [await desk.send(text) for text in "123"]
    with pytest.raises(StorageError):
        await desk.runner.line.take_back(runs[1])
    gate.set()
    await desk.ended(*runs)
    assert desk.ends() == ["1", "2", "3"]


@pytest.mark.parametrize("held", [True, False])
async def test_messages_are_sent_in_the_order_they_were_put_in(
    held: bool, tmp_path: Path
) -> None:
    gate, storage = asyncio.Event(), SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    desk = Desk(
        FakeModel([gate, words() if held else "One"], ["a"], ["b"], ["c"]), storage
    )
    first, *waiting = [await desk.send(text) for text in "1234"]
    two, three, four = waiting
    if held:
        gate.set()
        await desk.ended(first)
    await desk.runner.line.order([four, two, three])
    assert await questions(desk) == ["1", "4", "2", "3"]
    if held:
        await desk.runner.resume(four)
    gate.set()
    await desk.ended(*waiting)
    assert [e for e in desk.ends() if e != "1"] == ["4", "2", "3"]
    await storage.close()


async def test_whether_more_is_sent_when_an_answer_is_whole() -> None:
    desk = Desk(FakeModel([gate := asyncio.Event(), "One"], ["Two"]))
    first = await desk.send("1")
    assert not desk.runner.line.goes_on("s")
    second: Run = await desk.send("2")
    assert RunPending(second) in desk.events
    assert desk.runner.line.goes_on("s")
    gate.set()
    await desk.ended(first, second)
    await until(lambda: not desk.runner.line.goes_on("s"))


@pytest.fixture
async def windows(tmp_path: Path) -> AsyncIterator[list[SqliteStorage]]:
    """Two programs with one database."""
    storages = [SqliteStorage(tmp_path / "chat.db") for _ in range(2)]
    for storage in storages:
        await storage.open()
    yield storages
    for storage in storages:
        await storage.close()


async def take_back_there(there: SqliteStorage, run: Run) -> None:
    """The user takes a message back in the other window."""
    other = Desk(FakeModel(), there)
    assert await other.runner.line.take_back(await other.kept(run))


async def test_what_another_window_took_back_is_passed_over(
    windows: list[SqliteStorage],
) -> None:
    here, there = windows
    gate = asyncio.Event()
    desk = Desk(FakeModel([gate, "One"], ["Three"]), here)
    first, second, third = [await desk.send(text) for text in "123"]
    await take_back_there(there, second)
    gate.set()
    await desk.ended(first, third)
    assert RunWithdrawn(second) in desk.events
    assert desk.ends() == ["1", "3"]
    assert await questions(desk) == ["1", "3"]


@pytest.mark.parametrize("deed", ["take_back", "retry", "resume"])
async def test_what_another_window_took_back_is_said_to_be_gone(
    windows: list[SqliteStorage], deed: str
) -> None:
    here, there = windows
    desk = Desk(FakeModel(["Two"]), here)
    run, behind = await desk.waiting("1"), await desk.waiting("2")
    await take_back_there(there, run)
    if deed == "take_back":
        assert await desk.runner.line.take_back(run)
    else:
        await getattr(desk.runner, deed)(run)
    assert desk.events == [RunWithdrawn(run)]
    await settled()
    assert await desk.status(behind) is RunStatus.PENDING


async def test_of_a_session_that_is_gone_nothing_is_said_to_be_taken_back() -> None:
    desk = Desk(FakeModel())
    run = await desk.waiting("1")
    await desk.storage.delete_session("s", user_id="u")
    with pytest.raises(SessionNotFoundError):
        await desk.runner.resume(run)
    assert desk.events == []


async def test_what_is_taken_back_while_a_retry_begins_is_not_sent() -> None:
    desk = Desk(FakeModel([words()], ["One"], ["Three"]))
    desk.model.preparation = [gate := asyncio.Event()]
    first, second, third = [await desk.send(text) for text in "123"]
    gate.set()
    await desk.ended(first)
    read = desk.runner.line.behind

    async def read_and_wait(first: Run) -> list[Run]:
        runs = await read(first)
        assert await desk.runner.line.take_back(second)
        return runs

    desk.runner.line.behind = read_and_wait  # type: ignore[method-assign]
    again = await desk.runner.retry(first)
    assert not desk.runner.line.has(second) and desk.runner.line.has(third)
    await desk.ended(again, third)
    assert await questions(desk) == ["1", "3"]


async def test_what_is_held_and_cannot_be_taken_back_is_held_still() -> None:
    storage = FailingStorage(MemoryStorage(), "withdraw_run")
    desk = Desk(FakeModel([gate := asyncio.Event(), words()], ["2"], ["3"]), storage)
    first, second, third = [await desk.send(text) for text in "123"]
    gate.set()
    await desk.ended(first)
    with pytest.raises(StorageError):
        await desk.runner.line.take_back(second)
    known = desk.runner._waiting._held["s"]
    assert list(known) == [second, third]
    assert known[0] is second, "who shows it is told of what becomes of it"
    assert not desk.runner.line.has(second)
    await desk.runner.resume(second)
    await desk.ended(second, third)
    assert desk.ends() == ["1", "2", "3"]
