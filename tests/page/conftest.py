"""A recording server, and agents that talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from agno_tui import Agent, OpenAIChat, SqliteStorage
from tests.fake_server import Exchange, FakeServer, streams

MakeAgent = Callable[..., Agent]


async def echo(exchange: Exchange) -> None:
    """Answers with the question it was asked last."""
    await streams(f"You said: {exchange.request.messages[-1]['content']}")(exchange)


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    async with FakeServer() as server:
        server.otherwise = echo
        yield server


@pytest.fixture
async def make_agent(server: FakeServer, tmp_path: Path) -> AsyncIterator[MakeAgent]:
    """Makes agents, each with a model and a storage object of its own over one file:
    the second one is a new process."""
    agents: list[Agent] = []

    def make(**options: Any) -> Agent:
        model = OpenAIChat(base_url=server.base_url, api_key="")
        storage = SqliteStorage(db_file=tmp_path / "agents.db")
        agent = Agent(model=model, **{"storage": storage, **options})
        agents.append(agent)
        return agent

    yield make
    for agent in agents:
        await agent.storage.close()
        await agent.model.close()


def sent(server: FakeServer) -> list[list[tuple[str, str]]]:
    """Role and content of every message of every request."""
    return [
        [(message["role"], message["content"]) for message in request.messages]
        for request in server.chats
    ]


def turn(text: str) -> list[tuple[str, str]]:
    """A question and the answer to it, as they are replayed."""
    return [("user", text), ("assistant", f"You said: {text}")]
