"""The tree of a session's runs: each follows one, several may follow the same.

The conversation goes through one run of those that follow the same: this is the path.
What stands beside it is kept, and comes back when it is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass

from agno_tui.session import RunStatus

QUESTION_LENGTH = 200
"""Characters of a question that a node knows."""


@dataclass(slots=True, frozen=True)
class RunNode:
    """A run in the tree of its session, without what was answered."""

    run_id: str
    parent_run_id: str
    """The run it follows; empty where it begins the session. A parent is older than
    what follows it, by `sequence`."""
    sequence: int
    status: RunStatus
    retry_of: str | None
    created_at: int
    active: bool
    """Whether the conversation goes through it."""
    deleted: bool
    """Whether the user has deleted the turn: what follows it stays."""
    question: str
    """The beginning of the user's words, at most `QUESTION_LENGTH` characters."""
