"""How many earlier runs go along: the agent's number, or the session's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from agno_tui.agent.setup import AgentSetup, check_window
from agno_tui.history import MOST_RUNS

ALL: Final = "all"
"""What is kept where all runs of a session go along."""

AS_EVERYWHERE: Final = ""
"""What is kept where a session has no number of its own any more."""

_PREFIX: Final = "history:"
_DIGITS: Final = len(str(MOST_RUNS))


@dataclass(slots=True, frozen=True)
class HistoryWindow:
    """How many runs of a session go along, at most; None: all of them."""

    runs: int | None
    is_own: bool = False
    """Whether it was chosen for this session."""


def window_name(session_id: str) -> str:
    """The name under which a session's own number is kept with the user's settings."""
    return f"{_PREFIX}{session_id}"


def window_from(text: str) -> int | None:
    """A number of runs as it is kept or typed. Errors: `ValueError` for anything but
    digits and `all`."""
    text = text.strip().lower()
    if text == ALL:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise ValueError(f"{text!r:.20} is no number of runs: 0, 1, 2 … or {ALL}.")
    return min(int(text), MOST_RUNS)


class AgentWindows(AgentSetup):
    """An agent whose sessions may each see another number of earlier runs."""

    __slots__ = ()

    async def window(self, session_id: str, *, user_id: str) -> HistoryWindow:
        """How many runs go along in this session. Errors: `StorageError`."""
        kept = await self.storage.get_setting(window_name(session_id), user_id=user_id)
        try:
            return HistoryWindow(window_from(kept or AS_EVERYWHERE), is_own=True)
        except ValueError:
            return HistoryWindow(self.num_history_runs)

    async def set_window(
        self, session_id: str, window: HistoryWindow, *, user_id: str
    ) -> None:
        """Have another number of runs go along from the next message on, also after a
        restart; one that is not the session's own: as many as everywhere.

        Errors: `StorageError`; `ValueError` for a number that is none.
        """
        check_window(window.runs)
        number = ALL if window.runs is None else str(window.runs)
        kept = number if window.is_own else AS_EVERYWHERE
        await self.storage.set_setting(window_name(session_id), kept, user_id=user_id)
