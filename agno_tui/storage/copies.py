"""Copies of what is kept, so that a storage and its caller never share an object."""

from __future__ import annotations

from dataclasses import replace

from agno_tui.session import Message, Role, Run


def copied(run: Run) -> Run:
    """The run as it is now, with messages and metrics of its own."""
    return replace(
        run,
        messages=[copied_message(message) for message in run.messages],
        metrics=replace(run.metrics),
    )


def copied_message(message: Message) -> Message:
    """The message as it is now, with a list of tool calls of its own."""
    return replace(message, tool_calls=list(message.tool_calls))


def answering(messages: list[Message]) -> Message | None:
    """The message that a piece of an answer goes on with; None where it begins one.

    The last, where it is an assistant's: after tool calls and their results the model
    starts to speak anew.
    """
    if not messages:
        return None
    last = messages[-1]
    return None if last.role != Role.ASSISTANT or last.tool_calls else last
