"""What is asked of and done to sessions. Each function runs inside one transaction.

Every statement names the user: another's session is not found.
"""

from __future__ import annotations

import sqlite3

from agno_tui.session import Session, now
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.sqlite_rows import Value, execute, session_from

SELECT = """
SELECT session_id, user_id, name, draft, created_at, updated_at,
    name_by_user, temporary, forked_from, forked_at, pinned_at, archived_at,
    (SELECT status FROM runs WHERE runs.session_id = sessions.session_id
     AND active AND runs.deleted_at IS NULL
     ORDER BY runs.sequence DESC LIMIT 1) AS last_status,
    last_ended_at > read_at AS unread
FROM sessions
"""
"""What `session_from` reads."""

OF_USER = "WHERE user_id = :user_id AND deleted_at IS NULL"

_FIND = f"{SELECT} {OF_USER} AND session_id = :session_id"

OWN = "WHERE session_id = :session_id AND user_id = :user_id"

# What the user chose stays chosen.
_RENAME = f"""
UPDATE sessions SET name = :name, name_by_user = :by_user
{OWN} AND deleted_at IS NULL AND (:by_user OR NOT name_by_user)
"""

_DELETE = f"UPDATE sessions SET deleted_at = :now {OWN} AND deleted_at IS NULL"

_RESTORE = f"UPDATE sessions SET deleted_at = NULL {OWN}"

_SET_DRAFT = """
INSERT INTO sessions (session_id, user_id, draft, created_at, updated_at)
VALUES (:session_id, :user_id, :draft, :now, :now)
ON CONFLICT (session_id) DO UPDATE SET draft = excluded.draft
WHERE user_id = excluded.user_id
"""

# A run's end may lie in our future: another host's clock wrote it.
_MARK_READ = f"""
UPDATE sessions SET read_at = max(:now, coalesce(
    (SELECT max(ended_at) FROM runs WHERE runs.session_id = :session_id), 0))
{OWN} AND deleted_at IS NULL
"""

_GET_OPEN = """
SELECT session_id FROM users JOIN sessions ON session_id = open_session_id
WHERE users.user_id = :user_id AND sessions.user_id = :user_id AND deleted_at IS NULL
"""

_SET_OPEN = """
INSERT INTO users (user_id, open_session_id) VALUES (:user_id, :session_id)
ON CONFLICT (user_id) DO UPDATE SET open_session_id = excluded.open_session_id
"""


def get_session(
    connection: sqlite3.Connection, session_id: str, *, user_id: str
) -> Session | None:
    """One session, or None."""
    values = {"session_id": session_id, "user_id": user_id}
    row = execute(connection, _FIND, values).fetchone()
    return None if row is None else session_from(row)


def rename_session(
    connection: sqlite3.Connection,
    session_id: str,
    name: str,
    *,
    user_id: str,
    by_user: bool,
) -> bool:
    """Another name; returns whether it took. Errors: `SessionNotFoundError`."""
    values: dict[str, Value] = {
        "session_id": session_id,
        "user_id": user_id,
        "name": name,
        "by_user": int(by_user),
    }
    if execute(connection, _RENAME, values).rowcount:
        return True
    if execute(connection, _FIND, values).fetchone() is None:
        raise SessionNotFoundError(session_id)
    return False


def delete_session(
    connection: sqlite3.Connection, session_id: str, *, user_id: str
) -> None:
    """Into the trash. Errors: `SessionNotFoundError`."""
    change(connection, _DELETE, session_id, user_id, now=now())


def restore_session(
    connection: sqlite3.Connection, session_id: str, *, user_id: str
) -> None:
    """Out of the trash, if it is there. Errors: `SessionNotFoundError`."""
    change(connection, _RESTORE, session_id, user_id)


def set_draft(
    connection: sqlite3.Connection, session_id: str, draft: str, *, user_id: str
) -> None:
    """What is typed and not sent. Errors: `SessionNotFoundError` for another's."""
    change(connection, _SET_DRAFT, session_id, user_id, draft=draft, now=now())


def mark_read(connection: sqlite3.Connection, session_id: str, *, user_id: str) -> None:
    """All that ended so far is seen. Errors: `SessionNotFoundError`."""
    change(connection, _MARK_READ, session_id, user_id, now=now())


def get_open_session(connection: sqlite3.Connection, *, user_id: str) -> str | None:
    """What the user last had on the screen, where it still is."""
    row = execute(connection, _GET_OPEN, {"user_id": user_id}).fetchone()
    return None if row is None else str(row["session_id"])


def set_open_session(
    connection: sqlite3.Connection, session_id: str, *, user_id: str
) -> None:
    """What the user has on the screen."""
    execute(connection, _SET_OPEN, {"session_id": session_id, "user_id": user_id})


def change(
    connection: sqlite3.Connection,
    sql: str,
    session_id: str,
    user_id: str,
    **values: Value,
) -> None:
    """Change one row. Errors: `SessionNotFoundError` where there is none."""
    values |= {"session_id": session_id, "user_id": user_id}
    if not execute(connection, sql, values).rowcount:
        raise SessionNotFoundError(session_id)
