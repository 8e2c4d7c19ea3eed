"""What stands in a database file, read past the program."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

Rows = list[tuple[object, ...]]


def rows(path: Path, sql: str, *values: object) -> Rows:
    """The rows that a question gives. The file may be open elsewhere."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql, values).fetchall()


def everything(path: Path) -> dict[object, Rows]:
    """All rows of all tables."""
    tables = rows(path, "SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {name: rows(path, f'SELECT * FROM "{name}"') for (name,) in tables}


def said(path: Path) -> Rows:
    """Everything that was said, in order: session, status of the run, role, text."""
    return rows(
        path,
        "SELECT session_id, status, role, content FROM messages JOIN runs USING "
        "(run_id) ORDER BY runs.sequence, position",
    )
