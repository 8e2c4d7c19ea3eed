"""The turns of a document whose text is in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agno_tui.ui.transcript.turn import Turn

MOST_READ = 200
"""Turns whose text is kept in memory; those seen longest ago are read again."""


class ReadTurns:
    """The turns that are read, those seen longest ago first."""

    def __init__(self, needed: Callable[[], Iterable[Turn]]) -> None:
        """`needed`: the turns whose text is kept however long ago they were seen, and
        wherever they are."""
        self.near: Sequence[Turn] = ()
        """The turns on the screen, and around it, when they were looked at last."""
        self._wanted = needed
        self._turns: dict[str, Turn] = {}

    def __iter__(self) -> Iterator[Turn]:
        return iter(self._turns.values())

    def seen(self, turn: Turn) -> None:
        """A turn is on the screen, or near it: keep its text, and not that of the ones
        that were seen longest ago."""
        if turn.run is None:
            return
        self._turns.pop(turn.run_id, None)
        self._turns[turn.run_id] = turn
        # Twice as many as are near: else none could be forgotten, and each that is
        # seen would look for some.
        if len(self._turns) > max(MOST_READ, 2 * len(self.near)):
            self._forget_oldest()

    def forget(self, turn: Turn) -> None:
        """A turn was read to look through it only: keep its text no longer."""
        if turn.status.ended and turn.run_id not in self._needed:
            self._turns.pop(turn.run_id, None)
            turn.forget_run()

    def drop(self, turn: Turn) -> None:
        """A turn is no longer one of the session's."""
        if self._turns.get(turn.run_id) is turn:
            del self._turns[turn.run_id]

    def _forget_oldest(self) -> None:
        needed = self._needed
        oldest = [turn for run_id, turn in self._turns.items() if run_id not in needed]
        ended = [turn for turn in oldest if turn.status.ended]
        for turn in ended[: MOST_READ // 2]:
            del self._turns[turn.run_id]
            turn.forget_run()

    @property
    def _needed(self) -> set[str]:
        return {turn.run_id for turn in (*self._wanted(), *self.near)}
