"""The server to drive the program with, by hand: when it calls tools."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake_server import Request
from tests.fake_server.by_hand import results_at_the_end, wanted_call

LOOK_BACK, REMEMBER = "get_previous_session_messages", "remember"


def request(*said: tuple[str, str], tools: tuple[str, ...], **more: Any) -> Request:
    offered = [{"type": "function", "function": {"name": name}} for name in tools]
    messages = [{"role": role, "content": content} for role, content in said]
    body = {"messages": messages, "tools": offered, **more}
    return Request("POST", "/v1/chat/completions", {}, b"", body)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("What did we say previously?", (LOOK_BACK, {"query": None})),
        ("Previously, about Köln?", (LOOK_BACK, {"query": "Köln"})),
        ("Remember that I like tea.", (REMEMBER, {"memory": "I like tea."})),
        ("Do you remember?", None),
    ],
)
def test_words_that_ask_for_a_tool(text: str, wanted: object) -> None:
    both = (LOOK_BACK, REMEMBER)
    assert wanted_call(request(("user", text), tools=both)) == wanted
    assert wanted_call(request(("user", text), tools=())) is None
    may_not = request(("user", text), tools=both, tool_choice="none")
    assert wanted_call(may_not) is None


def test_results_are_those_after_the_last_question() -> None:
    turns = [("user", "a"), ("tool", "old"), ("assistant", "b"), ("user", "c")]
    assert results_at_the_end(request(*turns, tools=())) == []
    more = [*turns, ("assistant", ""), ("tool", "1"), ("tool", "2")]
    assert results_at_the_end(request(*more, tools=())) == ["1", "2"]
