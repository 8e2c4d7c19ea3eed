"""What a tool gives back, as text for the model."""

from __future__ import annotations

import gc
import json
import threading
import weakref
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

import pytest
from pydantic import BaseModel

from agno_tui.tools.base import Function, Tool, tool
from tests.tools.calls import error_of, result_of


class Unit(Enum):
    KELVIN = "kelvin"


class Word(StrEnum):
    YES = "yes"


@dataclass
class Point:
    x: int
    names: list[str] = field(default_factory=list)
    unit: Unit = Unit.KELVIN


class Flight(BaseModel):
    day: date


class Plain:
    def __str__(self) -> str:
        return "plain"


def giving(result: Any, max_result: int = 100_000) -> Tool:
    def give() -> Any:
        return result

    return tool(max_result=max_result)(give)


def giving_async(result: Any, max_result: int = 100_000) -> Tool:
    async def give() -> Any:
        return result

    return tool(max_result=max_result)(give)


BOTH = pytest.mark.parametrize("made", [giving, giving_async])
CIRCLE: list[object] = []
CIRCLE.append(CIRCLE)


@BOTH
@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("as it is \x1b[31m\n", "as it is \x1b[31m\n"),
        ("", ""),
        (None, "null"),
        (True, "true"),
        (5, "5"),
        (0.5, "0.5"),
        ({"größe": [1, None, "ä"]}, '{"größe": [1, null, "ä"]}'),
        ((1, 2), "[1, 2]"),
        ({"x"}, '["x"]'),
        (Point(1, ["a"]), '{"x": 1, "names": ["a"], "unit": "kelvin"}'),
        ([Point(1)], '[{"x": 1, "names": [], "unit": "kelvin"}]'),
        (Flight(day=date(2024, 1, 2)), '{"day": "2024-01-02"}'),
        ({"f": Flight(day=date(2024, 1, 2))}, '{"f": {"day": "2024-01-02"}}'),
        (
            {"d": date(2024, 1, 2), "p": PurePosixPath("a")},
            '{"d": "2024-01-02", "p": "a"}',
        ),
        (OrderedDict(a=Decimal("0.1")), '{"a": "0.1"}'),
        (MappingProxyType({"a": 1}), '{"a": 1}'),
        (Unit.KELVIN, "kelvin"),
        (Word.YES, "yes"),
        (date(2024, 1, 2), "2024-01-02"),
        (Plain(), "plain"),
        ({(1, 2): 3}, "{(1, 2): 3}"),
        (CIRCLE, "[[...]]"),
        ("a\ud800b", "a\ufffdb"),
        (["\ud83d\ude00", "\udfff"], '["😀", "\ufffd"]'),
    ],
    ids=lambda value: repr(value).split(" at 0x")[0],
)
async def test_results_as_text(made: Any, result: object, text: str) -> None:
    assert await result_of(made(result)) == text


@BOTH
@pytest.mark.parametrize("result", [b"x", bytearray(b"x"), memoryview(b"x"), [b"x"]])
async def test_bytes_are_an_error_in_words(made: Any, result: object) -> None:
    assert "was bytes" in await error_of(made(result))


@BOTH
async def test_a_result_nested_too_deeply(made: Any) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert "nested too deeply" in await error_of(made(deep))


@BOTH
async def test_a_result_that_just_fits(made: Any) -> None:
    assert await result_of(made("x" * 100_000)) == "x" * 100_000
    assert await result_of(made("x" * 11, max_result=11)) == "x" * 11


@BOTH
@pytest.mark.parametrize(
    ("result", "length"),
    [
        ("x" * 10_000_000, "10,000,000"),
        (["x" * 10_000_000], "more than 100,000"),
        (list(range(1_000_000)), "more than 100,000"),
        (dict.fromkeys(range(1_000_000)), "more than 100,000"),
    ],
    ids=range(4),
)
async def test_a_result_that_is_too_large(
    made: Any, result: object, length: str
) -> None:
    words = await error_of(made(result))
    assert f"was {length} characters long" in words
    assert "at most 100,000" in words and "Ask for less" in words


class Large(str):
    """Text that can be watched."""


@pytest.mark.parametrize("as_async", [False, True])
async def test_what_is_too_large_is_not_kept(as_async: bool) -> None:
    watched: list[weakref.ref[Large]] = []

    def give() -> str:
        text = Large("x" * 10_000_000)
        watched.append(weakref.ref(text))
        return text

    async def give_async() -> str:
        return give()

    await error_of(give_async if as_async else give)
    for thread in threading.enumerate():
        if thread.name == "tool give":
            thread.join()
    gc.collect()
    assert watched[0]() is None


async def pieces() -> AsyncIterator[object]:
    for piece in ("a", "", {"b": 1}, None):
        yield piece


def pieces_in_a_thread() -> Iterator[object]:
    yield from ("a", "", {"b": 1}, None)


async def gives_a_generator() -> Iterator[object]:
    return pieces_in_a_thread()


def gives_an_async_generator() -> AsyncIterator[object]:
    return pieces()


@pytest.mark.parametrize(
    "function",
    [pieces, pieces_in_a_thread, gives_a_generator, gives_an_async_generator],
)
async def test_pieces_are_joined(function: Function) -> None:
    assert await result_of(function) == 'a{"b": 1}null'


async def test_a_map_is_pieces_too() -> None:
    def words() -> Iterator[str]:
        return map(str, range(3))

    assert await result_of(words) == "012"


async def test_pieces_without_end_are_given_up_and_closed() -> None:
    closed: list[str] = []

    def endless() -> Iterator[str]:
        try:
            while True:
                yield "x" * 1000
        finally:
            closed.append("thread")

    async def endless_async() -> AsyncIterator[str]:
        try:
            while True:
                yield "x" * 1000
        finally:
            closed.append("loop")

    assert "more than 100,000 characters" in await error_of(endless)
    assert "more than 100,000 characters" in await error_of(endless_async)
    assert closed == ["thread", "loop"]


async def test_an_error_between_pieces() -> None:
    def halfway() -> Iterator[str]:
        yield "a"
        raise ValueError("no more")

    async def halfway_async() -> AsyncIterator[str]:
        yield "a"
        raise ValueError("no more")

    assert await error_of(halfway) == "halfway failed: ValueError: no more"
    assert await error_of(halfway_async) == "halfway_async failed: ValueError: no more"


async def test_a_result_that_cannot_be_shown() -> None:
    class Broken:
        def __str__(self) -> str:
            raise ValueError("no words")

    assert await error_of(giving(Broken())) == "give failed: ValueError: no words"


async def test_a_function_that_gives_back_a_coroutine() -> None:
    async def later() -> dict[str, int]:
        return {"a": 1}

    assert json.loads(await result_of(lambda_named(lambda: later()))) == {"a": 1}


def lambda_named(function: Function) -> Tool:
    return tool(name="later")(function)
