"""What is asked of and done to runs. Each function runs inside one transaction.

A run is its session's, a session its user's: a statement that changes a run finds no
row where either does not fit, and then nothing is written.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Final

from agno_tui.session import Run, RunStatus, now
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.process import Owner, is_abandoned
from agno_tui.storage.sqlite_messages import (
    add_checkpoint,
    add_messages,
    get_messages,
    put_messages,
)
from agno_tui.storage.sqlite_rows import (
    RUN_COLUMNS,
    Value,
    execute,
    run_from,
    run_values,
)
from agno_tui.text import repair

_ENDED = frozenset(str(status) for status in RunStatus if status.ended)

ENDED_EARLY = "The program ended before the answer did."
"""The error of a run whose process is gone."""

_COLUMNS = tuple(run_values(Run(session_id=""), owner="", at=0))

# A draft or a value of the state may have made the session: until it has runs, it is
# still new.
_START_SESSION = """
INSERT INTO sessions (session_id, user_id, name, temporary, created_at, updated_at)
VALUES (:session_id, :user_id, :name, :temporary, :now, :now)
ON CONFLICT (session_id) DO UPDATE SET
    updated_at = excluded.updated_at,
    draft = '',
    name = iif(name = '' AND NOT name_by_user, excluded.name, name),
    temporary = temporary OR (excluded.temporary AND NOT EXISTS (
        SELECT 1 FROM runs WHERE runs.session_id = excluded.session_id))
WHERE user_id = excluded.user_id AND deleted_at IS NULL
"""

_START_RUN = f"""
INSERT INTO runs ({", ".join(_COLUMNS)})
VALUES ({", ".join(f":{column}" for column in _COLUMNS)})
ON CONFLICT (run_id) DO UPDATE SET
    {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS)}
WHERE session_id = excluded.session_id
RETURNING sequence
"""

_IS_KNOWN = "SELECT 1 FROM runs WHERE run_id = :run_id"

_OWN = """
WHERE run_id = :run_id AND session_id = :session_id AND EXISTS (
    SELECT 1 FROM sessions WHERE session_id = :session_id AND user_id = :user_id)
"""

# What never changes is left out: naming it has SQLite look after indexes and parents.
_CHANGING = [
    column
    for column in _COLUMNS
    if column not in ("run_id", "session_id", "retry_of", "created_at")
]

_UPDATE_RUN = f"""
UPDATE runs SET {", ".join(f"{column} = :{column}" for column in _CHANGING)} {_OWN}
"""

# One that others have overtaken stands after them from now on.
_CLAIM_RUN = f"""
UPDATE runs SET status = '{RunStatus.RUNNING}', owner = :owner, alive_at = :now,
sequence = iif(
    EXISTS (SELECT 1 FROM runs
        WHERE session_id = :session_id AND status != '{RunStatus.PENDING}'
        AND sequence > (SELECT sequence FROM runs WHERE run_id = :run_id)),
    (SELECT max(sequence) + 1 FROM runs),
    sequence)
{_OWN} AND status = '{RunStatus.PENDING}'
RETURNING sequence
"""

_SHOW_LIFE = f"UPDATE runs SET alive_at = :now {_OWN}"

_SELECT = f"""
SELECT {RUN_COLUMNS}
FROM runs JOIN sessions USING (session_id)
WHERE sessions.user_id = :user_id AND sessions.deleted_at IS NULL
"""

_FIND_RUN = f"{_SELECT} AND runs.run_id = :run_id"

# The plus keeps SQLite from going through all runs of the user to find these.
_FIND_RUNS = f"""
SELECT {RUN_COLUMNS}
FROM runs JOIN sessions USING (session_id)
WHERE runs.run_id IN (SELECT value FROM json_each(:run_ids))
AND +sessions.user_id = :user_id AND sessions.deleted_at IS NULL
"""

LAST_RUNS: Final = "ORDER BY runs.sequence DESC LIMIT :limit"

BEFORE: Final = """
AND runs.sequence < coalesce(
    (SELECT sequence FROM runs WHERE run_id = :before AND session_id = :session_id),
    9223372036854775807)
