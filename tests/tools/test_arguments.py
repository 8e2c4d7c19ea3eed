"""What a model writes as arguments: right, wrong, and hostile."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field

from agno_tui.session import ToolCall
from agno_tui.tools.base import Tool, ToolContext, by_name
from agno_tui.tools.calling import call_tool
from tests.tools.calls import error_of, result_of

DEEP = "[" * 100_000 + "]" * 100_000


class Unit(Enum):
    CELSIUS = "celsius"
    KELVIN = "kelvin"


@dataclass
class Point:
    x: int
    y: int = 0


class Flight(BaseModel):
    origin: str
    seats: Annotated[int, Field(ge=1)] = 1


def never(value: int) -> int:
    raise RuntimeError("the check itself is broken")


def show(**values: Any) -> str:
    return repr(values)


def hinted(
    city: str,
    days: int = 1,
    unit: Unit = Unit.CELSIUS,
    at: Point | None = None,
    flights: list[Flight] = [],  # noqa: B006
    kind: Literal["a", "b"] = "a",
    anything: Any = None,
) -> str:
    return repr((city, days, unit, at, flights, kind, anything))


GIVEN = Tool(
    "given",
    "",
    lambda **values: repr(values),
    parameters={
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer"},
            "share": {"type": "number"},
            "sure": {"type": "boolean"},
            "names": {"type": "array"},
            "more": {"type": "object"},
            "maybe": {"type": ["string", "null"]},
            "kind": {"enum": ["a", "b"]},
            "anything": {},
        },
        "required": ["city"],
    },
)


async def test_the_function_gets_what_its_hints_say() -> None:
    arguments = {
        "city": "Köln",
        "days": "2",
        "unit": "kelvin",
        "at": {"x": 1},
        "flights": [{"origin": "CGN"}],
    }
    assert await result_of(hinted, arguments) == repr(
        ("Köln", 2, Unit.KELVIN, Point(1), [Flight(origin="CGN")], "a", None)
    )


async def test_what_is_left_out_is_the_functions_own_default() -> None:
    kept: list[str] = []

    def keep(word: str, into: list[str] = kept) -> int:
        into.append(word)
        return len(into)

    assert await result_of(keep, {"word": "a"}) == "1"
    assert await result_of(keep, {"word": "b"}) == "2"
    assert kept == ["a", "b"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, '"city" is missing'),
        ({"city": 5}, '"city": input should be a valid string'),
        ({"city": "x", "days": "soon"}, '"days": input should be a valid integer'),
        ({"city": "x", "unit": "f"}, "\"unit\": input should be 'celsius' or 'kelvin'"),
        ({"city": "x", "kind": "c"}, "\"kind\": input should be 'a' or 'b'"),
        ({"city": "x", "at": {}}, '"at.x" is missing'),
        ({"city": "x", "at": {"x": 1, "z": 1}}, '"at.z" is unknown'),
        (
            {"city": "x", "flights": [{"origin": "a", "seats": 0}]},
            '"flights.0.seats": input should be greater than or equal to 1',
        ),
        ({"city": "x", "town": "y"}, '"town" is unknown. It takes: city, days, unit'),
    ],
)
async def test_arguments_that_do_not_fit_the_hints(
    arguments: object, words: str
) -> None:
    assert words in await error_of(hinted, arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        {"city": "x"},
        {"city": "x", "days": 2, "share": 0.5, "sure": True, "names": [1]},
        {"city": "x", "share": 1, "more": {"a": 1}, "maybe": None, "kind": "b"},
        {"city": "x", "maybe": "y", "anything": [None]},
    ],
)
async def test_arguments_that_fit_a_given_schema(arguments: object) -> None:
    assert await result_of(GIVEN, arguments) == repr(arguments)


async def test_a_whole_number_is_an_integer_however_it_is_written() -> None:
    assert "'days': 2}" in await result_of(GIVEN, '{"city": "x", "days": 2.0}')


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, '"city" is missing. It takes: city, days, share'),
        ({"city": None}, '"city" should be string'),
        ({"city": "x", "days": "2"}, '"days" should be integer'),
        ({"city": "x", "days": True}, '"days" should be integer'),
        ({"city": "x", "days": 2.5}, '"days" should be integer'),
        ({"city": "x", "share": "half"}, '"share" should be number'),
        ({"city": "x", "sure": 1}, '"sure" should be boolean'),
        ({"city": "x", "names": {}}, '"names" should be array'),
        ({"city": "x", "more": []}, '"more" should be object'),
        ({"city": "x", "maybe": 1}, '"maybe" should be string or null'),
        ({"city": "x", "kind": "c"}, '"kind" should be one of ["a", "b"]'),
        ({"city": "x", "town": "y"}, '"town" is unknown'),
    ],
)
async def test_arguments_that_do_not_fit_a_given_schema(
    arguments: object, words: str
) -> None:
    assert words in await error_of(GIVEN, arguments)


@pytest.mark.parametrize("tool", [hinted, GIVEN])
@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('{"city": "x"', "not JSON: Expecting ',' delimiter, character 13"),
        ("city=x", "not JSON: Expecting value, character 1"),
        ('["x"]', "have to be a JSON object"),
        ("null", "have to be a JSON object"),
        (DEEP, "nested too deeply"),
        ('{"city": ' + DEEP + "}", "nested too deeply"),
        ('{"city": ' + "9" * 10_000 + "}", "too many digits"),
        ('{"city": "' + "x" * 10_000_000, "not JSON"),
        (
            '{"' + "x" * 10_000_000 + '": 1, "city": "a"}',
            "… is unknown".replace("…", '…"'),
        ),
        ('{"city": ["' + "x" * 10_000_000 + '"]}', '"city"'),
        (json.dumps({f"name {at}": 1 for at in range(50_000)}), "49,998 more"),
    ],
    ids=range(11),
)
async def test_hostile_arguments_get_a_short_error(
    tool: Any, written: str, words: str
) -> None:
    assert words in await error_of(tool, written)


@pytest.mark.parametrize("tool", [hinted, GIVEN])
@pytest.mark.parametrize("half", ["\\ud800", "\\uDFFF", "\ud800"])
async def test_half_characters_are_repaired(tool: Any, half: str) -> None:
    assert "'a\ufffdb'" in await result_of(tool, f'{{"city": "a{half}b"}}')
    assert "'😀'" in await result_of(tool, '{"city": "\\ud83d\\ude00"}')


@pytest.mark.parametrize("written", ["", "  \n", "{}"])
async def test_no_arguments_at_all(written: str) -> None:
    def now() -> str:
        return "noon"

    assert await result_of(now, written) == "noon"


async def test_line_breaks_in_a_string_are_let_pass() -> None:
    assert "'a\\nb'" in await result_of(hinted, '{"city": "a\nb"}')


async def test_a_deep_value_that_json_can_read_reaches_the_tool() -> None:
    deep = "[" * 300 + "]" * 300
    assert deep in await result_of(hinted, f'{{"city": "x", "anything": {deep}}}')


async def test_a_check_that_breaks_is_an_error_like_any_other() -> None:
    def broken(x: Annotated[int, AfterValidator(never)]) -> None: ...

    words = await error_of(broken, {"x": 1})
    assert words == "broken failed: RuntimeError: the check itself is broken"


async def test_a_schema_that_cannot_be_made_is_an_error_too() -> None:
    def broken(*x: int) -> None: ...

    assert 'tool "broken"' in await error_of(broken, {"x": 1})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(
    st.text()
    | JSON.map(json.dumps)
    | st.dictionaries(
        st.sampled_from(["city", "days", "unit", "at", "flights", "kind"]), JSON
    ).map(json.dumps)
)
def test_whatever_a_model_writes_a_message_comes_of_it(written: str) -> None:
    async def both() -> None:
        tools = by_name([hinted, GIVEN])
        for name in tools:
            call = ToolCall("id", name, written)
            message = await call_tool(tools, call, ToolContext())
            assert message.tool_call_id == "id"
            assert not message.tool_error or len(message.content) < 1200

    asyncio.run(both())
