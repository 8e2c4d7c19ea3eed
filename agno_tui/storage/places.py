"""Where the runs of a session stand in its tree, and the ways through it.

A way ends where a row is not what we would have written (its parent is not there, or is
not older): no circle keeps us going round for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Place:
    """The place of a run that was begun."""

    run_id: str
    parent_run_id: str
    sequence: int
    active: bool
    """Whether the conversation goes through it."""
    chosen: int
    """The greatest of those that follow the same run was chosen last; of equal ones the
    newest was."""


class Places:
    """The places of a session's runs, deleted ones too, without those that wait."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = {place.run_id: place for place in places}
        self._last_chosen: dict[str, Place] = {}
        """What follows a run, where that was chosen last."""
        for place in self._places.values():
            other = self._last_chosen.setdefault(place.parent_run_id, place)
            if (place.chosen, place.sequence) > (other.chosen, other.sequence):
                self._last_chosen[place.parent_run_id] = place

    def way_to(self, run_id: str) -> list[Place]:
        """From the beginning of the session to a run, the run included."""
        way: list[Place] = []
        place = self._places.get(run_id)
        while place is not None and (not way or place.sequence < way[-1].sequence):
            way.append(place)
            place = self._places.get(place.parent_run_id)
        return way[::-1]

    def way_on(self, run_id: str) -> list[Place]:
        """From a run, without it, through what was chosen last, to the end."""
        way: list[Place] = []
        last = self._places.get(run_id)
        while last is not None:
            place = self._last_chosen.get(last.run_id)
            if place is None or place.sequence <= last.sequence:
                break
            way.append(place)
            last = place
        return way

    def left_out(self, way: Iterable[Place]) -> list[Place]:
        """What the conversation goes through now and would not on this way."""
        on_it = {place.run_id for place in way}
        return [
            place
            for place in self._places.values()
            if place.active and place.run_id not in on_it
        ]

    def next_choice(self) -> int:
        """What `chosen` of a run is that is chosen now."""
        return max((place.chosen for place in self._places.values()), default=0) + 1
