"""The agent: history in, events out, and the run kept at each step."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from agno_tui.checkpoints import Checkpoints
from agno_tui.events import (
    ReasoningContent,
    RunContent,
    RunEvent,
    RunStarted,
    event_of,
)
from agno_tui.history import (
    estimate_tokens,
    fitting,
    history_budget,
    read_history,
    replayable,
    tokens_of,
)
from agno_tui.models.base import (
    Model,
    ModelError,
    ModelErrorKind,
    ModelResponse,
    Usage,
)
from agno_tui.session import Message, Role, Run, RunStatus, now, title_from
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.text import repair

NOT_KEPT = "This answer is not kept"
"""How the words of a run begin whose answer could not be stored."""

_log = logging.getLogger(__name__)


class Agent:
    """Answers messages in sessions with a model, and keeps every run in a storage.

    Holds no conversation of its own: everything about a turn is in its `Run`, so one
    agent serves many sessions and users at the same time.
    """

    def __init__(
        self,
        model: Model,
        storage: Storage,
        *,
        instructions: str = "",
        add_history_to_messages: bool = False,
        num_history_runs: int | None = 3,
    ) -> None:
        if num_history_runs is not None and num_history_runs < 0:
            raise ValueError("num_history_runs must be None, 0 or more")
        self.model = model
        self.storage = storage
        self.instructions = instructions
        self.add_history_to_messages = add_history_to_messages
        self.num_history_runs = num_history_runs

    def new_run(
        self,
        text: str,
        *,
        session_id: str,
        user_id: str = "",
        retry_of: str | None = None,
    ) -> Run:
        """A run for a user's message, not kept yet."""
        return Run(
            session_id=session_id,
            user_id=user_id,
            messages=[Message(Role.USER, repair(text))],
            retry_of=retry_of,
        )

    async def kept(self, run: Run) -> Run:
        """A run as it is kept now. Errors: `StorageError`, `SessionNotFoundError`."""
        kept = await self.storage.get_run(run.run_id, user_id=run.user_id)
        if kept is None:
            raise SessionNotFoundError(run.session_id)
        return kept

    async def stream(self, run: Run) -> AsyncGenerator[RunEvent, None]:
        """Answer a run, keeping it all the while; yields its events.

        The user's message is committed before the request leaves. Whatever ends the
        answer early (an error, a cancelled task, a closed generator), what arrived is
        kept with the run. Who cancels may set `run.status` first to say why; otherwise
        the run becomes CANCELLED. Errors of the model and of the storage come as
        `RunError`; raises only `StorageError` and `SessionNotFoundError` when the
        user's message itself can't be kept.

        A run that waited and was meanwhile taken by another process is not answered
        again: `run` becomes what is kept of it, and its end is the only event, if it
        has come. The last event is otherwise `RunCompleted` or `RunError`.
        """
        model = self.model
        beginning = asyncio.ensure_future(self._begin(run, run.status))
        try:
            if await asyncio.shield(beginning):
                yield RunStarted(run)
                async with aclosing(self._answer(run, model)) as events:
                    async for event in events:
                        yield event
                run.status = RunStatus.COMPLETED
        except (asyncio.CancelledError, GeneratorExit):
            # Whose the run is has to be known first: another's is left alone.
            if await beginning:
                if not run.status.ended:
                    run.status = RunStatus.CANCELLED
                await self._keep(run)
            raise
        except (ModelError, StorageError, SessionNotFoundError) as error:
            if beginning.exception():
                raise
            run.status = RunStatus.ERROR
            run.error = error.words
        except Exception:
            if beginning.exception():
                raise
            _log.exception("run %s failed", run.run_id)
            run.status = RunStatus.ERROR
            run.error = "Something unexpected went wrong. The log has the details."
        if beginning.result():
            await self._keep(run)
        if run.status.ended:
            yield event_of(run)

    async def _begin(self, run: Run, was: RunStatus) -> bool:
        """Keep the run as RUNNING; False where it is not ours to answer."""
        if run.sequence and was is RunStatus.RUNNING:
            return True
        if run.status is RunStatus.PENDING:  # Else it was cancelled meanwhile.
            run.status = RunStatus.RUNNING
        if not run.sequence:
            await self.storage.start_run(run, name=title_from(run.question))
        elif not await self.storage.claim_run(run):
            run.become(await self.kept(run))
            return False
        return True

    async def _answer(self, run: Run, model: Model) -> AsyncGenerator[RunEvent, None]:
        # A model may take minutes to get ready (its weights are fetched, say): the run
        # shows all the while that it is alive.
        async with Checkpoints(self.storage, run) as checkpoints:
            async with aclosing(model.prepare()) as steps:
                async for _ in steps:
                    pass
            run.model, run.provider = model.id, model.provider
            history = await self._history(run, model.context_window)
            asked = len(run.messages)
            while True:
                request = self._request(run, history)
                try:
                    answer = self._ask(run, model, request, checkpoints)
                    async with aclosing(answer) as events:
                        async for event in events:
                            yield event
                    return
                except ModelError as error:
                    too_long = error.kind is ModelErrorKind.CONTEXT
                    if not (too_long and history and len(run.messages) == asked):
                        raise
                # Our count was wrong: with the newer half, so that it never gets stuck.
                history = history[(len(history) + 1) // 2 :]

    async def _history(self, run: Run, context_window: int | None) -> list[Run]:
        """The earlier runs that go along with a run, oldest first."""
        if not self.add_history_to_messages:
            return []
        runs = await read_history(self.storage, run, self.num_history_runs)
        return fitting(runs, history_budget(context_window, self._request(run, [])))

    def _request(self, run: Run, history: list[Run]) -> list[Message]:
        """What goes out: system, history, then the run's own messages."""
        system = [Message(Role.SYSTEM, self.instructions)] if self.instructions else []
        return [*system, *(m for r in (*history, run) for m in replayable(r))]

    async def _ask(
        self,
        run: Run,
        model: Model,
        messages: list[Message],
        checkpoints: Checkpoints,
    ) -> AsyncGenerator[RunEvent, None]:
        answer = Message(Role.ASSISTANT, "")
        run.messages.append(answer)
        clock = _Clock()
        try:
            async with aclosing(model.stream(messages)) as pieces:
                async for piece in pieces:
                    clock.tick(piece)
                    checkpoints.add(piece.content, piece.reasoning_content)
                    for event in _take(run, answer, piece):
                        yield event
        finally:
            if not (answer.content or answer.reasoning_content):
                run.messages.remove(answer)
            clock.stop(run, messages)

    async def _keep(self, run: Run) -> None:
        """Keep how the run ended. A failure here must not hide the answer."""
        run.ended_at = now()
        try:
            await asyncio.shield(self.storage.update_run(run))
        except Exception as error:
            _log.error("run %s not kept", run.run_id, exc_info=error)
            words = getattr(error, "words", "the log has the details.")
            run.status = RunStatus.ERROR
            run.error = f"{NOT_KEPT}: {words}"


def _take(run: Run, answer: Message, piece: ModelResponse) -> list[RunEvent]:
    """Add a piece to the answer and say so in events."""
    events: list[RunEvent] = []
    if piece.finish_reason:
        run.finish_reason = piece.finish_reason
    if piece.reasoning_content:
        answer.reasoning_content += piece.reasoning_content
        events.append(
            ReasoningContent(run.session_id, run.run_id, piece.reasoning_content)
        )
    if piece.content:
        answer.content += piece.content
        events.append(RunContent(run.session_id, run.run_id, piece.content))
    return events


class _Clock:
    """Times a request and turns what the server counted into the run's metrics."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._first: float | None = None
        self._usage: Usage | None = None

    def tick(self, piece: ModelResponse) -> None:
        if self._first is None and (piece.content or piece.reasoning_content):
            self._first = time.monotonic()
        if piece.usage is not None:
            self._usage = piece.usage

    def stop(self, run: Run, messages: list[Message]) -> None:
        metrics = run.metrics
        metrics.duration = time.monotonic() - self._started
        if self._first is not None:
            metrics.time_to_first_token = self._first - self._started
        if self._usage is not None:
            metrics.input_tokens = self._usage.input_tokens
            metrics.output_tokens = self._usage.output_tokens
            metrics.cached_tokens = self._usage.cached_tokens
            metrics.reasoning_tokens = self._usage.reasoning_tokens
        elif self._first is not None:
            metrics.input_tokens = tokens_of(messages)
            metrics.output_tokens = sum(
                estimate_tokens(m.content + m.reasoning_content)
                for m in run.messages
                if m.role == Role.ASSISTANT
            )
            metrics.estimated = True
