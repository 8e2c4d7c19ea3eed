"""Runs whose process is gone, and what is told to the index when a run ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agno_tui.session import Message, Run, RunStatus, ToolCall, now
from agno_tui.storage.process import SIGN_OF_LIFE, Owner
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.storage.sqlite_runs import ENDED_EARLY
from tests.storage.runs import a_run, answer, ask


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
    run = a_run("s")
    run.status = RunStatus.PENDING
    await first.start_run(run)
    second = SqliteStorage(tmp_path / "chat.db")
    await second.open()
    assert await second.claim_run(run)
    assert not await first.claim_run(run)
    assert await second.interrupt_abandoned() == 0
    assert await first.get_runs("s", user_id="ann", status=RunStatus.RUNNING)


INDEXED = "SELECT role, indexed FROM messages ORDER BY message_id"


@pytest.mark.parametrize("status", [status for status in RunStatus if status.ended])
@pytest.mark.parametrize("temporary", [False, True])
async def test_what_was_said_is_told_to_the_index_once_its_run_has_ended(
    tmp_path: Path, status: RunStatus, temporary: bool
) -> None:
    storage = SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    run = a_run("s")
    run.messages += [
        Message("system", "Be brief."),
        Message("assistant", "Hm.", tool_calls=[ToolCall("1", "look", "{}")]),
        Message("tool", "x"),
        Message("oracle", "y"),
    ]
    await storage.start_run(run, temporary=temporary)
    await storage.append_content(run, content="So")
    await storage.update_run(run)
    assert {indexed for _, indexed in await ask(storage, INDEXED)} == {0}
    await storage.update_run(answer(run, "So.", status))
    assert await ask(storage, INDEXED) == [
        ("user", 1),
        ("system", 0),
        ("assistant", 1),
        ("tool", 0),
        ("oracle", 0),
        ("assistant", 1),
    ]
    order = "SELECT message_id FROM messages ORDER BY message_id"
    numbers = await ask(storage, order)
    await storage.fork_session("s", user_id="ann")
    indexed = await ask(storage, INDEXED)
    assert len(indexed) == 12 and indexed[:6] == indexed[6:]
    assert (await ask(storage, order))[:6] == numbers, "a message keeps its number"


async def test_a_message_that_changed_is_told_to_the_index_anew(
    tmp_path: Path,
) -> None:
    storage = SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    run = answer(a_run("s"), "So.")
    await storage.start_run(run)
    await ask(storage, "CREATE TEMP TABLE seen (position, before, after)")
    await ask(
        storage,
        "CREATE TEMP TRIGGER watch AFTER UPDATE OF indexed ON main.messages BEGIN "
        "INSERT INTO seen VALUES (new.position, old.indexed, new.indexed); END",
    )
    run.messages[1].content = "Not so."
    await storage.update_run(run)
    assert await ask(storage, "SELECT * FROM seen") == [(1, 1, 0), (1, 0, 1)]
    run.messages[1].role = "oracle"
    await storage.update_run(run)
    assert await ask(storage, INDEXED) == [("user", 1), ("oracle", 0)]


async def test_an_interrupted_run_is_told_to_the_index(tmp_path: Path) -> None:
    dead = replace(Owner.current(), pid=2**22 + 1, start="1-nobody")
    first = SqliteStorage(tmp_path / "chat.db", owner=dead)
    await first.open()
    run = a_run("s")
    call = ToolCall("1", "look", "{}")
    run.messages.append(Message("assistant", "Hm.", tool_calls=[call]))
    await first.start_run(run)
    await first.append_content(run, content="So")
    second = SqliteStorage(tmp_path / "chat.db")
    await second.open()
    assert await second.interrupt_abandoned() == 1
    assert await ask(second, INDEXED) == [
        ("user", 1),
        ("assistant", 1),
        ("assistant", 1),
    ]
    kept = await second.get_run(run.run_id, user_id="ann")
    assert kept is not None and kept.messages[1].tool_calls == [call]
    assert kept.messages[2].content == "So"
