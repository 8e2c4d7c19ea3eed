"""What a tool may know about the run it is called in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class ToolContext:
    """Whose run it is, and the state of its session.

    A function gets it by naming a parameter's type: `context: ToolContext`. The model
    is not told of such a parameter and cannot fill it in.
    """

    user_id: str = ""
    session_id: str = ""
    run_id: str = ""
    session_state: dict[str, object] = field(default_factory=dict)
    """What is kept with the session. Change it in place; it is saved afterwards."""
