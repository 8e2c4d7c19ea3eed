"""What stands between turns: another day, and where the model's view begins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from agno_tui.ui.transcript import between
from agno_tui.ui.transcript.between import Today, Window, lines_above, window_words
from tests.ui.conftest import a_run
from tests.ui.transcript.turns import document_of, outlines_of, said, turn_of

WINDOW = Window(runs=3, tokens=2_140)

Zone = Callable[[str], None]


def utc(day: str, clock: str = "12:00") -> int:
    """A time in microseconds since the epoch."""
    when = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)
    return int(when.timestamp()) * 1_000_000


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zone]:
    """Sets the time zone of the test."""

    def use(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    use("UTC")
    yield use
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(autouse=True)
def present(monkeypatch: pytest.MonkeyPatch, zone: Zone) -> Callable[[int], None]:
    """Sets the time it is; noon of a Sunday at first."""

    def set_to(at: int) -> None:
        monkeypatch.setattr(between, "now", lambda: at)

    set_to(utc("2026-11-22"))
    return set_to


def rules(at: int, before: int | None, window: Window | None = None) -> list[str]:
    lines = lines_above(at, before, window, 60)
    texts = [line.content.plain.strip("─ ") for line in lines]
    # Below each rule an empty line.
    assert texts[1::2] == [""] * (len(texts) // 2)
    return texts[::2]


# Days


def test_the_first_turn_says_its_day_unless_it_is_today() -> None:
    assert rules(utc("2026-11-22", "00:01"), None) == []
    assert rules(utc("2026-11-21", "23:59"), None) == ["Saturday, 21 November"]


def test_a_turn_says_its_day_where_the_one_above_is_of_another() -> None:
    friday = utc("2026-11-20")
    assert rules(friday, utc("2026-11-20", "00:00")) == []
    assert rules(friday, utc("2026-11-19", "23:59")) == ["Friday, 20 November"]
    assert rules(utc("2026-11-22"), friday) == ["Sunday, 22 November"]


def test_another_year_is_named() -> None:
    assert rules(utc("2025-12-31"), None) == ["Wednesday, 31 December 2025"]
    assert rules(utc("2026-01-01"), utc("2025-12-31")) == ["Thursday, 1 January"]


def test_a_clock_that_was_set_back_shows_the_day_too() -> None:
    assert rules(utc("2026-11-21"), utc("2026-11-22")) == ["Saturday, 21 November"]


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("UTC", ["Saturday, 21 November"]),
        # Half past midnight there, on both sides of it: it is the same day.
        ("Asia/Tokyo", []),
        ("America/New_York", ["Saturday, 21 November"]),
    ],
)
def test_days_end_at_midnight_on_the_wall(
    zone: Zone, name: str, days: list[str]
) -> None:
    zone(name)
    assert rules(utc("2026-11-21", "15:30"), None) == days


def test_two_turns_of_one_day_here_are_of_two_days_there(zone: Zone) -> None:
    evening, night = utc("2026-11-20", "22:30"), utc("2026-11-20", "23:30")
    zone("UTC")
    assert rules(night, evening) == []
    zone("Europe/Berlin")
    assert rules(night, evening) == ["Saturday, 21 November"]


@pytest.mark.parametrize("at", [-(10**18), 10**18, -(10**30), 10**30])
def test_a_time_that_cannot_be_has_no_day(at: int) -> None:
    assert rules(at, None) == []
    assert rules(at, utc("2026-11-20")) == []
    assert rules(utc("2026-11-20"), at) == ["Friday, 20 November"]


def test_a_day_turns_at_midnight_and_once(present: Callable[[int], None]) -> None:
    present(utc("2026-11-22", "23:59"))
    today, turn = Today(), turn_of(a_run("s", "q", created_at=utc("2026-11-22")))
    assert not today.has_turned()
    assert said(turn)[0] == "▌ You"
    present(utc("2026-11-23", "00:00"))
    assert today.has_turned()
    assert not today.has_turned()
    turn.changed()
    assert said(turn)[0].startswith("─ Sunday, 22 November ─")


# Where the model's view begins


@pytest.mark.parametrize(
    ("runs", "tokens", "words"),
    [
        (3, 2_140, "the model sees from here · 3 runs · 2.1k tokens"),
        (1, 999, "the model sees from here · 1 run · 999 tokens"),
        (1_200, 1_000, "the model sees from here · 1,200 runs · 1.0k tokens"),
        (2, 128_400, "the model sees from here · 2 runs · 128k tokens"),
        (2, 1_048_576, "the model sees from here · 2 runs · 1,049k tokens"),
    ],
)
def test_the_words_of_the_window(runs: int, tokens: int, words: str) -> None:
    assert window_words(Window(runs, tokens)) == words


def test_the_day_stands_above_the_window() -> None:
    assert rules(utc("2026-11-20"), None, WINDOW) == [
        "Friday, 20 November",
        "the model sees from here · 3 runs · 2.1k tokens",
    ]


@pytest.mark.parametrize("width", [2, 8, 20, 47, 48, 60, 100])
def test_a_rule_is_as_wide_as_the_text_and_is_no_text(width: int) -> None:
    for line in lines_above(utc("2026-11-20"), None, WINDOW, width)[::2]:
        assert line.content.cell_length == width
        assert line.text == ""
        assert {span.style for span in line.content.spans} <= {"between", "rule"}


def test_the_rule_stands_back_behind_its_words() -> None:
    (day, _) = lines_above(utc("2026-11-20"), None, None, 60)
    looks = [
        (day.content.plain[start:end].strip(), style)
        for start, end, style in day.content.spans
    ]
    words = ("Friday, 20 November", "between")
    assert looks == [("─", "rule"), words, ("─" * 38, "rule")]


# In a turn, and in a document


def test_a_turn_begins_with_what_stands_above_it() -> None:
    turn = turn_of(a_run("s", "q", created_at=utc("2026-11-20")))
    turn.note_window(WINDOW)
    lines = said(turn)
    assert lines[0].startswith("─ Friday, 20 November ──")
    assert lines[2].startswith("─ the model sees from here · 3 runs")
    assert lines[4:6] == ["▌ You", "▌ q"]
    turn.note_window(None)
    assert said(turn)[2] == "▌ You"


def test_each_day_of_a_document_is_said_once() -> None:
    days = ["2026-11-20", "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-22"]
    runs = [a_run("s", str(n), created_at=utc(day)) for n, day in enumerate(days)]
    document = document_of(*runs)
    shown = ["November" in said(turn)[0] for turn in document.turns]
    assert shown == [True, False, True, True, False]


def test_the_day_of_a_turn_goes_where_older_ones_of_it_come() -> None:
    older = a_run("s", "older", created_at=utc("2026-11-20"))
    oldest = a_run("s", "oldest", created_at=utc("2026-11-19"))
    document = document_of(
        a_run("s", "q", created_at=utc("2026-11-20", "13:00")), has_older=True
    )
    (turn,) = document.turns
    assert "Friday" in said(turn)[0]
    document.prepend(outlines_of(oldest, older), has_older=False)
    assert said(turn)[0] == "▌ You"
    document.read([older])
    assert "Friday" in said(document.turns[1])[0]


def test_the_window_moves_from_turn_to_turn() -> None:
    today = utc("2026-11-22")
    runs = [a_run("s", word, created_at=today) for word in ("one", "two")]
    document = document_of(*runs)
    one, two = document.turns

    def begins() -> list[bool]:
        return ["the model sees" in said(turn)[0] for turn in (one, two)]

    document.note_window(one.run_id, WINDOW)
    assert begins() == [True, False]
    document.note_window(two.run_id, WINDOW)
    assert begins() == [False, True]
    document.note_window(two.run_id, Window(1, 7))
    assert "1 run · 7 tokens" in said(two)[0]
    document.note_window("nobody", WINDOW)
    assert begins() == [False, False]
    document.note_window(one.run_id, WINDOW)
    document.note_window(None, None)
    assert begins() == [False, False]


def test_what_is_on_the_screen_at_midnight_says_its_day_from_then_on(
    present: Callable[[int], None],
) -> None:
    document = document_of(a_run("s", "q", created_at=utc("2026-11-22")))
    (turn,) = document.turns
    before = said(turn)
    document.note_day()
    assert said(turn) == before
    present(utc("2026-11-23", "00:01"))
    document.note_day()
    assert said(turn)[2:] == before
