"""A session's state, its summary, and what its runs took together.

Each function runs inside one transaction, and every statement names the user.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from agno_tui.session import SessionMetrics, SessionSummary, now
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.json_text import json_object, merged, summary_from
from agno_tui.storage.sqlite_rows import ENDED, Value, execute

_OWN = "WHERE session_id = :session_id AND user_id = :user_id"

_FIND = f"SELECT state, summary FROM sessions {_OWN} AND deleted_at IS NULL"

_MAKE = """
INSERT INTO sessions (session_id, user_id, created_at, updated_at)
VALUES (:session_id, :user_id, :now, :now)
ON CONFLICT (session_id) DO NOTHING
"""

# A run may go on in the trash: what it learns is not lost.
_GET_STATE = f"SELECT state FROM sessions {_OWN}"

_SET_STATE = f"UPDATE sessions SET state = :state {_OWN}"

_SET_SUMMARY = f"""
UPDATE sessions SET summary = :summary {_OWN} AND deleted_at IS NULL
"""


def _sum_of(column: str) -> str:
    """All of a column; total(), because sum() fails where counts pass 64 bits."""
    return f"iif(count({column}), CAST(total({column}) AS INTEGER), NULL) AS {column}"


_METRICS = f"""
SELECT
    count(*) FILTER (WHERE {ENDED}) AS ended,
    {_sum_of("input_tokens")},
    {_sum_of("output_tokens")},
    {_sum_of("cached_tokens")},
    {_sum_of("reasoning_tokens")},
    avg(time_to_first_token) AS time_to_first_token,
    sum(duration) AS duration,
    total(output_tokens) FILTER (WHERE streamed > 0)
        / sum(streamed) FILTER (WHERE streamed > 0 AND output_tokens IS NOT NULL)
        AS tokens_per_second,
    coalesce(max(estimated), 0) AS estimated
FROM (
    SELECT runs.*, duration - coalesce(time_to_first_token, 0.0) AS streamed
    FROM runs JOIN sessions USING (session_id)
    WHERE session_id = :session_id AND user_id = :user_id
    AND sessions.deleted_at IS NULL)
"""


def get_state(
    connection: sqlite3.Connection, session_id: str, *, user_id: str
) -> dict[str, object]:
    """A session's state; empty where there is none."""
    row = _find(connection, session_id, user_id)
    return {} if row is None else json_object(row["state"])


def update_state(
    connection: sqlite3.Connection,
    session_id: str,
    *,
    user_id: str,
    changed: str,
    removed: Collection[str],
) -> dict[str, object]:
    """Set what the JSON object `changed` has, take away what is `removed`.

    Errors: `SessionNotFoundError` for another's.
    """
    values: dict[str, Value] = {
        "session_id": session_id,
        "user_id": user_id,
        "now": now(),
    }
    execute(connection, _MAKE, values)
    row = execute(connection, _GET_STATE, values).fetchone()
    if row is None:
        raise SessionNotFoundError(session_id)
    state = merged(row["state"], changed, removed)
    if state != row["state"]:
        execute(connection, _SET_STATE, values | {"state": state})
    return json_object(state)


def get_summary(
    connection: sqlite3.Connection, session_id: str, *, user_id: str
) -> SessionSummary | None:
    """What the session was about, if that is known."""
    row = _find(connection, session_id, user_id)
    return None if row is None else summary_from(row["summary"])


def set_summary(
    connection: sqlite3.Connection, session_id: str, *, user_id: str, summary: str
) -> None:
    """Keep a summary, as JSON text. Errors: `SessionNotFoundError`."""
    values = {"session_id": session_id, "user_id": user_id, "summary": summary}
    if not execute(connection, _SET_SUMMARY, values).rowcount:
        raise SessionNotFoundError(session_id)


def get_metrics(
    connection: sqlite3.Connection, session_id: str, *, user_id: str
) -> SessionMetrics:
    """What all runs of the session took together."""
    values = {"session_id": session_id, "user_id": user_id}
    metrics = dict(execute(connection, _METRICS, values).fetchone())
    ended, estimated = metrics.pop("ended"), bool(metrics.pop("estimated"))
    return SessionMetrics(runs=ended, estimated=estimated, **metrics)


def _find(
    connection: sqlite3.Connection, session_id: str, user_id: str
) -> sqlite3.Row | None:
    values = {"session_id": session_id, "user_id": user_id}
    row: sqlite3.Row | None = execute(connection, _FIND, values).fetchone()
    return row
