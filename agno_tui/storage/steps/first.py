"""Sessions, runs, messages, checkpoints, users."""

from __future__ import annotations

from typing import Final

from agno_tui.storage.steps import Migration

FIRST: Final[Migration] = (
    """
    CREATE TABLE sessions (
        -- The order sessions were made in: breaks ties of updated_at.
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        session_id TEXT NOT NULL UNIQUE,
        user_id TEXT NOT NULL,
        name TEXT NOT NULL DEFAULT '',
        -- 1 once the user has chosen the name: then it is never made up again.
        name_by_user INTEGER NOT NULL DEFAULT 0,
        draft TEXT NOT NULL DEFAULT '',
        -- All times: microseconds since the epoch, UTC.
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        read_at INTEGER NOT NULL DEFAULT 0,
        deleted_at INTEGER
    ) STRICT
    """,
    """
    CREATE INDEX sessions_by_activity ON sessions (user_id, updated_at, sequence)
    WHERE deleted_at IS NULL
    """,
    """
    CREATE TABLE runs (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL UNIQUE,
        session_id TEXT NOT NULL REFERENCES sessions (session_id),
        status TEXT NOT NULL,
        model TEXT NOT NULL,
        provider TEXT NOT NULL,
        finish_reason TEXT NOT NULL,
        error TEXT NOT NULL,
        retry_of TEXT,
        created_at INTEGER NOT NULL,
        ended_at INTEGER,
        input_tokens INTEGER,
        output_tokens INTEGER,
        cached_tokens INTEGER,
        reasoning_tokens INTEGER,
        -- Seconds.
        time_to_first_token REAL,
        duration REAL,
        estimated INTEGER NOT NULL,
        -- The process that answers, and when it last said so.
        owner TEXT NOT NULL,
        alive_at INTEGER NOT NULL
    ) STRICT
    """,
    # The rowid, here the sequence, is the last column of every index.
    "CREATE INDEX runs_by_session ON runs (session_id)",
    "CREATE INDEX runs_by_end ON runs (session_id, ended_at)",
    "CREATE INDEX runs_under_way ON runs (status) WHERE status = 'RUNNING'",
    """
    CREATE TABLE messages (
        run_id TEXT NOT NULL REFERENCES runs (run_id),
        position INTEGER NOT NULL,
        role TEXT NOT NULL,
        content TEXT NOT NULL,
        reasoning_content TEXT NOT NULL,
        tool_calls TEXT,
        tool_call_id TEXT,
        tool_name TEXT,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (run_id, position)
    ) STRICT
    """,
    """
    CREATE TABLE checkpoints (
        sequence INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES runs (run_id),
        content TEXT NOT NULL,
        reasoning_content TEXT NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX checkpoints_by_run ON checkpoints (run_id)",
    """
    CREATE TABLE users (
        user_id TEXT PRIMARY KEY,
        open_session_id TEXT
    ) STRICT
    """,
)
"""Version 1 of the schema."""
