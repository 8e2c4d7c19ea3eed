"""The page's examples against the real embedded model, over the wire.

Left to itself the small model does not come to an end (the examples ask for none), so
its answers are cut short on the way, by a relay that also sees what is asked.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from agno_tui.models.local.child import LocalChild
from agno_tui.models.local.model import SAMPLING
from agno_tui.models.local.weights import Weights
from tests.fake_server import Exchange, FakeServer
from tests.page.rows import rows
from tests.page.scripts import FIRST, FIRST_RETURNED, SECOND, THIRD, run_script

pytestmark = pytest.mark.embedded

SHORT = {**SAMPLING, "temperature": 0, "max_tokens": 32}
"""What each request is given on its way: the same answers every time, and soon."""

_BOX = re.compile(r"^┏━ (\w[\w ]*) ━+┓$(.*?)^┗━+┛$", re.MULTILINE | re.DOTALL)


class Relay:
    """Passes requests on to the real model's process, and its answers back."""

    def __init__(self, child: LocalChild) -> None:
        self._place = urlsplit(child.address)
        self.api_key = child.api_key

    async def __call__(self, exchange: Exchange) -> None:
        asked = exchange.request
        body = json.dumps({**asked.body, **SHORT}).encode()
        head = (
            f"POST {asked.path} HTTP/1.1\r\nhost: {self._place.netloc}\r\n"
            f"authorization: {asked.headers['authorization']}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        place = (self._place.hostname, self._place.port)
        reader, writer = await asyncio.open_connection(*place)
        try:
            writer.write(head.encode() + body)
            while piece := await reader.read(65_536):
                await exchange.send(piece)
        finally:
            writer.close()
            await writer.wait_closed()


@pytest.fixture
async def relay(real_cache: Path, tmp_path: Path) -> AsyncIterator[Relay]:
    """The way to the real model, started as the program starts it."""
    weights = Weights(real_cache)
    async with aclosing(weights.fetch()) as steps:
        async for _ in steps:
            pass
    child = await LocalChild.start(weights.path, tmp_path / "log")
    try:
        yield Relay(child)
    finally:
        await child.end()


async def run(script: str, folder: Path, relay: Relay) -> tuple[FakeServer, str]:
    """Run a script; the server that saw its requests, and what it printed."""
    async with FakeServer() as server:
        server.otherwise = relay
        printed = await run_script(
            script, folder, base_url=server.base_url, api_key=relay.api_key
        )
    return server, printed


def boxes(printed: str, title: str) -> list[str]:
    """The texts of all boxes of that title."""
    return [
        " ".join(line.strip("┃ ") for line in text.splitlines()).strip()
        for name, text in _BOX.findall(printed)
        if name == title
    ]


@pytest.mark.parametrize(
    ("script", "count"), [(FIRST, 1), (FIRST_RETURNED, 2), (SECOND, 5)]
)
async def test_it_answers_the_first_and_the_second(
    relay: Relay, tmp_path: Path, script: str, count: int
) -> None:
    server, printed = await run(script, tmp_path, relay)
    answers = boxes(printed, "Response")
    assert len(answers) == len(server.chats) == count
    assert all(answers)
    assert boxes(printed, "Error") == []


async def test_it_answers_the_third_without_calling_tools(
    relay: Relay, tmp_path: Path
) -> None:
    """They are offered, which does no harm; its chat template has no place for them,
    so that it cannot look back, and what it says of that is not held against it."""
    server, printed = await run(THIRD, tmp_path, relay)
    answers = boxes(printed, "Response")
    assert len(answers) == len(server.chats) == 5
    assert all(answers)
    assert boxes(printed, "Error") == boxes(printed, "Tool Calls") == []
    assert all(len(chat.tools) == 2 for chat in server.chats)
    kept = rows(
        tmp_path / "tmp" / "data.db",
        "SELECT session_id, user_id, status, role, messages.content <> '' "
        "FROM agent_sessions_new JOIN agent_sessions_new_runs USING (session_id) "
        "JOIN agent_sessions_new_messages AS messages USING (run_id) "
        "ORDER BY agent_sessions_new_runs.sequence, position",
    )
    assert kept == [
        (f"session_{number}_id", "user_1", "COMPLETED", role, 1)
        for number in range(1, 6)
        for role in ("user", "assistant")
    ]
