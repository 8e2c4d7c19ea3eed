"""What is streamed while a run is under way, under Agno's `RunEvent` names.

Every event names its session and run, so that one listener can follow many sessions.
"""

from __future__ import annotations

from dataclasses import dataclass

from agno_tui.session import Run


@dataclass(slots=True, frozen=True)
class RunPending:
    """The message is kept and waits behind another run of its session."""

    run: Run

    @property
    def session_id(self) -> str:
        """The session the run belongs to."""
        return self.run.session_id

    @property
    def run_id(self) -> str:
        """The run that waits."""
        return self.run.run_id


@dataclass(slots=True, frozen=True)
class RunStarted:
    """The user's message is kept; the request is about to leave."""

    run: Run

    @property
    def session_id(self) -> str:
        """The session the run belongs to."""
        return self.run.session_id

    @property
    def run_id(self) -> str:
        """The run that started."""
        return self.run.run_id


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
class RunEnded:
    """The run is over and kept: completed, cancelled, failed or interrupted."""

    run: Run

    @property
    def session_id(self) -> str:
        """The session the run belongs to."""
        return self.run.session_id

    @property
    def run_id(self) -> str:
        """The run that ended."""
        return self.run.run_id


class RunCompleted(RunEnded):
    """The answer is whole."""


class RunCancelled(RunEnded):
    """The user stopped it, or the program ended; what arrived is kept."""


class RunError(RunEnded):
    """It failed; `run.error` says why in words, what arrived is kept."""


RunEvent = (
    RunPending
    | RunStarted
    | RunContent
    | ReasoningContent
    | RunCompleted
    | RunCancelled
    | RunError
)
"""Any event of a run."""
