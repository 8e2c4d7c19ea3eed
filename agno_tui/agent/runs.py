"""How an agent answers one run, keeping it all the while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any

from agno_tui.agent.answering import (
    Answering,
    EmptyAnswerError,
    TooManyCallsError,
)
from agno_tui.agent.keeping import AgentKeeping
from agno_tui.agent.options import ORDINARY, RunOptions
from agno_tui.agent.preparing import ToolsError
from agno_tui.agent.windows import HistoryWindow
from agno_tui.cancellation import Cancellation, StoppedError
from agno_tui.checkpoints import Checkpoints
from agno_tui.events import RunEvent, RunStarted, event_of
from agno_tui.models.base import Model, ModelError
from agno_tui.session import Message, Role, Run, RunStatus, title_from
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.text import repair

_IN_WORDS = (
    ModelError,
    StorageError,
    SessionNotFoundError,
    TooManyCallsError,
    EmptyAnswerError,
    ToolsError,
)
"""Failures that say for the user what went wrong."""

_log = logging.getLogger(__name__)


class AgentRuns(AgentKeeping):
    """An agent that answers runs.

    It holds no conversation of its own: everything about a turn is in its `Run`, so one
    agent serves many sessions and users at the same time.
    """

    __slots__ = ()

    def new_run(
        self,
        text: str,
        *,
        session_id: str,
        user_id: str = "",
        retry_of: str | None = None,
        parent_run_id: str | None = None,
    ) -> Run:
        """A run for a user's message, not kept yet. Errors: `TypeError`.

        `parent_run_id`: the run it follows, empty for none; see `Run`.
        """
        if not isinstance(text, str):
            raise TypeError(f"The message must be text, and is {text!r:.40}.")
        return Run(
            session_id=session_id,
            user_id=user_id,
            messages=[Message(Role.USER, repair(text))],
            retry_of=retry_of,
            parent_run_id=parent_run_id,
        )

    def another_try(self, run: Run) -> Run:
        """A run that asks the question of a kept one again, beside it; not kept yet."""
        return self.new_run(
            run.question,
            session_id=run.session_id,
            user_id=run.user_id,
            retry_of=run.first_try,
            parent_run_id=run.parent_run_id,
        )

    async def kept(self, run: Run) -> Run:
        """A run as it is kept now. Errors: `StorageError`, `SessionNotFoundError`."""
        kept = await self.storage.get_run(run.run_id, user_id=run.user_id)
        if kept is None:
            raise SessionNotFoundError(run.session_id)
        return kept

    def cancel_run(self, run_id: str) -> bool:
        """Stop a run of this agent, keeping what arrived; returns whether it ran.

        Its followers get `RunCancelled`. May be called from any thread and any loop.
        """
        cancellation = self._live.get(run_id)
        if cancellation is None:
            return False
        if not cancellation.request():
            self._live.pop(run_id, None)
            return False
        return True

    async def stream(
        self, run: Run, options: RunOptions = ORDINARY
    ) -> AsyncGenerator[RunEvent, None]:
        """Answer a run, keeping it all the while; yields its events.

        The user's message is committed before the request leaves. Whatever ends the
        answer early (an error, a cancelled task, a closed generator), what arrived is
        kept with the run. Who cancels may set `run.status` first to say why; otherwise
        the run becomes CANCELLED. Errors of the model and of the storage come as
        `RunError`; raises only `StorageError` and `SessionNotFoundError` when the
        user's message itself can't be kept.

        A run that waited and was meanwhile taken by another process is not answered
        again: `run` becomes what is kept of it, and its end is the only event, if it
        has come. The last event is otherwise `RunCompleted`, `RunCancelled` (see
        `cancel_run`) or `RunError`.
        """
        cancellation = Cancellation()
        self._live[run.run_id] = cancellation
        try:
            answer = self._stream(run, cancellation, options)
            async with aclosing(answer) as events:
                async for event in events:
                    yield event
        finally:
            self._live.pop(run.run_id, None)

    async def _stream(
        self,
        run: Run,
        cancellation: Cancellation,
        options: RunOptions,
    ) -> AsyncGenerator[RunEvent, None]:
        beginning = asyncio.ensure_future(self._begin(run, run.status, options))
        history = self._read_ahead(run, options)
        try:
            if await asyncio.shield(beginning):
                yield RunStarted(run)
                answer = self._answer(run, self.model, cancellation, options, history)
                async with aclosing(answer) as events:
                    async for event in events:
                        yield event
                run.status = RunStatus.COMPLETED
        except (asyncio.CancelledError, GeneratorExit):
            # Whose the run is has to be known first: another's is left alone.
            if await _comes_true(beginning):
                if not run.status.ended:
                    run.status = RunStatus.CANCELLED
                await self._end(run, options)
            raise
        except Exception as error:
            if beginning.exception():
                raise
            _fail(run, error)
        finally:
            _drop(history)
        self._live.pop(run.run_id, None)  # Nothing is left to be stopped.
        if beginning.result():
            await self._end(run, options)
        if run.status.ended:
            yield event_of(run)

    async def _end(self, run: Run, options: RunOptions) -> None:
        await self._keep(run)
        if options.replacing is not None:
            await self._replace(options.replacing, run)

    async def _begin(self, run: Run, was: RunStatus, options: RunOptions) -> bool:
        """Keep the run as RUNNING; False where it is not ours to answer."""
        if run.sequence and was is RunStatus.RUNNING:
            return True
        if run.status is RunStatus.PENDING:  # Else it was cancelled meanwhile.
            run.status = RunStatus.RUNNING
        if not run.sequence:
            name = title_from(run.question)
            await self.storage.start_run(run, name=name, temporary=options.temporary)
            await self._keep_unkept()
        elif not await self.storage.claim_run(run):
            run.become(await self.kept(run))
            return False
        return True

    def _read_ahead(
        self, run: Run, options: RunOptions
    ) -> asyncio.Task[tuple[HistoryWindow, list[Run]]] | None:
        """Begin to read the history: a storage with a thread of its own does it right
        after it has kept the question, while we are still waking up."""
        if not self.add_history_to_messages:
            return None
        return asyncio.create_task(self._earlier(run, options))

    async def _answer(
        self,
        run: Run,
        model: Model,
        cancellation: Cancellation,
        options: RunOptions,
        history: asyncio.Task[tuple[HistoryWindow, list[Run]]] | None,
    ) -> AsyncGenerator[RunEvent, None]:
        if options.session_state:
            await self.storage.update_session_state(
                run.session_id, user_id=run.user_id, changed=options.session_state
            )
        # A model may take minutes to get ready (its weights are fetched, say): the run
        # shows all the while that it is alive.
        async with Checkpoints(self.storage, run):
            await cancellation.wait_for(_make_ready(model))
            run.model, run.provider = model.id, model.provider
            _, earlier = await history if history is not None else (None, [])
            prepared = await self._prepare(run, model, options, earlier)
        answering = Answering(
            run,
            model=model,
            storage=self.storage,
            request=prepared.request,
            context=prepared.context,
            cancellation=cancellation,
            tool_call_rounds=self.tool_call_rounds,
        )
        try:
            async with aclosing(answering.events()) as events:
                async for event in events:
                    yield event
        finally:
            await self._keep_state(run, prepared)


def _fail(run: Run, error: Exception) -> None:
    """Say in the run how it ended early."""
    if isinstance(error, StoppedError):
        if not run.status.ended:
            run.status = RunStatus.CANCELLED
        return
    run.status = RunStatus.ERROR
    if isinstance(error, _IN_WORDS):
        run.error = error.words
        return
    _log.error("run %s failed", run.run_id, exc_info=error)
    run.error = "Something unexpected went wrong. The log has the details."


def _drop(task: asyncio.Task[Any] | None) -> None:
    """Nobody waits for a task any more, nor for why it failed."""
    if task is not None:
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        task.cancel()


async def _comes_true(task: asyncio.Task[bool]) -> bool:
    """Wait for a task, however often who waits is cancelled; False where it failed."""
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task])
    return not task.cancelled() and task.exception() is None and task.result()


async def _make_ready(model: Model) -> None:
    async with aclosing(model.prepare()) as steps:
        async for _ in steps:
            pass
