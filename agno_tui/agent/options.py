"""How runs may differ from each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agno_tui.session import Run


@dataclass(slots=True, frozen=True)
class RunOptions:
    """How a run differs from an ordinary one."""

    replacing: Run | None = None
    """An earlier run in whose place it is asked: the model sees what came before that
    one, which is REGENERATED once this one is COMPLETED."""
    session_state: Mapping[str, object] | None = None
    """Values to set in the session's state before anything else."""
    temporary: bool = False
    """Whether the session, where this is its first run, stays out of looking back and
    of searching."""
    own_window: bool = False
    """Whether as many runs go along as were chosen for the session, where a number was;
    else as many as the agent says."""


ORDINARY = RunOptions()
"""A run like any other."""

AS_CHOSEN = RunOptions(own_window=True)
"""A run in the window that was chosen for its session."""
