"""A tool that gives its schema costs nothing that is slow to load."""

from __future__ import annotations

from tests.test_imports import SLOW, loaded_by

CALL = """
import asyncio
from agno_tui.session import ToolCall
from agno_tui.tools.base import Tool, ToolContext, by_name, tool
from agno_tui.tools.calling import call_tool
async def told(a: str, context: ToolContext) -> dict:
    return {"told": a}
@tool
def not_asked(a: str) -> str:
    return a
schema = {"type": "object", "properties": {"a": {"type": "string"}}}
tools = by_name([Tool("told", "", told, parameters=schema), not_asked])
call = ToolCall("1", "told", '{"a": "x"}')
message = asyncio.run(call_tool(tools, call, ToolContext()))
assert message.content == '{"told": "x"}', message
"""


def test_a_given_schema_never_loads_pydantic() -> None:
    assert loaded_by(CALL, *SLOW) == ""


def test_type_hints_do() -> None:
    assert loaded_by(CALL + "not_asked.parameters", *SLOW) == "pydantic"
