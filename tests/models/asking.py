"""Ways to ask a model, and what it said."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from agno_tui.models.base import Model, ModelResponse, ToolDefinition
from agno_tui.session import Message, ToolCall

HI = [Message("user", "Hi")]
KEY = "sk-canary-123"


@dataclass
class Named:
    """A tool as a model is told of it."""

    name: str
    description: str = "Does it."
    parameters: dict[str, object] = field(
        default_factory=lambda: {"type": "object", "properties": {}}
    )


LOOK_BACK = Named("get_previous_session_messages", "Looks at earlier sessions.")


async def ask(
    model: Model,
    into: list[ModelResponse] | None = None,
    messages: Sequence[Message] = HI,
    *,
    tools: Sequence[ToolDefinition] = (),
    may_call: bool = True,
) -> list[ModelResponse]:
    """All pieces; those that came before an error are in `into`."""
    pieces = [] if into is None else into
    answer = model.stream(messages, tools=tools, may_call=may_call)
    async with aclosing(answer) as stream:
        async for piece in stream:
            pieces.append(piece)
    return pieces


def content(pieces: Sequence[ModelResponse]) -> str:
    """All that was said."""
    return "".join(piece.content for piece in pieces)


def called(pieces: Sequence[ModelResponse]) -> list[ToolCall]:
    """All tools that were called; they may stand in the last piece only."""
    assert not any(piece.tool_calls for piece in pieces[:-1])
    return [call for piece in pieces for call in piece.tool_calls]
