"""Where Agno breaks and ours must not: what is kept, and what is replayed of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from agno_tui import Agent, RunStatus, SqliteStorage, checkpoints
from agno_tui.events import RunContent
from tests.fake_server import FakeServer, cuts, silent
from tests.page.conftest import MakeAgent, sent, turn
from tests.page.rows import rows, said
from tests.storage.runs import ask
from tests.storage.test_sqlite_cost import watch, written

HALF = "Half an answer"


async def _cut(agent: Agent) -> None:
    await agent.arun("one", session_id="s")


async def _cancelled(agent: Agent) -> None:
    async for event in agent.arun("one", session_id="s", stream=True):
        if isinstance(event, RunContent):
            agent.cancel_run(event.run_id)


async def _task_cancelled(agent: Agent) -> None:
    arrived = asyncio.Event()

    async def follow() -> None:
        async for event in agent.arun("one", session_id="s", stream=True):
            if isinstance(event, RunContent):
                arrived.set()

    task = asyncio.create_task(follow())
    await arrived.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def _abandoned(agent: Agent) -> None:
    async with aclosing(agent.arun("one", session_id="s", stream=True)) as events:
        async for event in events:
            if isinstance(event, RunContent):
                break


async def _abandoned_in_a_thread(agent: Agent) -> None:
    def follow() -> None:
        for event in agent.run("one", session_id="s", stream=True):
            if isinstance(event, RunContent):
                break

    await asyncio.to_thread(follow)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (_cut, RunStatus.ERROR),
        (_cancelled, RunStatus.CANCELLED),
        (_task_cancelled, RunStatus.CANCELLED),
        (_abandoned, RunStatus.CANCELLED),
        (_abandoned_in_a_thread, RunStatus.CANCELLED),
    ],
)
async def test_e_an_answer_that_ends_early_keeps_its_text(
    server: FakeServer,
    make_agent: MakeAgent,
    tmp_path: Path,
    end: Callable[[Agent], Awaitable[None]],
    status: RunStatus,
) -> None:
    """Point E: whatever ended it; it is shown again, and not replayed."""
    server.will(cuts(HALF) if end is _cut else silent(HALF))
    await end(make_agent())
    assert said(tmp_path / "agents.db") == [
        ("s", status, "user", "one"),
        ("s", status, "assistant", HALF),
    ]
    later = make_agent(add_history_to_messages=True)
    shown = await later.aget_session_messages("s", skip_statuses=())
    assert [message.content for message in shown] == ["one", HALF]
    await later.arun("two", session_id="s")
    assert sent(server)[-1] == [("user", "two")]


async def test_e_an_abandoned_stream_lets_go_of_the_server(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    """Point E: nobody computes, or pays for, what nobody reads."""
    server.will(silent(HALF))
    await _abandoned(make_agent())
    await server.client_gone()


async def test_j_no_history_runs_are_no_history(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    """Point J: 0 is none, not all; what was said is there for later."""
    agent = make_agent(add_history_to_messages=True, num_history_runs=0)
    for text in ("one", "two", "three"):
        await agent.arun(text)
    assert sent(server) == [[("user", text)] for text in ("one", "two", "three")]
    agent.num_history_runs = 2
    await agent.arun("four")
    assert sent(server)[-1] == [*turn("two"), *turn("three"), ("user", "four")]


async def test_k_what_is_replayed_is_not_kept_again(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path
) -> None:
    """Point K: each message stands in the file once, with its own run."""
    agent = make_agent(add_history_to_messages=True, num_history_runs=None)
    texts = [f"question {number}" for number in range(10)]
    for text in texts:
        await agent.arun(text, session_id="s")
    assert len(sent(server)[-1]) == 19, "all of it was replayed"
    path = tmp_path / "agents.db"
    assert [row[2:] for row in said(path)] == [p for text in texts for p in turn(text)]
    counts = rows(path, "SELECT count(*) FROM messages GROUP BY run_id")
    assert counts == [(2,)] * 10


@pytest.fixture
def no_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are quick; where the machine is slow, one may get a checkpoint."""
    monkeypatch.setattr(checkpoints, "CHECKPOINT_SECONDS", 60.0)


@pytest.mark.usefixtures("no_checkpoints")
async def test_k_a_late_turn_writes_what_an_early_one_wrote(
    server: FakeServer, make_agent: MakeAgent
) -> None:
    """Point K: the same rows and bytes, while the whole history is replayed."""
    agent = make_agent(add_history_to_messages=True, num_history_runs=None)
    storage = agent.storage
    assert isinstance(storage, SqliteStorage)
    await agent.arun("Question 000", session_id="s")
    await watch(storage)
    await agent.arun("Question 001", session_id="s")
    early = await written(storage)
    for number in range(2, 60):
        await agent.arun(f"Question {number:03}", session_id="s")
    await written(storage)
    await agent.arun("Question 060", session_id="s")
    assert len(sent(server)[-1]) == 121, "all of it was replayed"
    assert await written(storage) == early
    assert set(early) == {"sessions", "runs", "messages"}


@pytest.mark.usefixtures("no_checkpoints")
async def test_k_the_file_grows_with_what_is_new(
    server: FakeServer, make_agent: MakeAgent, tmp_path: Path
) -> None:
    """Point K: the log too, with the index, which writes more in some turns."""
    agent = make_agent(add_history_to_messages=True, num_history_runs=None)
    storage = agent.storage
    assert isinstance(storage, SqliteStorage)
    await agent.arun("Hello", session_id="s")
    await ask(storage, "PRAGMA wal_autocheckpoint = 0")
    log = tmp_path / "agents.db-wal"

    async def logged(first: int, count: int) -> int:
        """Bytes written to the log by so many turns."""
        size = log.stat().st_size
        for number in range(first, first + count):
            await agent.arun(f"Question {number:03} {'x ' * 1_000}", session_id="s")
        return log.stat().st_size - size

    early = await logged(100, 12)
    await logged(112, 24)
    late = await logged(136, 12)
    assert len(server.chats[-1].raw) > 180_000, "the history is long by now"
    assert late < early * 1.5
