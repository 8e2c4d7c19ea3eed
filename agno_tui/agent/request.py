"""What goes out with a run: system message, history, the run's own messages, tools."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from agno_tui.history import (
    MESSAGE_OVERHEAD,
    estimate_tokens,
    replayable,
)
from agno_tui.session import Message, Role, Run
from agno_tui.tools.base import Tool

_NAME: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(slots=True)
class Request:
    """Everything the model is told in one run, but the run itself."""

    system: str = ""
    history: list[Run] = field(default_factory=list)
    """Earlier runs, oldest first."""
    tools: Mapping[str, Tool] = field(default_factory=dict)

    def messages(self, run: Run) -> list[Message]:
        """In order: system (none where nothing asks for one), history, the run's."""
        system = [Message(Role.SYSTEM, self.system)] if self.system else []
        runs = (*self.history, run)
        return [*system, *(message for r in runs for message in replayable(r))]

    def forget_half(self) -> None:
        """Drop the older half of the history, the last run too where it is alone."""
        self.history = self.history[(len(self.history) + 1) // 2 :]


def written(instructions: str | Sequence[str] | None) -> str:
    """The instructions as one text: several as a list, one a line."""
    if instructions is None:
        return ""
    if isinstance(instructions, str):
        return instructions
    if len(instructions) == 1:
        return instructions[0]
    return "\n".join(f"- {instruction}" for instruction in instructions)


def filled_in(text: str, state: Mapping[str, object]) -> str:
    """The text with each `{name}` replaced by the state's value of that name.

    A name the state does not have stays as it is, and so does every other brace. What
    is filled in is not looked at again.
    """
    return _NAME.sub(
        lambda match: _shown(state[match[1]]) if match[1] in state else match[0],
        text,
    )


def wants_state(text: str) -> bool:
    """Whether there is anything to fill in."""
    return _NAME.search(text) is not None


def tokens_of_tools(tools: Mapping[str, Tool]) -> int:
    """About how many tokens the tools take in a request."""
    return sum(
        estimate_tokens(tool.name + tool.description + json.dumps(tool.parameters))
        + MESSAGE_OVERHEAD
        for tool in tools.values()
    )


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
