"""Calls tools for a model. Whatever model and tool do, a message comes of it."""

from __future__ import annotations

import asyncio
import inspect
import logging
import traceback
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from agno_tui.session import Message, Role, ToolCall
from agno_tui.text import clipped, repair
from agno_tui.tools import arguments
from agno_tui.tools.arguments import CallError
from agno_tui.tools.base import Tool, ToolContext
from agno_tui.tools.results import joined, joined_async, text_of
from agno_tui.tools.threads import Raised, in_thread

AT_ONCE: Final = 16
"""How many calls of one turn run at the same time; the others wait for them."""

GRACE: Final = 1.0
"""Seconds that an async tool has to clean up in when it is cancelled."""

LONGEST_ERROR: Final = 300
"""Characters of what a tool says about its failure."""

_log = logging.getLogger(__name__)


async def call_tool(
    tools: Mapping[str, Tool], call: ToolCall, context: ToolContext
) -> Message:
    """Do what the model asked for: the message with the result, or with what is wrong.

    Raises nothing but the caller's own cancellation. Cancelled, it cancels an async
    tool and waits a second at most for it, and leaves a thread to itself.
    """
    try:
        content, wrong = await _answer(tools, call, context), False
    except CallError as error:
        content, wrong = error.words, True
    return Message(
        Role.TOOL,
        content,
        tool_call_id=call.id,
        tool_name=call.name,
        tool_error=wrong,
    )


async def call_together(
    tools: Mapping[str, Tool],
    calls: Sequence[ToolCall],
    context: ToolContext,
    *,
    on_result: Callable[[ToolCall, Message], None] | None = None,
) -> list[Message]:
    """Do all that one turn of the model asked for, at the same time.

    One message for each call, in the order of the calls; `on_result` hears of each as
    soon as it is there. Raises nothing but the caller's own cancellation.
    """
    free = asyncio.Semaphore(AT_ONCE)

    async def one(call: ToolCall) -> Message:
        async with free:
            message = await call_tool(tools, call, context)
        if on_result is not None:
            on_result(call, message)
        return message

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(call)) for call in calls]
    return [task.result() for task in tasks]


async def _answer(
    tools: Mapping[str, Tool], call: ToolCall, context: ToolContext
) -> str:
    tool = tools.get(call.name)
    if tool is None:
        names = clipped(", ".join(tools) or "none", 1000)
        raise CallError(
            f"There is no tool {arguments.quoted(call.name)}. There are: {names}."
        )
    try:
        keywords = tool.keywords(arguments.read(call.arguments), context)
    except CallError:
        raise
    except Exception as error:  # The tool's own types, and what they check.
        raise _failed(tool, error) from None
    return await _in_time(tool, keywords)


async def _in_time(tool: Tool, keywords: dict[str, Any]) -> str:
    """The tool runs in a task of its own, so that its cancelling is not ours."""
    task = asyncio.create_task(_outcome(tool, keywords))
    try:
        await asyncio.wait([task], timeout=tool.timeout)
        in_time = task.done()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=GRACE)
    if not in_time:
        _log.warning("tool %s: no answer within %s s", tool.name, tool.timeout)
        raise CallError(f"{tool.name} did not answer within {tool.timeout:g} s.")
    if task.cancelled():
        raise _failed(tool, asyncio.CancelledError())
    outcome = task.result()
    if isinstance(outcome, Raised):
        raise _failed(tool, outcome.error)
    return outcome


async def _outcome(tool: Tool, keywords: dict[str, Any]) -> str | Raised:
    try:
        return await _text(tool, keywords)
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # SystemExit, in a task, would end the loop.
        return Raised(error)


async def _text(tool: Tool, keywords: dict[str, Any]) -> str | Raised:
    result: object
    if _is_async(tool.function):
        result = tool.function(**keywords)
    else:
        result = await in_thread(
            lambda unwanted: _ready(tool, tool.function(**keywords), unwanted),
            tool.name,
        )
    if inspect.isawaitable(result):
        result = await result
    if isinstance(result, AsyncIterator):
        return await joined_async(result, tool.max_result)
    if isinstance(result, Iterator):
        pieces = result
        result = await in_thread(
            lambda unwanted: _ready(tool, pieces, unwanted), tool.name
        )
    return result if isinstance(result, Raised) else text_of(result, tool.max_result)


def _is_async(function: Callable[..., object]) -> bool:
    return any(
        inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one)
        for one in (function, getattr(function, "__call__", None))  # noqa: B004
    )


def _ready(tool: Tool, result: object, unwanted: Callable[[], bool]) -> object:
    """In the tool's thread: the text, but for what only the loop can wait for."""
    if inspect.isawaitable(result) or isinstance(result, AsyncIterator):
        return result
    if isinstance(result, Iterator):
        return joined(result, tool.max_result, unwanted)
    return text_of(result, tool.max_result)


def _failed(tool: Tool, error: BaseException) -> CallError:
    """The error for the model; the log gets where it happened. Neither gets more than a
    line of what the error says: it may be megabytes."""
    if isinstance(error, CallError):
        return error
    words = clipped(f"{type(error).__name__}: {_first_line(error)}", LONGEST_ERROR)
    words = words.removesuffix(": ")
    where = "".join(traceback.format_tb(error.__traceback__, limit=-8))
    _log.warning("tool %s failed: %s\n%s", tool.name, words, where)
    return CallError(f"{tool.name} failed: {words}")


def _first_line(error: BaseException) -> str:
    try:
        text = str(error)[:10_000]
    except BaseException:  # It is the tool's own code, once more.
        return ""
    return repair(
        next((line.strip() for line in text.splitlines() if line.strip()), "")
    )
