"""What the tests of the agent share: a model's calls, and runs that are kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing

from agno_tui.agent import Agent
from agno_tui.events import RunCancelled, RunEvent
from agno_tui.models.base import ModelResponse
from agno_tui.session import Message, Role, Run, RunStatus, ToolCall
from agno_tui.storage.base import Storage
from tests.fakes import until


def a_call(name: str, /, id: str = "call_1", **arguments: object) -> ToolCall:
    """A call as a model makes it."""
    return ToolCall(id, name, json.dumps(arguments))


def calling(*calls: ToolCall) -> ModelResponse:
    """The piece with which a model wants tools called."""
    return ModelResponse(tool_calls=calls, finish_reason="tool_calls")


async def run_of(agent: Agent, text: str = "Hi", session: str = "s") -> Run:
    """A run, answered to its end."""
    run = agent.new_run(text, session_id=session)
    await events_of(agent, run)
    return run


async def events_of(agent: Agent, run: Run) -> list[RunEvent]:
    """All events of a run."""
    async with aclosing(agent.stream(run)) as events:
        return [event async for event in events]


async def kept(agent: Agent, run_id: str, user_id: str = "") -> Run:
    """The run as it is kept."""
    run = await agent.storage.get_run(run_id, user_id=user_id)
    assert run is not None
    return run


async def keep(
    storage: Storage,
    question: str,
    answer: str = "an answer",
    *,
    session: str = "s",
    user: str = "",
    status: RunStatus = RunStatus.COMPLETED,
    temporary: bool = False,
    retry_of: str | None = None,
    follows: Run | None = None,
) -> Run:
    """Keep a run that has ended; no answer where `answer` is empty."""
    messages = [Message(Role.USER, question)]
    if answer:
        messages.append(Message(Role.ASSISTANT, answer))
    run = Run(session, user, status=status, messages=messages, retry_of=retry_of)
    run.parent_run_id = None if follows is None else follows.run_id
    await storage.start_run(run, name=question[:40], temporary=temporary)
    return run


def said(messages: list[Message]) -> list[tuple[str, str]]:
    """Role and content of each."""
    return [(str(message.role), message.content) for message in messages]


async def stopped(agent: Agent, when: Callable[[], bool]) -> Run:
    """A run that is cancelled as soon as something is so; checks how it ends."""
    run = agent.new_run("Hi", session_id="s")
    following = asyncio.create_task(events_of(agent, run))
    await until(when)
    assert agent.cancel_run(run.run_id) is True
    events = await asyncio.wait_for(following, 5)
    assert following.cancelling() == 0
    assert events[-1] == RunCancelled(run)
    assert (await kept(agent, run.run_id)).status is RunStatus.CANCELLED
    assert agent.cancel_run(run.run_id) is False
    return await kept(agent, run.run_id)
