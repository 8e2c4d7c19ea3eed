"""What the transcript shows of one session: its turns, as data, without a widget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agno_tui.events import (
    ReasoningContent,
    RunContent,
    RunEvent,
    RunPending,
    RunWithdrawn,
    ToolCallCompleted,
    ToolCallStarted,
)
from agno_tui.session import Run, RunOutline, RunStatus, Session
from agno_tui.ui.transcript.between import Today
from agno_tui.ui.transcript.queue import Queue
from agno_tui.ui.transcript.read_turns import ReadTurns
from agno_tui.ui.transcript.reading import Marked, Reading
from agno_tui.ui.transcript.tries import Tries
from agno_tui.ui.transcript.turn import Turn, outlined
from agno_tui.ui.transcript.turn_layout import Presentation, WordsOfWaiting

if TYPE_CHECKING:
    from agno_tui.ui.markdown.parser import MarkdownParser
    from agno_tui.ui.transcript.between import Window

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
        self.arrangement = 0
        """Another number whenever turns have come that are not below all others."""
        self.is_begun = False
        """Whether something was sent in it, even if no turn shows it yet."""
        self.has_older = False
        """Whether the storage has turns before the first one here."""
        self.oldest: RunOutline | None = None
        """The first run that is known of, whether it has a turn or waits."""
        self.queue = Queue()
        """The messages that wait: they are no turns before they are sent."""
        self.reading = Reading()
        """Where the user is reading."""
        self.typed: str | None = None
        """What was in the prompt when the user went elsewhere, until it is kept."""
        self.marked: Marked | None = None
        """The message that is marked, if one is."""
        self.texts = ReadTurns(self._always_read)
        self._by_run: dict[str, Turn] = {}
        self._tries = Tries()
        self._presentation = Presentation(parser, waiting)
        self._window_at: Turn | None = None
        self._today = Today()

    # Turns come

    def load(self, runs: Iterable[Run], *, live: Run | None, has_older: bool) -> None:
        """Show these runs; the one under way is shared with whoever answers it."""
        # Events may have come in while the storage was being read.
        came_meanwhile = {t.run_id: t.run for t in self.turns if t.run is not None}
        by_run = {run.run_id: came_meanwhile.get(run.run_id) or run for run in runs}
        by_run |= came_meanwhile
        if live is not None:
            by_run[live.run_id] = live
        self.has_older = has_older
        first = next(iter(by_run.values()), None)
        self.oldest = outlined(first) if first is not None else None
        waiting = [run for run in by_run.values() if run.status is RunStatus.PENDING]
        self.queue.put(waiting)
        for run in waiting:
            del by_run[run.run_id]
        self._arrange([self._turn(outlined(run), run) for run in by_run.values()])
        self._note_ends()

    def prepend(self, older: Sequence[RunOutline], *, has_older: bool) -> int:
        """Put older turns before the first one; returns how many came. Their text is
        read when they are seen."""
        self.has_older = has_older
        self.oldest = older[0] if older else self.oldest
        # Two may have asked for the same page.
        new = [
            self._turn(one)
            for one in older
            if one.run_id not in self._by_run and not self.queue.knows(one)
        ]
        if new:
            self._arrange([*new, *self.turns])
            if self.marked is not None:
                self.marked = replace(self.marked, index=self.marked.index + len(new))
        return len(new)

    def read(self, runs: Iterable[Run]) -> None:
        """The text of these runs is here."""
        for run in runs:
            turn = self._by_run.get(run.run_id)
            if turn is not None and turn.run is None:
                turn.read(run)
                self.texts.seen(turn)

    def _always_read(self) -> list[Turn]:
        """Turns whose text is kept however long ago they were seen."""
        turns = self.turns[-LONGEST_TAIL:]
        if self.marked is not None and self.marked.index < len(self.turns):
            turns.append(self.turns[self.marked.index])
        return turns

    def _turn(self, outline: RunOutline, run: Run | None = None) -> Turn:
        turn = self._by_run.get(outline.run_id)
        if turn is None:
            turn = Turn(self._presentation, outline, run)
        elif run is not None and turn.run is not run:
            turn.read(run)
        return turn

    def _arrange(self, turns: list[Turn]) -> None:
        self.turns, self._by_run, self._tries = [], {}, Tries()
        self.arrangement += 1
        for turn in turns:
            self._append(turn)

    def _append(self, turn: Turn) -> None:
        turn.index = len(self.turns)
        before = self.turns[-1] if self.turns else None
        if turn.before is not before:
            turn.before = before
            turn.changed()
        self.turns.append(turn)
        self._by_run[turn.run_id] = turn
        self._tries.add(turn)
        self.texts.seen(turn)

    # Events

    def apply(self, event: RunEvent) -> Turn | None:
        """Take in an event of this session; returns the turn that changed."""
        turn = self._by_run.get(event.run_id)
        match event:
            case (
                RunContent()
                | ReasoningContent()
                | ToolCallStarted()
                | ToolCallCompleted()
            ):
                # What came is in the run, which is shared.
                if turn is not None:
                    turn.changed()
                    self.reading.note_unseen()
                return turn
            case RunPending() if turn is None:
                self.queue.put([event.run])
                return None
            case RunWithdrawn():
                self.queue.drop(event.run_id)
                return None
            case _ if turn is None:
                self.queue.drop(event.run_id)
                turn = self._turn(outlined(event.run), event.run)
                self._append(turn)
            case _:
                turn.read(event.run)
                self.texts.seen(turn)
        self.reading.note_unseen()
        self._note_ends()
        return turn

    @property
    def retryable(self) -> Run | None:
        """The run that a lone `r` sends again, if there is one."""
        tail = self.turns[-LONGEST_TAIL:]
        found = (t.run for t in reversed(tail) if t.standing.offers_retry)
        return next(found, None) or (None if self._is_answering else self.queue.first)

    @property
    def _is_answering(self) -> bool:
        tail = self.turns[-LONGEST_TAIL:]
        return any(turn.status is RunStatus.RUNNING for turn in tail)

    def _note_ends(self) -> None:
        """Tell the newest turns where they stand: their quiet lines depend on it."""
        tail = self.turns[-LONGEST_TAIL:]
        answering = self._is_answering
        offered = None if answering else _to_retry(tail)
        for turn in tail:
            turn.note_place(
                replace(
                    turn.standing, offers_retry=turn is offered, is_behind=answering
                )
            )

    def pause_at(self, deadline: float | None) -> None:
        """Pause laying out at a time of `time.monotonic`; None: never."""
        self._presentation.deadline = deadline

    # What is shown of them

    @property
    def details(self) -> bool:
        """Whether reasoning and tool calls are shown in full."""
        return self._presentation.details

    def toggle_details(self) -> None:
        """Show the reasoning and the tool calls of all turns, or hide them."""
        self._presentation.details = not self.details
        for turn in self.texts:
            turn.changed()

    def note_day(self) -> None:
        """Show other dates between the turns, if another day has begun."""
        if self._today.has_turned():
            for turn in self.texts:
                turn.changed()

    def note_window(self, run_id: str | None, window: Window | None) -> None:
        """Say with which run begins what the model sees; None: nothing is left out."""
        turn = self._by_run.get(run_id) if run_id else None
        if self._window_at is not None and self._window_at is not turn:
            self._window_at.note_window(None)
        self._window_at = turn
        if turn is not None:
            turn.note_window(window)

    def turn_of(self, run_id: str) -> Turn | None:
        """The turn that shows a run."""
        return self._by_run.get(run_id)

    @property
    def newest_answer(self) -> str:
        """The last answer that says anything; empty where there is none."""
        runs = (turn.run for turn in reversed(self.turns))
        return next((run.answer for run in runs if run is not None and run.answer), "")


def _to_retry(tail: Sequence[Turn]) -> Turn | None:
    """The newest turn that was begun, where it failed; else the first that waits, also
    above that one: a failed one may have been sent again meanwhile."""
    waiting = [turn for turn in tail if turn.status is RunStatus.PENDING]
    said = (turn for turn in reversed(tail) if turn.status is not RunStatus.PENDING)
    newest = next(said, None)
    if newest is not None and newest.status.failed:
        return newest
    return waiting[0] if waiting else None
