"""A session that begins as a copy of another. Runs inside one transaction.

Rows are copied by the database itself, so that nothing in them is lost on the way,
whatever wrote it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from agno_tui.session import Run, RunStatus, new_id, now
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.forks import copied_runs
from agno_tui.storage.sqlite_messages import copy_messages
from agno_tui.storage.sqlite_places import places_of
from agno_tui.storage.sqlite_rows import ENDED, Value, execute, run_values

_FORK = """
INSERT INTO sessions (session_id, user_id, name, name_by_user, temporary, forked_from,
    state, created_at, updated_at)
SELECT :fork, user_id, name, name_by_user, temporary, session_id, state, :now, :now
FROM sessions
WHERE session_id = :session_id AND user_id = :user_id AND deleted_at IS NULL
"""

_THROUGH = """
SELECT run_id, parent_run_id, sequence, status, active FROM runs
WHERE run_id = :through AND session_id = :session_id AND deleted_at IS NULL
"""

_OF_RUNS = f"""
SELECT run_id, retry_of, status, sequence FROM runs
WHERE deleted_at IS NULL AND {ENDED}
"""

_ON_PATH = f"{_OF_RUNS} AND active AND session_id = :session_id AND sequence <= :last"

_THESE = f"{_OF_RUNS} AND run_id IN (SELECT value FROM json_each(:run_ids))"

_COPIED = [
    column
    for column in run_values(Run(session_id=""), owner="", at=0)
    if column not in ("run_id", "session_id", "retry_of", "status")
]

_COPY_RUN = f"""
INSERT INTO runs (run_id, session_id, retry_of, parent_run_id, status,
    {", ".join(_COPIED)})
SELECT :copy, :fork, :retry_of, :parent, :status, {", ".join(_COPIED)}
FROM runs WHERE run_id = :run_id
"""

# Nothing in it is news to the user; another host's clock may be ahead of ours.
_READ = """
UPDATE sessions SET forked_at = :forked_at, read_at = max(:now, coalesce(
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
    runs = _way(connection, values)
    _copy_runs(connection, runs, fork)
    values["forked_at"] = runs[-1]["run_id"] if runs else None
    execute(connection, _READ, values)
    return fork


def _way(connection: sqlite3.Connection, values: dict[str, Value]) -> list[sqlite3.Row]:
    """What is copied, oldest first. Errors: `SessionNotFoundError`."""
    through = None
    if values["through"] is not None:
        through = execute(connection, _THROUGH, values).fetchone()
        if through is None:
            raise SessionNotFoundError(str(values["session_id"]))
    if through is None or through["parent_run_id"] is None:
        rows = execute(connection, _ON_PATH, values | {"last": 2**63 - 1})
        return _in_order(rows)
    waits = through["status"] == RunStatus.PENDING
    if through["active"] and not waits:
        rows = execute(connection, _ON_PATH, values | {"last": through["sequence"]})
        return _in_order(rows)
    last = through["parent_run_id"] if waits else through["run_id"]
    places = places_of(connection, str(values["session_id"])).way_to(last)
    run_ids = json.dumps([place.run_id for place in places])
    return _in_order(execute(connection, _THESE, {"run_ids": run_ids}))


def _in_order(rows: Iterable[sqlite3.Row]) -> list[sqlite3.Row]:
    return sorted(rows, key=lambda row: int(row["sequence"]))


def _copy_runs(
    connection: sqlite3.Connection, runs: list[sqlite3.Row], fork: str
) -> None:
    """Copy runs into the session `fork`, one following the other."""
    for copy in copied_runs(
        (row["run_id"], row["retry_of"], row["status"]) for row in runs
    ):
        values: dict[str, Value] = {
            "fork": fork,
            "run_id": copy.original,
            "copy": copy.run_id,
            "retry_of": copy.retry_of,
            "parent": copy.parent_run_id,
            "status": copy.status,
        }
        execute(connection, _COPY_RUN, values)
        copy_messages(connection, copy.original, copy.run_id)
