"""What the next request holds, and about how much each part of it takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from agno_tui.agent.request import Request, tokens_of_tools
from agno_tui.agent.windows import HistoryWindow
from agno_tui.history import estimate_tokens, history_budget, replayable, tokens_of
from agno_tui.models.base import Model, ModelError
from agno_tui.session import Message, Role, Run


@dataclass(slots=True, frozen=True)
class Counts:
    """About how many tokens the parts of a request take."""

    instructions: int
    told: int
    """What it knows about the user."""
    tools: int
    runs: tuple[int, ...]
    """Of each run that goes along, oldest first."""
    question: int
    """Also one that is not written yet."""

    @property
    def history(self) -> int:
        """Of all runs that go along."""
        return sum(self.runs)

    @property
    def total(self) -> int:
        """Of the whole request."""
        return self.instructions + self.told + self.tools + self.history + self.question


@dataclass(slots=True, frozen=True)
class NextRequest:
    """A request as it would go out now, made as those are that do."""

    run: Run
    """Not kept; without a message where nothing is written yet."""
    model: Model
    request: Request
    told: str
    """What of the system's words is about the user."""
    window: HistoryWindow
    found: int
    """How many runs of the window there are, whether they fit or not."""
    to_come: int = 0
    """Tokens kept free for a question that is not written yet."""

    def counts(self) -> Counts:
        """How much each part takes; of a long history better not on an event loop."""
        request = self.request
        system = [Message(Role.SYSTEM, request.system)] if request.system else []
        told = estimate_tokens(self.told) if self.told else 0
        return Counts(
            instructions=max(0, tokens_of(system) - told),
            told=told,
            tools=tokens_of_tools(request.tools),
            runs=tuple(tokens_of(replayable(run)) for run in request.history),
            question=tokens_of(self.run.messages) or self.to_come,
        )

    def room(self) -> int | None:
        """About how many tokens of history fit at all, None where that is not known;
        negative where all else is too long by itself."""
        window = self.model.context_window
        present = Request(self.request.system).messages(self.run)
        tools = tokens_of_tools(self.request.tools) + self.to_come
        return history_budget(window, present, tools)

    def body(self) -> dict[str, Any]:
        """What would be sent, as an OpenAI-compatible server takes it.

        The key is no part of it: it stands in a header.
        """
        messages = self.request.messages(self.run)
        tools = list(self.request.tools.values())
        model: Any = getattr(self.model, "chosen", None) or self.model
        made: Mapping[str, Any] | None = None
        if write := getattr(model, "request_for", None):
            # Where there is no such endpoint it can't be sent: this is what would be.
            with suppress(ModelError):
                made = write(messages, tools, may_call=True)
        if made is None:
            # Not before the first frame: what is sent is written by the models.
            from agno_tui.models.wire.requests import conversation

            made = {"model": model.id, "stream": True} | conversation(
                messages, tools, may_call=True, takes_tools=True, system_role="system"
            )
        rest = dict(made)
        # The SDK puts these beside the others.
        return rest | dict(rest.pop("extra_body", {}))

    def as_json(self) -> str:
        """The same as text; of a long history better not on an event loop."""
        return json.dumps(self.body(), ensure_ascii=False, indent=2, default=str)
