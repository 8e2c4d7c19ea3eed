"""Seconds taken in turns, so that whatever else the machine does meets all alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Subject = Callable[[], float]
"""Does a thing once and returns how many seconds it took."""


@dataclass(slots=True, frozen=True)
class Taken:
    """How much one thing took, over and over."""

    values: tuple[float, ...]

    @property
    def least(self) -> float:
        """The one that nothing disturbed."""
        return min(self.values)

    @property
    def median(self) -> float:
        """The usual one."""
        return statistics.median(self.values)

    def over(self, other: Taken) -> Taken:
        """How much more each was than the other's of the same turn."""
        pairs = zip(self.values, other.values, strict=True)
        return Taken(tuple(mine - theirs for mine, theirs in pairs))


def in_turns(
    subjects: Mapping[str, Subject], rounds: int, *, first: int = 3
) -> dict[str, Taken]:
    """Do all subjects in turns, A B A B …; the `first` rounds do not count."""
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(first + rounds):
        for name, subject in subjects.items():
            seconds = subject()
            if number >= first:
                taken[name].append(seconds)
    return {name: Taken(tuple(values)) for name, values in taken.items()}
