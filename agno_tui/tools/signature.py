"""Reads a function's signature: what the model fills in, and what it never sees."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, get_args, get_type_hints

from agno_tui.tools import docstring
from agno_tui.tools.context import ToolContext

MISSING: Final = inspect.Parameter.empty
"""Stands for a default that is not there."""

Injection = Callable[[ToolContext], object]
"""Takes from the context what a parameter gets that the model does not fill in."""


@dataclass(slots=True, frozen=True)
class Parameter:
    """One thing the model fills in."""

    name: str
    hint: Any
    """Its type as written in the code; `Any` where none is."""
    default: object = MISSING
    description: str = ""


def read(tool: str, function: Callable[..., object]) -> list[Parameter]:
    """What the model fills in. Errors: TypeError, in words that name the tool."""
    hints = _hints(tool, function)
    hidden = _injected(hints, _declared(tool, function)).keys() | _settled(function)
    said = docstring.read(inspect.getdoc(_innermost(function))).parameters
    return [
        Parameter(name, hints.get(name, Any), one.default, said.get(name, ""))
        for name, one in _declared(tool, function).items()
        if name not in hidden and _by_name(tool, one)
    ]


def injected(tool: str, function: Callable[..., object]) -> dict[str, Injection]:
    """What the function gets from the context, by the parameter's name.

    Errors: TypeError, in words that name the tool.
    """
    return _injected(_hints(tool, function), _declared(tool, function))


def _injected(
    hints: Mapping[str, Any], declared: Mapping[str, inspect.Parameter]
) -> dict[str, Injection]:
    found: dict[str, Injection] = {}
    for name in declared:
        if _mentions_context(hints.get(name)):
            found[name] = lambda context: context
        elif name == "session_state":
            found[name] = lambda context: context.session_state
    return found


def _mentions_context(hint: Any) -> bool:
    return hint is ToolContext or any(map(_mentions_context, get_args(hint)))


def _declared(
    tool: str, function: Callable[..., object]
) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError) as error:
        raise TypeError(f'tool "{tool}": its parameters cannot be read') from error


def _hints(tool: str, function: Callable[..., object]) -> dict[str, Any]:
    """The parameters' types alone: what is returned may be anything."""
    written = {
        name: one.annotation
        for name, one in _declared(tool, function).items()
        if one.annotation is not MISSING
    }
    try:
        return get_type_hints(
            SimpleNamespace(__annotations__=written),
            globalns=getattr(_innermost(function), "__globals__", {}),
            include_extras=True,
        )
    except Exception as error:
        raise TypeError(
            f'tool "{tool}": a type of its parameters cannot be read: {error}'
        ) from error


def _innermost(function: Callable[..., object]) -> Callable[..., object]:
    """The function itself, below what was laid over it."""
    while isinstance(function, partial):
        function = function.func
    function = inspect.unwrap(function)
    if inspect.isroutine(function):
        return function
    return type(function).__call__


def _settled(function: Callable[..., object]) -> set[str]:
    """Arguments that `functools.partial` has filled in: they may hold a secret."""
    settled: set[str] = set()
    while isinstance(function, partial):
        settled |= function.keywords.keys()
        function = function.func
    return settled


def _by_name(tool: str, one: inspect.Parameter) -> bool:
    if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY):
        return True
    raise TypeError(
        f'tool "{tool}": a model gives every argument by its name,'
        f" and that is not possible with {one.replace(annotation=MISSING)}"
    )
