"""Lists of sessions, and their order. Each function runs inside one transaction.

Each list is read in its own order from an index of its own, from where a page begins.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from agno_tui.session import RunStatus, Session, now
from agno_tui.storage.sqlite_rows import Value, execute, session_from
from agno_tui.storage.sqlite_sessions import OF_USER, OWN, SELECT, change
from agno_tui.storage.titles import LONGEST_TITLE, Title

CHUNK: Final = 2_000
"""Titles looked at in one go: what is asked for meanwhile waits for no more."""

_ORDER: Final = "ORDER BY updated_at DESC, sequence DESC LIMIT :limit"

# The place is what `before` was when it was read: activity since then may move a
# session, but never the place from which the list goes on.
_AFTER: Final = """
AND (updated_at, sequence) < (:updated_at, coalesce(
    (SELECT sequence FROM sessions WHERE session_id = :session_id), 0))
"""

_IS_LISTED: Final = """
AND (draft <> '' OR EXISTS (
    SELECT 1 FROM runs WHERE runs.session_id = sessions.session_id))
"""

_LISTED: Final = f"INDEXED BY sessions_listed {OF_USER} AND archived_at IS NULL"
_ARCHIVED: Final = f"INDEXED BY sessions_archived {OF_USER} AND archived_at IS NOT NULL"
_PINNED: Final = f"INDEXED BY sessions_pinned {OF_USER} AND pinned_at IS NOT NULL"

_LISTS: Final[dict[tuple[bool, bool | None], str]] = {
    (False, None): f"{SELECT} {_LISTED} {_IS_LISTED}",
    (False, False): f"{SELECT} {_LISTED} AND pinned_at IS NULL {_IS_LISTED}",
    (False, True): f"{SELECT} {_PINNED} AND archived_at IS NULL {_IS_LISTED}",
    (True, None): f"{SELECT} {_ARCHIVED} {_IS_LISTED}",
    (True, False): f"{SELECT} {_ARCHIVED} AND pinned_at IS NULL {_IS_LISTED}",
    (True, True): f"{SELECT} {_PINNED} AND archived_at IS NOT NULL {_IS_LISTED}",
}
"""By whether archived ones are wanted, and pinned ones."""

PAGES: Final = {
    (*wanted, has_place): f"{listed} {_AFTER if has_place else ''} {_ORDER}"
    for wanted, listed in _LISTS.items()
    for has_place in (False, True)
}
"""The same, and by whether a page begins after some session."""

_TITLES: Final = f"""
SELECT session_id, updated_at, sequence,
    iif(name <> '', name, substr(draft, 1, {LONGEST_TITLE})) AS title FROM sessions
"""

_FROM_PLACE: Final = "AND (updated_at, sequence) < (:updated_at, :sequence)"

TITLES: Final = {
    (archived, has_place): f"{_TITLES} {listed} {_FROM_PLACE if has_place else ''}"
    f" {_ORDER}"
    for archived, listed in ((False, _LISTED), (True, _ARCHIVED))
    for has_place in (False, True)
}
"""Titles of a list, by whether archived ones are wanted, and from a place on."""

_ONE_LISTED: Final = f"{SELECT} {OF_USER} AND session_id = :session_id {_IS_LISTED}"

_SEQUENCE: Final = "SELECT sequence FROM sessions WHERE session_id = :session_id"

_UNREAD: Final = (
    f"{SELECT} INDEXED BY sessions_unread {OF_USER} AND last_ended_at > read_at"
    f" {_ORDER}"
)

_WAITING: Final = f"""
{SELECT} {OF_USER} AND session_id IN (
    SELECT session_id FROM runs WHERE status = '{RunStatus.PENDING}')
AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.session_id = sessions.session_id
    AND status = '{RunStatus.RUNNING}')
LIMIT :limit
"""

_PIN: Final = f"""
UPDATE sessions SET pinned_at = iif(:on, coalesce(pinned_at, :now), NULL)
{OWN} AND deleted_at IS NULL
"""

_ARCHIVE: Final = f"""
UPDATE sessions SET archived_at = iif(:on, coalesce(archived_at, :now), NULL)
{OWN} AND deleted_at IS NULL
"""


@dataclass(slots=True, frozen=True)
class Place:
    """A place in a list: what comes next is older."""

    updated_at: int
    sequence: int


def get_sessions(
    connection: sqlite3.Connection,
    *,
    user_id: str,
    limit: int,
    before: Session | None,
    archived: bool,
    pinned: bool | None,
) -> list[Session]:
    """A page of a list, last activity first."""
    values: dict[str, Value] = {"user_id": user_id, "limit": limit}
    if before is not None:
        values["updated_at"] = before.updated_at
        values["session_id"] = before.session_id
    sql = PAGES[archived, pinned, before is not None]
    return [session_from(row) for row in execute(connection, sql, values)]


def find_place(connection: sqlite3.Connection, before: Session) -> Place:
    """Where the list goes on after a session, as it was when it was read."""
    values = {"session_id": before.session_id}
    row = execute(connection, _SEQUENCE, values).fetchone()
    return Place(before.updated_at, 0 if row is None else row["sequence"])


def find_titles(
    connection: sqlite3.Connection,
    title: Title,
    *,
    user_id: str,
    limit: int,
    place: Place | None,
    archived: bool,
) -> tuple[list[Session], Place | None]:
    """At most `limit` sessions with such a title among the next `CHUNK` of a list, and
    the place to go on from; None at the end."""
    values: dict[str, Value] = {"user_id": user_id, "limit": CHUNK}
    if place is not None:
        values |= {"updated_at": place.updated_at, "sequence": place.sequence}
    sql = TITLES[archived, place is not None]
    found: list[Session] = []
    looked_at = 0
    for row in execute(connection, sql, values):
        session_id, updated_at, sequence, text = row
        looked_at += 1
        place = Place(updated_at, sequence)
        if not title.is_in(text):
            continue
        wanted: dict[str, Value] = {"user_id": user_id, "session_id": session_id}
        listed = execute(connection, _ONE_LISTED, wanted).fetchone()
        if listed is not None:
            found.append(session_from(listed))
            if len(found) == limit:
                return found, place
    return found, place if looked_at == CHUNK else None


def get_attention(
    connection: sqlite3.Connection, *, user_id: str, limit: int
) -> list[Session]:
    """The sessions that need the user."""
    values: dict[str, Value] = {"user_id": user_id, "limit": limit}
    found: dict[str, Session] = {}
    for sql in (_UNREAD, _WAITING):
        for row in execute(connection, sql, values):
            session = session_from(row)
            if session.unread or session.last_status is RunStatus.PENDING:
                found[session.session_id] = session
    newest = sorted(found.values(), key=lambda each: each.updated_at, reverse=True)
    return newest[:limit]


def pin_session(
    connection: sqlite3.Connection, session_id: str, pinned: bool, *, user_id: str
) -> None:
    """On top of the list, or no longer. Errors: `SessionNotFoundError`."""
    change(connection, _PIN, session_id, user_id, on=int(pinned), now=now())


def archive_session(
    connection: sqlite3.Connection, session_id: str, archived: bool, *, user_id: str
) -> None:
    """Put away, or brought back. Errors: `SessionNotFoundError`."""
    change(connection, _ARCHIVE, session_id, user_id, on=int(archived), now=now())
