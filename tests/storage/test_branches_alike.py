"""Whatever is done to a session, in whatever order: both storages go the same way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from agno_tui.branches import RunNode
from agno_tui.session import Run, RunStatus
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.memory import MemoryStorage
from agno_tui.storage.sqlite import SqliteStorage
from tests.storage.runs import a_run

DEEDS = [
    "go on",
    "wait",
    "try again",
    "edit",
    "edit later",
    "follow",
    "claim",
    "end",
    "replace",
    "choose",
    "delete",
    "restore",
    "fork",
]

Deed = tuple[str, int]
"""What is done, and to which of the runs there are."""


async def do(storage: Storage, number: int, deed: Deed) -> str:
    """Do it; returns what it came to. Runs are called by the deed that made them."""
    what, place = deed
    nodes = await storage.get_run_tree("s", user_id="ann")
    waiting = await storage.get_runs("s", user_id="ann", status=RunStatus.PENDING)
    target = nodes[place % len(nodes)] if nodes else None
    if new := started(what, a_run("s", f"q{number}", run_id=f"r{number}"), target):
        await storage.start_run(new)
    elif what == "claim" and waiting:
        return str(await storage.claim_run(waiting[place % len(waiting)]))
    elif target is not None:
        return await change(storage, what, target.run_id)
    return ""


def started(what: str, new: Run, target: RunNode | None) -> Run | None:
    """The run that a deed begins, if it does."""
    match what, target:
        case "go on", _:
            return new
        case "wait", _:
            return replace(new, status=RunStatus.PENDING)
        case "try again", RunNode():
            return replace(new, retry_of=target.retry_of or target.run_id)
        case "edit", RunNode():
            return replace(new, parent_run_id=target.parent_run_id)
        case "edit later", RunNode():
            later = replace(new, status=RunStatus.PENDING)
            return replace(later, parent_run_id=target.parent_run_id)
        case "follow", RunNode():
            return replace(new, parent_run_id=target.run_id)
    return None


async def change(storage: Storage, what: str, run_id: str) -> str:
    """Do something to a run that is there."""
    match what:
        case "end" | "replace":
            run = await storage.get_run(run_id, user_id="ann")
            if run is not None:
                replaced = what == "replace"
                status = RunStatus.REGENERATED if replaced else RunStatus.COMPLETED
                await storage.update_run(replace(run, status=status, ended_at=7))
        case "choose":
            return str(await storage.choose_run(run_id, user_id="ann"))
        case "delete":
            await storage.delete_run(run_id, user_id="ann")
        case "restore":
            await storage.restore_run(run_id, user_id="ann")
        case "fork":
            return await fork(storage, run_id)
    return ""


async def fork(storage: Storage, through: str) -> str:
    fork = await storage.fork_session("s", user_id="ann", through=through)
    copies = await storage.get_runs(fork.session_id, user_id="ann")
    await storage.delete_session(fork.session_id, user_id="ann")
    said = [(copy.question, str(copy.status)) for copy in copies]
    return f"{said} {fork.forked_at}"


async def view(storage: Storage) -> list[object]:
    """All that can be seen of the session, but times."""
    runs = await storage.get_runs("s", user_id="ann")
    nodes = await storage.get_run_tree("s", user_id="ann")
    session = await storage.get_session("s", user_id="ann")
    order = {node.run_id: place for place, node in enumerate(nodes)}
    for node in nodes:
        if node.parent_run_id:
            assert order[node.parent_run_id] < order[node.run_id]
    active = [node for node in nodes if node.active]
    follows = [node.parent_run_id for node in active]
    assert follows == [*([""] if active else []), *(n.run_id for n in active[:-1])]
    return [
        [(run.run_id, run.status, run.parent_run_id) for run in runs],
        [replace(node, created_at=0, sequence=0) for node in nodes],
        await storage.get_versions("s", user_id="ann"),
        session and session.last_status,
        sorted(
            found.run_id or "" for found in await storage.search("q*", user_id="ann")
        ),
    ]


async def compare(path: Path, deeds: list[Deed]) -> None:
    storages: list[Storage] = [MemoryStorage(), SqliteStorage(path)]
    for storage in storages:
        await storage.open()
    try:
        for number, deed in enumerate(deeds):
            seen = []
            for storage in storages:
                try:
                    result = await do(storage, number, deed)
                except SessionNotFoundError:
                    result = "refused"
                seen.append([result, *await view(storage)])
            assert seen[0] == seen[1], deed
    finally:
        for storage in storages:
            await storage.close()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 30)), max_size=20),
)
def test_both_storages_go_the_same_way(deeds: list[Deed]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder) / "chat.db", deeds))