"""
"""The runs before one of a session. One that is not kept yet stands after all."""

_UNDER_WAY = "SELECT run_id, owner, alive_at FROM runs WHERE status = 'RUNNING'"

_INTERRUPT = """
UPDATE runs SET status = :status, error = :error, ended_at = alive_at
WHERE run_id = :run_id
"""


def start_run(
    connection: sqlite3.Connection,
    run: Run,
    *,
    name: str,
    temporary: bool,
    owner: Owner,
) -> int:
    """Keep a new run, its messages and its session; returns the run's sequence.

    Errors: `SessionNotFoundError`.
    """
    at = now()
    session: dict[str, Value] = {
        "session_id": run.session_id,
        "user_id": run.user_id,
        "name": name,
        "temporary": int(temporary),
        "now": at,
    }
    if not execute(connection, _START_SESSION, session).rowcount:
        raise SessionNotFoundError(run.session_id)
    values = run_values(run, owner=str(owner), at=at)
    known = execute(connection, _IS_KNOWN, {"run_id": run.run_id}).fetchone()
    row = execute(connection, _START_RUN, values).fetchone()
    if row is None:
        raise SessionNotFoundError(run.session_id)
    if known is None:
        add_messages(connection, run)
    else:
        put_messages(connection, run.run_id, run.messages)
    return int(row["sequence"])


def claim_run(connection: sqlite3.Connection, run: Run, *, owner: Owner) -> int | None:
    """Take a waiting run; returns its sequence, None where it no longer waits.

    Errors: `SessionNotFoundError`.
    """
    values: dict[str, Value] = {
        "run_id": run.run_id,
        "session_id": run.session_id,
        "user_id": run.user_id,
        "owner": str(owner),
        "now": now(),
    }
    found = f"{_FIND_RUN} AND runs.session_id = :session_id"
    if execute(connection, found, values).fetchone() is None:
        raise SessionNotFoundError(run.session_id)
    row = execute(connection, _CLAIM_RUN, values).fetchone()
    return None if row is None else int(row["sequence"])


def append_content(
    connection: sqlite3.Connection, run: Run, *, content: str, reasoning_content: str
) -> None:
    """Keep a piece of the answer. Errors: `SessionNotFoundError`."""
    at = now()
    values: dict[str, Value] = {
        "run_id": run.run_id,
        "session_id": run.session_id,
        "user_id": run.user_id,
        "now": at,
    }
    if not execute(connection, _SHOW_LIFE, values).rowcount:
        raise SessionNotFoundError(run.session_id)
    if content or reasoning_content:
        add_checkpoint(
            connection, run, content=content, reasoning_content=reasoning_content, at=at
        )


def update_run(connection: sqlite3.Connection, run: Run, *, owner: Owner) -> None:
    """Keep a run as it now is. Errors: `SessionNotFoundError`."""
    at = now()
    values = run_values(run, owner=str(owner), at=at)
    values |= {"user_id": run.user_id, "now": at}
    if not execute(connection, _UPDATE_RUN, values).rowcount:
        raise SessionNotFoundError(run.session_id)
    put_messages(connection, run.run_id, run.messages)


def get_run(connection: sqlite3.Connection, run_id: str, *, user_id: str) -> Run | None:
    """One run, or None."""
    values = {"run_id": run_id, "user_id": user_id}
    runs = _with_messages(connection, execute(connection, _FIND_RUN, values).fetchall())
    return runs[0] if runs else None


def get_runs(
    connection: sqlite3.Connection,
    session_id: str,
    *,
    user_id: str,
    limit: int | None,
    before: Run | None,
    status: RunStatus | None,
) -> list[Run]:
    """The last runs of a session, oldest first."""
    values: dict[str, Value] = {
        "session_id": session_id,
        "user_id": user_id,
        "limit": -1 if limit is None else limit,
    }
    sql = f"{_SELECT} AND runs.session_id = :session_id"
    if before is not None:
        sql += BEFORE
        values["before"] = before.run_id
    if status is not None:
        # In the statement: as a value it would have SQLite plan anew for each, since
        # there is an index for one status only. It is one of ours, not a text.
        sql += f" AND runs.status = '{RunStatus(status)}'"
    rows = execute(connection, f"{sql} {LAST_RUNS}", values).fetchall()
    return _with_messages(connection, rows[::-1])


def get_runs_by_id(
    connection: sqlite3.Connection, run_ids: Iterable[str], *, user_id: str
) -> list[Run]:
    """Those of these runs that this user has, in the order they were made."""
    values = {"run_ids": json.dumps([*map(repair, run_ids)]), "user_id": user_id}
    rows = execute(connection, _FIND_RUNS, values).fetchall()
    return _with_messages(connection, sorted(rows, key=lambda row: row["sequence"]))


def interrupt_abandoned(connection: sqlite3.Connection, *, owner: Owner) -> int:
    """End the runs nobody else will end; returns how many."""
    at = now()
    abandoned = [
        row["run_id"]
        for row in connection.execute(_UNDER_WAY)
        if is_abandoned(row["owner"], row["alive_at"], this=owner, at=at)
    ]
    messages = get_messages(connection, abandoned)
    for run_id in abandoned:
        values: dict[str, Value] = {
            "run_id": run_id,
            "status": str(RunStatus.INTERRUPTED),
            "error": ENDED_EARLY,
        }
        execute(connection, _INTERRUPT, values)
        put_messages(connection, run_id, messages[run_id])
    return len(abandoned)


def _with_messages(
    connection: sqlite3.Connection, rows: list[sqlite3.Row]
) -> list[Run]:
    ended = all(row["status"] in _ENDED for row in rows)
    run_ids = [row["run_id"] for row in rows]
    messages = get_messages(connection, run_ids, ended=ended)
    return [run_from(row, messages[row["run_id"]]) for row in rows]
