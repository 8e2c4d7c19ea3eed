"""An agent whose model is made to look back, and what it finds."""

from __future__ import annotations

import json
from typing import Any

from agno_tui import Agent
from tests.fake_server import FakeServer, calls

Found = dict[str, list[tuple[str, str]]]
"""By session, in the order given: question and answer of each run."""


async def looked_back(
    server: FakeServer,
    agent: Agent,
    *,
    where: str = "now",
    user_id: str = "",
    tool: str = "get_previous_session_messages",
    **arguments: object,
) -> Any:
    """What the tool tells the model, in a run of the session `where` that calls it."""
    server.will(calls((tool, arguments)))
    run = await agent.arun("Look back.", session_id=where, user_id=user_id)
    (called,) = run.tools
    assert (called.tool_name, called.tool_call_error) == (tool, False)
    told = server.chats[-1].messages[-1]
    assert (told["role"], told["content"]) == ("tool", called.result)
    return json.loads(called.result)


async def found(server: FakeServer, agent: Agent, **options: Any) -> Found:
    """What looking back finds: see `looked_back`."""
    told = await looked_back(server, agent, **options)
    return {
        session["session_id"]: [(r["user"], r["assistant"]) for r in session["runs"]]
        for session in told["sessions"]
    }
