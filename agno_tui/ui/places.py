"""Places in the conversations: where a line leads, and where the user came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_STOPS = 50
"""Places that are remembered for the way back."""


class Reached(StrEnum):
    """Whether a run is in a document now; empty, hence false, where it is not."""

    NOWHERE = ""
    HERE = "here"
    ELSEWHERE = "elsewhere"
    """It is, and the conversation goes another way for it."""


@dataclass(slots=True, frozen=True)
class Place:
    """A run of a session."""

    session_id: str
    run_id: str
    words: str = ""
    """What was looked for, to be marked there."""


@dataclass(slots=True, frozen=True)
class Stop:
    """Where the user was reading before going elsewhere."""

    session_id: str
    following: bool
    """Whether the view stayed at the end."""
    top: tuple[str, int] | None = None
    """A `run_id`, and how far below its first line the screen began."""
    marked: tuple[str, str] | None = None
    """The `run_id` and the role of the message that was marked, if one was."""
    last: str = ""
    """The last run on the way that the conversation went."""


class WayBack:
    """The places the user left by going to another one, the last of them first."""

    def __init__(self) -> None:
        self._stops: list[Stop] = []

    def leave(self, stop: Stop) -> None:
        """Remember a place that is left."""
        self._stops = [*self._stops[-MOST_STOPS + 1 :], stop]

    def __bool__(self) -> bool:
        return bool(self._stops)

    def take(self) -> Stop | None:
        """The place to go back to, or None; it is remembered no longer."""
        return self._stops.pop() if self._stops else None
