"""Calls put together from whatever servers send."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agno_tui.models.base import ModelErrorKind as Kind
from agno_tui.models.wire.errors import Asked
from agno_tui.models.wire.replies import Reply
from agno_tui.models.wire.tool_calls import CALLS_LIMIT, ToolCalls
from agno_tui.session import ToolCall
from tests.fake_server import calling, chunk, fragment

ASKED = Asked("host", "m")


def put_together(*chunks: object, cut: bool = False) -> list[tuple[str, str]]:
    """Names and arguments of the calls in these chunks' `tool_calls`."""
    calls = ToolCalls()
    for one in chunks:
        calls.add(one)
    whole = calls.whole(cut=cut)
    assert len({call.id for call in whole}) == len(whole)
    assert all(call.id for call in whole)
    return [(call.name, call.arguments) for call in whole]


A, B = '{"q": "a"}', '{"q": "b"}'
f = fragment

ODD: dict[str, tuple[list[Any], list[tuple[str, str]]]] = {
    "as OpenAI does": (
        [
            [f("one", "", index=0, id="x")],
            [f(arguments='{"q": ', index=0)],
            [f(arguments='"a"}', index=0)],
            [f("two", "", index=1, id="y")],
            [f(arguments=B, index=1)],
        ],
        [("one", A), ("two", B)],
    ),
    "turn by turn": (
        [
            [f("one", "", index=0, id="x"), f("two", "", index=1, id="y")],
            [f(arguments=B[:4], index=1), f(arguments=A[:4], index=0)],
            [f(arguments=A[4:], index=0), f(arguments=B[4:], index=1)],
        ],
        [("one", A), ("two", B)],
    ),
    "no index, whole": (
        [[f("one", A, id="x")], [f("one", B, id="y")]],
        [("one", A), ("one", B)],
    ),
    "no index, whole, in one chunk, no ids": (
        [[f("one", A), f("one", A), f("two", B)]],
        [("one", A), ("one", A), ("two", B)],
    ),
    "no index, in fragments": (
        [
            [f("one", "", id="x")],
            [f(arguments=A[:5])],
            [f(arguments=A[5:])],
            [f("two", "", id="y")],
            [f(arguments=B)],
        ],
        [("one", A), ("two", B)],
    ),
    "no index, no ids, without arguments": (
        [[f("one", "")], [f("two", "{}")]],
        [("one", ""), ("two", "{}")],
    ),
    "no index, no ids, one after the other": (
        [[f("one", A)], [f("one", B)], [f("two")]],
        [("one", A), ("one", B), ("two", "")],
    ),
    "one index for all, whole": (
        [[f("one", A, index=0, id="x")], [f("two", B, index=0, id="y")]],
        [("one", A), ("two", B)],
    ),
    "one index for all, whole, no ids": (
        [[f("one", A, index=0), f("one", B, index=0)]],
        [("one", A), ("one", B)],
    ),
    "one index for all, in fragments": (
        [
            [f("one", "", index=0, id="x")],
            [f(arguments=A, index=0)],
            [f("one", "", index=0, id="y")],
            [f(arguments=B, index=0)],
        ],
        [("one", A), ("one", B)],
    ),
    "one index for all, in fragments, no ids": (
        [
            [f("one", "", index=0)],
            [f(arguments=A, index=0)],
            [f("two", "", index=0)],
            [f(arguments=B, index=0)],
        ],
        [("one", A), ("two", B)],
    ),
    "id and name again with every fragment": (
        [[f("one", part, index=0, id="x")] for part in (A[:3], A[3:6], A[6:])],
        [("one", A)],
    ),
    "name again, no index, no id": (
        [[f("one", part)] for part in (A[:3], A[3:6], A[6:])],
        [("one", A)],
    ),
    "an id of its own for every fragment": (
        [
            [f("one", "", index=0, id="x")],
            [f(arguments=A[:4], index=0, id="y")],
            [f(arguments=A[4:], index=0, id="z")],
        ],
        [("one", A)],
    ),
    "the whole call once more at the end": (
        [
            [f("one", A[:4], index=0, id="x")],
            [f(arguments=A[4:], index=0)],
            [f("one", A, index=0, id="x")],
        ],
        [("one", A)],
    ),
    "fragments counted instead of calls": (
        [[f("one", "", index=0, id="x")], [f(arguments=A, index=1)]],
        [("one", A)],
    ),
    "one id for different calls": (
        [[f("one", A, id="x"), f("two", B, id="x")]],
        [("one", A), ("two", B)],
    ),
    "one id, different index": (
        [[f("one", A, index=0, id="x"), f("one", A, index=1, id="x")]],
        [("one", A), ("one", A)],
    ),
    "arguments that are an object": (
        [[f("one", {"q": "a"}, index=0), f("two", {}, index=1)]],
        [("one", A), ("two", "{}")],
    ),
    "a name in pieces": (
        [
            [f("get_", index=0, id="x")],
            [f("sess", index=0)],
            [f("ions", index=0)],
            [f(arguments=A, index=0)],
        ],
        [("get_sessions", A)],
    ),
    "a name that grows": (
        [[f("get", index=0)], [f("get_a", index=0)], [f("get_a", A, index=0)]],
        [("get_a", A)],
    ),
    "a name that comes late": (
        [[f(arguments="", index=0, id="x")], [f("one", A, index=0)]],
        [("one", A)],
    ),
    "arguments without a name": ([[f(arguments=A, index=0)]], [("", A)]),
    "surrogate halves in two fragments": (
        [[f("one", '{"a": "\ud83d', index=0)], [f(arguments='\ude00"}', index=0)]],
        [("one", '{"a": "😀"}')],
    ),
    "a lone half": ([[f("on\ud800", "\ud800", index=0)]], [("on\ufffd", "\ufffd")]),
    "nothing of the right type": (
        [
            None,
            7,
            "x",
            {},
            [None, 3, [], "x", {}],
            [{"function": None}, {"function": []}, {"index": "0"}, {"index": True}],
            [{"id": 5, "function": {"name": 5, "arguments": 5}}],
            [{"function": {"name": None, "arguments": [A]}}],
            [{"id": "only an id"}],
        ],
        [],
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_ways_to_send_calls(name: str) -> None:
    chunks, expected = ODD[name]
    assert put_together(*chunks) == expected


def test_ids_are_kept_and_made_where_they_are_missing() -> None:
    calls = ToolCalls()
    calls.add([f("one", A, id="x"), f("two", A, id="x"), f("three", A)])
    first, *others = calls.whole()
    assert first == ToolCall("x", "one", A)
    assert all(len(call.id) == 9 and call.id.isalnum() for call in others)


@pytest.mark.parametrize(
    ("last", "kept"),
    [(B, [("one", A), ("two", B)]), (B[:4], [("one", A)]), ("", [("one", A)])],
)
def test_a_reply_cut_for_its_length_ends_with_no_half_call(
    last: str, kept: list[tuple[str, str]]
) -> None:
    chunk = [f("one", A, index=0), f("two", last, index=1)]
    assert put_together(chunk, cut=True) == kept


def reply_to(*chunks: object, limit: int = 1000) -> tuple[Reply, list[ToolCall]]:
    reply = Reply(ASKED, reply_limit=limit)
    stream = "".join(f"data: {json.dumps(one)}\n\n" for one in chunks)
    pieces = reply.feed(stream.encode()) + reply.end()
    return reply, [call for piece in pieces for call in piece.tool_calls]


@pytest.mark.parametrize("finish", ["length", "tool_calls"])
def test_the_reply_says_whether_it_was_cut(finish: str) -> None:
    reply, calls = reply_to(calling(f("one", A[:4]), finish=finish))
    assert reply.failure is None
    assert len(calls) == (finish != "length")


def test_only_what_brings_something_is_a_sign_of_life() -> None:
    reply = Reply(ASKED)
    signs = []
    for part in (f("one", index=0), f(arguments="{", index=0), f(index=0), {}):
        assert reply.feed(f"data: {json.dumps(calling(part))}\n\n".encode()) == []
        signs.append(reply.moved)
    assert signs == [True, True, False, False]


def test_calls_count_for_the_limit_of_the_reply() -> None:
    parts = [calling(f(arguments="x" * 100, index=0)) for _ in range(11)]
    start = calling(f("one", index=0))
    reply, calls = reply_to(start, *parts, chunk(finish="stop"))
    assert reply.over and reply.failure is not None and calls == []
    assert reply.failure.kind is Kind.SERVER


@pytest.mark.parametrize("extra", [0, 1])
def test_so_many_calls_and_no_more(extra: int) -> None:
    many = [f("one", "{}", index=i) for i in range(CALLS_LIMIT + extra)]
    reply, calls = reply_to(calling(*many), chunk(finish="stop"), limit=10_000)
    assert len(calls) == (0 if extra else CALLS_LIMIT)
    assert (reply.failure is not None) is bool(extra)
    message = {"message": {"tool_calls": many}, "finish_reason": "stop"}
    document = Reply(ASKED)
    document.feed(json.dumps({"choices": [message]}).encode())
    pieces = document.end()
    assert sum(len(piece.tool_calls) for piece in pieces) == len(calls)
    assert (document.failure is not None) is bool(extra)


def test_a_document_with_nothing_but_calls_is_an_answer() -> None:
    reply = Reply(ASKED)
    message = {"content": None, "tool_calls": [f("one", A, id="x")]}
    reply.feed(json.dumps({"choices": [{"message": message}]}).encode())
    (piece,) = reply.end()
    assert piece.tool_calls == (ToolCall("x", "one", A),)
    assert reply.failure is None


def test_names_said_for_ever_take_no_time_for_ever() -> None:
    calls = ToolCalls()
    calls.add([f("one", '{"a": "', index=0)])
    started = time.process_time()
    for _ in range(20_000):
        calls.add([f("one", "}" * 40, index=0)])
    assert time.process_time() - started < 5


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["index", "id", "function", "name", "arguments"]), inner
        )
    ),
    max_leaves=20,
)


@given(st.lists(JSON, max_size=5))
def test_nothing_a_server_sends_raises(chunks: list[object]) -> None:
    put_together(*chunks)
