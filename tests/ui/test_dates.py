from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from agno_tui.session import Run, RunStatus
from agno_tui.ui.dates import (
    MICROSECONDS,
    UNDATED,
    ago,
    clock,
    day_of,
    group_of,
    moment,
    moment_of,
)
from agno_tui.ui.transcript.outcome import Standing, outcome

TODAY = date(2026, 3, 15)


def at(day: date, hour: int = 12) -> int:
    local = datetime(day.year, day.month, day.day, hour)
    return int(local.timestamp()) * MICROSECONDS


@pytest.mark.parametrize(
    ("days", "group"),
    [
        (-1, "Today"),
        (0, "Today"),
        (1, "Yesterday"),
        (2, "Previous 7 days"),
        (7, "Previous 7 days"),
        (8, "Previous 30 days"),
        (30, "Previous 30 days"),
        (31, "February"),
        (80, "December 2025"),
    ],
)
def test_a_day_stands_under_its_heading(days: int, group: str) -> None:
    assert group_of(at(TODAY - timedelta(days=days)), TODAY) == group


def test_a_minute_before_midnight_is_yesterday() -> None:
    late = at(TODAY - timedelta(days=1), 23) + 59 * 60 * MICROSECONDS
    assert group_of(late, TODAY) == "Yesterday"
    assert day_of(late) == TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-5, "now"),
        (0, "now"),
        (1, "1m"),
        (59, "59m"),
        (60, "1h"),
        (24 * 60 - 1, "23h"),
        (24 * 60, "1d"),
        (13 * 24 * 60, "13d"),
        (14 * 24 * 60, "2w"),
        (364 * 24 * 60, "52w"),
        (365 * 24 * 60, "1y"),
    ],
)
def test_how_long_ago_in_few_characters(minutes: int, words: str) -> None:
    present = at(TODAY)
    assert ago(present - minutes * 60 * MICROSECONDS, present) == words


def test_a_moment_has_its_year_only_where_it_is_another() -> None:
    at = int(datetime(2026, 11, 2, 9, 5).timestamp()) * 1_000_000
    assert moment(at, at) == "2 Nov 09:05"
    later = int(datetime(2027, 1, 1).timestamp()) * 1_000_000
    assert moment(at, later) == "2 Nov 2026 09:05"


def test_a_moment_of_text_is_empty_where_the_text_is_none() -> None:
    present = int(datetime(2026, 12, 1).timestamp()) * 1_000_000
    local = datetime(2026, 11, 2, 9, 5).astimezone()
    assert moment_of(local.isoformat(), present) == "2 Nov 09:05"
    assert moment_of("", present) == moment_of("soon\x1b", present) == ""


ODD = [9 * 10**17, -(10**18), 2**63 - 1, -(2**63), 10**400]


@pytest.mark.parametrize("at", ODD)
def test_a_time_that_cannot_be_is_left_out(at: int) -> None:
    present = 1_700_000_000 * MICROSECONDS
    assert moment(at, present) == clock(at) == ago(at, present) == ""
    assert day_of(at) is None
    assert group_of(at, TODAY) == UNDATED
    assert moment(present, at) != ""


@pytest.mark.parametrize("at", ODD)
def test_a_run_that_ended_at_no_time_is_still_shown(at: int) -> None:
    line = outcome(Run("s", status=RunStatus.INTERRUPTED, ended_at=at), Standing())
    assert line is not None and line.plain == "✗ interrupted"
