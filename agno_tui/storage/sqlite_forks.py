"""A session that begins as a copy of another. Runs inside one transaction.

Rows are copied by the database itself, so that nothing in them is lost on the way,
whatever wrote it.
"""

from __future__ import annotations

import sqlite3

from agno_tui.session import Run, new_id, now
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.forks import copied_runs
from agno_tui.storage.sqlite_messages import copy_messages
from agno_tui.storage.sqlite_rows import ENDED, Value, execute, run_values

_FORK = """
INSERT INTO sessions (session_id, user_id, name, name_by_user, temporary, forked_from,
    state, created_at, updated_at)
SELECT :fork, user_id, name, name_by_user, temporary, session_id, state, :now, :now
FROM sessions
WHERE session_id = :session_id AND user_id = :user_id AND deleted_at IS NULL
"""

_THROUGH = """
SELECT sequence FROM runs WHERE run_id = :through AND session_id = :session_id
"""

_LAST = "SELECT max(sequence) AS sequence FROM runs WHERE session_id = :session_id"

_RUNS = f"""
SELECT run_id, retry_of, status FROM runs
WHERE session_id = :session_id AND {ENDED} AND sequence <= :last ORDER BY sequence
"""

_COPIED = [
    column
    for column in run_values(Run(session_id=""), owner="", at=0)
    if column not in ("run_id", "session_id", "retry_of", "status")
]

_COPY_RUN = f"""
INSERT INTO runs (run_id, session_id, retry_of, status, {", ".join(_COPIED)})
SELECT :copy, :fork, :retry_of, :status, {", ".join(_COPIED)}
FROM runs WHERE run_id = :run_id
"""

# Nothing in it is news to the user; another host's clock may be ahead of ours.
_READ = """
UPDATE sessions SET read_at = max(:now, coalesce(
    (SELECT max(ended_at) FROM runs WHERE runs.session_id = :fork), 0))
WHERE session_id = :fork
"""


def fork_session(
    connection: sqlite3.Connection,
    session_id: str,
    *,
    user_id: str,
    through: str | None,
) -> str:
    """Copy a session as far as it has ended; returns the `session_id` of the copy.

    Errors: `SessionNotFoundError`.
    """
    fork = new_id()
    values: dict[str, Value] = {
        "session_id": session_id,
        "user_id": user_id,
        "fork": fork,
        "through": through,
        "now": now(),
    }
    if not execute(connection, _FORK, values).rowcount:
        raise SessionNotFoundError(session_id)
    last = execute(
        connection, _LAST if through is None else _THROUGH, values
    ).fetchone()
    if last is None:
        raise SessionNotFoundError(session_id)
    _copy_runs(connection, values | {"last": last["sequence"]})
    execute(connection, _READ, values)
    return fork


def _copy_runs(connection: sqlite3.Connection, values: dict[str, Value]) -> None:
    """Copy the runs that have ended, up to the one whose sequence is `last`."""
    runs = execute(connection, _RUNS, values).fetchall()
    for copy in copied_runs(tuple(row) for row in runs):
        ids: dict[str, Value] = {
            "run_id": copy.original,
            "copy": copy.run_id,
            "retry_of": copy.retry_of,
            "status": copy.status,
        }
        execute(connection, _COPY_RUN, values | ids)
        copy_messages(connection, copy.original, copy.run_id)
