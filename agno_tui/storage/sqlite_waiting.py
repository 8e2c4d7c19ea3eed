"""Waiting runs that the user takes back, or puts in another order.

Each function runs inside one transaction. Only what still waits is changed: a run that
somebody has claimed meanwhile stays as it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from agno_tui.session import Run, RunStatus
from agno_tui.storage.sqlite_rows import Value, execute

_WAITS = f"""
WHERE run_id = :run_id AND session_id = :session_id
AND status = '{RunStatus.PENDING}' AND EXISTS (
    SELECT 1 FROM sessions WHERE session_id = :session_id AND user_id = :user_id)
"""

_FIND = f"SELECT 1 FROM runs {_WAITS}"

_DROP_MESSAGES = "DELETE FROM messages WHERE run_id = :run_id"

_DROP_CHECKPOINTS = "DELETE FROM checkpoints WHERE run_id = :run_id"

_DROP = f"DELETE FROM runs {_WAITS}"

_PUT_LAST = f"""
UPDATE runs SET sequence = (SELECT max(sequence) + 1 FROM runs) {_WAITS}
RETURNING sequence
"""


def withdraw_run(connection: sqlite3.Connection, run: Run) -> bool:
    """Erase a waiting run and its messages; False where it does not wait."""
    values = _values(run)
    if execute(connection, _FIND, values).fetchone() is None:
        return False
    # What refers to the run goes before it.
    execute(connection, _DROP_MESSAGES, values)
    execute(connection, _DROP_CHECKPOINTS, values)
    return bool(execute(connection, _DROP, values).rowcount)


def order_waiting(
    connection: sqlite3.Connection, runs: Sequence[Run]
) -> list[int | None]:
    """Put waiting runs behind all others, in this order; returns their sequences, None
    for those that do not wait."""
    rows = [execute(connection, _PUT_LAST, _values(run)).fetchone() for run in runs]
    return [None if row is None else int(row["sequence"]) for row in rows]


def _values(run: Run) -> dict[str, Value]:
    return {
        "run_id": run.run_id,
        "session_id": run.session_id,
        "user_id": run.user_id,
    }
