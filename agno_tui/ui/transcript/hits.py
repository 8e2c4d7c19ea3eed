"""The places in a session where words were found, in the order of the conversation."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import overload


@dataclass(slots=True, frozen=True)
class Hit:
    """One place where the words are."""

    run_id: str
    of_answer: bool
    """Whether it is in the answer; else it is in the question."""
    nth: int
    """How many hits stand before it in the same text, counted as it will be seen. All
    messages of an answer are one text here, and its details too while they are open."""


class Hits(Sequence[Hit]):
    """All hits in the order of the conversation, made when they are asked for.

    What is kept is a count for each question and each answer: a common letter may be
    in a session a million times. Those in details are among them while these are open.
    """

    def __init__(self, run_ids: Iterable[str], *, details: bool = False) -> None:
        """`details`: whether those in details count."""
        self._run_ids = list(run_ids)
        self._turns = {run_id: turn for turn, run_id in enumerate(self._run_ids)}
        self._counts = array("Q", bytes(16 * len(self._run_ids)))
        """For each turn those in the question, and those in what the answer says."""
        self._mixed: dict[int, Sequence[int]] = {}
        """By turn, where its details have any: the counts of its answer's parts, of
        what is said and of details in turns."""
        self._details = details
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

    @property
    def hidden(self) -> int:
        """How many there are in details, while these are closed."""
        if self._details:
            return 0
        return sum(sum(parts[1::2]) for parts in self._mixed.values())

    def place_of(self, hit: Hit) -> int | None:
        """Its index among all, while it is one of them."""
        turn = self._turns.get(hit.run_id)
        if turn is None:
            return None
        place = 2 * turn + hit.of_answer
        index = self._before(place) + hit.nth
        return index if index < self._all_ends()[place] else None

    def at_or_after(self, run_id: str) -> int | None:
        """The index of the first hit at or after a turn, else of the last before it."""
        turn = self._turns.get(run_id)
        if turn is None or not len(self):
            return None
        return min(self._before(2 * turn), len(self) - 1)

    def show_details(self, details: bool, current: Hit | None) -> Hit | None:
        """Have those in details among all, or not; returns what `current` is now: the
        same place, else the next one, else the last; None where there is none."""
        if details == self._details:
            return current
        self._details, self._ends = details, None
        turn = self._turns.get(current.run_id) if current is not None else None
        if current is None or turn is None or not len(self):
            return None
        nth, parts = current.nth, self._mixed.get(turn, ())
        if current.of_answer and parts:
            nth = _opened(parts, nth) if details else _closed(parts, nth)
        index = self._before(2 * turn + current.of_answer) + nth
        return self[min(index, len(self) - 1)]

    def add_turn(self, run_id: str) -> None:
        """Have one more turn at the end, where it is new."""
        if run_id not in self._turns:
            self._turns[run_id] = len(self._run_ids)
            self._run_ids.append(run_id)
            self._counts.extend((0, 0))
            self._ends = None

    def keep_only(self, run_ids: Collection[str]) -> list[str]:
        """Count nothing in any other turn; returns those."""
        gone = [one for one in self._run_ids if one not in run_ids]
        for run_id in gone:
            self.put(run_id, 0, 0)
        return gone

    def put(self, run_id: str, in_question: int, *in_answer: int) -> None:
        """Say how many there are in a turn; `in_answer`: in what is said, in details
        below it, in what is said then, and so on."""
        turn = self._turns[run_id]
        self._counts[2 * turn : 2 * turn + 2] = array(
            "Q", (in_question, sum(in_answer[::2]))
        )
        self._mixed.pop(turn, None)
        if any(in_answer[1::2]):
            self._mixed[turn] = in_answer
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
            counts = self._counts[:]
            for turn, parts in self._mixed.items() if self._details else ():
                counts[2 * turn + 1] = sum(parts)
            self._ends = list(accumulate(counts))
        return self._ends


def _opened(parts: Sequence[int], nth: int) -> int:
    """Which of an answer's hits the nth one of what is said is, details and all."""
    before = said = 0
    for number, count in enumerate(parts):
        if number % 2 == 0:
            if nth < said + count:
                return before + nth - said
            said += count
        before += count
    return before


def _closed(parts: Sequence[int], nth: int) -> int:
    """How many of what is said stand before the nth one of an answer."""
    before = said = 0
    for number, count in enumerate(parts):
        if nth < before + count:
            return said + (0 if number % 2 else nth - before)
        before += count
        said += 0 if number % 2 else count
    return said
