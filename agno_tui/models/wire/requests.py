"""What is sent to an OpenAI-compatible server, made of our messages. No I/O.

What a model thought (`reasoning_content`) is never sent back: it is no part of the
conversation, and some servers refuse it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from agno_tui.models.base import ToolDefinition
from agno_tui.models.wire.tool_calls import read_arguments
from agno_tui.session import Message, Role, ToolCall
from agno_tui.text import repair

_NAME_LIMIT: Final = 64
_NOT_IN_NAMES: Final = re.compile(r"[^a-zA-Z0-9_-]+")


def conversation(
    messages: Iterable[Message],
    tools: Sequence[ToolDefinition],
    *,
    may_call: bool,
    takes_tools: bool,
    system_role: str,
) -> dict[str, object]:
    """What a request says of messages and tools, to one that `takes_tools` or not."""
    if not takes_tools:
        return {"messages": plain_messages(messages, system_role=system_role)}
    sent = messages_to_send(messages, system_role=system_role)
    return {"messages": sent} | tools_to_send(tools, may_call=may_call)


def messages_to_send(
    messages: Iterable[Message], *, system_role: str
) -> list[dict[str, object]]:
    """The messages with their tool calls and results, as OpenAI's API has them."""
    return [_as_sent(message, system_role) for message in messages]


def plain_messages(
    messages: Iterable[Message], *, system_role: str
) -> list[dict[str, object]]:
    """The messages for a model that knows no tools: their results stand in plain text.

    A result becomes a part of the user's message before it, for many chat templates
    want user and assistant by turns. That it was asked for is left out where nothing
    else was said: small models write such words again instead of an answer.
    """
    sent: list[dict[str, object]] = []
    calls: dict[str, ToolCall] = {}
    for message in messages:
        if message.role == Role.TOOL:
            call = calls.get(message.tool_call_id)
            _add_to_user(sent, _result_in_words(message, call))
            continue
        calls |= {call.id: call for call in message.tool_calls}
        if message.content or not message.tool_calls:
            sent.append(_spoken(message, system_role))
    return sent


def tools_to_send(
    tools: Sequence[ToolDefinition], *, may_call: bool
) -> dict[str, object]:
    """What a request says of the tools there are: nothing where there are none."""
    if not tools:
        return {}
    described = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": repair(tool.description),
                "parameters": dict(tool.parameters),
            },
        }
        for tool in tools
    ]
    return {"tools": described} | ({} if may_call else {"tool_choice": "none"})


def names_tools(request: Mapping[str, Any]) -> bool:
    """Whether anything in a request speaks of tools."""
    return "tools" in request or any(
        message["role"] == Role.TOOL or "tool_calls" in message
        for message in request["messages"]
    )


def _as_sent(message: Message, system_role: str) -> dict[str, object]:
    if message.role == Role.TOOL:
        return {
            "role": "tool",
            "tool_call_id": repair(message.tool_call_id),
            "content": repair(message.content),
        }
    spoken = _spoken(message, system_role)
    if message.tool_calls:
        spoken["content"] = spoken["content"] or None
        spoken["tool_calls"] = [_call(call) for call in message.tool_calls]
    return spoken


def _spoken(message: Message, system_role: str) -> dict[str, object]:
    role = system_role if message.role == Role.SYSTEM else str(message.role)
    return {"role": role, "content": repair(message.content)}


def _call(call: ToolCall) -> dict[str, object]:
    return {
        "id": repair(call.id),
        "type": "function",
        "function": {"name": _name(call.name), "arguments": _arguments(call.arguments)},
    }


def _name(name: str) -> str:
    """A name that may be sent: OpenAI refuses the whole request for any other."""
    return _NOT_IN_NAMES.sub("_", name)[:_NAME_LIMIT] or "unknown"


def _arguments(text: str) -> str:
    """Arguments that may be sent: the model's own where they are a JSON object.

    llama.cpp (500), vLLM (400) and what translates for Anthropic read them to fill a
    template, and refuse the whole conversation, for good, for anything else. An empty
    object is what all of them take; what was wrong is in the call's result. To wrap
    the broken text would teach the model the wrapping.
    """
    read = read_arguments(text)
    if read is None:
        return "{}"
    if "\\u" not in text:
        return repair(text)
    # Half a surrogate pair may hide behind an escape, and strict readers refuse it.
    return repair(json.dumps(read, ensure_ascii=False))


def _result_in_words(message: Message, call: ToolCall | None) -> str:
    name = message.tool_name or (call.name if call else "") or "a tool"
    arguments = call.arguments if call else ""
    with_them = "" if arguments in ("", "{}") else f" with {arguments}"
    return repair(f"[Result of {name}{with_them}]\n{message.content}")


def _add_to_user(sent: list[dict[str, object]], words: str) -> None:
    if sent and sent[-1]["role"] == Role.USER:
        sent[-1]["content"] = f"{sent[-1]['content']}\n\n{words}"
    else:
        sent.append({"role": "user", "content": words})
