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
from agno_tui.storage.sqlite_beginnings import COLUMNS, OWN_RUN, claim_waiting
from agno_tui.storage.sqlite_messages import (
    add_checkpoint,
    get_messages,
    put_messages,
)
from agno_tui.storage.sqlite_rows import (
    RUN_COLUMNS,
    Value,
    execute,
    run_from,
    run_values,
    said_values,
)
from agno_tui.text import repair

_ENDED = frozenset(str(status) for status in RunStatus if status.ended)

ENDED_EARLY = "The program ended before the answer did."
"""The error of a run whose process is gone."""


# What never changes is left out: naming it has SQLite look after indexes and parents.
_CHANGING = [
    column
    for column in COLUMNS
    if column not in ("run_id", "session_id", "retry_of", "created_at")
]

_UPDATE_RUN = f"""
UPDATE runs SET {", ".join(f"{column} = :{column}" for column in _CHANGING)} {OWN_RUN}
"""

_SHOW_LIFE = f"UPDATE runs SET alive_at = :now {OWN_RUN}"

_SELECT = f"""
SELECT {RUN_COLUMNS}
FROM runs JOIN sessions USING (session_id)
WHERE sessions.user_id = :user_id AND sessions.deleted_at IS NULL
AND runs.deleted_at IS NULL
"""

SHOWN: Final = f"{_SELECT} AND runs.session_id = :session_id AND active"
"""The runs that the conversation goes through, and those that wait."""

_FIND_RUN = f"{_SELECT} AND runs.run_id = :run_id"

# The plus keeps SQLite from going through all runs of the user to find these.
_FIND_RUNS = f"""
SELECT {RUN_COLUMNS}
FROM runs JOIN sessions USING (session_id)
WHERE runs.run_id IN (SELECT value FROM json_each(:run_ids))
AND +sessions.user_id = :user_id AND sessions.deleted_at IS NULL
AND runs.deleted_at IS NULL
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
UPDATE runs SET status = :status, error = :error, ended_at = alive_at,
characters = :characters, lines = :lines
WHERE run_id = :run_id
"""


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
    if run.status is not RunStatus.PENDING:
        claim_waiting(connection, run, values)
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
    sql = SHOWN
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
            **said_values(messages[run_id]),
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
