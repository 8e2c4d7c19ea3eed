"""What the tests of tools share: one call, and what comes of it."""

from __future__ import annotations

import json
from typing import Any

from agno_tui.session import Message, ToolCall
from agno_tui.tools.base import Function, Tool, ToolContext, by_name
from agno_tui.tools.calling import call_tool


def call_of(name: str, arguments: object = None, id: str = "call_1") -> ToolCall:
    """A call as a model makes it; arguments that are text are taken as they are."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments or {})
    return ToolCall(id, name, written)


async def called(
    tool: Tool | Function,
    arguments: object = None,
    context: ToolContext | None = None,
) -> Message:
    """The message that comes of one call of one tool."""
    tools = by_name([tool])
    (name,) = tools
    return await call_tool(tools, call_of(name, arguments), context or ToolContext())


async def result_of(tool: Tool | Function, arguments: object = None) -> str:
    """The result of one call, which has to be one."""
    message = await called(tool, arguments)
    assert not message.tool_error, message.content
    return message.content


async def error_of(tool: Tool | Function, arguments: object = None) -> str:
    """The error that one call ends in, which has to be short."""
    message = await called(tool, arguments)
    assert message.tool_error, message.content[:1000]
    assert len(message.content) < 1000
    return message.content


def properties_of(tool: Tool) -> dict[str, Any]:
    """The schemas of a tool's arguments."""
    properties = tool.parameters["properties"]
    assert isinstance(properties, dict)
    return properties
