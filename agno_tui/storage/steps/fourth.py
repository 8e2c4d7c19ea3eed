"""Sessions that are pinned, sessions that are archived, and those with news.

Lists are read by an index each, whatever else the user has. That a run ended since the
user last looked can be asked of all sessions at once: the last end is kept beside
`read_at`, by a trigger, so that no way of ending a run can forget it.
"""

from __future__ import annotations

from typing import Final

from agno_tui.storage.steps import Migration

_ENDED: Final = """
    UPDATE sessions SET last_ended_at = new.ended_at
    WHERE session_id = new.session_id AND last_ended_at < new.ended_at;
"""

FOURTH: Final[Migration] = (
    "ALTER TABLE sessions ADD COLUMN pinned_at INTEGER",
    "ALTER TABLE sessions ADD COLUMN archived_at INTEGER",
    # When the last of its runs ended; 0 where none did.
    "ALTER TABLE sessions ADD COLUMN last_ended_at INTEGER NOT NULL DEFAULT 0",
    """
    UPDATE sessions SET last_ended_at = max(0, coalesce(
        (SELECT max(ended_at) FROM runs WHERE runs.session_id = sessions.session_id),
        0))
    """,
    f"""
    CREATE TRIGGER run_added AFTER INSERT ON runs
    WHEN new.ended_at IS NOT NULL BEGIN {_ENDED} END
    """,
    f"""
    CREATE TRIGGER run_ended AFTER UPDATE OF ended_at ON runs
    WHEN new.ended_at IS NOT NULL AND old.ended_at IS NOT new.ended_at
    BEGIN {_ENDED} END
    """,
    "DROP INDEX sessions_by_activity",
    """
    CREATE INDEX sessions_listed ON sessions (user_id, updated_at, sequence)
    WHERE deleted_at IS NULL AND archived_at IS NULL
    """,
    """
    CREATE INDEX sessions_archived ON sessions (user_id, updated_at, sequence)
    WHERE deleted_at IS NULL AND archived_at IS NOT NULL
    """,
    """
    CREATE INDEX sessions_pinned ON sessions (user_id, updated_at, sequence)
    WHERE deleted_at IS NULL AND pinned_at IS NOT NULL
    """,
    """
    CREATE INDEX sessions_unread ON sessions (user_id, updated_at, sequence)
    WHERE deleted_at IS NULL AND last_ended_at > read_at
    """,
    "CREATE INDEX runs_waiting ON runs (session_id) WHERE status = 'PENDING'",
)
"""Version 4 of the schema."""
