"""What a run gave: its words, its calls, and whether it is whole."""

from __future__ import annotations

import pytest

from agno_tui.response import (
    RunFailedError,
    RunResponse,
    arguments_of,
    tool_executions,
)
from agno_tui.session import Message, Role, Run, RunStatus, ToolCall


def a_result(id: str, content: str, error: bool = False) -> Message:
    return Message(Role.TOOL, content, tool_call_id=id, tool_error=error)


def calls(*ids: str) -> Message:
    made = [ToolCall(id, f"tool_{id}", '{"n": 1}') for id in ids]
    return Message(Role.ASSISTANT, "", tool_calls=made)


def test_content_is_what_the_model_said_in_all_its_messages() -> None:
    run = Run("s", "u", status=RunStatus.COMPLETED)
    run.messages = [
        Message(Role.USER, "Hi"),
        Message(Role.ASSISTANT, "Looking.", reasoning_content="hm"),
        Message(Role.ASSISTANT, ""),
        Message(Role.ASSISTANT, "Found.", reasoning_content="ah"),
    ]
    response = RunResponse.of(run)
    assert response.content == "Looking.\n\nFound."
    assert response.get_content_as_string() == response.content
    assert response.reasoning_content == "hm\n\nah"
    assert (response.session_id, response.user_id) == ("s", "u")
    response.messages.clear()
    assert len(run.messages) == 4


def test_calls_come_in_their_order_each_with_its_result() -> None:
    messages = [calls("a", "b"), a_result("b", "two"), a_result("a", "one", True)]
    first, second = tool_executions(messages)
    assert (first.tool_name, first.result, first.tool_call_error) == (
        "tool_a",
        "one",
        True,
    )
    assert (second.tool_args, second.result) == ({"n": 1}, "two")
    assert not second.tool_call_error


def test_ids_that_come_again_in_another_turn_are_not_mixed_up() -> None:
    messages = [
        calls("call_0"),
        a_result("call_0", "first"),
        calls("call_0"),
        a_result("call_0", "second"),
        calls("call_0"),
    ]
    assert [c.result for c in tool_executions(messages)] == ["first", "second", ""]


def test_a_result_of_no_call_is_left_out() -> None:
    assert tool_executions([a_result("x", "?"), calls("y")])[0].result == ""


@pytest.mark.parametrize("text", ["", "{", "[1]", "7", "null", "[" * 100_000])
def test_arguments_that_are_no_object_are_none(text: str) -> None:
    assert arguments_of(text) == {}


@pytest.mark.parametrize("status", [RunStatus.COMPLETED, RunStatus.REGENERATED])
def test_a_whole_answer_passes(status: RunStatus) -> None:
    response = RunResponse("x", "r", "s", "", status)
    assert response.raise_for_status() is response


@pytest.mark.parametrize("status", [RunStatus.ERROR, RunStatus.CANCELLED])
def test_half_an_answer_is_an_error_in_words(status: RunStatus) -> None:
    with pytest.raises(RunFailedError, match="On fire"):
        RunResponse("x", "r", "s", "", status, error="On fire").raise_for_status()
    with pytest.raises(RunFailedError, match=str(status)):
        RunResponse("x", "r", "s", "", status).raise_for_status()
