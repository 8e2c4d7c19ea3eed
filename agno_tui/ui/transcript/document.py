"""What the transcript shows of one session: its turns, as data, without a widget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agno_tui.events import (
    ReasoningContent,
    RunContent,
    RunEvent,
    ToolCallCompleted,
    ToolCallStarted,
)
from agno_tui.session import Run, RunStatus, Session
from agno_tui.ui.transcript.turn import Turn, WordsOfWaiting

if TYPE_CHECKING:
    from agno_tui.ui.markdown.parser import MarkdownParser

LONGEST_TAIL = 20
"""Turns at the end that may still change where they stand."""


class Document:
    """The turns of a session, oldest first, and where the user was reading.

    Follows the events of its session whether or not it is on the screen, so that
    switching to it shows all that came meanwhile.
    """

    def __init__(
        self, session: Session, parser: MarkdownParser, waiting: WordsOfWaiting
    ) -> None:
        self.session = session
        self.turns: list[Turn] = []
        self.is_begun = False
        """Whether something was sent in it, even if no turn shows it yet."""
        self.has_older = False
        """Whether the storage has turns before the first one here."""
        self.following = True
        """Whether the view stays at the end as text arrives."""
        self.has_unseen = False
        """Whether text came below the screen while not following."""
        self.place: tuple[Turn, int] | None = None
        """A turn, and how far below its first line the screen begins (above: negative),
        while not following."""
        self.selected: int | None = None
        """Index of the turn that is marked, if one is."""
        self._by_run: dict[str, Turn] = {}
        self._parser = parser
        self._waiting = waiting

    def load(self, runs: Iterable[Run], *, live: Run | None, has_older: bool) -> None:
        """Show these runs; the one under way is shared with whoever answers it."""
        # Events may have come in while the storage was being read.
        came_meanwhile = {turn.run.run_id: turn.run for turn in self.turns}
        self.turns, self._by_run = [], {}
        self.has_older = has_older
        for run in runs:
            under_way = live if live and live.run_id == run.run_id else None
            self._append(under_way or came_meanwhile.get(run.run_id) or run)
        for run in [*came_meanwhile.values(), *([live] if live else [])]:
            if run.run_id not in self._by_run:
                self._append(run)
        self._note_ends()

    def prepend(self, runs: Sequence[Run], *, has_older: bool) -> int:
        """Put older runs before the first turn; returns how many turns came."""
        self.has_older = has_older
        later = [turn.run for turn in self.turns]
        known = self._by_run
        # Two may have asked for the same page.
        runs = [run for run in runs if run.run_id not in known]
        self.turns, self._by_run = [], {}
        for run in [*runs, *later]:
            self._append(run, known.get(run.run_id))
        if self.selected is not None:
            self.selected += len(runs)
        return len(runs)

    def apply(self, event: RunEvent) -> Turn | None:
        """Take in an event of this session; returns the turn that changed."""
        turn = self._by_run.get(event.run_id)
        match event:
            case RunContent() | ReasoningContent():
                pass
            case ToolCallStarted() | ToolCallCompleted():
                # The call and its result are in the run, which is shared.
                pass
            case _ if turn is None:
                turn = self._append(event.run)
            case _:
                turn.run = event.run
        if turn is not None:
            turn.changed()
            self.has_unseen = not self.following
        self._note_ends()
        return turn

    def follow(self, following: bool = True) -> None:
        """Stay at the end from now on, or let go of it."""
        self.following = following
        if following:
            self.has_unseen = False

    @property
    def retryable(self) -> Run | None:
        """The run that a lone `r` sends again, if there is one."""
        offering = (t.run for t in reversed(self.turns) if t.standing.offers_retry)
        return next(offering, None)

    def _note_ends(self) -> None:
        """Tell the newest turns where they stand: their quiet lines depend on it."""
        tail = self.turns[-LONGEST_TAIL:]
        answering = any(turn.run.status is RunStatus.RUNNING for turn in tail)
        offered = None if answering else self._to_retry(tail)
        for turn in tail:
            turn.note_place(
                replace(
                    turn.standing, offers_retry=turn is offered, is_behind=answering
                )
            )

    def _to_retry(self, tail: Sequence[Turn]) -> Turn | None:
        """The failed turn at the end, else the first of those that wait there."""
        offered: Turn | None = None
        for turn in reversed(tail):
            if turn.run.status is RunStatus.PENDING:
                offered = turn
            else:
                return turn if turn.run.status.failed else offered
        return offered

    def toggle_details(self) -> None:
        """Show the reasoning and the tool calls of all turns, or hide them."""
        shown = any(turn.details for turn in self.turns)
        for turn in self.turns:
            turn.details = not shown
            turn.changed()

    def select(self, run_id: str) -> None:
        """Mark the turn that shows a run."""
        turn = self._by_run.get(run_id)
        self.selected = None if turn is None else self.turns.index(turn)

    def turn_of(self, run_id: str) -> Turn | None:
        """The turn that shows a run."""
        return self._by_run.get(run_id)

    def _append(self, run: Run, turn: Turn | None = None) -> Turn:
        turn = turn or Turn(run, self._parser, self._waiting)
        self.turns.append(turn)
        self._by_run[run.run_id] = turn
        shows_question = self._supersede(run)
        if shows_question != turn.shows_question:
            turn.shows_question = shows_question
            turn.changed()
        return turn

    def _supersede(self, run: Run) -> bool:
        """Mark the tries before this one; returns whether the question is new here."""
        if run.retry_of is None:
            return True
        earlier = [
            turn
            for turn in self.turns
            if turn.run is not run
            and run.retry_of in (turn.run.run_id, turn.run.retry_of)
        ]
        for turn in earlier:
            turn.note_place(replace(turn.standing, superseded=True))
        # Below the tries it belongs to, a question need not be said again.
        above = self.turns[-2] if len(self.turns) > 1 else None
        return above not in earlier
