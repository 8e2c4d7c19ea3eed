"""The tries of each question: which of them stands where, and what it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agno_tui.ui.transcript.outcome import Standing

if TYPE_CHECKING:
    from agno_tui.ui.transcript.turn import Turn


class Tries:
    """Groups turns by their question as they come, oldest first."""

    def __init__(self) -> None:
        self._by_first: dict[str, list[Turn]] = {}

    def add(self, turn: Turn) -> None:
        """A turn has come below all others: tell it, and the tries before it."""
        tries = self._by_first.setdefault(turn.first_try, [])
        # Below the tries it belongs to, a question need not be said again.
        asks = turn.before not in tries
        tries.append(turn)
        for number, one in enumerate(tries, 1):
            _tell(one, number, len(tries), superseded=one is not turn)
        if asks != turn.standing.asks:
            turn.note_place(replace(turn.standing, asks=asks))


def _tell(turn: Turn, number: int, tries: int, *, superseded: bool) -> None:
    known: Standing = turn.standing
    if (known.number, known.tries, known.superseded) != (number, tries, superseded):
        turn.note_place(
            replace(known, number=number, tries=tries, superseded=superseded)
        )
