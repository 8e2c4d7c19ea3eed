"""The versions of each turn: which one is shown, of how many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from agno_tui.ui.lines import Line, role


@dataclass(slots=True)
class VersionLine(Line):
    """The line above a question that has versions: `▌ You  ‹ 2/3 ›`."""

    back: int = 0
    """Where the sign for the version before stands, in cells."""
    forth: int = 0
    """The same for the next one."""

    def step_at(self, x: int) -> int:
        """What a click on a cell wants: the version before (-1), the next one (1), or
        nothing (0)."""
        # A sign and the cell beside it: one cell is hard to hit.
        for at, step in ((self.back, -1), (self.forth, 1)):
            if at - 1 <= x <= at + 1:
                return step
        return 0


def question_label(number: int, versions: int) -> Line:
    """The line above a question: who asks, and which version of how many it is."""
    label = role("▌ ", "you-bar") + role("You", "you-label")
    if versions < 2:
        return Line(label, lead=2)
    back = label.cell_length + 2
    signs = f"‹ {number}/{versions} ›"
    content = label + role(f"  {signs}", "quiet")
    return VersionLine(content, lead=2, back=back, forth=back + len(signs) - 1)


class Versions:
    """The runs that are versions of one turn, in the order they were made."""

    def __init__(self) -> None:
        self._by_run: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_run)

    def of(self, run_id: str) -> Sequence[str]:
        """All versions of the turn that a run is one of, that one among them."""
        return self._by_run.get(run_id, (run_id,))

    def put(self, turns: Iterable[Sequence[str]]) -> None:
        """These turns have several versions, and no others."""
        self._by_run = {one: list(ids) for ids in turns for one in ids}

    def add(self, run_id: str, beside: str) -> None:
        """A run is a version of the turn that another one is."""
        ids = list(self.of(beside))
        if run_id not in ids:
            ids.append(run_id)
        self._by_run |= dict.fromkeys(ids, ids)

    def beside(self, run_id: str, step: int) -> str | None:
        """The version so many further on; None where there is none."""
        ids = self.of(run_id)
        at = ids.index(run_id) + step
        return ids[at] if 0 <= at < len(ids) else None
