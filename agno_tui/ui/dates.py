"""Times as a person says them: the groups of the sidebar, and how long ago."""

from __future__ import annotations

from datetime import date, datetime

MICROSECONDS = 1_000_000

UNDATED = "Undated"
"""The heading of what happened at no time that can be."""


def local_time(at: int) -> datetime | None:
    """A time in microseconds since the epoch as the clock on the wall shows it; None
    where no calendar has it: what is kept may say anything."""
    try:
        return datetime.fromtimestamp(at / MICROSECONDS)
    except (ValueError, OverflowError, OSError):
        return None


def day_of(at: int) -> date | None:
    """The local day of a time in microseconds since the epoch, if there is one."""
    when = local_time(at)
    return when.date() if when else None


def group_of(at: int, today: date) -> str:
    """The heading under which a session with this last activity stands."""
    day = day_of(at)
    if day is None:
        return UNDATED
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


def day_words(day: date, today: date | None) -> str:
    """A day as a heading: `Sunday, 22 November`, with the year where it is another."""
    words = f"{day:%A}, {day.day} {day:%B}"
    is_this_year = today is not None and today.year == day.year
    return words if is_this_year else f"{words} {day.year}"


def ago(at: int, present: int) -> str:
    """How long ago, in three characters or so: `now`, `5m`, `3h`, `2d`, `7w`, `2y`;
    empty where that can't be."""
    if local_time(at) is None:
        return ""
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


def next_label_at(at: int, present: int) -> int:
    """When `ago` will say something else of a time: microseconds since the epoch."""
    minute = 60 * MICROSECONDS
    minutes = max(0, (present - at) // minute)
    for limit, size in (
        (60, 1),
        (24 * 60, 60),
        (14 * 24 * 60, 24 * 60),
        (365 * 24 * 60, 7 * 24 * 60),
    ):
        if minutes < limit:
            return at + min((minutes // size + 1) * size, limit) * minute
    year = 365 * 24 * 60
    return at + (minutes // year + 1) * year * minute


def moment(at: int, present: int) -> str:
    """A day and a time of day: `22 Nov 17:00`, with the year where it is another;
    empty where that can't be."""
    when, today = local_time(at), day_of(present)
    if when is None:
        return ""
    this_year = today is not None and when.year == today.year
    return f"{when.day} " + when.strftime("%b %H:%M" if this_year else "%b %Y %H:%M")


def moment_of(text: str, present: int) -> str:
    """The same of a time in ISO 8601; empty where the text is none."""
    try:
        at = int(datetime.fromisoformat(text).timestamp() * MICROSECONDS)
    except (ValueError, OverflowError, OSError):
        return ""
    return moment(at, present)


def clock(at: int) -> str:
    """A time of day: `17:00`; empty where that can't be."""
    when = local_time(at)
    return when.strftime("%H:%M") if when else ""
