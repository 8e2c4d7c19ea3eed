"""What a run gave, for who called it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from agno_tui.session import (
    Message,
    Metrics,
    Role,
    Run,
    RunStatus,
    results_after,
)


class RunFailedError(Exception):
    """The run did not come to a whole answer; the text says why."""


@dataclass(slots=True, frozen=True)
class ToolExecution:
    """One call of a tool: what it was asked, and what came of it."""

    tool_call_id: str
    tool_name: str
    tool_args: dict[str, object]
    """Empty where the model's arguments were no JSON object."""
    result: str
    """Its result, or what went wrong; empty while there is neither."""
    tool_call_error: bool = False


@dataclass(slots=True)
class RunResponse:
    """A run's outcome, under Agno's names. It is the caller's own.

    Source: https://docs.agno.com, "RunResponse" of Agno 1.x.
    """

    content: str
    """The model's words, as far as they came; those of all its messages."""
    run_id: str
    session_id: str
    user_id: str
    status: RunStatus
    messages: list[Message] = field(default_factory=list)
    """This run's: the question, the calls of tools, their results, the answer."""
    tools: list[ToolExecution] = field(default_factory=list)
    metrics: Metrics = field(default_factory=Metrics)
    model: str = ""
    model_provider: str = ""
    reasoning_content: str = ""
    error: str = ""
    """What went wrong, in words; empty when nothing did."""
    created_at: int = 0
    """When the question was asked: microseconds since the epoch, UTC."""

    @classmethod
    def of(cls, run: Run) -> RunResponse:
        """What a run has come to."""
        said = [m for m in run.messages if m.role == Role.ASSISTANT]
        return cls(
            content="\n\n".join(m.content for m in said if m.content),
            run_id=run.run_id,
            session_id=run.session_id,
            user_id=run.user_id,
            status=run.status,
            messages=list(run.messages),
            tools=tool_executions(run.messages),
            metrics=run.metrics,
            model=run.model,
            model_provider=run.provider,
            reasoning_content="\n\n".join(
                m.reasoning_content for m in said if m.reasoning_content
            ),
            error=run.error,
            created_at=run.created_at,
        )

    def get_content_as_string(self) -> str:
        """The answer, by Agno's name."""
        return self.content

    def raise_for_status(self) -> RunResponse:
        """This response, where the answer is whole.

        Errors: `RunFailedError` where it failed or was cancelled.
        """
        if self.status in (RunStatus.COMPLETED, RunStatus.REGENERATED):
            return self
        raise RunFailedError(self.error or f"The run is {self.status}.")


def tool_executions(messages: list[Message]) -> list[ToolExecution]:
    """The calls in a run's messages, each with its result, in the order of calling.

    A result belongs to the calls right before it: some servers give out the same id in
    every round.
    """
    executions: list[ToolExecution] = []
    for place, message in enumerate(messages):
        results = {m.tool_call_id: m for m in results_after(messages, place)}
        for call in message.tool_calls:
            result = results.get(call.id)
            executions.append(
                ToolExecution(
                    call.id,
                    call.name,
                    arguments_of(call.arguments),
                    result.content if result else "",
                    result.tool_error if result else False,
                )
            )
    return executions


def arguments_of(text: str) -> dict[str, object]:
    """A call's arguments by name; none where they are no JSON object."""
    try:
        arguments = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return arguments if isinstance(arguments, dict) else {}
