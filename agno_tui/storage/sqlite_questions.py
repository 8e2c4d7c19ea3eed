"""What the user asked: the newest runs first, of each its question alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby

from agno_tui.session import Question, Role
from agno_tui.storage.questions import first_of_each
from agno_tui.storage.sqlite_rows import Value, execute

# In the order of the runs, as far as they are wanted: what is CROSS stays in its place,
# the plus keeps SQLite from beginning with all of the user's sessions.
_SELECT = f"""
SELECT content, runs.session_id AS session_id, runs.sequence AS sequence
FROM runs CROSS JOIN sessions ON sessions.session_id = runs.session_id
CROSS JOIN messages ON messages.run_id = runs.run_id AND role = '{Role.USER}'
WHERE +sessions.user_id = :user_id AND +sessions.deleted_at IS NULL
AND runs.sequence < :before
"""

_NEWEST = "ORDER BY runs.sequence DESC, position"

_OF_SESSION = f"{_SELECT} AND runs.session_id = :session_id {_NEWEST}"

_OF_ALL = f"{_SELECT} AND NOT sessions.temporary {_NEWEST}"


def get_questions(
    connection: sqlite3.Connection,
    *,
    user_id: str,
    session_id: str | None,
    limit: int,
    before: Question | None,
) -> list[Question]:
    """What the user asked, the newest first, each text once."""
    values: dict[str, Value] = {
        "user_id": user_id,
        "before": 2**63 - 1 if before is None else before.sequence,
    }
    sql = _OF_ALL
    if session_id is not None:
        sql = _OF_SESSION
        values["session_id"] = session_id
    rows = execute(connection, sql, values)
    try:
        return first_of_each(_questions(rows), limit)
    finally:
        rows.close()


def _questions(rows: sqlite3.Cursor) -> Iterator[Question]:
    for sequence, messages in groupby(rows, key=lambda row: int(row["sequence"])):
        of_run = list(messages)
        text = "\n".join(row["content"] for row in of_run)
        yield Question(text, of_run[0]["session_id"], sequence)
