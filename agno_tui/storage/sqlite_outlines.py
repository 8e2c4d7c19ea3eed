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
    (SELECT coalesce(sum({number}), 0) FROM messages
        WHERE messages.run_id = runs.run_id AND role <> '{Role.TOOL}')
    + iif({ENDED}, 0, (SELECT coalesce(sum({number}), 0) FROM checkpoints
        WHERE checkpoints.run_id = runs.run_id))"""


# What has ended was counted when it was kept: its texts are not read for this.
_SELECT = f"""
SELECT run_id, runs.sequence, status, retry_of, runs.created_at,
    coalesce(characters, {_sum_of(_CHARACTERS)}),
    coalesce(lines, {_sum_of(_LINES)})
FROM runs JOIN sessions USING (session_id)
WHERE sessions.user_id = :user_id AND sessions.deleted_at IS NULL
AND runs.session_id = :session_id AND active AND runs.deleted_at IS NULL
"""

_FIRST_PAGE = f"{_SELECT} {LAST_RUNS}"

_NEXT_PAGE = f"{_SELECT} {BEFORE} {LAST_RUNS}"


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
    known = {status: status_from(status)[0] for status in {row[2] for row in rows}}
    return [
        RunOutline(run_id, sequence, known[status], first, at, characters, lines)
        for run_id, sequence, status, first, at, characters, lines in reversed(rows)
    ]
