"""Pieces of an answer, where no server is needed to see them made."""

from __future__ import annotations

import json

from agno_tui.models.base import ModelErrorKind as Kind
from agno_tui.models.base import ModelResponse
from agno_tui.models.wire.errors import Asked
from agno_tui.models.wire.replies import Reply
from tests.fake_server import chunk

ASKED = Asked("host", "m")
A = b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n'


def test_a_reply_over_the_limit_ends_and_keeps_what_came() -> None:
    reply = Reply(ASKED, reply_limit=3)
    pieces = reply.feed(A * 5 + b"data: [DONE]\n\n")
    assert "".join(piece.content for piece in pieces) == "aaaa"
    assert reply.over and reply.failure is not None
    assert reply.failure.kind is Kind.SERVER


def test_neighbours_are_joined_and_their_order_is_kept() -> None:
    reply = Reply(ASKED)
    order = [
        chunk(reasoning="r"),
        chunk(reasoning="s"),
        chunk("a"),
        chunk("b"),
        chunk(reasoning="t"),
        chunk("c", finish="stop"),
    ]
    stream = "".join(f"data: {json.dumps(one)}\n\n" for one in order)
    assert reply.feed(stream.encode()) == [
        ModelResponse("ab", "rs"),
        ModelResponse("", "t"),
        ModelResponse("c", "", "stop"),
    ]
