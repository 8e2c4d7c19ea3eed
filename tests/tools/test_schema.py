"""What a model is told of a function, to the letter."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, NotRequired, Optional, Union

import pytest
from pydantic import BaseModel, Field

from agno_tui.tools.base import as_tool
from tests.tools.calls import properties_of


class Unit(Enum):
    CELSIUS = "celsius"
    KELVIN = "kelvin"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@dataclass
class Point:
    x: int
    y: int = 0


class Book(typing.TypedDict):
    """A book on a shelf."""

    title: str
    pages: NotRequired[int]


class Flight(BaseModel):
    title: str = Field(description="What it is called")
    seats: int = 1


class Node(BaseModel):
    kids: list[Node] = []


class Opaque:
    pass


def schema_of_type(hint: Any) -> object:
    def function(a: Any) -> None: ...

    function.__annotations__["a"] = hint
    return properties_of(as_tool(function))["a"]


def weather(city: str, days: int = 1, unit: Unit = Unit.CELSIUS) -> str:
    """Tells the weather.

    Args:
        city: Name of the city.
        days: How many days ahead.
    """
    return f"{city} {days} {unit}"


def test_the_whole_of_a_plain_function() -> None:
    tool = as_tool(weather)
    assert (tool.name, tool.description) == ("weather", "Tells the weather.")
    assert tool.parameters == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Name of the city."},
            "days": {
                "type": "integer",
                "default": 1,
                "description": "How many days ahead.",
            },
            "unit": {"$ref": "#/$defs/Unit", "default": "celsius"},
        },
        "required": ["city"],
        "additionalProperties": False,
        "$defs": {"Unit": {"type": "string", "enum": ["celsius", "kelvin"]}},
    }


def test_a_function_without_parameters() -> None:
    def now() -> str:
        return ""

    tool = as_tool(now)
    assert tool.description == ""
    assert tool.parameters == {
        "type": "object",
        "properties": {},
        "additionalProperties": False,
    }


NULL = {"type": "null"}


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (str, {"type": "string"}),
        (int, {"type": "integer"}),
        (float, {"type": "number"}),
        (bool, {"type": "boolean"}),
        (list, {"type": "array", "items": {}}),
        (dict, {"type": "object", "additionalProperties": True}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (
            dict[str, float],
            {"type": "object", "additionalProperties": {"type": "number"}},
        ),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (Optional[int], {"anyOf": [{"type": "integer"}, NULL]}),  # noqa: UP045
        (int | None, {"anyOf": [{"type": "integer"}, NULL]}),
        (Union[int, str], {"anyOf": [{"type": "integer"}, {"type": "string"}]}),  # noqa: UP007
        (date, {"type": "string", "format": "date"}),
        (Level, {"$ref": "#/$defs/Level"}),
        (Any, {}),
        (Annotated[int, "How many"], {"type": "integer", "description": "How many"}),
        (
            Annotated[int, Field(description="How many", ge=1)],
            {"type": "integer", "description": "How many", "minimum": 1},
        ),
    ],
)
def test_each_type(hint: Any, schema: object) -> None:
    assert schema_of_type(hint) == schema


def test_types_with_fields_of_their_own() -> None:
    def function(point: Point, book: Book, flight: Flight, node: Node) -> None: ...

    tool = as_tool(function)
    assert tool.parameters["$defs"] == {
        "Point": {
            "type": "object",
            "properties": {
                "x": {"type": "integer"},
                "y": {"type": "integer", "default": 0},
            },
            "required": ["x"],
            "additionalProperties": False,
        },
        "Book": {
            "type": "object",
            "description": "A book on a shelf.",
            "properties": {"title": {"type": "string"}, "pages": {"type": "integer"}},
            "required": ["title"],
            "additionalProperties": False,
        },
        "Flight": {
            "type": "object",
            "properties": {
                "title": {"type": "string", "description": "What it is called"},
                "seats": {"type": "integer", "default": 1},
            },
            "required": ["title"],
        },
        "Node": {
            "type": "object",
            "properties": {
                "kids": {
                    "type": "array",
                    "items": {"$ref": "#/$defs/Node"},
                    "default": [],
                }
            },
        },
    }


@pytest.mark.parametrize(
    "hint",
    [
        list[Book],
        typing.List[Book],  # noqa: UP006
        Book | None,
        dict[str, Annotated[Book, "x"]],
        tuple[Book, ...],
    ],
)
def test_a_typed_dict_inside_of_another_type(hint: Any) -> None:
    assert "#/$defs/Book" in str(schema_of_type(hint))


def test_a_default_of_none_allows_none() -> None:
    none: Any = None

    def function(a: str = none, b: Annotated[int, "Many"] = none) -> None: ...

    assert properties_of(as_tool(function)) == {
        "a": {"anyOf": [{"type": "string"}, NULL], "default": None},
        "b": {
            "anyOf": [{"type": "integer"}, NULL],
            "default": None,
            "description": "Many",
        },
    }


def test_a_default_that_json_has_not_is_not_told() -> None:
    def function(a: Any = Opaque()) -> None: ...  # noqa: B008

    assert as_tool(function).parameters == {
        "type": "object",
        "properties": {"a": {}},
        "additionalProperties": False,
    }


def test_names_that_mean_something_to_pydantic() -> None:
    def function(
        copy: int, schema: int, model_config: int, _x: int, title: int, self_: int
    ) -> None: ...

    names = ["copy", "schema", "model_config", "_x", "title", "self_"]
    assert list(properties_of(as_tool(function))) == names
    assert as_tool(function).parameters["required"] == names


def test_what_stands_nearest_to_the_type_describes_it() -> None:
    def function(
        a: Annotated[int, "near"],
        b: Annotated[int, Field(description="near")],
        c: Annotated[int, Field(ge=1)],
    ) -> None:
        """Words.

        :param a: far
        :param b: far
        :param c: far
        """

    said = [one["description"] for one in properties_of(as_tool(function)).values()]
    assert said == ["near", "near", "far"]
