"""The branches of sessions. Each function runs inside one transaction.

Every statement names the user: another's run is not found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import groupby

from agno_tui.branches import QUESTION_LENGTH, RunNode
from agno_tui.session import Role, RunStatus, Session, now
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.sqlite_messages import index_messages, unindex_messages
from agno_tui.storage.sqlite_places import go_through
from agno_tui.storage.sqlite_rows import (
    ENDED,
    Value,
    execute,
    session_from,
    status_from,
)
from agno_tui.storage.sqlite_sessions import OF_USER, SELECT

_BEGUN = f"status <> '{RunStatus.PENDING}'"

_OF_OWN = """
EXISTS (SELECT 1 FROM sessions WHERE sessions.session_id = runs.session_id
    AND user_id = :user_id AND sessions.deleted_at IS NULL)
"""

_SESSION_IS_OWN = """
EXISTS (SELECT 1 FROM sessions WHERE sessions.session_id = :session_id
    AND user_id = :user_id AND sessions.deleted_at IS NULL)
"""

_FIND = f"""
SELECT session_id, active FROM runs
WHERE run_id = :run_id AND deleted_at IS NULL AND {_BEGUN} AND {_OF_OWN}
"""

_LET_COUNT = f"""
UPDATE runs SET status = '{RunStatus.COMPLETED}'
WHERE run_id = :run_id AND status = '{RunStatus.REGENERATED}'
"""

_DELETE = f"""
UPDATE runs SET deleted_at = :now
WHERE run_id = :run_id AND deleted_at IS NULL AND {ENDED} AND {_OF_OWN}
"""

_RESTORE = f"""
UPDATE runs SET deleted_at = NULL WHERE run_id = :run_id AND {_BEGUN} AND {_OF_OWN}
"""

# Of several versions the conversation goes through one at most.
_IS_BRANCHED = f"""
SELECT 1 FROM runs INDEXED BY runs_beside
WHERE session_id = :session_id AND NOT active AND {_SESSION_IS_OWN} LIMIT 1
"""

# Which turns have several is read from an index alone.
_VERSIONS = f"""
SELECT parent_run_id, sequence, run_id FROM runs
WHERE session_id = :session_id AND {_BEGUN} AND deleted_at IS NULL
AND parent_run_id IN (
    SELECT parent_run_id FROM runs INDEXED BY runs_by_parent
    WHERE session_id = :session_id GROUP BY parent_run_id HAVING count(*) > 1)
"""

# Of a text that holds NUL, only the bytes are all there; of a character at most four.
_TREE = f"""
SELECT runs.run_id, parent_run_id, sequence, status, retry_of, runs.created_at, active,
    deleted_at IS NOT NULL, substr(CAST(content AS BLOB), 1, {4 * QUESTION_LENGTH})
FROM runs LEFT JOIN messages ON messages.run_id = runs.run_id AND role = '{Role.USER}'
WHERE session_id = :session_id AND {_BEGUN} AND {_SESSION_IS_OWN}
ORDER BY sequence, position
"""

_FORKS = f"{SELECT} {OF_USER} AND forked_from = :session_id ORDER BY sequence"


def choose_run(connection: sqlite3.Connection, run_id: str, *, user_id: str) -> bool:
    """Have the conversation go through a run. Errors: `SessionNotFoundError`."""
    values = {"run_id": run_id, "user_id": user_id}
    row = execute(connection, _FIND, values).fetchone()
    if row is None:
        raise SessionNotFoundError(run_id)
    if row["active"]:
        execute(connection, _LET_COUNT, values)
        return False
    go_through(connection, row["session_id"], run_id)
    return True


def get_versions(
    connection: sqlite3.Connection, session_id: str, *, user_id: str
) -> list[list[str]]:
    """The turns that have several versions."""
    values = {"session_id": session_id, "user_id": user_id}
    if execute(connection, _IS_BRANCHED, values).fetchone() is None:
        return []
    rows = execute(connection, _VERSIONS, values).fetchall()
    turns: dict[str, list[str]] = {}
    for parent, _, run_id in sorted(rows, key=lambda row: int(row["sequence"])):
        turns.setdefault(parent, []).append(run_id)
    return [versions for versions in turns.values() if len(versions) > 1]


def get_run_tree(
    connection: sqlite3.Connection, session_id: str, *, user_id: str
) -> list[RunNode]:
    """All runs that were begun, in the order they were made."""
    values = {"session_id": session_id, "user_id": user_id}
    rows = execute(connection, _TREE, values)
    return [_node(of_run) for _, of_run in groupby(rows, key=lambda row: row[0])]


def delete_run(connection: sqlite3.Connection, run_id: str, *, user_id: str) -> None:
    """Mark a run as deleted. Errors: `SessionNotFoundError`."""
    _change(connection, _DELETE, run_id, user_id)
    unindex_messages(connection, run_id)


def restore_run(connection: sqlite3.Connection, run_id: str, *, user_id: str) -> None:
    """Take the mark away, if it is there. Errors: `SessionNotFoundError`."""
    _change(connection, _RESTORE, run_id, user_id)
    index_messages(connection, run_id)


def get_forks(
    connection: sqlite3.Connection, session_id: str, *, user_id: str
) -> list[Session]:
    """The sessions that were forked from it, oldest first."""
    values = {"session_id": session_id, "user_id": user_id}
    return [session_from(row) for row in execute(connection, _FORKS, values)]


def _change(
    connection: sqlite3.Connection, sql: str, run_id: str, user_id: str
) -> None:
    values: dict[str, Value] = {"run_id": run_id, "user_id": user_id, "now": now()}
    if not execute(connection, sql, values).rowcount:
        raise SessionNotFoundError(run_id)


def _node(of_run: Iterable[sqlite3.Row]) -> RunNode:
    """A run from its rows, one for each message of the user."""
    row, *more = of_run
    run_id, parent, sequence, status, retry_of, created_at, active, deleted, _ = row
    said = [each[-1] for each in (row, *more) if each[-1] is not None]
    question = b"\n".join(said).decode("utf-8", "replace")
    return RunNode(
        run_id,
        parent or "",
        sequence,
        status_from(status)[0],
        retry_of,
        created_at,
        bool(active),
        bool(deleted),
        question[:QUESTION_LENGTH],
    )
