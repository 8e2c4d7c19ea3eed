"""Where Agno breaks and ours must not: what is printed, whatever comes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from agno_tui import Agent, OpenAIChat, pprint_run_response
from tests.fake_server import (
    Behaviour,
    FakeServer,
    answers,
    body,
    calls,
    cuts,
    raw,
    streams,
)
from tests.page.conftest import MakeAgent
from tests.page.scripts import run_script

BRACKETS = "See [docs], [bold]x[/bold], [/], a[0], [link=x]y, \\[z] [1]."


def _print(agent: Agent, stream: bool, out: StringIO) -> None:
    agent.print_response("[Ask] me", stream=stream, file=out)


def _pprint(agent: Agent, stream: bool, out: StringIO) -> None:
    if stream:
        pprint_run_response(agent.run("[Ask] me", stream=True), file=out)
    else:
        pprint_run_response(agent.run("[Ask] me"), markdown=True, file=out)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("way", [_print, _pprint])
async def test_f_text_in_brackets_is_printed_whole(
    server: FakeServer,
    make_agent: MakeAgent,
    way: Callable[[Agent, bool, StringIO], None],
    stream: bool,
) -> None:
    """Point F: by both functions, both of an answer and of a stream."""
    agent = make_agent(tools=[look])
    server.will(calls(("look", {"place": "[here]"})), streams(*BRACKETS))
    out = StringIO()
    await asyncio.to_thread(way, agent, stream, out)
    assert BRACKETS in out.getvalue()
    assert "• look(place=[here])" in out.getvalue()
    if way is _print:
        assert "[Ask] me" in out.getvalue()


def look(place: str) -> str:
    """Looks there."""
    return "[nothing]"


FAILURES: dict[str, tuple[Behaviour, str]] = {
    "500": (answers(500, {"error": {"message": "[oops]"}}), "[oops]"),
    "a page": (answers(502, "<html>Bad gateway</html>"), "502"),
    "no key": (answers(401, {"error": {"message": "no"}}), "key"),
    "too many": (answers(429, {"error": {"message": "slow"}}), "again in a moment"),
    "cut": (cuts("Half an ans"), "Half an ans"),
    "reset": (cuts(reset=True), "Error"),
    "nothing": (raw(b""), "Error"),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "Error"),
    "no JSON": (body(b"data: {nonsense\n\n"), "Error"),
}
"""What goes wrong, and a word that is printed of it."""


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("failure", FAILURES)
async def test_i_a_failing_request_is_told_and_the_next_one_works(
    server: FakeServer, make_agent: MakeAgent, failure: str, stream: bool
) -> None:
    """Point I: in words, in a box of its own, and no traceback."""
    agent = make_agent()
    behaviour, word = FAILURES[failure]
    server.will(behaviour)
    out = StringIO()
    await agent.aprint_response("one", stream=stream, file=out)
    assert " Error " in out.getvalue()
    assert word in out.getvalue()
    assert "Traceback" not in out.getvalue()
    out = StringIO()
    await agent.aprint_response("two", stream=stream, file=out)
    assert "You said: two" in out.getvalue()
    assert " Error " not in out.getvalue()


@pytest.mark.parametrize("stream", [False, True])
async def test_i_a_server_that_refuses_is_told(
    make_agent: MakeAgent, stream: bool
) -> None:
    """Point I: nobody listens there, and later somebody does."""
    agent = make_agent()
    await agent.model.close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    agent.model = OpenAIChat(base_url=f"http://127.0.0.1:{port}/v1", api_key="")
    out = StringIO()
    await agent.aprint_response("one", stream=stream, file=out)
    assert " Error " in out.getvalue()
    async with FakeServer(port=port):
        out = StringIO()
        await agent.aprint_response("two", stream=stream, file=out)
    assert "Hello from the fake server." in out.getvalue()


SCRIPT = """
from agno_tui import Agent, OpenAIChat
agent = Agent(model=OpenAIChat(id="gpt-4o-mini"))
agent.print_response("one")
agent.print_response("two", stream=True)
agent.print_response("three")
agent.print_response("four")
"""


async def test_i_a_script_goes_on_to_its_end(tmp_path: Path) -> None:
    """Point I: exit code 0, nothing on standard error (see `run_script`)."""
    async with FakeServer() as server:
        server.will(
            answers(500, {"error": {"message": "It is broken."}}),
            cuts("Half an ans"),
            cuts(reset=True),
            streams("All is well."),
        )
        printed = await run_script(SCRIPT, tmp_path, base_url=server.base_url)
    assert printed.count("━ Error ━") == 3
    for words in ("It is broken.", "Half an ans", "All is well."):
        assert words in printed
    assert "Traceback" not in printed
