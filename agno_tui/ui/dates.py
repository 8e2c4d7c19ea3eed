"""Times as a person says them: the groups of the sidebar, and how long ago."""

from __future__ import annotations

from datetime import date, datetime

MICROSECONDS = 1_000_000


def day_of(at: int) -> date:
    """The local day of a time in microseconds since the epoch."""
    return datetime.fromtimestamp(at / MICROSECONDS).date()


def group_of(at: int, today: date) -> str:
    """The heading under which a session with this last activity stands."""
    day = day_of(at)
    days = (today - day).days
    if days <= 0:
        return "Today"
    if days == 1:
        return "Yesterday"
    if days <= 7:
        return "Previous 7 days"
    if days <= 30:
        return "Previous 30 days"
    return day.strftime("%B" if day.year == today.year else "%B %Y")


def ago(at: int, present: int) -> str:
    """How long ago, in three characters or so: `now`, `5m`, `3h`, `2d`, `7w`, `2y`."""
    minutes = (present - at) // (60 * MICROSECONDS)
    if minutes < 1:
        return "now"
    for limit, size, unit in (
        (60, 1, "m"),
        (24 * 60, 60, "h"),
        (14 * 24 * 60, 24 * 60, "d"),
        (365 * 24 * 60, 7 * 24 * 60, "w"),
    ):
        if minutes < limit:
            return f"{minutes // size}{unit}"
    return f"{minutes // (365 * 24 * 60)}y"


def moment(at: int, present: int) -> str:
    """A day and a time of day: `22 Nov 17:00`, with the year where it is another."""
    when = datetime.fromtimestamp(at / MICROSECONDS)
    this_year = when.year == datetime.fromtimestamp(present / MICROSECONDS).year
    return f"{when.day} " + when.strftime("%b %H:%M" if this_year else "%b %Y %H:%M")


def moment_of(text: str, present: int) -> str:
    """The same of a time in ISO 8601; empty where the text is none."""
    try:
        at = int(datetime.fromisoformat(text).timestamp() * MICROSECONDS)
        return moment(at, present)
    except (ValueError, OverflowError, OSError):
        return ""
