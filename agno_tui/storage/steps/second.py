"""Tool calls; state, summary and origin of sessions; memories and settings of users."""

from __future__ import annotations

from typing import Final

from agno_tui.storage.steps import Migration

SECOND: Final[Migration] = (
    # 1: it stays out of looking back and searching.
    "ALTER TABLE sessions ADD COLUMN temporary INTEGER NOT NULL DEFAULT 0",
    # The session_id it is a fork of; no parent, which may be erased one day.
    "ALTER TABLE sessions ADD COLUMN forked_from TEXT",
    # A JSON object.
    "ALTER TABLE sessions ADD COLUMN state TEXT NOT NULL DEFAULT '{}'",
    # A JSON object, {"summary", "topics", "updated_at"}, where it was summed up.
    "ALTER TABLE sessions ADD COLUMN summary TEXT",
    # A message gets a number that stays its own: a full-text index names it by that.
    """
    CREATE TABLE messages_numbered (
        message_id INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES runs (run_id),
        position INTEGER NOT NULL,
        role TEXT NOT NULL,
        content TEXT NOT NULL,
        reasoning_content TEXT NOT NULL,
        -- A JSON array of {"id", "name", "arguments"}, the last as JSON text.
        tool_calls TEXT,
        tool_call_id TEXT,
        tool_name TEXT,
        tool_error INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,
        -- 1 once it can be searched: it is the user's or the model's, and its run has
        -- ended. One that is changed after that goes through 0.
        indexed INTEGER NOT NULL DEFAULT 0,
        UNIQUE (run_id, position)
    ) STRICT
    """,
    """
    INSERT INTO messages_numbered (run_id, position, role, content, reasoning_content,
        tool_calls, tool_call_id, tool_name, created_at)
    SELECT run_id, position, role, content, reasoning_content,
        tool_calls, tool_call_id, tool_name, messages.created_at
    FROM messages JOIN runs USING (run_id)
    ORDER BY runs.sequence, position
    """,
    "DROP TABLE messages",
    "ALTER TABLE messages_numbered RENAME TO messages",
    """
    CREATE TABLE memories (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        memory_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        memory TEXT NOT NULL,
        session_id TEXT,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        UNIQUE (user_id, memory_id)
    ) STRICT
    """,
    "CREATE INDEX memories_by_user ON memories (user_id)",
    """
    CREATE TABLE settings (
        user_id TEXT NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (user_id, name)
    ) STRICT
    """,
)
"""Version 2 of the schema. `indexed` is 0 everywhere: there is no index yet."""
