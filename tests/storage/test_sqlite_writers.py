"""Several who write into one session at the same time lose nothing."""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from agno_tui.session import RunStatus
from agno_tui.storage.sqlite import SqliteStorage
from tests.storage.runs import a_run, answer
from tests.storage.test_sqlite_processes import finish, is_whole, recovered, spawn

TURNS = 20

ONE_SESSION = """
async def main():
    await storage.open()
    for number in range(20):
        run = Run('s', 'ann', messages=[Message('user', f'{name} {number}')])
        await storage.start_run(run, name=name)
        await storage.append_content(run, content='x')
        await storage.update_session_state(
            's', user_id='ann', changed={f'{name} {number}': number})
        run.messages.append(Message('assistant', 'x'))
        run.status = RunStatus.COMPLETED
        await storage.update_run(run)
    await storage.close()
asyncio.run(main())
"""


async def converse(storage: SqliteStorage, name: str, *, seed: int) -> None:
    """Turns in the one session, with pauses that let the others go first."""
    chance = random.Random(seed)
    for number in range(TURNS):
        question = f"{name} {number}"
        run = a_run("s", question)
        await storage.start_run(run, name=name)
        for piece in "xyz":
            await storage.append_content(run, content=piece)
            for _ in range(chance.randrange(3)):
                await asyncio.sleep(0)
        await storage.update_session_state(
            "s", user_id="ann", changed={question: number}
        )
        await storage.update_run(answer(run, "xyz"))


async def check(path: Path, names: list[str]) -> None:
    """Everything everybody said is there, once, each one's turns in their order."""
    storage = SqliteStorage(path)
    await storage.open()
    runs = await storage.get_runs("s", user_id="ann")
    assert len(runs) == len(names) * TURNS
    for name in names:
        mine = [run.question for run in runs if run.question.startswith(f"{name} ")]
        assert mine == [f"{name} {number}" for number in range(TURNS)]
    assert {run.status for run in runs} == {RunStatus.COMPLETED}
    assert {len(run.messages) for run in runs} == {2}
    sequences = [run.sequence for run in runs]
    assert sequences == sorted(set(sequences))
    state = await storage.get_session_state("s", user_id="ann")
    assert state == {f"{name} {n}": n for name in names for n in range(TURNS)}
    (session,) = await storage.get_sessions(user_id="ann")
    assert session.name in names
    await storage.close()
    assert is_whole(path)


async def test_two_storages_and_many_tasks(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    storages = [SqliteStorage(path) for _ in range(2)]
    for storage in storages:
        await storage.open()
    names = [f"n{number}" for number in range(8)]
    await asyncio.gather(
        *(
            converse(storages[number % 2], name, seed=number)
            for number, name in enumerate(names)
        )
    )
    for storage in storages:
        await storage.close()
    await check(path, names)


def test_threads_with_a_storage_and_a_loop_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    names = [f"n{number}" for number in range(4)]

    async def main(name: str) -> None:
        storage = SqliteStorage(path)
        await storage.open()
        try:
            await converse(storage, name, seed=1)
        finally:
            await storage.close()

    with ThreadPoolExecutor(len(names)) as threads:
        for done in [threads.submit(asyncio.run, main(name)) for name in names]:
            done.result()
    asyncio.run(check(path, names))


def test_processes_in_one_session(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    names = [f"n{number}" for number in range(3)]
    for child in [spawn(ONE_SESSION, path, name) for name in names]:
        finish(child)
    asyncio.run(check_answers(path, names))


async def check_answers(path: Path, names: list[str]) -> None:
    abandoned, runs = await recovered(path)
    assert abandoned == 0 and {run.answer for run in runs} == {"x"}
    await check(path, names)


async def test_a_fork_of_a_session_that_others_write_to_is_whole(
    tmp_path: Path,
) -> None:
    storages = [SqliteStorage(tmp_path / "chat.db") for _ in range(2)]
    for storage in storages:
        await storage.open()
    await converse(storages[0], "before", seed=1)
    writing = asyncio.create_task(converse(storages[0], "during", seed=2))
    forks = [await storages[1].fork_session("s", user_id="ann") for _ in range(10)]
    await writing
    for fork in forks:
        runs = await storages[1].get_runs(fork.session_id, user_id="ann")
        assert len(runs) >= TURNS
        assert {len(run.messages) for run in runs} == {2}
        assert all(run.status is RunStatus.COMPLETED for run in runs)
