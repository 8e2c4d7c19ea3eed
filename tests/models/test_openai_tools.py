"""Tools on their way to a server and back, over the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agno_tui.models.base import ModelError, ModelResponse
from agno_tui.models.base import ModelErrorKind as Kind
from agno_tui.models.openai import OpenAIChat
from agno_tui.session import Message, ToolCall
from tests.fake_server import (
    FakeServer,
    answers,
    calling,
    calls,
    chunk,
    drips,
    events,
    fragment,
    refuses_tools,
    streams,
)
from tests.fake_server.tools import Style
from tests.models.asking import HI, LOOK_BACK, Named, ask, called, content

NAME = "get_previous_session_messages"
HISTORY = [
    Message("user", "What did we say?"),
    Message(
        "assistant",
        "",
        reasoning_content="thoughts",
        tool_calls=[
            ToolCall("c1", NAME, '{"query": "käse"}'),
            ToolCall("c2", "made up!", '{"query": '),
        ],
    ),
    Message("tool", "[] \ud800", tool_call_id="c1", tool_name=NAME),
    Message("tool", "No such tool.", tool_call_id="c2", tool_name="made up!"),
    Message("assistant", "Nothing."),
    Message("user", "Go on."),
]


def sent_arguments(server: FakeServer) -> str:
    """The arguments of the one call in the messages that were sent."""
    function = server.chats[-1].messages[0]["tool_calls"][0]["function"]
    arguments: str = function["arguments"]
    return arguments


async def test_the_tools_and_what_they_said_go_out(server: FakeServer) -> None:
    model = OpenAIChat(base_url=server.base_url)
    await ask(model, messages=HISTORY, tools=[LOOK_BACK])
    await model.close()
    (request,) = server.chats
    assert request.tools == [
        {
            "type": "function",
            "function": {
                "name": NAME,
                "description": "Looks at earlier sessions.",
                "parameters": {"type": "object", "properties": {}},
            },
        }
    ]
    assert "tool_choice" not in request.body
    assert request.messages == [
        {"role": "user", "content": "What did we say?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": NAME, "arguments": '{"query": "käse"}'},
                },
                {
                    "id": "c2",
                    "type": "function",
                    "function": {"name": "made_up_", "arguments": "{}"},
                },
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "[] \ufffd"},
        {"role": "tool", "tool_call_id": "c2", "content": "No such tool."},
        {"role": "assistant", "content": "Nothing."},
        {"role": "user", "content": "Go on."},
    ]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("", "{}"),
        ("[1]", "{}"),
        ("null", "{}"),
        ('{"a": NaN}', "{}"),
        ('{"a": ' * 5000, "{}"),
        ('{"a": 1} and more', "{}"),
        (' {"a": 1}', ' {"a": 1}'),
        (r'{"a": "\ud83d"}', '{"a": "\ufffd"}'),
        (r'{"a": "\ud83d\ude00"}', '{"a": "😀"}'),
    ],
)
async def test_arguments_go_back_as_what_every_server_reads(
    server: FakeServer, written: str, sent: str
) -> None:
    message = Message("assistant", "", tool_calls=[ToolCall("c", "f", written)])
    model = OpenAIChat(base_url=server.base_url)
    await ask(model, messages=[message])
    await model.close()
    assert sent_arguments(server) == sent


async def test_one_who_has_to_answer_is_told_of_the_tools_all_the_same(
    server: FakeServer,
) -> None:
    model = OpenAIChat(base_url=server.base_url)
    await ask(model, tools=[LOOK_BACK], may_call=False)
    await ask(model, may_call=False)
    await model.close()
    with_tools, without = server.chats
    assert with_tools.tool_choice == "none" and len(with_tools.tools) == 1
    assert not {"tool_choice", "tools"} & set(without.body)


@pytest.mark.parametrize(
    ("given", "role"), [(None, "system"), ("developer", "developer")]
)
async def test_the_role_of_a_system_message(
    server: FakeServer, given: str | None, role: str
) -> None:
    model = OpenAIChat(base_url=server.base_url, system_role=given)
    await ask(model, messages=[Message("system", "Be brief."), *HI])
    await model.close()
    assert [message["role"] for message in server.chats[0].messages] == [role, "user"]


@pytest.mark.parametrize(
    ("base_url", "role"),
    [(None, "developer"), ("https://openrouter.ai/api/v1", "system")],
)
def test_openai_itself_is_told_as_developer(base_url: str | None, role: str) -> None:
    model = OpenAIChat(base_url=base_url)
    request = model.request_for([Message("system", "x")], (), True)
    assert request["messages"][0]["role"] == role


@pytest.mark.parametrize("style", ["fragments", "whole", "document"])
@pytest.mark.parametrize("finish", ["tool_calls", "stop"])
async def test_calls_come_whole_and_last(
    server: FakeServer, style: Style, finish: str
) -> None:
    wanted = [(NAME, {"query": "Köln"}), ("remember", '{"memory": ')]
    server.will(calls(*wanted, text="Let me see.", style=style, finish=finish))
    model = OpenAIChat(base_url=server.base_url)
    assert model.takes_tools is None
    pieces = await ask(model, tools=[LOOK_BACK])
    await model.close()
    assert content(pieces) == "Let me see."
    assert [(call.id, call.name, call.arguments) for call in called(pieces)] == [
        ("call_0", NAME, json.dumps({"query": "Köln"})),
        ("call_1", "remember", '{"memory": '),
    ]
    assert [p.finish_reason for p in pieces if p.finish_reason] == [finish]
    assert [bool(p.usage) for p in pieces if p.usage] == [True] * (style != "document")
    assert model.takes_tools is True


START = calling(fragment("f", '{"a": ', index=0, id="x"))
REST = calling(fragment(arguments="1}", index=0))


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (events(chunk("Hm"), START), Kind.CUT),
        (events(chunk("Hm"), START, REST), Kind.CUT),
        (events(chunk("Hm"), START, "{broken"), Kind.CUT),
        (events(chunk("Hm"), START, {"error": "no"}), Kind.SERVER),
        (events(chunk("Hm"), START, chunk(finish="content_filter")), Kind.REFUSED),
    ],
)
async def test_what_breaks_off_calls_nothing(
    server: FakeServer, behaviour: Any, kind: Kind
) -> None:
    server.will(behaviour)
    model = OpenAIChat(base_url=server.base_url)
    pieces: list[ModelResponse] = []
    with pytest.raises(ModelError) as caught:
        await ask(model, pieces)
    await model.close()
    assert caught.value.kind is kind
    assert content(pieces) == "Hm"
    assert called(pieces) == []


async def test_a_call_that_never_goes_on_is_no_sign_of_life(
    server: FakeServer,
) -> None:
    nothing = f"data: {json.dumps(calling(fragment(index=0)))}\n\n".encode()
    server.will(drips("a", drop=nothing))
    model = OpenAIChat(base_url=server.base_url, token_timeout=0.1)
    with pytest.raises(ModelError) as caught:
        await ask(model)
    await model.close()
    assert caught.value.kind is Kind.TIMEOUT


REFUSALS = [
    refuses_tools(),
    refuses_tools(
        '"auto" tool choice requires --enable-auto-tool-choice and'
        " --tool-call-parser to be set"
    ),
    refuses_tools("tools param requires --jinja flag", status=500),
    refuses_tools("tools is not supported with this model"),
    refuses_tools("No endpoints found that support tool use.", status=404),
    refuses_tools("deepseek-reasoner does not support Function Calling"),
    refuses_tools("Function calling is not enabled for models/gemma-3-27b-it"),
    refuses_tools("Unrecognized request argument supplied: tools", status=404),
    refuses_tools("[{'loc': ['body', 'tools'], 'msg': 'Extra inputs'}]", status=422),
]


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_model_without_tools_is_asked_once_more_without(
    server: FakeServer, refusal: Any
) -> None:
    server.otherwise = refusal
    model = OpenAIChat(base_url=server.base_url)
    for _ in range(2):
        pieces = await ask(model, messages=HISTORY, tools=[LOOK_BACK])
        assert content(pieces) == "Without tools."
    await model.close()
    assert model.takes_tools is False
    assert [bool(chat.tools) for chat in server.chats] == [True, False, False]
    assert server.chats[-1].messages == [
        {
            "role": "user",
            "content": "What did we say?\n\n"
            f'[Result of {NAME} with {{"query": "käse"}}]\n[] \ufffd\n\n'
            '[Result of made up! with {"query": ]\nNo such tool.',
        },
        {"role": "assistant", "content": "Nothing."},
        {"role": "user", "content": "Go on."},
    ]


async def test_two_wishes_are_left_out_one_after_the_other(server: FakeServer) -> None:
    server.otherwise = streams("ok")
    server.will(
        answers(400, {"error": {"message": "Unknown parameter: stream_options"}}),
        refuses_tools(),
    )
    model = OpenAIChat(base_url=server.base_url)
    assert content(await ask(model, tools=[LOOK_BACK])) == "ok"
    await model.close()
    wishes = [{"tools", "stream_options"} & set(chat.body) for chat in server.chats]
    assert wishes == [{"tools", "stream_options"}, {"tools"}, set()]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "Invalid schema for function 'f': 'x' is not of type 'object'"),
        (400, "An assistant message with 'tool_calls' must be followed by tool"),
        (400, "Invalid 'tools[0].function.name': string does not match pattern"),
        (401, "m does not support tools"),
        (429, "m does not support tools"),
    ],
)
async def test_what_is_wrong_with_one_request_is_no_word_on_tools(
    server: FakeServer, status: int, message: str
) -> None:
    server.will(refuses_tools(message, status=status))
    model = OpenAIChat(base_url=server.base_url)
    with pytest.raises(ModelError):
        await ask(model, tools=[Named("f")])
    await model.close()
    assert model.takes_tools is None
    assert len(server.chats) == 1


async def test_a_refusal_is_told_where_there_were_no_tools(server: FakeServer) -> None:
    server.will(answers(400, {"error": {"message": "m does not support tools"}}))
    model = OpenAIChat(base_url=server.base_url)
    with pytest.raises(ModelError, match="does not support tools"):
        await ask(model)
    await model.close()
    assert len(server.chats) == 1
