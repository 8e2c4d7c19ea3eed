"""A run's tool calls, each with its result: what the model asked for and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agno_tui.session import Message, Role, ToolCall


@dataclass(slots=True)
class ToolUse:
    """One call of a tool and, as soon as it is there, its result."""

    call: ToolCall
    result: Message | None = None

    @property
    def failed(self) -> bool:
        """Whether the result says what went wrong."""
        return self.result is not None and self.result.tool_error


def tool_uses(messages: Sequence[Message]) -> dict[int, list[ToolUse]]:
    """The calls of a run, by the index of the message they stand with.

    A result belongs to the first call with its id that has none yet: a model may give
    the same id twice. A result nobody asked for stands for itself.
    """
    uses: dict[int, list[ToolUse]] = {}
    waiting: list[ToolUse] = []
    for index, message in enumerate(messages):
        if message.role == Role.TOOL:
            asked = (u for u in waiting if u.call.id == message.tool_call_id)
            if use := next(asked, None):
                use.result = message
                waiting = [u for u in waiting if u is not use]
            else:
                call = ToolCall(message.tool_call_id, message.tool_name or "tool", "")
                uses[index] = [ToolUse(call, message)]
        elif message.tool_calls:
            uses[index] = [ToolUse(call) for call in message.tool_calls]
            waiting += uses[index]
    return uses
