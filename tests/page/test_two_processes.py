"""Point H: several agents and several processes in one session lose nothing.

Each has a storage object of its own over the same file, as every process has.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from agno_tui import RunStatus, SqliteStorage
from agno_tui.events import RunCompleted, RunContent
from tests.fake_server import Behaviour, Exchange, FakeServer, Gate, silent, streams
from tests.page.conftest import MakeAgent, echo, sent, turn
from tests.page.rows import rows, said

LIMIT = 60.0
"""Seconds after which a test gives up; none comes near."""

RUNS = 8

TALK = """
import asyncio, sys
from agno_tui import Agent, OpenAIChat, RunStatus, SqliteStorage
path, session_id, *questions = sys.argv[1:]

async def main():
    agent = Agent(
        model=OpenAIChat(),
        storage=SqliteStorage(table_name="sessions", db_file=path),
        user_id="ann",
        session_id=session_id,
        add_history_to_messages=True,
        num_history_runs=None,
    )
    print("ready", flush=True)
    sys.stdin.readline()
    for question in questions:
        response = await agent.arun(question)
        assert response.status is RunStatus.COMPLETED, response.error
        assert response.content == f"You said: {question}"
    await agent.model.close()
    await agent.storage.close()

asyncio.run(main())
"""


@asynccontextmanager
async def process(
    server: FakeServer, path: Path, session_id: str, *questions: str
) -> AsyncIterator[Process]:
    """A process that asks these questions in this session once it is told to go."""
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-c", TALK, str(path), session_id),
        *questions,
        cwd=Path(__file__).parents[2],
        env={
            **os.environ,
            "OPENAI_BASE_URL": server.base_url,
            "OPENAI_API_KEY": "sk-page",
        },
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        async with asyncio.timeout(LIMIT):
            assert started.stdout is not None
            if await started.stdout.readline() != b"ready\n":
                raise AssertionError((await started.communicate())[1].decode())
            yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


async def go(started: Process) -> None:
    assert started.stdin is not None
    started.stdin.write(b"\n")
    await started.stdin.drain()


async def finish(started: Process) -> None:
    _, errors = await started.communicate()
    assert (started.returncode, errors.decode()) == (0, "")


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.02)


def all_at_once(count: int) -> Behaviour:
    """Answers the first questions of so many talks when all of them are asked."""
    asked = asyncio.Barrier(count)

    async def behave(exchange: Exchange) -> None:
        await asked.wait()
        await echo(exchange)

    return behave


def check_one_session(
    server: FakeServer, path: Path, session_id: str, talks: list[list[str]]
) -> None:
    """That all these talks stand whole in one session, and were replayed so."""
    questions = [question for talk in talks for question in talk]
    kept = [row for row in said(path) if row[0] == session_id]
    assert all(row[1] == "COMPLETED" for row in kept)
    order = [str(row[3]) for row in kept if row[2] == "user"]
    assert Counter(order) == Counter(questions), "each run once"
    assert set(order[: len(talks)]) == {talk[0] for talk in talks}, "at the same time"
    assert [row[2:] for row in kept] == [pair for text in order for pair in turn(text)]
    for talk in talks:
        assert [text for text in order if text in talk] == talk, "in the order asked"
    requests = [r for r in sent(server) if r[-1][1] in questions]
    assert len(requests) == len(questions)
    for *history, (_, question) in requests:
        before = [text for role, text in history if role == "user"]
        assert history == [pair for text in before for pair in turn(text)]
        assert before == [text for text in order if text in before], "oldest first"
        (own,) = (talk for talk in talks if question in talk)
        assert set(own[: own.index(question)]) <= set(before), "what it said is there"


async def test_two_agents_in_one_session_keep_every_run(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path
) -> None:
    talks = [[f"agent {agent} says {n}" for n in range(RUNS)] for agent in range(2)]

    async def talk(questions: list[str]) -> None:
        agent = make_agent(add_history_to_messages=True, num_history_runs=None)
        for question in questions:
            await agent.arun(question, session_id="s", user_id="ann")

    server.will(*[all_at_once(2)] * 2)
    await asyncio.gather(*(talk(questions) for questions in talks))
    check_one_session(server, tmp_path / "agents.db", "s", talks)


async def test_one_agent_with_itself_in_one_session_keeps_every_run(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path
) -> None:
    agent = make_agent(add_history_to_messages=True, num_history_runs=None)
    talks = [[f"task {number}"] for number in range(2 * RUNS)]
    server.will(*[all_at_once(len(talks))] * len(talks))
    await asyncio.gather(
        *(agent.arun(text, session_id="s", user_id="ann") for (text,) in talks)
    )
    check_one_session(server, tmp_path / "agents.db", "s", talks)


async def test_four_processes_in_one_session_keep_every_run(
    server: FakeServer, tmp_path: Path
) -> None:
    path = tmp_path / "agents.db"
    talks = [[f"process {p} says {n}" for n in range(RUNS)] for p in range(4)]

    async def talk(questions: list[str], all_ready: asyncio.Barrier) -> None:
        async with process(server, path, "s", *questions) as started:
            await all_ready.wait()
            await go(started)
            await finish(started)

    server.will(*[all_at_once(4)] * 4)
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as tasks:
        all_ready = asyncio.Barrier(len(talks))
        for questions in talks:
            tasks.create_task(talk(questions, all_ready))
    check_one_session(server, path, "s", talks)
    assert rows(path, "SELECT user_id, session_id FROM sessions") == [("ann", "s")]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
async def test_a_killed_process_leaves_its_text_and_disturbs_nobody(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path
) -> None:
    """Points H and E: what is under way in another process goes on."""
    path = tmp_path / "agents.db"
    gate = Gate()
    ours = make_agent(add_history_to_messages=True)
    before = await ours.arun("Before", session_id="s", user_id="ann")
    before.raise_for_status()
    server.will(streams("Still", " here", gate=gate))
    stream = ours.arun("Ours", session_id="s", user_id="ann", stream=True)
    async with aclosing(stream) as events:
        gate.open()
        async for event in events:
            if isinstance(event, RunContent):
                break
        server.will(silent("Half an ", "answer"))
        async with process(server, path, "s", "Theirs") as started:
            await go(started)
            await server.chat(3)
            await until(lambda: half_an_answer_is_kept(path))
            started.kill()
            await started.wait()
            assert started.returncode == -signal.SIGKILL

        # The first call of the next agent ends what nobody else would end.
        assert await make_agent().aget_session_state("s", user_id="ann") == {}
        async with opened(path) as next_start:
            assert await next_start.interrupt_abandoned() == 0
            runs = await next_start.get_runs("s", user_id="ann")
        assert [(run.question, run.status) for run in runs] == [
            ("Before", RunStatus.COMPLETED),
            ("Ours", RunStatus.RUNNING),
            ("Theirs", RunStatus.INTERRUPTED),
        ]
        assert runs[2].answer == "Half an answer"
        assert runs[2].error and runs[2].ended_at
        gate.open_all()
        *_, last = [event async for event in events]
    assert isinstance(last, RunCompleted)
    assert last.run.answer == "Still here"

    again = await make_agent().acontinue_run(runs[2].run_id, user_id="ann")
    assert (again.content, again.status) == ("You said: Theirs", RunStatus.COMPLETED)
    await make_agent(add_history_to_messages=True, num_history_runs=None).arun(
        "After", session_id="s", user_id="ann"
    )
    assert sent(server)[-1] == [
        *turn("Before"),
        ("user", "Ours"),
        ("assistant", "Still here"),
        *turn("Theirs"),
        ("user", "After"),
    ]


def half_an_answer_is_kept(path: Path) -> bool:
    pieces = rows(
        path,
        "SELECT checkpoints.content FROM checkpoints JOIN runs USING (run_id) "
        "JOIN messages USING (run_id) WHERE messages.content = 'Theirs' "
        "ORDER BY checkpoints.sequence",
    )
    return "".join(str(text) for (text,) in pieces) == "Half an answer"


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SqliteStorage]:
    """The storage of a program that starts now."""
    storage = SqliteStorage(table_name="sessions", db_file=path)
    await storage.open()
    try:
        yield storage
    finally:
        await storage.close()
