"""Percentiles, ratios and verdicts."""

from __future__ import annotations

import pytest

from tests.benchmarks.measuring import Taken
from tests.benchmarks.transcript.report import Line, percentile


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert percentile(values, 0.95) == 95.0
    assert percentile(values, 0.5) == 50.0
    assert percentile(values, 1.0) == 100.0
    assert percentile([7.0], 0.95) == 7.0


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError):
        percentile([], 0.5)


def test_a_line_holds_both_targets() -> None:
    ours, floor = Taken((0.010, 0.020)), Taken((0.010,))
    assert Line("x", ours, "ms", floor, ratio=1.5).met is True
    assert Line("x", ours, "ms", floor, ratio=1.4).met is False
    assert Line("x", ours, "ms", floor, ratio=1.5, most=14).met is False
    assert Line("x", ours, "ms", floor, ratio=1.5, most=15).met is True


def test_a_line_without_a_target_has_no_verdict() -> None:
    assert Line("x", Taken((1.0,)), "s").met is None
    assert Line("x", Taken((1.0,)), "s", Taken((2.0,))).cells()[-1] == ""


def test_a_line_shows_ratios_in_its_unit() -> None:
    line = Line("x", Taken((0.010, 0.030)), "ms", Taken((0.010,)), ratio=1.5, most=9)
    assert line.cells() == (
        "x",
        "10 / 20 ms",
        "10 / 10 ms",
        "1.00 / 2.00",
        "≤ 1.5×, ≤ 9 ms",
        "MISSED",
    )
