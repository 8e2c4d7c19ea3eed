"""What every storage promises its users: none sees or changes what is another's."""

from __future__ import annotations

import pytest

from agno_tui.session import RunStatus, SessionMetrics, SessionSummary, UserMemory
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import MemoryNotFoundError, SessionNotFoundError
from tests.storage.runs import a_run, a_turn, answer, everything

OTHERS = ("bob", "", "ANN", "ann ", "%", "ann\x00")


async def keep_all(storage: Storage) -> tuple[str, str]:
    """Something of ann's of every kind; returns a `run_id` and a `memory_id`."""
    run = await a_turn(storage, "s", "ann's secret")
    await storage.start_run(a_run("s", "waits", status=RunStatus.PENDING), name="Mine")
    await storage.set_draft("s", "typed", user_id="ann")
    await storage.set_open_session("s", user_id="ann")
    await storage.update_session_state("s", user_id="ann", changed={"pin": 1234})
    await storage.set_session_summary("s", SessionSummary("Secrets."), user_id="ann")
    memory = UserMemory("has a secret", user_id="ann", session_id="s")
    await storage.add_memory(memory)
    await storage.set_setting("theme", "dark", user_id="ann")
    return run.run_id, memory.memory_id


@pytest.mark.parametrize("user", OTHERS)
async def test_another_sees_nothing(storage: Storage, user: str) -> None:
    run_id, _ = await keep_all(storage)
    run = await storage.get_run(run_id, user_id="ann")
    assert run is not None
    assert await everything(storage, user_id=user) == ([], None, [], None)
    assert await storage.get_session("s", user_id=user) is None
    assert await storage.get_run(run_id, user_id=user) is None
    assert await storage.get_runs("s", user_id=user) == []
    assert await storage.get_runs("s", user_id=user, before=run) == []
    assert await storage.get_session_state("s", user_id=user) == {}
    assert await storage.get_session_summary("s", user_id=user) is None
    metrics = await storage.get_session_metrics("s", user_id=user)
    assert metrics == SessionMetrics()
    await storage.set_open_session("s", user_id=user)
    assert await storage.get_open_session(user_id=user) is None


@pytest.mark.parametrize("user", OTHERS)
async def test_another_changes_nothing(storage: Storage, user: str) -> None:
    run_id, memory_id = await keep_all(storage)
    before = await everything(storage, user_id="ann")
    stolen = a_run("s", "mine now", user_id=user, run_id=run_id)
    elsewhere = a_run(f"of {user}", user_id=user, run_id=run_id)
    for attempt in (
        storage.rename_session("s", "x", user_id=user),
        storage.rename_session("s", "x", user_id=user, by_user=False),
        storage.delete_session("s", user_id=user),
        storage.restore_session("s", user_id=user),
        storage.set_draft("s", "x", user_id=user),
        storage.mark_read("s", user_id=user),
        storage.fork_session("s", user_id=user),
        storage.fork_session("s", user_id=user, through=run_id),
        storage.update_session_state("s", user_id=user, changed={"pin": 0}),
        storage.update_session_state("s", user_id=user, changed={}, removed=["pin"]),
        storage.set_session_summary("s", SessionSummary("x"), user_id=user),
        storage.start_run(a_run("s", user_id=user), name="x"),
        storage.start_run(stolen),
        storage.start_run(elsewhere),
        storage.claim_run(stolen),
        storage.claim_run(elsewhere),
        storage.append_content(stolen, content="x"),
        storage.append_content(elsewhere, content="x"),
        storage.update_run(answer(stolen, "x")),
        storage.update_run(answer(elsewhere, "x")),
    ):
        with pytest.raises(SessionNotFoundError):
            await attempt
    for forget in (
        storage.update_memory(memory_id, "x", user_id=user),
        storage.delete_memory(memory_id, user_id=user),
    ):
        with pytest.raises(MemoryNotFoundError):
            await forget
    await storage.set_setting("theme", "light", user_id=user)
    await storage.add_memory(UserMemory("x", user_id=user, memory_id=memory_id))
    assert await everything(storage, user_id="ann") == before
    assert await storage.get_sessions(user_id=user) == []


@pytest.mark.parametrize("known", [True, False])
async def test_a_run_of_another_session_is_no_place_to_fork_from(
    storage: Storage, known: bool
) -> None:
    run = await a_turn(storage, "s", "ann's secret")
    through = run.run_id if known else "nothing"
    await storage.start_run(a_run("of bob", user_id="bob"))
    await a_turn(storage, "also of ann")
    for user, session_id in (("bob", "of bob"), ("ann", "also of ann")):
        before = await storage.get_sessions(user_id=user)
        with pytest.raises(SessionNotFoundError):
            await storage.fork_session(session_id, user_id=user, through=through)
        assert await storage.get_sessions(user_id=user) == before


async def test_what_does_not_exist_is_not_found(storage: Storage) -> None:
    run = a_run("nowhere")
    for attempt in (
        storage.rename_session("nowhere", "x", user_id="ann"),
        storage.delete_session("nowhere", user_id="ann"),
        storage.restore_session("nowhere", user_id="ann"),
        storage.mark_read("nowhere", user_id="ann"),
        storage.fork_session("nowhere", user_id="ann"),
        storage.set_session_summary("nowhere", SessionSummary("x"), user_id="ann"),
        storage.update_run(run),
        storage.claim_run(run),
        storage.append_content(run, content="x"),
    ):
        with pytest.raises(SessionNotFoundError):
            await attempt
    assert await storage.get_session("nowhere", user_id="ann") is None
    assert await storage.get_run("nothing", user_id="ann") is None
    assert await storage.get_runs("nowhere", user_id="ann") == []
    assert await storage.get_open_session(user_id="ann") is None
    assert await storage.get_session_state("nowhere", user_id="ann") == {}
    assert await storage.get_session_summary("nowhere", user_id="ann") is None
    metrics = await storage.get_session_metrics("nowhere", user_id="ann")
    assert metrics == SessionMetrics()
    assert await storage.get_sessions(user_id="ann") == []
