'''What a tool is, and how to write one.

A tool is a function that the model may call while it answers. Write a function with
type hints and a docstring, and hand it to the agent:

    def weather(city: str, days: int = 1) -> str:
        """Tells the weather of the next days.

        Args:
            city: Name of the city, in English.
            days: How many days ahead, 1 to 7.
        """
        return forecast(city, days)

    agent = Agent(model=..., tools=[weather])

The model is told the function's name, the docstring's text, and for each argument its
name, type and meaning. `Annotated[int, "How many days ahead"]` says the meaning too.
Types may be whatever JSON can hold: str, int, float, bool, list, dict, Literal, Enum,
None, unions, dates, dataclasses, TypedDicts, pydantic models. Defaults are told to the
model: keep secrets out of them.

Where a name, a longer time or another size is wanted, use the decorator:

    @tool(name="find_flights", timeout=120)
    async def search(origin: str, context: ToolContext) -> list[Flight]:
        """Finds flights of today."""

- Async functions run on the loop and must not block it. All others run in a thread of
  their own, several at the same time.
- A parameter of type `ToolContext` gets whose run it is; a parameter
  `session_state: dict` gets the session's state. The model sees neither. Change the
  state in place.
- Give back text, or anything JSON can hold, or yield pieces of it.
- Raise when something is wrong. The model reads the first line of the message, so that
  it can try again or tell the user; the run goes on.
- After `timeout` seconds the model is told that there was no answer. An async function
  is cancelled; a thread cannot be stopped, so give your own requests a timeout.

A tool that has to be ready at once gives its schema itself, and reading type hints is
never needed: `Tool(name, description, function, parameters={...})`.
'''

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MethodType
from typing import Any, Final, overload

from agno_tui.tools import docstring, signature
from agno_tui.tools.arguments import Arguments, GivenSchema
from agno_tui.tools.context import ToolContext as ToolContext

TIMEOUT: Final = 60.0
"""Seconds a tool has to answer."""

MAX_RESULT: Final = 100_000
"""Characters of a result that are given to the model: some 25,000 tokens."""

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What OpenAI takes as the name of a function."""

Function = Callable[..., Any]
"""What a tool is made of: a function, a bound method, sync or async."""


class Tool:
    """Something the model may call: a function, and what the model is told of it.

    Making one is cheap: type hints are read when the model is first told of it, and
    errors in them are raised then (TypeError, in words that name the tool).
    """

    __slots__ = (
        "_arguments",
        "_given",
        "_injected",
        "description",
        "function",
        "max_result",
        "name",
        "timeout",
    )

    def __init__(
        self,
        name: str,
        description: str,
        function: Function,
        *,
        parameters: Mapping[str, object] | None = None,
        timeout: float | None = TIMEOUT,
        max_result: int = MAX_RESULT,
    ) -> None:
        """`parameters` is a JSON schema of type `object`; None: from the type hints.

        `timeout` is in seconds, None for no end; `max_result` in characters. Errors:
        ValueError for a name that no model could use.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"{name!r} cannot be a tool's name: it takes 1 to 64 letters (a to z),"
                " digits, _ and -"
            )
        self.name = name
        self.description = description
        self.function = function
        self.timeout = timeout
        self.max_result = max_result
        self._given = parameters
        self._arguments: Arguments | None = None
        self._injected: dict[str, signature.Injection] | None = None

    @property
    def parameters(self) -> Mapping[str, object]:
        """Its arguments as a JSON schema of type `object`. Errors: TypeError."""
        return self._read().parameters

    def keywords(
        self, arguments: Mapping[str, object], context: ToolContext
    ) -> dict[str, object]:
        """What to call the function with, for arguments that a model wrote.

        Errors: `CallError` for arguments that do not fit; TypeError as above.
        """
        checked = self._read().checked(arguments)
        if self._injected is None:
            self._injected = signature.injected(self.name, self.function)
        ours = {name: take(context) for name, take in self._injected.items()}
        return {**checked, **ours}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function as if it were no tool."""
        return self.function(*args, **kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> Tool:
        """In a class it is a method, as the function would be."""
        if instance is None:
            return self
        return Tool(
            self.name,
            self.description,
            MethodType(self.function, instance),
            parameters=self._given,
            timeout=self.timeout,
            max_result=self.max_result,
        )

    def __repr__(self) -> str:
        return f"Tool({self.name!r})"

    def _read(self) -> Arguments:
        if self._arguments is None:
            self._arguments = self._arguments_of_function()
        return self._arguments

    def _arguments_of_function(self) -> Arguments:
        if self._given is not None:
            return GivenSchema(self._given)
        from agno_tui.tools.schema import HintedSchema  # Loads pydantic.

        return HintedSchema(self.name, signature.read(self.name, self.function))


@overload
def tool(function: Function, /) -> Tool: ...


@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    timeout: float | None = TIMEOUT,
    max_result: int = MAX_RESULT,
) -> Callable[[Function], Tool]: ...


def tool(
    function: Function | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    timeout: float | None = TIMEOUT,
    max_result: int = MAX_RESULT,
) -> Tool | Callable[[Function], Tool]:
    """Make a tool of a function: `@tool`, or `@tool(name=…, timeout=…)`.

    What is not said here is taken from the function: its name, its docstring. Errors:
    TypeError for what is no function, ValueError for a name no model could use.
    """

    def decorated(function: Function) -> Tool:
        plain = _plain(function)
        return Tool(
            name or _name_of(plain),
            docstring.read(inspect.getdoc(plain)).description
            if description is None
            else description,
            function,
            timeout=timeout,
            max_result=max_result,
        )

    return decorated if function is None else decorated(function)


def as_tool(given: Tool | Function) -> Tool:
    """The tool itself, or one made of a function. Errors: as `tool`."""
    return given if isinstance(given, Tool) else tool()(given)


def by_name(tools: Iterable[Tool | Function]) -> dict[str, Tool]:
    """Tools by the name the model calls them by, in their order.

    Errors: ValueError when two have the same name; as `tool`.
    """
    named: dict[str, Tool] = {}
    for one in map(as_tool, tools):
        if one.name in named:
            raise ValueError(f'two tools are called "{one.name}": rename one of them')
        named[one.name] = one
    return named


def _plain(function: Function) -> Function:
    while isinstance(function, partial):
        function = function.func
    if isinstance(function, type) or not callable(function):
        raise TypeError(f"{function!r} cannot be a tool: it takes a function")
    return function


def _name_of(function: Function) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    return str(name)
