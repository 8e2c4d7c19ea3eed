"""Runs as the storage tests make them, and all that a user can see."""

from __future__ import annotations

from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.storage.base import Storage
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.storage.sqlite_files import Database


def a_run(
    session_id: str, question: str = "Why?", *, user_id: str = "ann", **fields: object
) -> Run:
    run = Run(
        session_id=session_id,
        user_id=user_id,
        messages=[Message(role=Role.USER, content=question)],
    )
    for name, value in fields.items():
        setattr(run, name, value)
    return run


def answer(run: Run, text: str, status: RunStatus = RunStatus.COMPLETED) -> Run:
    run.messages.append(Message(role=Role.ASSISTANT, content=text))
    run.status = status
    return run


async def a_turn(storage: Storage, session_id: str, question: str = "Why?") -> Run:
    """A run that was asked and answered."""
    run = a_run(session_id, question)
    await storage.start_run(run)
    await storage.append_content(run, content="So")
    await storage.update_run(answer(run, "So."))
    kept = await storage.get_run(run.run_id, user_id=run.user_id)
    assert kept is not None
    return kept


async def everything(storage: Storage, *, user_id: str) -> object:
    """All that the storage shows to a user, but what is searched for."""
    sessions = await storage.get_sessions(user_id=user_id)
    return (
        [
            (
                session,
                await storage.get_session(session.session_id, user_id=user_id),
                await storage.get_runs(session.session_id, user_id=user_id),
                await storage.get_session_state(session.session_id, user_id=user_id),
                await storage.get_session_summary(session.session_id, user_id=user_id),
                await storage.get_session_metrics(session.session_id, user_id=user_id),
            )
            for session in sessions
        ],
        await storage.get_open_session(user_id=user_id),
        await storage.get_memories(user_id=user_id),
        await storage.get_setting("theme", user_id=user_id),
    )


async def ask(storage: SqliteStorage, sql: str) -> list[tuple[object, ...]]:
    """Rows of any question put to the storage's own connection."""

    def work(database: Database) -> list[tuple[object, ...]]:
        return [tuple(row) for row in database.connection.execute(sql)]

    return await storage._hop(work)
