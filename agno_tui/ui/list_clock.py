"""The clock of the list of sessions: `2m` becomes `3m` by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agno_tui.ui.dates import MICROSECONDS, next_label_at

if TYPE_CHECKING:
    from textual.timer import Timer

    from agno_tui.ui.session_view import SessionView

SHORTEST = 60
"""Seconds between two changes, at least."""

LONGEST = 3600
"""Seconds ahead that are looked at: what changes later is seen with the next key."""


class ListClock:
    """One timer, to the moment when something that was painted is out of date. None
    where that is far away, or where nothing is painted."""

    def __init__(self, sessions: SessionView) -> None:
        self._list = sessions
        self._timer: Timer | None = None
        self._due = 0

    @property
    def is_set(self) -> bool:
        """Whether it will ring."""
        return self._timer is not None

    def painted(self, updated_at: int, present: int) -> None:
        """A time was painted: be there when it changes. In microseconds."""
        due = next_label_at(updated_at, present)
        due = max(due, present + SHORTEST * MICROSECONDS)
        if due > present + LONGEST * MICROSECONDS:
            return
        if self._timer is not None:
            if self._due <= due:
                return
            self._timer.stop()
        self._due = due
        seconds = (due - present) / MICROSECONDS
        self._timer = self._list.set_timer(seconds, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._list.time_passed()
