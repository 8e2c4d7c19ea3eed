"""Runs without what was said in them, which stays in the database."""

from __future__ import annotations

import sqlite3

from agno_tui.session import Role, Run, RunOutline
from agno_tui.storage.sqlite_rows import ENDED, Value, execute, status_from
from agno_tui.storage.sqlite_runs import BEFORE, LAST_RUNS

_BYTES = "length(CAST(content AS BLOB))"

# length() of a text stops at a NUL; a character has at most four bytes.
_CHARACTERS = f"max(length(content), {_BYTES} / 4)"

_LINES = f"{_BYTES} - length(CAST(replace(content, char(10), '') AS BLOB))"


def _sum_of(number: str) -> str:
    """All of a run's messages, and of what came since where it is under way."""
    return f"""
    coalesce(sum({number}), 0) + iif({ENDED}, 0, (
        SELECT coalesce(sum({number}), 0) FROM checkpoints
        WHERE checkpoints.run_id = runs.run_id))"""


_SELECT = f"""
SELECT runs.run_id, runs.sequence, status, retry_of, runs.created_at,
    {_sum_of(_CHARACTERS)},
    {_sum_of(_LINES)}
FROM runs JOIN sessions USING (session_id)
LEFT JOIN messages ON messages.run_id = runs.run_id AND role <> '{Role.TOOL}'
WHERE sessions.user_id = :user_id AND sessions.deleted_at IS NULL
AND runs.session_id = :session_id AND active AND runs.deleted_at IS NULL
"""

# By the column they are ordered by: each run is done with before the next is read.
_LAST = f"GROUP BY runs.sequence {LAST_RUNS}"

_FIRST_PAGE = f"{_SELECT} {_LAST}"

_NEXT_PAGE = f"{_SELECT} {BEFORE} {_LAST}"


def get_run_outlines(
    connection: sqlite3.Connection,
    session_id: str,
    *,
    user_id: str,
    limit: int | None,
    before: RunOutline | Run | None,
) -> list[RunOutline]:
    """The outlines of the last runs of a session, oldest first."""
    values: dict[str, Value] = {
        "session_id": session_id,
        "user_id": user_id,
        "limit": -1 if limit is None else limit,
    }
    sql = _FIRST_PAGE
    if before is not None:
        sql = _NEXT_PAGE
        values["before"] = before.run_id
    rows = execute(connection, sql, values).fetchall()
    return [_outline(*row) for row in reversed(rows)]


def _outline(
    run_id: str,
    sequence: int,
    status: str,
    retry_of: str | None,
    created_at: int,
    characters: int,
    lines: int,
) -> RunOutline:
    known, _ = status_from(status)
    return RunOutline(run_id, sequence, known, retry_of, created_at, characters, lines)
