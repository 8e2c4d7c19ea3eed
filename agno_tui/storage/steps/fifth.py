"""The tree of a session's runs: which follows which, and which way the talk goes.

The runs it goes through are marked, so that reading them asks for no tree at all: an
index has them in their order, which is that of the way, as a run is always younger than
the one it follows.
"""

from __future__ import annotations

from typing import Final

from agno_tui.storage.steps import Migration

# Until now runs stood in a row, the tries of a question behind each other or further
# down. Those right behind each other become versions of one turn, of which the last is
# the one that counts; all others follow what is before them. First all but those
# versions, which are few, in one pass: each is written in the order it is kept in.
_IN_A_ROW: Final = """
    SELECT sequence AS place, coalesce(lag(run_id) OVER in_order, '') AS before,
        coalesce(retry_of, run_id)
            IS NOT lag(coalesce(retry_of, run_id)) OVER in_order AS is_first
    FROM runs NOT INDEXED WHERE status <> 'PENDING'
    WINDOW in_order AS (PARTITION BY session_id ORDER BY sequence)
    ORDER BY place
"""

_VERSIONS: Final = """
    SELECT session_id AS of_session, sequence AS place FROM runs
    WHERE parent_run_id IS NULL AND status <> 'PENDING'
"""

FIFTH: Final[Migration] = (
    # The run_id of the run it follows, '' where it begins the session; NULL where it
    # waits and is to follow whatever is last then.
    "ALTER TABLE runs ADD COLUMN parent_run_id TEXT",
    # 1 where the conversation goes through it, and for all that wait.
    "ALTER TABLE runs ADD COLUMN active INTEGER NOT NULL DEFAULT 1",
    # The greatest of those that follow the same run was chosen last; of equal ones the
    # newest was.
    "ALTER TABLE runs ADD COLUMN chosen INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE runs ADD COLUMN deleted_at INTEGER",
    # The run_id of the last run that was copied from the session it is a fork of.
    "ALTER TABLE sessions ADD COLUMN forked_at TEXT",
    f"""
    UPDATE runs SET parent_run_id = before
    FROM ({_IN_A_ROW}) WHERE sequence = place AND is_first
    """,
    f"""
    UPDATE runs SET active = 0 WHERE sequence IN (
        SELECT (SELECT sequence FROM runs
            WHERE session_id = of_session AND sequence < place AND status <> 'PENDING'
            ORDER BY sequence DESC LIMIT 1)
        FROM ({_VERSIONS}))
    """,
    """
    UPDATE runs SET parent_run_id = (
        SELECT parent FROM (
            SELECT session_id AS of_session, sequence AS place, parent_run_id AS parent
            FROM runs)
        WHERE of_session = session_id AND place < sequence AND parent IS NOT NULL
        ORDER BY place DESC LIMIT 1)
    WHERE parent_run_id IS NULL AND status <> 'PENDING'
    """,
    "CREATE INDEX runs_shown ON runs (session_id) WHERE active",
    "CREATE INDEX runs_beside ON runs (session_id) WHERE NOT active",
    "CREATE INDEX runs_by_parent ON runs (session_id, parent_run_id)",
    """
    CREATE INDEX sessions_by_origin ON sessions (forked_from)
    WHERE forked_from IS NOT NULL
    """,
)
"""Version 5 of the schema."""
