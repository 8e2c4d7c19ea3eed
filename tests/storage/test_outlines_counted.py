"""How much was said in a run is counted when it ends: the texts need not be read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from agno_tui.session import Message, Run, RunStatus
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.memory import MemoryStorage
from agno_tui.storage.outlines import outlined
from agno_tui.storage.process import Owner
from agno_tui.storage.sqlite import SqliteStorage
from tests.storage.runs import a_run, a_turn, answer, ask

BEGUN = [status for status in RunStatus if status is not RunStatus.PENDING]

# Halves of surrogate pairs are put in order when they are kept.
TEXTS = ["", "So.\n", "漢😀\r\n\n", "\ud83d\ude00 \ud800\n", "x\n" * 300]

ROLES = ["user", "assistant", "tool", "system", "from the future"]

DEEDS = [
    *("begin", "wait", "claim", "piece", "keep", "keep"),
    *("begin again", "choose", "delete", "restore", "fork", "withdraw"),
]

Deed = tuple[str, int, int, list[tuple[str, str]]]
"""What is done, to which of the runs there are, what becomes of it, what it says."""


async def do(storage: Storage, runs: list[Run], deed: Deed) -> None:
    what, place, status, said = deed
    messages = [Message(role, text) for role, text in said]
    if what in ("begin", "wait") or not runs:
        run = a_run("s", status=BEGUN[status % len(BEGUN)], messages=messages)
        run.status = RunStatus.PENDING if what == "wait" else run.status
        await storage.start_run(run)
        runs.append(run)
        return
    run = runs[place % len(runs)]
    changed = replace(run, status=BEGUN[status % len(BEGUN)], messages=messages)
    match what:
        case "claim":
            await storage.claim_run(run)
        case "piece":
            await append(storage, changed)
        case "keep":
            await storage.update_run(changed)
        case "begin again":
            await storage.start_run(changed)
        case "withdraw" if await storage.withdraw_run(run):
            runs.remove(run)
        case _:
            await change(storage, what, run)


async def append(storage: Storage, run: Run) -> None:
    """Let pieces come, where it is under way."""
    kept = await storage.get_run(run.run_id, user_id="ann")
    if kept is not None and not kept.status.ended:
        for message in run.messages:
            await storage.append_content(run, content=message.content)


async def change(storage: Storage, what: str, run: Run) -> None:
    """Do something that says nothing new."""
    match what:
        case "choose":
            await storage.choose_run(run.run_id, user_id="ann")
        case "delete":
            await storage.delete_run(run.run_id, user_id="ann")
        case "restore":
            await storage.restore_run(run.run_id, user_id="ann")
        case "fork":
            await storage.fork_session("s", user_id="ann")


async def check(storage: Storage) -> None:
    """Of every run of every session: it is known to be as long as it is."""
    for session in await storage.get_sessions(user_id="ann"):
        runs = await storage.get_runs(session.session_id, user_id="ann")
        found = await storage.get_run_outlines(session.session_id, user_id="ann")
        assert found == [outlined(run) for run in runs]


async def go(storage: Storage, deeds: list[Deed]) -> None:
    await storage.open()
    try:
        runs: list[Run] = []
        for deed in deeds:
            try:
                await do(storage, runs, deed)
            except SessionNotFoundError:
                continue
            await check(storage)
        if isinstance(storage, SqliteStorage):
            await check_counts(storage)
    finally:
        await storage.close()


async def check_counts(storage: SqliteStorage) -> None:
    """What has ended is counted, also beside the way; what may grow is not."""
    rows = await ask(storage, "SELECT run_id, characters, lines FROM runs")
    kept = await storage.get_runs_by_id([str(row[0]) for row in rows], user_id="ann")
    counts = {run_id: tuple(counted) for run_id, *counted in rows}
    for run in kept:
        one = outlined(run)
        is_counted = run.status.ended
        known = (one.characters, one.lines) if is_counted else (None, None)
        assert counts[run.run_id] == known


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(DEEDS),
            st.integers(0, 9),
            st.integers(0, 9),
            st.lists(st.tuples(st.sampled_from(ROLES), st.sampled_from(TEXTS))),
        ),
        max_size=15,
    )
)
def test_an_outline_is_as_long_as_its_run_whatever_was_done(deeds: list[Deed]) -> None:
    with TemporaryDirectory() as folder:
        for storage in (MemoryStorage(), SqliteStorage(Path(folder) / "chat.db")):
            asyncio.run(go(storage, deeds))


async def test_what_a_run_that_was_abandoned_said_is_counted(tmp_path: Path) -> None:
    dead = replace(Owner.current(), pid=2**22 + 1, start="1-nobody")
    first = SqliteStorage(tmp_path / "chat.db", owner=dead)
    await first.open()
    run = a_run("s", "Why?")
    await first.start_run(run)
    await first.append_content(run, content="So\n")
    await first.append_content(run, content="far")
    await first.close()
    storage = SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    assert await storage.interrupt_abandoned() == 1
    await check_counts(storage)
    assert await ask(storage, "SELECT characters, lines FROM runs") == [(10, 1)]
    await storage.close()


async def test_no_text_is_read_of_what_has_ended(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "chat.db")
    await storage.open()
    for _ in range(3):
        await a_turn(storage, "s", "Why?\n")
    live = a_run("s", "And then?")
    await storage.start_run(live)
    await storage.append_content(live, content="\n")
    outlines = await storage.get_run_outlines("s", user_id="ann")
    ended = [live.run_id != one.run_id for one in outlines]
    assert ended == [True, True, True, False]
    await ask(
        storage, f"UPDATE messages SET content = 'x' WHERE run_id <> '{live.run_id}'"
    )
    assert await storage.get_run_outlines("s", user_id="ann") == outlines
    await storage.update_run(answer(live, "So."))
    await ask(storage, "DELETE FROM messages")
    *same, last = await storage.get_run_outlines("s", user_id="ann")
    assert same == outlines[:3] and last.characters == len("And then?So.")
    await storage.close()
