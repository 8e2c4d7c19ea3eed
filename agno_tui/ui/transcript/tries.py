"""The tries of each question: which of them stands where, and what it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agno_tui.ui.transcript.outcome import Tally

if TYPE_CHECKING:
    from agno_tui.ui.transcript.turn import Turn


class Tries:
    """Groups turns by their question as they come, oldest first."""

    def __init__(self) -> None:
        self._by_first: dict[str, _Question] = {}

    def add(self, turn: Turn) -> None:
        """A turn has come below all others: tell it, and the tries before it."""
        question = self._by_first.get(turn.first_try)
        if question is None:
            question = self._by_first[turn.first_try] = _Question()
        question.add(turn)


class _Question:
    """The tries of one question. However many come before any is laid out, each is
    told a few times."""

    def __init__(self) -> None:
        self._tally = Tally(0)
        self._turns: list[Turn] = []

    def add(self, turn: Turn) -> None:
        if self._turns:
            last = self._turns[-1]
            last.note_place(replace(last.standing, superseded=True))
        if self._tally.is_said:
            self._tally.is_said = False
            for earlier in self._turns:
                earlier.changed()
        self._turns.append(turn)
        self._tally.tries = len(self._turns)
        self._place(turn)

    def _place(self, turn: Turn) -> None:
        known, number = turn.standing, len(self._turns)
        # Below the tries it belongs to, a question need not be said again.
        asks = turn.before is None or turn.before.first_try != turn.first_try
        turn.standing = replace(
            known, asks=asks, number=number, superseded=False, tally=self._tally
        )
        if turn.standing == known and number == known.tally.tries == 1:
            # Its lines are still right, as long as it is the only one.
            self._tally.is_said = known.tally.is_said
        else:
            turn.changed()
