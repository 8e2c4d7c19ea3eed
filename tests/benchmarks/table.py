"""The table: what was measured, the ratio, the target, and whether it was met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.measuring import Taken

UNITS = {"µs": 1e6, "ms": 1e3, "KiB": 1 / 1024, "rows": 1.0}
"""What a number in seconds, bytes or rows is multiplied with to be shown."""


@dataclass(slots=True, frozen=True)
class Line:
    """One thing measured beside another; without another, against a fixed most."""

    what: str
    ours: Taken
    unit: str
    theirs: Taken | None = None
    most: float | None = None
    """The target: of the ratio, or of our own figure in `unit` where there is no
    other. None: shown only."""
    around: float | None = None
    """The target where the ratio is to be 1, give or take this much."""

    @property
    def figures(self) -> tuple[float, float]:
        """The ratios of the least and of the usual ones, else our own in `unit`."""
        if self.theirs is None:
            times = UNITS[self.unit]
            return self.ours.least * times, self.ours.median * times
        return (
            self.ours.least / self.theirs.least,
            self.ours.median / self.theirs.median,
        )

    @property
    def met(self) -> bool | None:
        """Whether both figures meet the target; None where there is none.

        Both: on a busy machine the usual ones all wait for the same disk and look
        alike, and the least of a few is sometimes luck.
        """
        if self.around is not None:
            return max(abs(figure - 1) for figure in self.figures) <= self.around
        return None if self.most is None else max(self.figures) <= self.most

    def cells(self) -> tuple[str, ...]:
        """What stands in the table: least and median of both, then the verdict."""
        verdict = {None: "", True: "ok", False: "MISSED"}[self.met]
        return (
            self.what,
            self._shown(self.ours),
            self._shown(self.theirs),
            self._ratios(),
            self._target(),
            verdict,
        )

    def _shown(self, taken: Taken | None) -> str:
        if taken is None:
            return ""
        times = UNITS[self.unit]
        least, median = taken.least * times, taken.median * times
        return f"{_short(least)} / {_short(median)} {self.unit}"

    def _ratios(self) -> str:
        if self.theirs is None:
            return ""
        least, median = self.figures
        return f"{least:.3f} / {median:.3f}"

    def _target(self) -> str:
        if self.around is not None:
            return f"1 ± {self.around}"
        if self.most is None:
            return ""
        return f"≤ {self.most:g}" + ("" if self.theirs else f" {self.unit}")


HEAD = ("least / median of each", "ours", "theirs", "ratio", "target", "")


def show(lines: Sequence[Line]) -> None:
    """Print lines as a table."""
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    for row in rows:
        first, *rest = (
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        )
        print("  ".join((first, *rest)).rstrip())
    print(flush=True)


def _short(number: float) -> str:
    return f"{number:.3g}" if abs(number) < 100 else f"{number:.0f}"
