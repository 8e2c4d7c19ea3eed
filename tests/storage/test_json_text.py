"""JSON that is kept as text: there and back, and what is broken."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agno_tui.session import SessionSummary, ToolCall
from agno_tui.storage.json_text import (
    json_object,
    json_text,
    merged,
    summary_from,
    summary_text,
    tool_calls_from,
    tool_calls_text,
)
from agno_tui.text import repair

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
).filter(lambda value: value not in (float("inf"), float("-inf")))

BROKEN = [
    None,
    "",
    "null",
    "1",
    "{",
    "[",
    "[" * 100_000,
    '{"a":' * 100_000,
    "NaN",
    "1" * 5000,
    "\x00",
]


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())))
@settings(max_examples=50, deadline=None)
def test_what_is_json_comes_back(values: dict[str, object]) -> None:
    assert json_object(json_text(values)) == values


@given(st.dictionaries(st.text(), VALUES), st.dictionaries(st.text(), VALUES))
@settings(max_examples=50, deadline=None)
def test_merged_is_one_after_the_other(
    old: dict[str, object], new: dict[str, object]
) -> None:
    try:
        texts = json_text(old), json_text(new)
    except ValueError:
        return  # An infinity inside.
    assert json_object(merged(*texts, removed=())) == old | new
    assert json_object(merged(*texts, removed=tuple(old))) == new
    assert json_object(merged(*texts, removed=["no such name"])) == old | new


@given(st.lists(st.builds(ToolCall, st.text(), st.text(), st.text())))
@settings(max_examples=50, deadline=None)
def test_tool_calls_come_back(tool_calls: list[ToolCall]) -> None:
    text = tool_calls_text(tool_calls)
    assert tool_calls_from(text) == tool_calls
    assert (text is None) == (tool_calls == [])
    assert tool_calls_text(tool_calls_from(text)) == text, "unchanged, so not written"


HALVES = st.text(st.characters(categories=["Cs", "Ll", "Cc"]))


@given(HALVES, st.booleans())
@settings(max_examples=50, deadline=None)
def test_no_half_of_a_pair_comes_back(text: str, escaped: bool) -> None:
    calls = json.dumps(
        [{"id": text, "name": "", "arguments": ""}], ensure_ascii=escaped
    )
    state = json.dumps({text: [text]}, ensure_ascii=escaped)
    if not escaped:
        calls, state = repair(calls), repair(state)
    assert tool_calls_from(calls) == [ToolCall(repair(text), "", "")]
    assert json_object(state) == {repair(text): [repair(text)]}
    json.dumps(json_object(state), ensure_ascii=False).encode()


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: str(text)[:8])
def test_what_is_broken_is_as_if_it_were_not_there(text: str | None) -> None:
    assert json_object(text) == {}
    assert tool_calls_from(text) == []
    assert summary_from(text) is None
    if text is not None:
        assert merged(text, '{"a": 1}', ()) == '{"a": 1}'


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "1"}',
        "[{}]",
        "[[]]",
        "[null]",
        '["id"]',
        '[{"id": "1", "name": "a"}]',
        '[{"id": 1, "name": "a", "arguments": ""}]',
        '[{"id": "1", "name": "a", "arguments": {}}]',
        '[{"id": "1", "name": "a", "arguments": ""}, {}]',
    ],
)
def test_broken_calls_are_none(text: str) -> None:
    assert tool_calls_from(text) == []


def test_a_newer_call_may_say_more() -> None:
    text = '[{"id": "1", "name": "a", "arguments": "", "more": [1]}]'
    assert tool_calls_from(text) == [ToolCall("1", "a", "")]


@pytest.mark.parametrize(
    "text",
    [
        '{"summary": 1, "topics": [], "updated_at": 1}',
        '{"summary": "a", "topics": "b", "updated_at": 1}',
        '{"summary": "a", "topics": [1], "updated_at": 1}',
        '{"summary": "a", "topics": [], "updated_at": "1"}',
        '{"summary": "a", "updated_at": 1}',
    ],
)
def test_a_broken_summary_is_none(text: str) -> None:
    assert summary_from(text) is None


def test_a_summary_comes_back() -> None:
    summary = SessionSummary("About it.", ["a", "ä"], 5)
    assert summary_from(summary_text(summary)) == summary
