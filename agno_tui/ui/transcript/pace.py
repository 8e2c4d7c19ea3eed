"""How long may be laid out at a time: a letter that is typed goes first."""

from __future__ import annotations

from typing import Protocol

SLICE_SECONDS, TYPING_SLICE = 0.015, 0.004
"""How long an answer is laid out before what there is of it is painted, at the end; and
while the user types."""


class Pace(Protocol):
    """Whether there is time to lay out, or a key is waiting for its letter."""

    @property
    def is_typing(self) -> bool:
        """Whether the user has just typed, and is likely to go on."""

    @property
    def rest(self) -> float:
        """Seconds to stand back for the key that was typed last."""


def slice_seconds(pace: Pace | None) -> float:
    """How long may be laid out now."""
    return TYPING_SLICE if pace is not None and pace.is_typing else SLICE_SECONDS
