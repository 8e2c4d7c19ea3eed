"""What a refusal says of tools and of counting, and what it only repeats."""

from __future__ import annotations

import json

import pytest

from agno_tui.models.wire.concessions import rejects_tools, rejects_usage
from agno_tui.models.wire.refusals import Refused

ASKED = [{"role": "user", "content": "Why does my phone not support tools?"}]
COUNTED = [{"role": "user", "content": "What is stream_options?"}]
EXTRA = "Extra inputs are not permitted"


def field_refused(*place: str | int, given: object = None) -> dict[str, object]:
    """One of FastAPI's errors."""
    return {
        "type": "extra_forbidden",
        "loc": ["body", *place],
        "msg": EXTRA,
        "input": given,
    }


def echoes(asked: object) -> list[object]:
    """Bodies that repeat what was asked, as servers were seen to do."""
    error = {"type": "value_error", "loc": ["body", "messages"], "msg": "bad"}
    fastapi = {"detail": [{**error, "input": asked, "ctx": {"error": asked}}]}
    text = json.dumps(asked, indent=2)
    return [
        fastapi,
        {"error": {"message": str([{**error, "input": asked}]), "type": "BadRequest"}},
        {"message": f"1 validation error\n bad [type=x, input_value={asked}, y]"},
        {"error": {"message": f"Failed to parse messages: bad; messages = {text}"}},
        {"error": {"message": "bad", "failed_generation": text}},
        {"error": {"message": "bad", "metadata": {"raw": json.dumps(fastapi)}}},
        {"detail": {"messages": asked}},
        {"message": {"content": text}},
        json.dumps(fastapi)[:-5],  # too long to be read whole
        {"request": {"messages": asked}},
    ]


@pytest.mark.parametrize("body", echoes(ASKED))
def test_what_a_user_said_of_tools_is_no_word_of_the_server(body: object) -> None:
    assert not rejects_tools(Refused(422, body, {}))


@pytest.mark.parametrize("body", echoes(COUNTED))
def test_what_a_user_said_of_counting_is_no_word_of_the_server(body: object) -> None:
    assert not rejects_usage(Refused(422, body, {}))


@pytest.mark.parametrize(
    "body",
    [
        "m does not support tools",
        {"error": "m does not support tools"},
        {"detail": "tools are not supported"},
        {"detail": [field_refused("tools", given=ASKED)]},
        {"object": "error", "message": {"detail": [field_refused("tools")]}},
        {"error": {"message": str([field_refused("tools", given=ASKED)])}},
        {"message": f"1 validation error\ntools\n  {EXTRA} [input_value=1]: tools"},
        [{"error": {"message": "Function calling is not enabled for gemma"}}],
        {
            "error": {
                "message": "Provider returned error",
                "metadata": {"raw": '{"error":{"message":"tools is not supported"}}'},
            }
        },
        {"errors": [{"message": "this model does not support tools"}]},
    ],
)
def test_a_servers_own_words_on_tools(body: object) -> None:
    for status in (400, 422):
        assert rejects_tools(Refused(status, body, {}))
    assert not rejects_tools(Refused(401, body, {}))


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "Unknown parameter: stream_options"}},
        {"error": {"message": "Unknown parameter", "param": "stream_options"}},
        {"detail": [field_refused("stream_options", "include_usage", given=True)]},
        {"detail": str([field_refused("stream_options", given={})])},
        "Unrecognized request argument supplied: stream_options",
    ],
)
def test_a_servers_own_words_on_counting(body: object) -> None:
    assert rejects_usage(Refused(422, body, {}))
    assert not rejects_usage(Refused(500, body, {}))


def test_a_body_of_any_depth_and_kind_is_read() -> None:
    deep: object = "m does not support tools"
    for _ in range(500):
        deep = {"error": [deep]}
    for body in (deep, None, 3, [], {"error": 1, "loc": 2, "msg": None}):
        assert not rejects_tools(Refused(400, body, {}))
