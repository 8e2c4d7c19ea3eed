"""Gaps in the queue: where messages stood that were taken out, for when they come
back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agno_tui.session import Run


@dataclass(slots=True, eq=False)
class Gap:
    """A message that was taken out, and where it stood."""

    run_id: str
    text: str
    ahead: set[str] = field(default_factory=set)
    """The `run_id`s of those that were to be sent before it."""
    known: set[str] = field(default_factory=set)
    """The `run_id`s of all that waited then: any other one came later."""

    def order(self, runs: Sequence[Run], back: Run) -> list[Run]:
        """These, of which one came `back`, with that where the gap is: behind all that
        were ahead of it and still wait."""
        others = [run for run in runs if run.run_id != back.run_id]
        places = [at for at, run in enumerate(others) if run.run_id in self.ahead]
        at = max(places, default=-1) + 1
        return [*others[:at], back, *others[at:]]


class Gaps:
    """The gaps of one session's queue."""

    def __init__(self) -> None:
        self.removed: list[Gap] = []
        """Of those that were taken out, the last one last."""
        self.edited: Gap | None = None
        """Of the one that is in the prompt."""

    def closed(self, gap: Gap, back: Run) -> None:
        """What was taken out is back as another run: it is ahead of the same ones."""
        for other in (*self.removed, *([self.edited] if self.edited else [])):
            if gap.run_id in other.ahead:
                other.ahead.add(back.run_id)

    def came_back(self, runs: Sequence[Run]) -> Run | None:
        """The message that was edited, where it is sent again and waits."""
        if (gap := self.edited) is None:
            return None
        return next((run for run in runs if run.run_id not in gap.known), None)


def gap_of(run: Run, runs: Sequence[Run]) -> Gap:
    """The gap that a message leaves among those that wait."""
    at = next((i for i, r in enumerate(runs) if r.run_id == run.run_id), len(runs))
    ids = [each.run_id for each in runs]
    return Gap(run.run_id, run.question, set(ids[:at]), {run.run_id, *ids})
