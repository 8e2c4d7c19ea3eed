"""What the fourth version kept in a row stands in a tree in the newest."""

from __future__ import annotations

from pathlib import Path

import pytest

from agno_tui.session import RunStatus
from agno_tui.storage.outlines import outlined
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.storage.sqlite_migrations import MIGRATIONS
from tests.storage.runs import a_turn, ask

FOUR = MIGRATIONS[:4]

SESSION = """
INSERT INTO sessions (session_id, user_id, name, created_at, updated_at)
VALUES ('{}', 'ann', '', 1, 1)
"""

RUN = """
INSERT INTO runs (run_id, session_id, status, retry_of, created_at, ended_at, owner,
    model, provider, finish_reason, error, estimated, alive_at)
VALUES ('{}', '{}', '{}', {}, 1, 1, '', '', '', '', '', 0, 1)
"""

DONE, FAILED, OLD = RunStatus.COMPLETED, RunStatus.ERROR, RunStatus.REGENERATED
WAITS = RunStatus.PENDING

RUNS = [
    # session_id, run_id, status, retry_of: as they were made, sessions among each other
    ("s", "a1", FAILED, None),
    ("t", "x1", DONE, None),
    ("s", "a2", OLD, "a1"),
    ("t", "y1", DONE, None),
    ("s", "w1", WAITS, None),
    ("s", "a3", DONE, "a1"),
    ("s", "b1", FAILED, None),
    ("s", "c1", DONE, None),
    ("t", "x2", DONE, "x1"),
    ("s", "b2", FAILED, "b1"),
    ("s", "b3", DONE, "b1"),
    ("s", "w2", WAITS, "b1"),
    ("s", "d1", RunStatus.RUNNING, None),
    # Retries of a run that was erased, or never was the session's.
    ("u", "e1", DONE, "gone"),
    ("u", "e2", DONE, "gone"),
    ("v", "w3", WAITS, None),
    # An answer that was whole, and asked again in vain: it is the one that counts.
    ("r", "f1", FAILED, None),
    ("r", "f2", DONE, "f1"),
    ("r", "f3", FAILED, "f1"),
    ("r", "g1", DONE, None),
    ("r", "g2", FAILED, "g1"),
    ("r", "h1", DONE, None),
    ("r", "h2", RunStatus.RUNNING, "h1"),
]

MESSAGE = """
INSERT INTO messages (run_id, position, role, content, reasoning_content, created_at)
VALUES ('{}', {}, '{}', '{}', 'Hm\n', 1)
"""

SAID = [
    *(("a3", 0, "user", "Why?\n漢😀"), ("a3", 1, "tool", "not\nshown")),
    *(("a3", 2, "assistant", "So.\n"), ("b1", 0, "user", "Ä")),
    *(("w2", 0, "user", "later"), ("d1", 0, "user", "So\nfar")),
]

COUNTED: dict[str, tuple[int, int] | tuple[None, None]] = {
    # run_id: characters and line ends, where it has ended
    "a3": (11, 2),
    "b1": (1, 0),
    "c1": (0, 0),
    "w2": (None, None),
    "d1": (None, None),
}

TREE = {
    # run_id: whether the conversation goes through it, and what it follows
    "a1": (0, ""),
    "a2": (0, ""),
    "a3": (1, ""),
    "b1": (1, "a3"),
    "c1": (1, "b1"),
    "b2": (0, "c1"),
    "b3": (1, "c1"),
    "d1": (1, "b3"),
    "x1": (1, ""),
    "y1": (1, "x1"),
    "x2": (1, "y1"),
    "e1": (0, ""),
    "e2": (1, ""),
    "w1": (1, None),
    "w2": (1, None),
    "w3": (1, None),
    "f1": (0, ""),
    "f2": (1, ""),
    "f3": (0, ""),
    "g1": (1, "f2"),
    "g2": (0, "f2"),
    "h1": (0, "g1"),
    "h2": (1, "g1"),
}


@pytest.mark.parametrize("table_name", ["sessions", "agent_sessions"])
async def test_runs_in_a_row_become_a_tree(tmp_path: Path, table_name: str) -> None:
    path = tmp_path / "chat.db"
    old = SqliteStorage(path, table_name=table_name, migrations=FOUR)
    await old.open()
    for session_id in "rstuv":
        await ask(old, SESSION.format(session_id))
    for session_id, run_id, status, retry_of in RUNS:
        first = "NULL" if retry_of is None else f"'{retry_of}'"
        await ask(old, RUN.format(run_id, session_id, status, first))
    for words in SAID:
        await ask(old, MESSAGE.format(*words))
    await old.close()
    new = SqliteStorage(path, table_name=table_name)
    await new.open()
    rows = await ask(new, "SELECT run_id, active, parent_run_id FROM runs")
    assert {row[0]: row[1:] for row in rows} == TREE
    rows = await ask(new, "SELECT run_id, characters, lines FROM runs")
    counts = {row[0]: row[1:] for row in rows}
    assert {run_id: counts[run_id] for run_id in COUNTED} == COUNTED
    runs = await new.get_runs("s", user_id="ann")
    outlines = await new.get_run_outlines("s", user_id="ann")
    assert outlines == [outlined(run) for run in runs]
    assert [run.run_id for run in runs] == [
        *("w1", "a3", "b1", "c1", "b3", "w2", "d1"),
    ]
    assert await new.get_versions("s", user_id="ann") == [
        ["a1", "a2", "a3"],
        ["b2", "b3"],
    ]
    assert await new.choose_run("a2", user_id="ann")
    a3 = await new.get_run("a3", user_id="ann")
    assert a3 is not None and a3.status is DONE
    assert await new.choose_run("a3", user_id="ann")
    assert [run.run_id for run in await new.get_runs("s", user_id="ann")] == [
        run.run_id for run in runs
    ], "of what was never chosen the newest is gone through"
    assert (await a_turn(new, "s")).parent_run_id == "d1"
    sessions = await new.get_sessions(user_id="ann")
    assert [session.forked_at for session in sessions] == [None] * 5
    await new.close()
