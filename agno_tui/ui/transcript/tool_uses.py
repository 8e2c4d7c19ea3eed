"""A run's tool calls, each with its result: what the model asked for and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agno_tui.session import Message, Role, ToolCall, results_after


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

    A result belongs to a call right before it: some servers give out the same id in
    every round, or even twice in one. A result nobody asked for stands for itself.
    """
    uses: dict[int, list[ToolUse]] = {}
    unasked = list(results_after(messages, -1))
    for place, message in enumerate(messages):
        if message.role != Role.TOOL:
            unasked = list(results_after(messages, place))
            if message.tool_calls:
                uses[place] = [_use(call, unasked) for call in message.tool_calls]
        elif any(message is one for one in unasked):
            call = ToolCall(message.tool_call_id, message.tool_name or "tool", "")
            uses[place] = [ToolUse(call, message)]
    return uses


def _use(call: ToolCall, results: list[Message]) -> ToolUse:
    """A call with the first of these results that is its own, which is taken out."""
    for place, message in enumerate(results):
        if message.tool_call_id == call.id:
            return ToolUse(call, results.pop(place))
    return ToolUse(call)
