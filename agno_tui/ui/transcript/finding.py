"""Finding words in a whole session, most of which is not on the screen."""

from __future__ import annotations

import asyncio
from array import array
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from time import perf_counter
from typing import Final, TypeAlias, overload

from agno_tui.session import Role, Run
from agno_tui.ui.transcript.sought import Sought

Reader: TypeAlias = Callable[[Sequence[str]], Awaitable[list[Run]]]
"""Fetches runs with their messages by `run_id`; those that are gone are left out."""

AT_ONCE: Final = 200
"""Runs that are read at once."""

_SLICE: Final = 0.002
"""Seconds of work before others have their turn."""


@dataclass(slots=True, frozen=True)
class Hit:
    """One place where the words are."""

    run_id: str
    of_answer: bool
    """Whether it is in the answer; else it is in the question."""
    nth: int
    """How many hits stand before it in the same text, counted as it will be seen. All
    messages of an answer are one text here."""


class Hits(Sequence[Hit]):
    """All hits in the order of the conversation, made when they are asked for.

    What is kept is a count for each question and each answer: a common letter may be
    in a session a million times.
    """

    def __init__(self, run_ids: Iterable[str]) -> None:
        self._run_ids = list(run_ids)
        self._turns = {run_id: turn for turn, run_id in enumerate(self._run_ids)}
        self._counts = array("Q", bytes(16 * len(self._run_ids)))
        self._ends: list[int] | None = None

    def __len__(self) -> int:
        ends = self._all_ends()
        return ends[-1] if ends else 0

    @overload
    def __getitem__(self, index: int) -> Hit: ...

    @overload
    def __getitem__(self, index: slice) -> list[Hit]: ...

    def __getitem__(self, index: int | slice) -> Hit | list[Hit]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        place = bisect_right(self._all_ends(), index)
        run_id = self._run_ids[place // 2]
        return Hit(run_id, bool(place % 2), index - self._before(place))

    def place_of(self, hit: Hit) -> int | None:
        """Its index among all, while it is one of them."""
        turn = self._turns.get(hit.run_id)
        if turn is None:
            return None
        place = 2 * turn + hit.of_answer
        return self._before(place) + hit.nth if hit.nth < self._counts[place] else None

    def at_or_after(self, run_id: str) -> int | None:
        """The index of the first hit at or after a turn, else of the last before it."""
        turn = self._turns.get(run_id)
        if turn is None or not len(self):
            return None
        return min(self._before(2 * turn), len(self) - 1)

    def add_turn(self, run_id: str) -> None:
        """Have one more turn at the end, where it is new."""
        if run_id not in self._turns:
            self._turns[run_id] = len(self._run_ids)
            self._run_ids.append(run_id)
            self._counts.extend((0, 0))
            self._ends = None

    def put(self, run_id: str, in_question: int, in_answer: int) -> None:
        """Say how many there are in a turn."""
        place = 2 * self._turns[run_id]
        counts = array("Q", (in_question, in_answer))
        if self._counts[place : place + 2] != counts:
            self._counts[place : place + 2] = counts
            self._ends = None

    def turns_from(self, run_id: str | None) -> list[str]:
        """All turns, the nearest to this one first; None: to the newest."""
        last = len(self._run_ids) - 1
        middle = last if run_id is None else self._turns.get(run_id, last)
        return sorted(self._run_ids, key=lambda one: abs(self._turns[one] - middle))

    def _before(self, place: int) -> int:
        return self._all_ends()[place - 1] if place else 0

    def _all_ends(self) -> list[int]:
        if self._ends is None:
            self._ends = list(accumulate(self._counts))
        return self._ends


class Find:
    """Looks for a query in all turns of a session, and walks from hit to hit."""

    def __init__(
        self,
        query: str,
        run_ids: Iterable[str],
        read: Reader,
        *,
        shows_question: Callable[[Run], bool] = lambda run: True,
    ) -> None:
        """`run_ids`: of all the session's turns, oldest first. `shows_question`: False
        for a run whose question is not shown again, as of another try."""
        self.sought = Sought(query)
        self.hits = Hits(run_ids)
        self.current: Hit | None = None
        """The hit one is at."""
        self.is_scanning = False
        """Whether there may be more hits than are known."""
        self._read = read
        self._shows_question = shows_question
        self._known: set[str] = set()
        """Turns that were looked through."""

    async def scan(
        self,
        outward_from: str | None = None,
        progress: Callable[[], None] | None = None,
    ) -> None:
        """Look through all turns, from the newest backwards or from one outwards.

        `progress` is called whenever more is known. May be cancelled, and goes on where
        it was when it is called again. Errors: what the reader raises.
        """
        if not self.sought:
            return
        self.is_scanning = True
        try:
            for wanted in self._pages(outward_from):
                await self._look_through(wanted, await self._read(wanted))
                self._known.update(wanted)
                if progress is not None:
                    progress()
        finally:
            self.is_scanning = False

    async def rescan(self, run: Run) -> None:
        """Look again through a run whose text has changed; a new one is the newest."""
        if not self.sought:
            return
        self.hits.add_turn(run.run_id)
        # What the storage has of it is older.
        self._known.add(run.run_id)
        await self._count(run, _Pace())

    @property
    def position(self) -> int | None:
        """The index of the hit one is at, among those that are known."""
        return None if self.current is None else self.hits.place_of(self.current)

    def next(self, step: int = 1) -> Hit | None:
        """Go `step` hits on (negative: back), around the ends; None: there is none."""
        total, position = len(self.hits), self.position
        if not total:
            self.current = None
        elif position is None:
            self.current = self.hits[(step - 1 if step > 0 else step) % total]
        else:
            self.current = self.hits[(position + step) % total]
        return self.current

    def near(self, run_id: str) -> Hit | None:
        """The first hit at or after a turn, else the last before it. Goes nowhere."""
        index = self.hits.at_or_after(run_id)
        return None if index is None else self.hits[index]

    @property
    def label(self) -> str:
        """Where one is: `3/17`; `17+` while it may be more; empty without a query."""
        total, position = len(self.hits), self.position
        if not self.sought:
            return ""
        if self.is_scanning:
            return f"{total}+" if total else "…"
        if not total:
            return "no match"
        return str(total) if position is None else f"{position + 1}/{total}"

    def _pages(self, outward_from: str | None) -> Iterator[list[str]]:
        """The turns that are not known yet, some at a time."""
        turns = self.hits.turns_from(outward_from)
        for first in range(0, len(turns), AT_ONCE):
            page = turns[first : first + AT_ONCE]
            if wanted := [run_id for run_id in page if run_id not in self._known]:
                yield wanted

    async def _look_through(self, wanted: Sequence[str], runs: Iterable[Run]) -> None:
        pace, asked = _Pace(), set(wanted)
        for run in runs:
            # It may have been looked through while it was read.
            if run.run_id in asked and run.run_id not in self._known:
                await self._count(run, pace)

    async def _count(self, run: Run, pace: _Pace) -> None:
        in_question = in_answer = 0
        if self._shows_question(run):
            for count in self.sought.counts(run.question):
                in_question += count
                await pace.keep()
        said = [m.content for m in run.messages if m.role == Role.ASSISTANT]
        for text in said:
            for count in self.sought.counts_in_source(text):
                in_answer += count
                await pace.keep()
        self.hits.put(run.run_id, in_question, in_answer)


class _Pace:
    """Lets others have their turn, often enough that nobody notices."""

    def __init__(self) -> None:
        self._since = perf_counter()

    async def keep(self) -> None:
        """Pause if it is time."""
        if perf_counter() - self._since > _SLICE:
            await asyncio.sleep(0)
            self._since = perf_counter()
