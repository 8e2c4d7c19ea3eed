"""The least that keeps a run: sqlite3 inline, no event loop, no objects.

It stores what a run of ours stores, in a file that `SqliteStorage` made, so with the
same indexes and full-text triggers, and waits for the disk as often: once before the
model is asked and once when it has answered.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from uuid import uuid4

WINDOW = 3

_START_SESSION = """
INSERT INTO sessions (session_id, user_id, name, created_at, updated_at)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (session_id) DO UPDATE SET updated_at = excluded.updated_at, draft = ''
WHERE user_id = excluded.user_id
"""

_START_RUN = """
INSERT INTO runs (run_id, session_id, status, model, provider, finish_reason, error,
    created_at, estimated, owner, alive_at)
VALUES (?, ?, 'RUNNING', '', '', '', '', ?, 0, 'bare', ?)
"""

_ADD_MESSAGE = """
INSERT INTO messages (run_id, position, role, content, reasoning_content, created_at)
VALUES (?, ?, ?, ?, '', ?)
"""

_LAST_RUNS = """
SELECT runs.* FROM runs JOIN sessions USING (session_id)
WHERE session_id = ? AND user_id = ? AND status = 'COMPLETED'
ORDER BY runs.sequence DESC LIMIT ?
"""

_MESSAGES = f"""
SELECT * FROM messages WHERE run_id IN ({", ".join("?" * WINDOW)})
ORDER BY run_id, position
"""

_END_RUN = """
UPDATE runs SET status = 'COMPLETED', model = ?, provider = ?, finish_reason = ?,
    ended_at = ?, input_tokens = ?, output_tokens = ?, time_to_first_token = ?,
    duration = ?, estimated = 1, alive_at = ?
WHERE run_id = ?
"""

_INDEX = "UPDATE messages SET indexed = 1 WHERE run_id = ? AND NOT indexed"


def connected(path: Path) -> sqlite3.Connection:
    """A connection as `SqliteStorage` opens it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA trusted_schema = ON")  # For the full-text triggers.
    return connection


def run(
    connection: sqlite3.Connection, session_id: str, question: str, answer: str
) -> float:
    """Seconds of one run: keep the question, read the window, keep the answer."""
    started = time.perf_counter()
    run_id, at = str(uuid4()), time.time_ns() // 1000
    execute = connection.execute
    execute("BEGIN IMMEDIATE")
    execute(_START_SESSION, (session_id, "user_1", question[:48], at, at))
    execute(_START_RUN, (run_id, session_id, at, at))
    execute(_ADD_MESSAGE, (run_id, 0, "user", question, at))
    execute("COMMIT")

    execute("BEGIN")
    runs = execute(_LAST_RUNS, (session_id, "user_1", WINDOW)).fetchall()
    run_ids = [row[1] for row in runs]
    execute(_MESSAGES, run_ids + [""] * (WINDOW - len(runs))).fetchall()
    execute("COMMIT")

    at = time.time_ns() // 1000
    ended = ("at-once", "fake", "stop", at, 100, 100, 0.0, 0.0, at, run_id)
    execute("BEGIN IMMEDIATE")
    execute(_END_RUN, ended)
    execute(_ADD_MESSAGE, (run_id, 1, "assistant", answer, at))
    execute(_INDEX, (run_id,))
    execute("COMMIT")
    return time.perf_counter() - started


def fill(path: Path, session_id: str, runs: int, question: str, answer: str) -> None:
    """Give a session runs, without waiting for the disk."""
    connection = connected(path)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        for _ in range(runs):
            run(connection, session_id, question, answer)
    finally:
        connection.close()
