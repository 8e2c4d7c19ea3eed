"""What a program may hand to an agent, and what it is told where it may not."""

from __future__ import annotations

import asyncio
import gc
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import agno_tui
from agno_tui import Agent, MemoryStorage, RunStatus, SqliteStorage
from agno_tui.events import RunContent
from tests.fakes import FailingStorage, FakeModel, until


def test_the_package_lists_what_it_offers() -> None:
    assert {"Agent", "tool", "SessionNotFoundError"} <= set(dir(agno_tui))
    for name in agno_tui.__all__:
        assert getattr(agno_tui, name) is not None


def test_a_name_is_no_model_and_a_path_no_storage() -> None:
    with pytest.raises(TypeError, match="OpenAIChat"):
        Agent("gpt-4o")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="SqliteStorage"):
        Agent(FakeModel(), storage="agents.db")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"session_id": 8}, {"user_id": 0}])
def test_an_id_is_text(wrong: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="must be text"):
        Agent(FakeModel()).arun("Hi", **wrong)  # type: ignore[call-overload]


def test_a_message_is_text() -> None:
    with pytest.raises(TypeError, match="message must be text"):
        Agent(FakeModel()).run(None)  # type: ignore[call-overload]


def test_a_window_that_became_negative_is_refused() -> None:
    agent = Agent(FakeModel(), add_history_to_messages=True)
    agent.num_history_runs = -1
    with pytest.raises(ValueError, match="num_history_runs is -1"):
        agent.run("Hi")


def test_nothing_said_is_nothing_deleted() -> None:
    agent = Agent(FakeModel(["Hello"]), session_id="s")
    agent.run("Hi")
    with pytest.raises(ValueError, match="which session"):
        agent.delete_session("")
    assert agent.get_session("s") is not None


async def test_none_is_no_instructions_and_no_tools() -> None:
    model = FakeModel(["Hello"])
    agent = Agent(model, instructions=None, tools=None, user_id=None)
    await agent.arun("Hi")
    assert model.said == [[("user", "Hi")]]
    agent.user_id = None  # type: ignore[assignment]
    assert (await agent.arun("Hi")).user_id == ""


async def test_tools_may_come_one_by_one() -> None:
    model = FakeModel(["Hello"])

    def look() -> str:
        """Look."""
        return "Seen."

    await Agent(model, tools=(one for one in [look])).arun("Hi")
    assert [[tool.name for tool in tools] for tools in model.tools] == [["look"]]


async def test_the_agent_says_which_session_it_made_and_begins_anew() -> None:
    agent = Agent(FakeModel(["Hello"]))
    assert agent.session_id == ""
    first = await agent.arun("Hi")
    assert agent.session_id == first.session_id
    agent.session_id = ""
    second = await agent.arun("Hi")
    assert second.session_id not in ("", first.session_id)


@pytest.mark.parametrize("name", ["run", "continue_run", "print_response"])
def test_the_calls_that_wait_say_what_they_take(name: str) -> None:
    parameters = inspect.signature(getattr(Agent, name)).parameters
    assert {"user_id", "session_id", "stream"} <= set(parameters)


async def test_an_end_that_could_not_be_kept_is_kept_with_the_next_run() -> None:
    storage = FailingStorage(MemoryStorage(), "update_run")
    agent = Agent(FakeModel(["One"], ["Two"]), storage=storage, session_id="s")
    failed = await agent.arun("1")
    assert (failed.status, failed.content) == (RunStatus.ERROR, "One")
    assert [r.status for r in await agent.aget_runs()] == [RunStatus.RUNNING]
    storage.failing.clear()
    await agent.arun("2")
    assert [(r.answer, r.status) for r in await agent.aget_runs()] == [
        ("One", RunStatus.COMPLETED),
        ("Two", RunStatus.COMPLETED),
    ]


async def test_a_stream_nobody_holds_any_more_is_stopped() -> None:
    agent = Agent(FakeModel(["Half", asyncio.Event()]), session_id="s")
    async for event in agent.arun("Hi", stream=True):
        if isinstance(event, RunContent):
            break
    gc.collect()
    await until(lambda: not agent._live)
    (run,) = await agent.aget_runs()
    assert (run.answer, run.status) == ("Half", RunStatus.CANCELLED)


LEFT_IN_A_LOOP = """
import asyncio
async def main():
    async for event in agent.arun("Hi", stream=True):
        if type(event).__name__ == "RunContent":
            break
asyncio.run(main())
"""

LEFT_WITHOUT_A_LOOP = """
events = agent.run("Hi", stream=True)
while type(next(events)).__name__ != "RunContent":
    pass
"""

BEFORE = """
import asyncio, sys
from agno_tui import Agent, SqliteStorage
from tests.fakes import FakeModel
model = FakeModel(["Half", asyncio.Event()])
agent = Agent(model, storage=SqliteStorage(sys.argv[1]), session_id="s")
"""


@pytest.mark.parametrize("left", [LEFT_IN_A_LOOP, LEFT_WITHOUT_A_LOOP])
async def test_a_stream_left_at_the_end_of_a_script_is_kept_in_silence(
    left: str, tmp_path: Path
) -> None:
    path = tmp_path / "agents.db"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-c", BEFORE + left, str(path)),
        stderr=subprocess.PIPE,
        cwd=Path(agno_tui.__file__).parents[1],
    )
    async with asyncio.timeout(30):
        _, said = await process.communicate()
    assert (process.returncode, said.decode()) == (0, "")
    storage = SqliteStorage(path)
    await storage.open()
    (run,) = await storage.get_runs("s", user_id="")
    await storage.close()
    assert (run.answer, run.status) == ("Half", RunStatus.CANCELLED)
