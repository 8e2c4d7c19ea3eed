"""What a turn costs a storage in this process."""

from __future__ import annotations

import pytest

from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.storage.memory import MemoryStorage


def asking(words: str, status: RunStatus) -> Run:
    return Run("a", status=status, messages=[Message(Role.USER, words)])


async def test_an_ordinary_turn_does_not_go_through_its_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone_through(places: object) -> None:
        raise AssertionError("all places were looked at")

    storage = MemoryStorage()
    await storage.open()
    await storage.start_run(asking("one", RunStatus.COMPLETED))
    monkeypatch.setattr("agno_tui.storage.memory_places.Places", gone_through)
    await storage.start_run(asking("two", RunStatus.COMPLETED))
    waiting = asking("three", RunStatus.PENDING)
    await storage.start_run(waiting)
    assert await storage.claim_run(waiting)
    runs = await storage.get_runs("a", user_id="")
    assert [run.question for run in runs] == ["one", "two", "three"]
