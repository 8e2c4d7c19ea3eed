"""Names for sessions, made up by the model after the first answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from agno_tui.agent import Agent
from agno_tui.events import SessionNamed
from agno_tui.session import Run, RunStatus

_log = logging.getLogger(__name__)


class Naming:
    """Has the agent's model name sessions, and tells `emit` of it.

    A session is named once by itself, after its first whole answer, where `by_itself`;
    until then, and where the model finds no name, it has the first words of its first
    question. The model that runs inside is never asked by itself: it is too small.
    """

    def __init__(
        self, agent: Agent, emit: Callable[[SessionNamed], None], *, by_itself: bool
    ) -> None:
        self._agent = agent
        self._emit = emit
        self._by_itself = by_itself
        self._tasks: set[asyncio.Task[None]] = set()

    def run_ended(self, run: Run) -> None:
        """A run is over: its session may want a name."""
        wanted = self._by_itself and run.status is RunStatus.COMPLETED
        if not wanted or run.provider == "local":
            return
        task = asyncio.create_task(self._name_after(run), name=f"name {run.session_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def name_session(self, session_id: str, *, user_id: str) -> str:
        """Have the model name a session now; see `Agent.aset_session_name`."""
        name = await self._agent.aset_session_name(
            session_id, autogenerate=True, user_id=user_id
        )
        self._emit(SessionNamed(session_id, name))
        return name

    async def close(self) -> None:
        """Stop what is under way: the sessions keep the names they have."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _name_after(self, run: Run) -> None:
        try:
            answered = await self._agent.storage.get_runs(
                run.session_id,
                user_id=run.user_id,
                limit=2,
                status=RunStatus.COMPLETED,
            )
            if len(answered) == 1:
                await self.name_session(run.session_id, user_id=run.user_id)
        except Exception as error:
            # It has a name: the first words of its question.
            _log.info("session %s got no other name: %s", run.session_id, error)
