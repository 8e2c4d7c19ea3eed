"""What the third version kept is there in the newest, with its lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from agno_tui.session import RunStatus
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.storage.steps.first import FIRST
from agno_tui.storage.steps.second import SECOND
from agno_tui.storage.steps.third import THIRD
from tests.storage.runs import ask

THREE = (FIRST, SECOND, THIRD)

SESSION = """
INSERT INTO sessions (session_id, user_id, name, created_at, updated_at, read_at,
    deleted_at)
VALUES ('{}', 'ann', '{}', 1, {}, {}, {})
"""

RUN = """
INSERT INTO runs (run_id, session_id, status, created_at, ended_at, owner, model,
    provider, finish_reason, error, estimated, alive_at)
VALUES ('{}', '{}', '{}', 1, {}, '', '', '', '', '', 0, 1)
"""


@pytest.mark.parametrize("table_name", ["sessions", "agent_sessions"])
async def test_all_of_it_is_there(tmp_path: Path, table_name: str) -> None:
    path = tmp_path / "chat.db"
    old = SqliteStorage(path, table_name=table_name, migrations=THREE)
    await old.open()
    for row in (
        ("news", "Ky\u014dto", 50, 40, "NULL"),
        ("read", "Read", 60, 70, "NULL"),
        ("gone", "Gone", 70, 0, "99"),
        ("drafted", "", 80, 0, "NULL"),
    ):
        await ask(old, SESSION.format(*row))
    await ask(old, "UPDATE sessions SET draft = 'hm' WHERE session_id = 'drafted'")
    for run in (
        ("1", "news", RunStatus.COMPLETED, 30),
        ("2", "news", RunStatus.ERROR, 45),
        ("3", "news", RunStatus.COMPLETED, "NULL"),
        ("4", "read", RunStatus.COMPLETED, 65),
        ("5", "gone", RunStatus.COMPLETED, 75),
    ):
        await ask(old, RUN.format(*run))
    await old.close()
    new = SqliteStorage(path, table_name=table_name)
    await new.open()
    sessions = await new.get_sessions(user_id="ann")
    assert [(s.session_id, s.unread) for s in sessions] == [
        ("drafted", False),
        ("read", False),
        ("news", True),
    ]
    assert not any(s.pinned or s.archived for s in sessions)
    needing = await new.get_attention(user_id="ann")
    assert [s.session_id for s in needing] == ["news"]
    await new.pin_session("news", True, user_id="ann")
    await new.archive_session("read", True, user_id="ann")
    await new.restore_session("gone", user_id="ann")
    await new.close()
    await new.open()
    listed = await new.get_sessions(user_id="ann", pinned=False)
    assert [s.session_id for s in listed] == ["drafted", "gone"]
    (pinned,) = await new.get_sessions(user_id="ann", pinned=True)
    assert pinned.session_id == "news"
    (archived,) = await new.get_sessions(user_id="ann", archived=True)
    assert archived.session_id == "read"
    (found,) = await new.find_sessions("kyoto", user_id="ann")
    assert found.session_id == "news"
    await new.close()
