"""What is known about users and what they set. Each function is one transaction's.

Every statement names the user: another's memory is not found.
"""

from __future__ import annotations

import sqlite3

from agno_tui.session import UserMemory, now
from agno_tui.storage.errors import MemoryNotFoundError
from agno_tui.storage.sqlite_rows import Value, execute, memory_from, memory_values

_COLUMNS = tuple(memory_values(UserMemory("")))

_ADD = f"""
INSERT INTO memories ({", ".join(_COLUMNS)})
VALUES ({", ".join(f":{column}" for column in _COLUMNS)})
ON CONFLICT (user_id, memory_id) DO UPDATE SET
    {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS)}
"""

_NEWEST = f"""
SELECT {", ".join(_COLUMNS)} FROM memories
WHERE user_id = :user_id ORDER BY sequence DESC LIMIT :limit
"""

_OWN = "WHERE memory_id = :memory_id AND user_id = :user_id"

_UPDATE = f"UPDATE memories SET memory = :memory, updated_at = :now {_OWN}"

_DELETE = f"DELETE FROM memories {_OWN}"

_GET_SETTING = """
SELECT value FROM settings WHERE user_id = :user_id AND name = :name
"""

_SET_SETTING = """
INSERT INTO settings (user_id, name, value) VALUES (:user_id, :name, :value)
ON CONFLICT (user_id, name) DO UPDATE SET value = excluded.value
"""

# From name to name by the index of their sessions, however many those are.
_USERS = """
WITH RECURSIVE known (user_id) AS (
    SELECT min(user_id) FROM sessions WHERE deleted_at IS NULL
    UNION ALL
    SELECT (SELECT min(sessions.user_id) FROM sessions
            WHERE deleted_at IS NULL AND sessions.user_id > known.user_id)
    FROM known WHERE known.user_id IS NOT NULL)
SELECT user_id FROM known WHERE user_id IS NOT NULL
"""


def get_users(connection: sqlite3.Connection) -> list[str]:
    """The users who have sessions, by their names."""
    return [str(row["user_id"]) for row in execute(connection, _USERS, {})]


def add_memory(connection: sqlite3.Connection, memory: UserMemory) -> None:
    """Keep it; one that is known already stays in its place."""
    execute(connection, _ADD, memory_values(memory))


def get_memories(
    connection: sqlite3.Connection, *, user_id: str, limit: int | None
) -> list[UserMemory]:
    """The newest of what is known about a user, oldest first."""
    values: dict[str, Value] = {
        "user_id": user_id,
        "limit": -1 if limit is None else limit,
    }
    rows = execute(connection, _NEWEST, values).fetchall()
    return [memory_from(row) for row in rows[::-1]]


def update_memory(
    connection: sqlite3.Connection, memory_id: str, memory: str, *, user_id: str
) -> None:
    """Put it in other words. Errors: `MemoryNotFoundError`."""
    _change(connection, _UPDATE, memory_id, user_id, memory=memory, now=now())


def delete_memory(
    connection: sqlite3.Connection, memory_id: str, *, user_id: str
) -> None:
    """Erase it. Errors: `MemoryNotFoundError`."""
    _change(connection, _DELETE, memory_id, user_id)


def get_setting(
    connection: sqlite3.Connection, name: str, *, user_id: str
) -> str | None:
    """A setting's value, or None."""
    values = {"user_id": user_id, "name": name}
    row = execute(connection, _GET_SETTING, values).fetchone()
    return None if row is None else str(row["value"])


def set_setting(
    connection: sqlite3.Connection, name: str, value: str, *, user_id: str
) -> None:
    """Keep a setting."""
    values = {"user_id": user_id, "name": name, "value": value}
    execute(connection, _SET_SETTING, values)


def _change(
    connection: sqlite3.Connection,
    sql: str,
    memory_id: str,
    user_id: str,
    **values: Value,
) -> None:
    values |= {"memory_id": memory_id, "user_id": user_id}
    if not execute(connection, sql, values).rowcount:
        raise MemoryNotFoundError(memory_id)
