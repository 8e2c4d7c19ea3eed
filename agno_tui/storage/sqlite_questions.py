"""What the user asked: the newest runs first, of each its question alone.

Of all sessions, the newest runs of everybody are looked through first: most are the
user's own, and few are needed. Where that is not enough, what is further back is found
by the user's sessions, so that what others asked costs nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator
from contextlib import closing
from itertools import groupby, islice
from typing import Final

from agno_tui.session import Question, Role
from agno_tui.storage.questions import first_of_each
from agno_tui.storage.sqlite_rows import Value, execute

NEAR: Final = 2_000
"""Runs that are looked through, whoever asked."""

AT_ONCE: Final = 20
"""Questions read at a time of those further back; they may be long."""

# In the order of the runs, as far as they are wanted: what is CROSS stays in its place,
# the plus keeps SQLite from beginning with all of the user's sessions.
_SELECT = f"""
SELECT content, runs.session_id AS session_id, runs.sequence AS sequence
FROM runs CROSS JOIN sessions ON sessions.session_id = runs.session_id
CROSS JOIN messages ON messages.run_id = runs.run_id AND role = '{Role.USER}'
WHERE +sessions.user_id = :user_id AND +sessions.deleted_at IS NULL
AND runs.sequence < :before AND runs.deleted_at IS NULL
"""

_NEWEST = "ORDER BY runs.sequence DESC, position"

_OF_SESSION = f"{_SELECT} AND runs.session_id = :session_id {_NEWEST}"

_NEAR_ONES = f"""
{_SELECT} AND runs.sequence >= :end AND NOT sessions.temporary {_NEWEST}
"""

# The last of those that are looked through, where there are more.
_END = """
SELECT sequence FROM runs WHERE sequence < :before
ORDER BY sequence DESC LIMIT 1 OFFSET :near
"""

_OF_USER = """
SELECT session_id AS listed_id FROM sessions INDEXED BY {index}
WHERE user_id = :user_id AND deleted_at IS NULL AND archived_at IS {archived}
AND NOT temporary
"""

# Numbers alone are sorted: texts are read as far as they are wanted.
_FAR_ONES = f"""
SELECT runs.sequence AS sequence FROM (
    {_OF_USER.format(index="sessions_listed", archived="NULL")} UNION ALL
    {_OF_USER.format(index="sessions_archived", archived="NOT NULL")}
) CROSS JOIN runs ON runs.session_id = listed_id
WHERE runs.sequence < :before ORDER BY runs.sequence DESC
"""

_THESE = f"""
SELECT content, session_id, sequence FROM json_each(:sequences)
CROSS JOIN runs ON runs.sequence = json_each.value
CROSS JOIN messages ON messages.run_id = runs.run_id AND role = '{Role.USER}'
WHERE deleted_at IS NULL
ORDER BY sequence DESC, position
"""


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
    if session_id is None:
        questions = _of_all(connection, values)
    else:
        values["session_id"] = session_id
        questions = _read(connection, _OF_SESSION, values)
    with closing(questions):
        return first_of_each(questions, limit)


def _of_all(
    connection: sqlite3.Connection, values: dict[str, Value]
) -> Generator[Question, None, None]:
    row = execute(connection, _END, values | {"near": NEAR}).fetchone()
    end = 0 if row is None else int(row["sequence"])
    yield from _read(connection, _NEAR_ONES, values | {"end": end})
    if row is None:
        return
    with closing(execute(connection, _FAR_ONES, values | {"before": end})) as far:
        while some := [int(row["sequence"]) for row in islice(far, AT_ONCE)]:
            yield from _read(connection, _THESE, {"sequences": json.dumps(some)})


def _read(
    connection: sqlite3.Connection, sql: str, values: dict[str, Value]
) -> Generator[Question, None, None]:
    with closing(execute(connection, sql, values)) as rows:
        for sequence, messages in groupby(rows, key=lambda row: int(row["sequence"])):
            of_run = list(messages)
            text = "\n".join(row["content"] for row in of_run)
            yield Question(text, of_run[0]["session_id"], sequence)
