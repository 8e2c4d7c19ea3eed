"""How runs begin, at once or after they have waited. Each function runs inside one
transaction.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from agno_tui.session import Run, RunStatus, now
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.process import Owner
from agno_tui.storage.sqlite_messages import add_messages, put_messages
from agno_tui.storage.sqlite_places import begin, check_parent, parent_of_try
from agno_tui.storage.sqlite_rows import Value, execute, run_values

COLUMNS = tuple(run_values(Run(session_id=""), owner="", at=0))
"""The columns of a run's row that a `Run` knows, but those of its place."""

# A draft or a value of the state may have made the session: until it has runs, it is
# still new.
_START_SESSION = """
INSERT INTO sessions (session_id, user_id, name, temporary, created_at, updated_at)
VALUES (:session_id, :user_id, :name, :temporary, :now, :now)
ON CONFLICT (session_id) DO UPDATE SET
    updated_at = excluded.updated_at,
    draft = iif(:is_again, draft, ''),
    name = iif(name = '' AND NOT name_by_user, excluded.name, name),
    temporary = temporary OR (excluded.temporary AND NOT EXISTS (
        SELECT 1 FROM runs WHERE runs.session_id = excluded.session_id))
WHERE user_id = excluded.user_id AND deleted_at IS NULL
"""

_STARTING = (*COLUMNS, "parent_run_id", "chosen")

_START_RUN = f"""
INSERT INTO runs ({", ".join(_STARTING)})
VALUES ({", ".join(f":{column}" for column in _STARTING)})
ON CONFLICT (run_id) DO UPDATE SET
    {", ".join(f"{column} = excluded.{column}" for column in _STARTING)}
WHERE session_id = excluded.session_id
RETURNING sequence
"""

_KNOWN = "SELECT parent_run_id, chosen FROM runs WHERE run_id = :run_id"

OWN_RUN = """
WHERE run_id = :run_id AND session_id = :session_id AND EXISTS (
    SELECT 1 FROM sessions WHERE session_id = :session_id AND user_id = :user_id)
"""
"""A run of this user's session, in the trash or not."""

# One that others have overtaken stands after them from now on.
_CLAIM_RUN = f"""
UPDATE runs SET status = '{RunStatus.RUNNING}', owner = :owner, alive_at = :now,
parent_run_id = :parent, chosen = :choice, sequence = iif(
    EXISTS (SELECT 1 FROM runs
        WHERE session_id = :session_id AND status != '{RunStatus.PENDING}'
        AND sequence > (SELECT sequence FROM runs WHERE run_id = :run_id)),
    (SELECT max(sequence) + 1 FROM runs),
    sequence)
{OWN_RUN} AND status = '{RunStatus.PENDING}'
RETURNING sequence
"""

_WAITING = f"""
SELECT parent_run_id FROM runs {OWN_RUN} AND status = '{RunStatus.PENDING}'
"""

_IS_THERE = """
SELECT 1 FROM runs JOIN sessions USING (session_id)
WHERE run_id = :run_id AND session_id = :session_id
AND user_id = :user_id AND sessions.deleted_at IS NULL
"""


def start_run(
    connection: sqlite3.Connection,
    run: Run,
    *,
    name: str,
    temporary: bool,
    owner: Owner,
) -> tuple[int, str | None]:
    """Keep a new run, its messages and its session; returns the run's sequence, and
    the run it follows.

    Errors: `SessionNotFoundError`.
    """
    at = now()
    session: dict[str, Value] = {
        "session_id": run.session_id,
        "user_id": run.user_id,
        "name": name,
        "temporary": int(temporary),
        "is_again": int(run.retry_of is not None),
        "now": at,
    }
    if not execute(connection, _START_SESSION, session).rowcount:
        raise SessionNotFoundError(run.session_id)
    check_parent(connection, run)
    values = run_values(run, owner=str(owner), at=at)
    if run.status is not RunStatus.PENDING:
        claim_waiting(connection, run, values | session)
    known = execute(connection, _KNOWN, {"run_id": run.run_id}).fetchone()
    place = _place(connection, run, known)
    row = execute(connection, _START_RUN, values | place).fetchone()
    if row is None:
        raise SessionNotFoundError(run.session_id)
    if known is None:
        add_messages(connection, run)
    else:
        put_messages(connection, run.run_id, run.messages)
    return int(row["sequence"]), place["parent_run_id"]


def claim_run(
    connection: sqlite3.Connection, run: Run, *, owner: Owner
) -> tuple[int, str] | None:
    """Take a waiting run; returns its sequence and the run it follows, None where it no
    longer waits.

    Errors: `SessionNotFoundError`.
    """
    values: dict[str, Value] = {
        "run_id": run.run_id,
        "session_id": run.session_id,
        "user_id": run.user_id,
        "owner": str(owner),
        "now": now(),
    }
    if execute(connection, _IS_THERE, values).fetchone() is None:
        raise SessionNotFoundError(run.session_id)
    return claim_waiting(connection, run, values)


def claim_waiting(
    connection: sqlite3.Connection, run: Run, values: dict[str, Value]
) -> tuple[int, str] | None:
    """Have a run begin that waits; None where it does not."""
    waiting = execute(connection, _WAITING, values).fetchone()
    if waiting is None:
        return None
    parent, choice = begin(connection, run, waiting["parent_run_id"])
    place: dict[str, Value] = {"parent": parent, "choice": choice}
    row = execute(connection, _CLAIM_RUN, values | place).fetchone()
    return int(row["sequence"]), parent


def _place(
    connection: sqlite3.Connection, run: Run, known: sqlite3.Row | None
) -> dict[str, Any]:
    """The columns that say where a run stands that is new, or known already."""
    if known is not None:
        return {"parent_run_id": known["parent_run_id"], "chosen": known["chosen"]}
    parent, chosen = run.parent_run_id, 0
    if run.status is not RunStatus.PENDING:
        parent, chosen = begin(connection, run, parent)
    elif parent is None:
        parent = parent_of_try(connection, run)
    return {"parent_run_id": parent, "chosen": chosen}
