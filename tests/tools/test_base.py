"""Making tools of functions."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest

from agno_tui.models.base import ToolDefinition
from agno_tui.tools.base import TIMEOUT, Tool, ToolContext, as_tool, by_name, tool
from tests.tools.calls import called, properties_of, result_of


def double(x: int) -> int:
    """Doubles."""
    return 2 * x


@tool
async def triple(x: int) -> int:
    """Triples."""
    return 3 * x


@tool(name="quadruple", description="Does it twice.", timeout=5, max_result=10)
def four(x: int) -> int:
    """Not told."""
    return 4 * x


class Counter:
    def __init__(self) -> None:
        self.count = 0

    @tool
    def add(self, much: int) -> int:
        """Adds."""
        self.count += much
        return self.count


def test_a_tool_is_what_a_model_is_told() -> None:
    definition: ToolDefinition = as_tool(double)
    assert (definition.name, definition.description) == ("double", "Doubles.")
    assert definition.parameters["required"] == ["x"]


def test_the_decorator_says_it_otherwise() -> None:
    assert (four.name, four.description) == ("quadruple", "Does it twice.")
    assert (four.timeout, four.max_result) == (5, 10)
    assert (triple.name, triple.timeout) == ("triple", TIMEOUT)
    assert repr(four) == "Tool('quadruple')"


def test_a_tool_can_still_be_called() -> None:
    assert four(2) == 8
    assert asyncio.run(triple(x=2)) == 6


def test_a_tool_stays_the_tool_it_is() -> None:
    assert as_tool(triple) is triple


async def test_a_tool_in_a_class_is_a_method() -> None:
    counter = Counter()
    assert isinstance(Counter.add, Tool)
    assert list(properties_of(counter.add)) == ["much"]
    assert counter.add(1) == 1
    assert await result_of(counter.add, {"much": 2}) == "3"
    assert counter.count == 3


async def test_a_callable_object_is_a_tool() -> None:
    class Greeter:
        """Greets."""

        async def __call__(self, whom: str) -> str:
            return f"Hello {whom}"

    greeter = as_tool(Greeter())
    assert (greeter.name, greeter.description) == ("Greeter", "Greets.")
    assert await result_of(greeter, {"whom": "you"}) == "Hello you"


async def test_partial_keeps_what_it_filled_in() -> None:
    async def fetch(url: str, key: str, again: int = 3) -> str:
        return f"{url} {key} {again}"

    given = partial(fetch, key="secret")
    assert await result_of(given, {"url": "u", "again": 1}) == "u secret 1"
    refused = await called(given, {"url": "u", "key": "mine"})
    assert refused.tool_error and '"key" is unknown' in refused.content


@pytest.mark.parametrize("given", [5, "double", None, dict, [double]])
def test_what_is_no_function_is_no_tool(given: Any) -> None:
    with pytest.raises(TypeError, match="cannot be a tool"):
        by_name([given])


@pytest.mark.parametrize("name", ["", "a b", "größe", "x" * 65, "a.b", "a\n"])
def test_a_name_no_model_could_use(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a tool's name"):
        Tool(name, "", double)


def test_a_lambda_needs_a_name() -> None:
    with pytest.raises(ValueError, match="lambda"):
        as_tool(lambda x: x)
    assert tool(name="same")(lambda x: x).name == "same"


def test_tools_by_name() -> None:
    assert list(by_name([four, double])) == ["quadruple", "double"]
    with pytest.raises(ValueError, match='two tools are called "double"'):
        by_name([double, four, double])


async def test_the_session_state_is_changed_in_place() -> None:
    def remember(word: str, session_state: dict[str, Any]) -> None:
        session_state.setdefault("words", []).append(word)

    def count(session_state, context: ToolContext) -> str:  # type: ignore[no-untyped-def]
        assert session_state is context.session_state
        return f"{session_state['words']} of {context.user_id}"

    context = ToolContext(user_id="u", session_id="s", run_id="r")
    await called(remember, {"word": "a"}, context)
    assert context.session_state == {"words": ["a"]}
    assert (await called(count, {}, context)).content == "['a'] of u"


@pytest.mark.parametrize("name", ["context", "session_state"])
async def test_a_model_cannot_fill_in_what_is_ours(name: str) -> None:
    def spy(session_state: dict[str, object], context: ToolContext) -> str:
        return "called"

    refused = await called(spy, {name: {"user_id": "another"}})
    assert refused.tool_error and f'"{name}" is unknown' in refused.content


async def test_nor_does_a_given_schema_let_it() -> None:
    def spy(context: ToolContext) -> str:
        return context.user_id

    schema = {"type": "object", "properties": {"context": {"type": "object"}}}
    given = Tool("spy", "", spy, parameters=schema)
    message = await called(given, {"context": {}}, ToolContext(user_id="mine"))
    assert message.content == "mine"
