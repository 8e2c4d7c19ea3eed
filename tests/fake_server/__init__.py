"""A model server on the loopback interface that does what a test tells it.

    async with FakeServer() as server:
        server.will(streams("Hel", "lo"), answers(500), cuts("Half an ans"))
        model = OpenAIChat(base_url=server.base_url, api_key="")
        ...
        assert server.chats[0].messages[-1]["content"] == "Hi"

Each chat request takes the next behaviour of `will`, then `otherwise`. A behaviour is
an async function of an `Exchange`; those below make the usual ones. With a `Gate` the
test decides when the next piece goes. `python -m tests.fake_server` serves by hand.
`calls` and `refuses_tools` are about tools.
"""

from tests.fake_server.behaviours import (
    answers,
    body,
    chunk,
    cuts,
    drips,
    events,
    raw,
    silent,
    streams,
    usage,
)
from tests.fake_server.exchange import Behaviour, Exchange, Gate, Request
from tests.fake_server.server import FakeServer
from tests.fake_server.tools import calling, calls, fragment, refuses_tools

__all__ = [
    "Behaviour",
    "Exchange",
    "FakeServer",
    "Gate",
    "Request",
    "answers",
    "body",
    "calling",
    "calls",
    "chunk",
    "cuts",
    "drips",
    "events",
    "fragment",
    "raw",
    "refuses_tools",
    "silent",
    "streams",
    "usage",
]
