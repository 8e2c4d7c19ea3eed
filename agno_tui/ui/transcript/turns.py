"""The turns of a session on the way that the conversation goes, oldest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agno_tui.session import Run, RunOutline, RunStatus
from agno_tui.storage.outlines import outlined
from agno_tui.ui.transcript.queue import Queue
from agno_tui.ui.transcript.read_turns import ReadTurns
from agno_tui.ui.transcript.tail import LONGEST_TAIL
from agno_tui.ui.transcript.turn import Turn
from agno_tui.ui.transcript.versions import Versions

if TYPE_CHECKING:
    from agno_tui.ui.transcript.fork_lines import ForkNote
    from agno_tui.ui.transcript.reading import Marked
    from agno_tui.ui.transcript.turn_layout import Presentation

Known = Run | RunOutline
"""A run that is read, or what is to be known of one that is not."""


class Turns:
    """Keeps the turns in order; those that stay are the same objects, with their lines,
    whatever comes and goes around them."""

    def __init__(self, presentation: Presentation) -> None:
        self.turns: list[Turn] = []
        self.arrangement = 0
        """Another number whenever turns have come that are not below all others, or
        some have gone."""
        self.has_older = False
        """Whether the storage has turns before the first one here."""
        self.oldest: RunOutline | None = None
        """The first run that is known of, whether it has a turn or waits."""
        self.queue = Queue()
        """The messages that wait: they are no turns before they are sent."""
        self.marked: Marked | None = None
        """The message that is marked, if one is."""
        self.texts = ReadTurns(self._always_read)
        self.versions = Versions()
        self.begun = 0
        """How many runs have begun since it was made."""
        self.is_stale = False
        """Whether the way the conversation goes has to be read anew."""
        self._by_run: dict[str, Turn] = {}
        self._presentation = presentation
        self._forks: Mapping[str, tuple[ForkNote, ...]] = {}

    def turn_of(self, run_id: str) -> Turn | None:
        """The turn that shows a run."""
        return self._by_run.get(run_id)

    def stands_for(self, turn: Turn) -> Turn | None:
        """A turn that is here, or what is now where it was; None where nothing is."""
        found = self._by_run.get(turn.run_id)
        if found is not None or not self.turns:
            return found
        return self.turns[min(turn.index, len(self.turns) - 1)]

    # Turns come and go

    def prepend(self, older: Sequence[RunOutline], *, has_older: bool) -> int:
        """Put older turns before the first one; returns how many came. Their text is
        read when they are seen."""
        self.has_older = has_older
        self.oldest = older[0] if older else self.oldest
        # Two may have asked for the same page.
        new = [
            Turn(self._presentation, one)
            for one in older
            if one.run_id not in self._by_run and not self.queue.knows(one)
        ]
        if new:
            self.turns = [*new, *self.turns]
            self.arrangement += 1
            self._by_run |= {turn.run_id: turn for turn in new}
            for index, turn in enumerate(self.turns):
                turn.index = index
                _follow(turn, self.turns[index - 1] if index else None)
            self._number(set(self.versions))
            if self._forks:
                self.note_forks(self._forks)
            if self.marked is not None:
                self.marked = replace(self.marked, index=self.marked.index + len(new))
        return len(new)

    def last_common(
        self, way: Iterable[Known], before: int | None = None
    ) -> Turn | None:
        """The last turn here that is also on a way, oldest first; of those that are
        older than the sequence `before`, where it is given."""
        for one in reversed(list(way)):
            turn = self._by_run.get(one.run_id)
            is_wanted = before is None or one.sequence < before
            if turn is not None and is_wanted:
                return turn
        return None

    def go_through(
        self, way: Sequence[Known], *, is_whole: bool, before: int | None = None
    ) -> None:
        """Have the conversation go on as `way` does, the end of it, oldest first, below
        the last turn that is on both. `is_whole`: there is nothing before it; `before`:
        as in `last_common`."""
        self.is_stale = False
        for one in way:
            if isinstance(one, Run) and one.status is RunStatus.PENDING:
                self.queue.put([one])
        sent = [one for one in way if not self._waits(one)]
        last = self.last_common(sent, before)
        stay = 0 if last is None else last.index + 1
        if last is not None:
            known = [one.run_id for one in sent]
            sent = sent[known.index(last.run_id) + 1 :]
        elif way:
            first = way[0]
            self.oldest = outlined(first) if isinstance(first, Run) else first
            self.has_older = not is_whole
        self.put_below(stay, [self._known(one) for one in sent])

    def _waits(self, one: Known) -> bool:
        if isinstance(one, Run):
            return one.status is RunStatus.PENDING
        return self.queue.knows(one)

    def put_below(self, stay: int, new: Sequence[Turn]) -> None:
        """Let the first so many turns stay, and put others below them."""
        gone = self.turns[stay:]
        if gone == list(new):
            return
        if not gone:
            for turn in new:
                self._append(turn)
            return
        marked = self._marked_turn
        self._arrange(new, stay=stay)
        for turn in gone:
            if self._by_run.get(turn.run_id) is not turn:
                self.texts.drop(turn)
        self._mark_again(marked)

    def drop(self, run_id: str) -> Turn | None:
        """Take a turn out; returns it where it was here."""
        turn = self._by_run.get(run_id)
        if turn is not None:
            self.put_below(turn.index, self.turns[turn.index + 1 :])
        return turn

    @property
    def _marked_turn(self) -> Turn | None:
        if self.marked is None or not self.turns:
            return None
        return self.turns[min(self.marked.index, len(self.turns) - 1)]

    def _mark_again(self, before: Turn | None) -> None:
        """Mark what is now where the marked turn was."""
        turn = self.stands_for(before) if before is not None else None
        if self.marked is None or turn is None:
            self.marked = None
        elif turn is before:
            self.marked = replace(self.marked, index=turn.index)
        else:
            self.marked = replace(self.marked, index=turn.index, nth=None, code=None)

    # Versions

    def note_versions(self, turns: Iterable[Sequence[str]]) -> None:
        """Say which turns have several versions: the `run_id`s of each, in order."""
        before = set(self.versions)
        self.versions.put(turns)
        self._number({*before, *self.versions})

    def _number(self, run_ids: Collection[str]) -> None:
        for run_id in run_ids:
            turn = self._by_run.get(run_id)
            if turn is not None:
                ids = self.versions.of(run_id)
                number = ids.index(run_id) + 1
                standing = replace(turn.standing, number=number, versions=len(ids))
                turn.note_place(standing)

    def _begin(self, run: Run, *, may_turn: bool) -> Turn | None:
        """Put a run that has begun below the one it follows; None where it follows one
        that is not here. `may_turn`: the conversation may go another way by it."""
        turns, parent = self.turns, run.parent_run_id
        if parent is None:
            stay = len(turns)
        elif not parent:
            stay = 0
        elif (followed := self._by_run.get(parent)) is not None:
            stay = followed.index + 1
        else:
            return None
        if stay < len(turns):
            if not may_turn:
                return None
            self.versions.add(run.run_id, turns[stay].run_id)
        if not parent and parent is not None:
            self.has_older = False
        turn = self._turn(outlined(run), run)
        self.put_below(stay, [turn])
        self._number(self.versions.of(run.run_id))
        return turn

    # Forks

    def note_forks(self, forks: Mapping[str, tuple[ForkNote, ...]]) -> None:
        """Say below which runs (by `run_id`) other sessions part from this one."""
        self._forks = forks
        for turn in self.turns:
            turn.note_forks(forks.get(turn.run_id, ()))

    # One turn

    def _known(self, one: Known) -> Turn:
        if not isinstance(one, Run):
            return self._turn(one)
        turn = self._by_run.get(one.run_id)
        if turn is not None and turn.run is not None and turn.status is one.status:
            # Its lines are right, and it may be shared with whoever answers it.
            return turn
        return self._turn(outlined(one), one)

    def _turn(self, outline: RunOutline, run: Run | None = None) -> Turn:
        turn = self._by_run.get(outline.run_id)
        if turn is None:
            turn = Turn(self._presentation, outline, run)
        elif run is not None and turn.run is not run:
            turn.read(run)
        return turn

    def _arrange(self, turns: Iterable[Turn], *, stay: int = 0) -> None:
        """Let the first so many turns stay, and put these below them instead."""
        gone, self.turns = self.turns[stay:], self.turns[:stay]
        self.arrangement += 1
        for turn in gone:
            del self._by_run[turn.run_id]
        for turn in turns:
            self._append(turn)
        self._number(set(self.versions))

    def _append(self, turn: Turn) -> None:
        turn.index = len(self.turns)
        _follow(turn, self.turns[-1] if self.turns else None)
        self.turns.append(turn)
        self._by_run[turn.run_id] = turn
        turn.note_forks(self._forks.get(turn.run_id, ()))
        self.texts.seen(turn)

    def _always_read(self) -> list[Turn]:
        """Turns whose text is kept however long ago they were seen."""
        turns = self.turns[-LONGEST_TAIL:]
        if (marked := self._marked_turn) is not None:
            turns.append(marked)
        return turns


def _follow(turn: Turn, before: Turn | None) -> None:
    """Say which turn stands above another."""
    if turn.before is not before:
        turn.before = before
        turn.changed()
