"""Where sessions stand in the list, however many there are."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from agno_tui.session import Session
from agno_tui.ui.dates import MICROSECONDS, ago, group_of, next_label_at
from agno_tui.ui.session_listing import PINNED, Listing
from agno_tui.ui.session_rows import Row

HOUR = 3600 * MICROSECONDS


def noon() -> int:
    today = datetime.now().replace(hour=12, minute=0, second=0, microsecond=0)
    return int(today.timestamp()) * MICROSECONDS


def a_session(name: str, at: int, *, pinned: bool = False) -> Session:
    return Session(session_id=name, name=name, updated_at=at, pinned=pinned)


def rows_by_hand(listing: Listing) -> list[Row]:
    """What the list shows, written down row by row."""
    rows: list[Row] = []
    heading = ""
    today = datetime.now().date()
    for session in listing.sessions:
        group = PINNED if session.pinned else group_of(session.updated_at, today)
        if group != heading:
            rows += [Row()] if rows else []
            rows.append(Row(heading=group))
            heading = group
        rows.append(Row(session=session))
    return rows


def check(listing: Listing) -> None:
    rows = [listing.row(y) for y in range(listing.height)]
    assert rows == rows_by_hand(listing)
    assert listing.row(listing.height) == Row()
    for position, session in enumerate(listing.sessions):
        assert listing.at(position) == session
        assert listing.position(session.session_id) == position
        assert listing.row(listing.row_of(position)).session == session
        assert listing.position_at(listing.row_of(position)) == position
    assert listing.at(len(listing)) is None and listing.at(-1) is None


def test_rows_are_those_that_would_be_written_down() -> None:
    start = noon()
    sessions = [a_session(f"{n}", start - n * 7 * HOUR) for n in range(300)]
    listing = Listing(sessions)
    check(listing)
    check(Listing())
    listing.put(a_session("150", start - 150 * 7 * HOUR, pinned=True))
    listing.put(a_session("7", start - 7 * 7 * HOUR, pinned=True))
    assert [s.session_id for s in listing.sessions[:3]] == ["7", "150", "0"]
    check(listing)


@pytest.mark.parametrize("at", [2**62, -(2**62), 0])
def test_times_that_cannot_be_stand_at_the_ends(at: int) -> None:
    listing = Listing([a_session("now", noon()), a_session("then", 0)])
    listing.put(a_session("odd", at))
    listing.put(a_session("odder", -at))
    check(listing)


def test_random_changes_leave_it_in_order() -> None:
    chance = random.Random(5)
    listing, start = Listing(), noon()
    for step in range(600):
        name = f"{chance.randrange(40)}"
        if chance.random() < 0.2:
            listing.remove(name)
        elif chance.random() < 0.2:
            listing.change(name, name=f"named {step}")
        else:
            # Many of the same moment.
            at = start - chance.randrange(30) * 24 * HOUR
            listing.put(a_session(name, at, pinned=chance.random() < 0.3))
        order = [(not s.pinned, -s.updated_at) for s in listing.sessions]
        assert order == sorted(order)
        if step % 20 == 0:
            check(listing)


def test_a_page_goes_below_and_known_ones_stay() -> None:
    listing = Listing([a_session("b", 20), a_session("a", 10)])
    listing.add([a_session("a", 10), a_session("old", 5), a_session("older", 4)])
    assert [s.session_id for s in listing.sessions] == ["b", "a", "old", "older"]
    listing.add([a_session("new", 30)])
    assert listing.sessions[0].session_id == "new"
    assert listing.last is not None and listing.last.session_id == "older"


def test_a_changed_session_of_the_same_moment_stays_where_it_is() -> None:
    listing = Listing([a_session(name, 10) for name in "abc"])
    listing.put(Session(session_id="b", name="B", updated_at=10))
    assert [s.name for s in listing.sessions] == ["a", "B", "c"]


@pytest.mark.parametrize("seed", range(5))
def test_a_label_changes_when_it_is_said_to(seed: int) -> None:
    chance, present = random.Random(seed), noon()
    for _ in range(200):
        at = present - int(timedelta(days=1000).total_seconds() * chance.random() ** 6)
        at -= chance.randrange(3 * HOUR)
        due = next_label_at(at, present)
        assert due > present
        assert ago(at, due - 1) == ago(at, present) != ago(at, due)
