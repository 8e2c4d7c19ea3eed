"""What of a function's signature a model is told of, and what it cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Annotated, Any

import pytest

from agno_tui.tools.base import ToolContext, as_tool
from tests.tools.calls import properties_of


class Opaque:
    pass


def weather(city: str, days: int = 1) -> str:
    """Tells the weather."""
    return f"{city} {days}"


def test_parameters_of_ours_are_never_told() -> None:
    def function(
        a: int,
        context: ToolContext,
        session_state: dict[str, object],
        other: Annotated[ToolContext | None, "x"] = None,
        maybe: ToolContext | None = None,
    ) -> None: ...

    assert list(properties_of(as_tool(function))) == ["a"]
    assert "$defs" not in as_tool(function).parameters


def test_bound_methods_and_wrapped_functions() -> None:
    class Shelf:
        def find(self, title: str) -> str:
            """Finds a book."""
            return title

    @wraps(weather)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return weather(*args, **kwargs)

    assert list(properties_of(as_tool(Shelf().find))) == ["title"]
    assert as_tool(Shelf().find).description == "Finds a book."
    assert as_tool(wrapped).parameters == as_tool(weather).parameters


def test_what_partial_fills_in_is_not_told() -> None:
    def fetch(url: str, key: str, again: int = 3) -> str:
        """Fetches a page."""
        return url + key

    tool = as_tool(partial(fetch, key="secret"))
    assert (tool.name, tool.description) == ("fetch", "Fetches a page.")
    assert list(properties_of(tool)) == ["url", "again"]
    assert "secret" not in str(tool.parameters)


def test_the_schema_is_made_once_and_not_before() -> None:
    def function(a: Opaque) -> None: ...

    tool = as_tool(function)  # No error yet.
    with pytest.raises(TypeError):
        _ = tool.parameters
    good = as_tool(weather)
    assert good.parameters is good.parameters


def takes_opaque(a: int, b: Opaque) -> None: ...


def takes_callable(b: Callable[[], None]) -> None: ...


def takes_many(*b: int) -> None: ...


def takes_anything(**b: int) -> None: ...


def takes_by_position(b: int, /) -> None: ...


def takes_unknown(b: Unknown) -> None: ...  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    "function",
    [
        takes_opaque,
        takes_callable,
        takes_many,
        takes_anything,
        takes_by_position,
        takes_unknown,
    ],
)
def test_wrong_uses_are_said_in_words(function: Callable[..., None]) -> None:
    with pytest.raises(TypeError) as raised:
        _ = as_tool(function).parameters
    words = str(raised.value)
    assert words.startswith(f'tool "{function.__name__}": ')
    assert "b" in words.partition(": ")[2] and "\n" not in words
    assert len(words) < 300


def test_what_is_returned_may_be_anything() -> None:
    def function(a: int) -> Unknown: ...  # type: ignore[name-defined]  # noqa: F821

    assert list(properties_of(as_tool(function))) == ["a"]
