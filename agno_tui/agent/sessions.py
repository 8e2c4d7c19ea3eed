"""What can be asked of an agent's sessions, and done to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from agno_tui.agent.runs import AgentRuns
from agno_tui.agent.writing import name_for, summary_of
from agno_tui.history import is_answered
from agno_tui.session import (
    TITLE_LENGTH,
    Message,
    Role,
    Run,
    RunStatus,
    Session,
    SessionMetrics,
    SessionSummary,
    UserMemory,
)
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.json_text import json_object, json_text
from agno_tui.text import clipped, one_line

NOT_REPLAYED = frozenset(RunStatus) - {RunStatus.COMPLETED}
"""The statuses whose messages the model never sees again."""


class AgentSessions(AgentRuns):
    """An agent whose sessions can be looked at and changed.

    Every call is one user's: `user_id` where it is given, else the agent's own; another
    user's session is not found. Where `session_id` is left out, the agent's own session
    is meant. Errors of all: `StorageError`; `SessionNotFoundError` where named.
    """

    __slots__ = ()

    async def aget_session(
        self, session_id: str | None = None, *, user_id: str | None = None
    ) -> Session | None:
        """A session, or None where this user has none of that id."""
        storage, session_id, user_id = await self._place(session_id, user_id)
        return await storage.get_session(session_id, user_id=user_id)

    async def aget_sessions(
        self, *, user_id: str | None = None, limit: int = 50
    ) -> list[Session]:
        """A user's sessions, last activity first, at most `limit`."""
        storage = await self._opened()
        return await storage.get_sessions(user_id=self._user(user_id), limit=limit)

    async def aget_runs(
        self,
        session_id: str | None = None,
        *,
        user_id: str | None = None,
        limit: int | None = None,
    ) -> list[Run]:
        """A session's runs, whatever their status, oldest first; the last `limit`."""
        storage, session_id, user_id = await self._place(session_id, user_id)
        return await storage.get_runs(session_id, user_id=user_id, limit=limit)

    async def aget_session_messages(
        self,
        session_id: str | None = None,
        *,
        user_id: str | None = None,
        last_n_runs: int | None = None,
        skip_roles: Collection[str] = (),
        skip_statuses: Collection[RunStatus] = NOT_REPLAYED,
    ) -> list[Message]:
        """The messages of a session, oldest first: by default those the model may see.

        `last_n_runs`: of the last so many runs that are not skipped; None for all. Of
        several answers to one question the last, unless `skip_statuses` lets those
        through that were replaced. No session: no messages.
        """
        runs = await self._runs(session_id, user_id)
        if RunStatus.REGENERATED in skip_statuses:
            runs = _last_tries(runs)
        runs = [run for run in runs if run.status not in skip_statuses]
        return [
            message
            for run in _last(runs, last_n_runs)
            for message in run.messages
            if message.role not in skip_roles
        ]

    async def aget_chat_history(
        self,
        session_id: str | None = None,
        *,
        user_id: str | None = None,
        last_n_runs: int | None = None,
    ) -> list[Message]:
        """What the user and the model said to each other, oldest first; no tools."""
        messages = await self.aget_session_messages(
            session_id,
            user_id=user_id,
            last_n_runs=last_n_runs,
            skip_roles=(Role.SYSTEM, Role.TOOL),
        )
        return [message for message in messages if message.content]

    async def aset_session_name(
        self,
        session_id: str | None = None,
        session_name: str | None = None,
        *,
        autogenerate: bool = False,
        user_id: str | None = None,
    ) -> str:
        """Give a session a name: `session_name`, or one the model makes up from its
        first runs (at most five words); returns the session's name.

        A name made up never replaces one that was given by hand. Errors:
        `SessionNotFoundError`; `ValueError` for no name at all, for `autogenerate`
        where nothing was said yet or the model gave no name; `ModelError`.
        """
        storage, session_id, user_id = await self._place(session_id, user_id)
        if not autogenerate:
            name = clipped(one_line(session_name or ""), TITLE_LENGTH)
            if not name:
                raise ValueError("A session's name can't be empty.")
            await storage.rename_session(session_id, name, user_id=user_id)
            return name
        session = await self._need(session_id, user_id)
        if session.named_by_user:
            return session.name
        runs = await self._said(session_id, user_id)
        name = await name_for(self.model, runs)
        if await storage.rename_session(
            session_id, name, user_id=user_id, by_user=False
        ):
            return name
        return (await self._need(session_id, user_id)).name

    async def adelete_session(
        self, session_id: str, *, user_id: str | None = None
    ) -> None:
        """Put a session into the trash: it is no longer listed, found or gone on with.

        Where it was the agent's own, the next run without a `session_id` makes another.

        Its `session_id` is not used again. Errors: `SessionNotFoundError`; `ValueError`
        for an empty `session_id`.
        """
        if not session_id:
            raise ValueError("Say which session to delete.")
        storage, session_id, user_id = await self._place(session_id, user_id)
        await storage.delete_session(session_id, user_id=user_id)
        if self._session_ids.get(user_id) == session_id:
            self._session_ids.pop(user_id, None)
        if self._session_id == session_id:
            self._session_id = ""

    async def afork_session(
        self,
        source_session_id: str | None = None,
        user_id: str | None = None,
        *,
        run_id: str | None = None,
    ) -> str:
        """Make a session that begins as a copy of another; returns its `session_id`.

        `run_id`: the last run that is copied, else all that have ended. Errors:
        `SessionNotFoundError`.
        """
        storage, session_id, user_id = await self._place(source_session_id, user_id)
        fork = await storage.fork_session(session_id, user_id=user_id, through=run_id)
        return fork.session_id

    async def aget_session_metrics(
        self, session_id: str | None = None, *, user_id: str | None = None
    ) -> SessionMetrics:
        """What all runs of a session took: tokens, seconds."""
        storage, session_id, user_id = await self._place(session_id, user_id)
        return await storage.get_session_metrics(session_id, user_id=user_id)

    async def aget_session_state(
        self, session_id: str | None = None, *, user_id: str | None = None
    ) -> dict[str, object]:
        """A session's state, with what the agent starts with where it says nothing."""
        storage, session_id, user_id = await self._place(session_id, user_id)
        kept = await storage.get_session_state(session_id, user_id=user_id)
        return self._with_first_values(kept)

    async def aupdate_session_state(
        self,
        session_state_updates: Mapping[str, object],
        session_id: str | None = None,
        *,
        user_id: str | None = None,
    ) -> dict[str, object]:
        """Set some values of a session's state, which is made where it is new; returns
        all of it.

        Errors: `ValueError` for what is not JSON; `SessionNotFoundError`.
        """
        storage, session_id, user_id = await self._place(session_id, user_id)
        kept = await storage.update_session_state(
            session_id, user_id=user_id, changed=session_state_updates
        )
        return self._with_first_values(kept)

    async def aget_session_summary(
        self, session_id: str | None = None, *, user_id: str | None = None
    ) -> SessionSummary | None:
        """The summary that was made of a session, if one was."""
        storage, session_id, user_id = await self._place(session_id, user_id)
        return await storage.get_session_summary(session_id, user_id=user_id)

    async def acreate_session_summary(
        self, session_id: str | None = None, *, user_id: str | None = None
    ) -> SessionSummary:
        """Have the model sum a session up, and keep that.

        Errors: `ModelError`; `ValueError` where nothing was said yet, or the model gave
        no summary; `SessionNotFoundError`.
        """
        storage, session_id, user_id = await self._place(session_id, user_id)
        await self._need(session_id, user_id)
        summary = await summary_of(self.model, await self._said(session_id, user_id))
        await storage.set_session_summary(session_id, summary, user_id=user_id)
        return summary

    async def aget_user_memories(self, user_id: str | None = None) -> list[UserMemory]:
        """What is known about a user, oldest first."""
        return await self.memory.get_user_memories(user_id=self._user(user_id))

    async def _place(
        self, session_id: str | None, user_id: str | None
    ) -> tuple[Storage, str, str]:
        """The storage, opened, and whose session is meant."""
        storage = await self._opened()
        user_id = self._user(user_id)
        return storage, self._session(session_id, user_id), user_id

    def _with_first_values(self, kept: dict[str, object]) -> dict[str, object]:
        """A state, and what it starts with: the caller's own, however deep."""
        return {**json_object(json_text(self.session_state or {})), **kept}

    async def _need(self, session_id: str, user_id: str) -> Session:
        session = await self.storage.get_session(session_id, user_id=user_id)
        if session is None:
            raise SessionNotFoundError(session_id)
        return session

    async def _runs(self, session_id: str | None, user_id: str | None) -> list[Run]:
        storage, session_id, user_id = await self._place(session_id, user_id)
        return await storage.get_runs(session_id, user_id=user_id)

    async def _said(self, session_id: str, user_id: str) -> list[Run]:
        """The runs in which something was answered. Errors: `ValueError` for none."""
        runs = _last_tries(await self._runs(session_id, user_id))
        answered = [run for run in runs if run.status is RunStatus.COMPLETED]
        if not answered:
            raise ValueError("Nothing was answered in this conversation yet.")
        return answered


def _last_tries(runs: list[Run]) -> list[Run]:
    """The runs without the answers that another try of the question followed."""
    last = {
        run.first_try: run
        for run in runs
        if run.status is RunStatus.COMPLETED and is_answered(run)
    }
    return [
        run
        for run in runs
        if run.status is not RunStatus.COMPLETED or last.get(run.first_try, run) is run
    ]


def _last(runs: list[Run], count: int | None) -> list[Run]:
    if count is None:
        return runs
    return runs[max(0, len(runs) - max(0, count)) :]
