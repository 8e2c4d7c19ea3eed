"""The messages that wait behind the run of their session."""

from __future__ import annotations

from collections import deque

from agno_tui.session import Run


class Waiting:
    """Runs that are kept and not sent yet, by session: next in line, or held.

    Those next in line are sent one by one. Those held wait for the user: the run before
    them failed or was stopped.
    """

    def __init__(self) -> None:
        self._next: dict[str, deque[Run]] = {}
        self._held: dict[str, deque[Run]] = {}

    def add(self, run: Run) -> None:
        """Put a run at the end of its session's line."""
        self._next.setdefault(run.session_id, deque()).append(run)

    def take(self, session_id: str) -> Run | None:
        """The run that is next in line, which is then no longer in it."""
        line = self._next.get(session_id)
        return line.popleft() if line else None

    def has(self, run: Run) -> bool:
        """Whether a run is in line."""
        line = self._next.get(run.session_id, ())
        return any(other.run_id == run.run_id for other in line)

    def hold(self, session_id: str) -> None:
        """Hold all that are in line."""
        if line := self._next.pop(session_id, None):
            self._held.setdefault(session_id, deque()).extend(line)

    def let_go(self, run: Run) -> None:
        """Put a run, and those held behind it, in line."""
        held = list(self._held.pop(run.session_id, ()))
        place = next((i for i, r in enumerate(held) if r.run_id == run.run_id), None)
        line = self._next.setdefault(run.session_id, deque())
        if place is None:
            line.append(run)
            place = len(held)
        self._held[run.session_id] = deque(held[:place])
        line.extend(held[place:])
