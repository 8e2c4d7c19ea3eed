"""How an agent keeps the end of a run, and what came of it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from agno_tui.agent.preparing import AgentPreparing, Prepared
from agno_tui.session import Run, RunStatus, now
from agno_tui.storage.errors import SessionNotFoundError

NOT_KEPT = "This answer is not kept"
"""How the words of a run begin whose answer could not be stored."""

WHOLE = (RunStatus.COMPLETED, RunStatus.REGENERATED)
"""The statuses of a run that has its answer."""

_log = logging.getLogger(__name__)


class AgentKeeping(AgentPreparing):
    """An agent that keeps how its runs end. Nothing here may hide an answer."""

    __slots__ = ()

    async def _keep_state(self, run: Run, prepared: Prepared) -> None:
        """Keep what tools changed in the session's state. Must not hide the answer."""
        try:
            changed, removed = prepared.changes()
            if changed or removed:
                await self.storage.update_session_state(
                    run.session_id,
                    user_id=run.user_id,
                    changed=changed,
                    removed=removed,
                )
        except Exception as error:
            _log.error("state of run %s not kept", run.run_id, exc_info=error)

    async def _keep(self, run: Run) -> None:
        """Keep how the run ended. A failure here must not hide the answer."""
        run.ended_at = now()
        try:
            try:
                await self.storage.update_run(run)
            except asyncio.CancelledError:
                # Once more, by a task that nobody cancels: to do so from the start
                # would cost every run what only this one needs.
                await asyncio.shield(self.storage.update_run(run))
                raise
        except Exception as error:
            _log.error("run %s not kept", run.run_id, exc_info=error)
            self._unkept[run.run_id] = replace(run, messages=list(run.messages))
            words = getattr(error, "words", "the log has the details.")
            run.status = RunStatus.ERROR
            run.error = f"{NOT_KEPT}: {words}"

    async def _keep_unkept(self) -> None:
        """Keep how earlier runs ended, now that something could be written again."""
        for run_id, run in list(self._unkept.items()):
            try:
                await self.storage.update_run(run)
            except SessionNotFoundError:
                pass  # It was erased meanwhile.
            except Exception as error:
                _log.warning("run %s still not kept: %s", run_id, error)
                return
            self._unkept.pop(run_id, None)

    async def _replace(self, old: Run, run: Run) -> None:
        """A run has ended that was asked in the place of an old one."""
        try:
            if run.status is RunStatus.COMPLETED:
                await self._replace_others(run)
            elif old.status in WHOLE:
                await self._go_back(old, run)
        except Exception as error:
            # All answers are kept, and the conversation goes through the newest.
            _log.error("run %s replaced no other", run.run_id, exc_info=error)

    async def _replace_others(self, run: Run) -> None:
        """This answer took the place of all that its question had before, but of one
        that the user has chosen meanwhile."""
        tree = await self.storage.get_run_tree(run.session_id, user_id=run.user_id)
        others = [
            node.run_id
            for node in tree
            if (node.retry_of or node.run_id) == run.first_try
            and node.status is RunStatus.COMPLETED
            and node.sequence < run.sequence
            and not (node.active and node.parent_run_id == run.parent_run_id)
        ]
        for other in await self.storage.get_runs_by_id(others, user_id=run.user_id):
            other.status = RunStatus.REGENERATED
            await self.storage.update_run(other)

    async def _go_back(self, old: Run, run: Run) -> None:
        """This is no answer: the conversation goes on through the old one, unless it
        has gone on or elsewhere meanwhile."""
        # What waits does not count: it follows whatever is last when it is sent.
        tree = await self.storage.get_run_tree(run.session_id, user_id=run.user_id)
        way = [node.run_id for node in tree if node.active]
        if way[-1:] == [run.run_id]:
            await self.storage.choose_run(old.run_id, user_id=run.user_id)
