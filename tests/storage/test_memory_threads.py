"""A storage in this process, asked by event loops of several threads at once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from agno_tui.session import Run, UserMemory
from agno_tui.storage.memory import MemoryStorage
from tests.storage.runs import a_turn

THREADS = 8
TURNS = 40


@pytest.fixture(autouse=True)
def often_interrupted() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


async def converse(storage: MemoryStorage, thread: int) -> None:
    for number in range(TURNS):
        await a_turn(storage, f"{thread}-{number}", "word")
        await a_turn(storage, "shared", "word")
        await storage.add_memory(UserMemory("likes tea", user_id="ann"))
        await storage.get_memories(user_id="ann")
        await storage.get_sessions(user_id="ann")
        await storage.search("word", user_id="ann", limit=1)
        await storage.update_session_state(
            "shared", user_id="ann", changed={f"{thread}-{number}": 1}
        )


def test_threads_that_ask_at_once() -> None:
    storage = MemoryStorage()
    with ThreadPoolExecutor(THREADS) as pool:
        done = [
            pool.submit(asyncio.run, converse(storage, number))
            for number in range(THREADS)
        ]
        for one in done:
            one.result()

    async def kept() -> tuple[list[Run], list[int], int, int]:
        shared = await storage.get_runs("shared", user_id="ann")
        sessions = await storage.get_sessions(user_id="ann", limit=1000)
        runs = [
            run.sequence
            for session in sessions
            for run in await storage.get_runs(session.session_id, user_id="ann")
        ]
        state = await storage.get_session_state("shared", user_id="ann")
        memories = await storage.get_memories(user_id="ann")
        return shared, runs, len(state), len(memories)

    shared, runs, values, memories = asyncio.run(kept())
    turns = THREADS * TURNS
    assert sorted(runs) == list(range(1, 2 * turns + 1)), "none lost, none twice"
    sequences = [run.sequence for run in shared]
    assert len(sequences) == turns and sequences == sorted(sequences)
    assert (values, memories) == (turns, turns)
