"""What the transcript shows of one session: its turns, as data, without a widget."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from agno_tui.events import (
    ReasoningContent,
    RunContent,
    RunEvent,
    RunPending,
    RunStarted,
    RunWithdrawn,
    ToolCallCompleted,
    ToolCallStarted,
)
from agno_tui.session import Run, RunStatus, Session
from agno_tui.storage.outlines import outlined
from agno_tui.ui.transcript import tail
from agno_tui.ui.transcript.between import Today
from agno_tui.ui.transcript.outcome import Offer
from agno_tui.ui.transcript.reading import Reading
from agno_tui.ui.transcript.turn import Turn
from agno_tui.ui.transcript.turn_layout import Presentation, WordsOfWaiting
from agno_tui.ui.transcript.turns import Turns

if TYPE_CHECKING:
    from agno_tui.ui.edits import Edit
    from agno_tui.ui.markdown.parser import MarkdownParser
    from agno_tui.ui.transcript.between import Window


class Document(Turns):
    """The turns of a session, oldest first, and where the user was reading.

    Follows the events of its session whether or not it is on the screen, so that
    switching to it shows all that came meanwhile.
    """

    def __init__(
        self, session: Session, parser: MarkdownParser, waiting: WordsOfWaiting
    ) -> None:
        super().__init__(Presentation(parser, waiting))
        self.session = session
        self.is_begun = False
        """Whether something was sent in it, even if no turn shows it yet."""
        self.reading = Reading()
        """Where the user is reading."""
        self.is_unseen = False
        """Whether the model sees nothing of it with the next message."""
        self.typed: str | None = None
        """What was in the prompt when the user went elsewhere, until it is kept."""
        self.edit: Edit | None = None
        """The earlier message that the prompt is there for, if it is for one."""
        self.offer = Offer.LETTER
        """How what failed or waits can be sent again now."""
        self._window_at: Turn | None = None
        self._today = Today()

    # Turns come

    def load(self, runs: Iterable[Run], *, live: Run | None, has_older: bool) -> None:
        """Show these runs; the one under way is shared with whoever answers it."""
        # Events may have come in while the storage was being read.
        came_meanwhile = [turn.run for turn in self.turns if turn.run is not None]
        shared = {run.run_id: run for run in came_meanwhile}
        if live is not None:
            shared[live.run_id] = live
        read = {run.run_id: shared.get(run.run_id, run) for run in runs}
        self.has_older = has_older
        first = next(iter(read.values()), None)
        self.oldest = outlined(first) if first is not None else None
        waiting = [run for run in read.values() if run.status is RunStatus.PENDING]
        self.queue.put(waiting)
        for run in waiting:
            del read[run.run_id]
        self._arrange([self._turn(outlined(run), run) for run in read.values()])
        for run in came_meanwhile:
            if self.turn_of(run.run_id) is None:
                self._begin(run, may_turn=True)
        if live is not None and self.turn_of(live.run_id) is None:
            # Where it is on another way, it is there when that is chosen.
            self._begin(live, may_turn=False)
        tail.note_ends(self.turns, self.offer)

    def read(self, runs: Iterable[Run]) -> None:
        """The text of these runs is here."""
        for run in runs:
            turn = self.turn_of(run.run_id)
            if turn is not None and turn.run is None:
                turn.read(run)
                self.texts.seen(turn)

    def way_changed(self) -> None:
        """Other turns are here than before: the newest of them stand otherwise."""
        tail.note_ends(self.turns, self.offer)

    # Events

    def apply(self, event: RunEvent) -> Turn | None:
        """Take in an event of this session; returns the turn that changed.

        What follows another version of a turn is not here, and its events change
        nothing. Where that can't be told, `is_stale` says so.
        """
        turn = self.turn_of(event.run_id)
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
                self.drop(event.run_id)
                self.way_changed()
                return None
            case _ if turn is None:
                self.queue.drop(event.run_id)
                self.begun += 1
                turn = self._begin(event.run, may_turn=isinstance(event, RunStarted))
                if turn is None:
                    self.is_stale = True
                    return None
            case _:
                turn.read(event.run)
                self.texts.seen(turn)
        self.reading.note_unseen()
        tail.note_ends(self.turns, self.offer)
        return turn

    @property
    def retryable(self) -> Run | None:
        """The run that is offered to be sent again, if there is one."""
        return tail.retryable(self.turns, self.queue)

    def note_offer(self, offer: Offer) -> None:
        """Say how it can be sent again: the prompt has another text."""
        self.offer = offer
        tail.note_ends(self.turns, offer)

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

    @property
    def newest_answer(self) -> str:
        """The last answer that says anything; empty where there is none."""
        runs = (turn.run for turn in reversed(self.turns))
        return next((run.answer for run in runs if run is not None and run.answer), "")
