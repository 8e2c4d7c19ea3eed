"""The table: a line for each thing measured, printed as soon as it is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.benchmarks.measuring import Taken

UNITS = {
    "ms": 1e3,
    "s": 1.0,
    "MB": 1e-6,
    "KiB": 1 / 1024,
    "B": 1.0,
    "bytes": 1.0,
    "wakings": 1.0,
}
"""What a number in seconds, bytes or times is multiplied with to be shown."""

_WIDTHS = (58, 22, 22, 15, 16)
HEAD = ("least / median of the rounds", "ours", "floor", "ratio", "target")


@dataclass(slots=True, frozen=True)
class Line:
    """One thing measured, beside its floor where it has one."""

    what: str
    ours: Taken
    unit: str
    floor: Taken | None = None
    ratio: float | None = None
    """The most that ours may be times the floor."""
    most: float | None = None
    """The most that ours may be, in `unit`."""

    @property
    def ratios(self) -> tuple[float, float] | None:
        """Ours over the floor: of the least, and of the medians."""
        if self.floor is None or not self.floor.least:
            return None
        return (
            self.ours.least / self.floor.least,
            self.ours.median / self.floor.median,
        )

    @property
    def met(self) -> bool | None:
        """Whether the medians meet every target; None where there is none."""
        verdicts: list[bool] = []
        if self.ratio is not None and self.ratios is not None:
            verdicts.append(self.ratios[1] <= self.ratio)
        if self.most is not None:
            verdicts.append(self.ours.median * UNITS[self.unit] <= self.most)
        return all(verdicts) if verdicts else None

    def cells(self) -> tuple[str, ...]:
        """What stands in the table."""
        ratios = self.ratios
        return (
            self.what,
            self._shown(self.ours),
            self._shown(self.floor),
            f"{ratios[0]:.2f} / {ratios[1]:.2f}" if ratios else "",
            self._target(),
            {None: "", True: "ok", False: "MISSED"}[self.met],
        )

    def _shown(self, taken: Taken | None) -> str:
        if taken is None:
            return ""
        times = UNITS[self.unit]
        least, median = _short(taken.least * times), _short(taken.median * times)
        return f"{least} / {median} {self.unit}"

    def _target(self) -> str:
        ratio = f"≤ {self.ratio:g}×" if self.ratio is not None else ""
        most = f"≤ {self.most:g} {self.unit}" if self.most is not None else ""
        return ", ".join(filter(None, (ratio, most)))


def show_head() -> None:
    """Print the first line of the table."""
    _print(HEAD)


def show(lines: Iterable[Line]) -> None:
    """Print lines as they come."""
    for line in lines:
        _print(line.cells())


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of all are not above: one of them, none made up.

    Errors: `ValueError` where there are none.
    """
    if not values:
        raise ValueError("of nothing")
    rank = math.ceil(share * len(values))
    return sorted(values)[max(0, rank - 1)]


def _print(cells: Sequence[str]) -> None:
    padded = [cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=False)]
    print("  ".join((*padded, *cells[len(_WIDTHS) :])).rstrip(), flush=True)


def _short(number: float) -> str:
    return f"{number:.3g}" if abs(number) < 100 else f"{number:,.0f}"
