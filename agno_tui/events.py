"""What is streamed while a run is under way, under Agno's `RunEvent` names.

Every event names its session and run, so that one listener can follow many sessions.
"""

from __future__ import annotations

from dataclasses import dataclass

from agno_tui.session import Message, Run, RunStatus, ToolCall


@dataclass(slots=True, frozen=True)
class _OfRun:
    """Says how a run stands now."""

    run: Run

    @property
    def session_id(self) -> str:
        """The session the run belongs to."""
        return self.run.session_id

    @property
    def run_id(self) -> str:
        """The run it is about."""
        return self.run.run_id


class RunPending(_OfRun):
    """The message is kept and waits behind another run of its session."""


class RunWithdrawn(_OfRun):
    """The message waits no longer: its user took it back, and it is kept no more."""


class RunStarted(_OfRun):
    """The user's message is kept; its answer is under way, here or elsewhere."""


@dataclass(slots=True, frozen=True)
class RunContent:
    """A piece of the answer."""

    session_id: str
    run_id: str
    content: str


@dataclass(slots=True, frozen=True)
class ReasoningContent:
    """A piece of what a reasoning model thinks before it answers."""

    session_id: str
    run_id: str
    reasoning_content: str


@dataclass(slots=True, frozen=True)
class ToolCallStarted:
    """The model wants a tool called, and it is being called now."""

    session_id: str
    run_id: str
    tool_call: ToolCall


@dataclass(slots=True, frozen=True)
class ToolCallCompleted:
    """A tool was called; `message` is its result, or says what went wrong."""

    session_id: str
    run_id: str
    tool_call: ToolCall
    message: Message


@dataclass(slots=True, frozen=True)
class SessionNamed:
    """A session got another name, which the model made up for it."""

    session_id: str
    name: str


class RunEnded(_OfRun):
    """The run is over and kept: completed, cancelled, failed or interrupted."""


class RunCompleted(RunEnded):
    """The answer is whole."""


class RunCancelled(RunEnded):
    """The user stopped it, or the program ended; what arrived is kept."""


class RunError(RunEnded):
    """It failed; `run.error` says why in words, what arrived is kept."""


RunEvent = (
    RunPending
    | RunWithdrawn
    | RunStarted
    | RunContent
    | ReasoningContent
    | ToolCallStarted
    | ToolCallCompleted
    | RunCompleted
    | RunCancelled
    | RunError
)
"""Any event of a run."""

_STANDS: dict[RunStatus, type[RunPending | RunStarted | RunCompleted | RunError]] = {
    RunStatus.PENDING: RunPending,
    RunStatus.RUNNING: RunStarted,
    RunStatus.COMPLETED: RunCompleted,
    RunStatus.REGENERATED: RunCompleted,
    RunStatus.ERROR: RunError,
}


def event_of(run: Run) -> RunEvent:
    """The event that says how a run stands now."""
    return _STANDS.get(run.status, RunCancelled)(run)
