"""The rows of the list of sessions: each session under the day of its last activity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from agno_tui.session import Session
from agno_tui.ui.dates import group_of

UNTITLED = "New conversation"
"""What a session is called before anything was said in it."""


@dataclass(slots=True, frozen=True)
class Row:
    """A line of the list: a heading, an empty line, or a session."""

    heading: str = ""
    session: Session | None = None


def rows_of(sessions: Iterable[Session], today: date) -> list[Row]:
    """The sessions in the order given, with a heading wherever another day begins."""
    rows: list[Row] = []
    heading = ""
    for session in sessions:
        group = group_of(session.updated_at, today)
        if group != heading:
            rows += [Row()] if rows else []
            rows.append(Row(heading=group))
            heading = group
        rows.append(Row(session=session))
    return rows
