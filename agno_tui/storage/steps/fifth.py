"""The tree of a session's runs: which follows which, and which way the talk goes.

The runs it goes through are marked, so that reading them asks for no tree at all: an
index has them in their order, which is that of the way, as a run is always younger than
the one it follows.
"""

from __future__ import annotations

from typing import Final

from agno_tui.storage.steps import Migration

# Until now runs stood in a row, the tries of a question behind each other or further
# down. Those right behind each other become versions of one turn, of which the last
# whole one counts, else the last; all others follow what is before them. First all but
# those versions, which are few, in one pass: each is written in the order it is kept.
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

# Turns whose last version is not whole while an earlier one is: that one counted.
_BROKEN: Final = """
    SELECT of_session, broken, run_id AS whole, max(sequence) AS place
    FROM (
        SELECT session_id AS of_session, parent_run_id AS parent, run_id AS broken
        FROM runs WHERE active AND status NOT IN ('COMPLETED', 'RUNNING', 'PENDING')
    ) CROSS JOIN runs ON session_id = of_session AND parent_run_id = parent
    WHERE status = 'COMPLETED' AND NOT active
    GROUP BY broken
"""

# length() of a text stops at a NUL; a character has at most four bytes.
_BYTES: Final = "length(CAST(content AS BLOB))"

# Run by run: the messages of each stand together, in nearly the order of the runs, so
# that the table is gone through once and no group is sorted.
_SAID: Final = f"""(
    SELECT coalesce(sum(max(length(content), {_BYTES} / 4)), 0),
        coalesce(sum({_BYTES}
            - length(CAST(replace(content, char(10), '') AS BLOB))), 0)
    FROM messages WHERE messages.run_id = runs.run_id AND role <> 'tool')"""

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
    # Of all that was said in it, but by tools; NULL as long as it may grow.
    "ALTER TABLE runs ADD COLUMN characters INTEGER",
    "ALTER TABLE runs ADD COLUMN lines INTEGER",
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
    "CREATE INDEX runs_by_parent ON runs (session_id, parent_run_id)",
    f"""
    UPDATE runs SET parent_run_id = whole
    FROM ({_BROKEN}) WHERE session_id = of_session AND parent_run_id = broken
    """,
    f"""
    UPDATE runs SET active = 1, chosen = 1
    WHERE sequence IN (SELECT place FROM ({_BROKEN}))
    """,
    """
    UPDATE runs SET active = 0 FROM (
        SELECT session_id AS of_session, parent_run_id AS parent
        FROM runs WHERE chosen = 1)
    WHERE session_id = of_session AND parent_run_id = parent AND chosen = 0
        AND status <> 'PENDING'
    """,
    f"""
    UPDATE runs SET (characters, lines) = {_SAID}
    WHERE status NOT IN ('PENDING', 'RUNNING')
    """,
    "CREATE INDEX runs_shown ON runs (session_id) WHERE active",
    "CREATE INDEX runs_beside ON runs (session_id) WHERE NOT active",
    """
    CREATE INDEX sessions_by_origin ON sessions (forked_from)
    WHERE forked_from IS NOT NULL
    """,
)
"""Version 5 of the schema."""
