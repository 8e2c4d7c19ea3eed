"""The agent: history in, events out, and the run kept at each step."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from types import TracebackType

from agno_tui.events import (
    ReasoningContent,
    RunCompleted,
    RunContent,
    RunError,
    RunEvent,
    RunStarted,
)
from agno_tui.history import (
    estimate_tokens,
    fitting,
    history_budget,
    read_history,
    replayable,
    tokens_of,
)
from agno_tui.models.base import Model, ModelError, ModelResponse, Usage
from agno_tui.session import Message, Role, Run, RunStatus, now, title_from
from agno_tui.storage.base import Storage, StorageError
from agno_tui.text import repair

CHECKPOINT_SECONDS = 0.25
"""How far what is kept of a streaming answer may lag behind what was received."""

SIGN_OF_LIFE_SECONDS = 20.0
"""How often a run that waits for its first piece shows that it is still alive."""

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

    async def messages_for(self, run: Run) -> list[Message]:
        """What goes out for a run: system, history, then the run's own messages."""
        system = [Message(Role.SYSTEM, self.instructions)] if self.instructions else []
        present = replayable(run)
        if not self.add_history_to_messages:
            return [*system, *present]
        runs = await read_history(self.storage, run, self.num_history_runs)
        budget = history_budget(self.model.context_window, [*system, *present])
        history = [m for r in fitting(runs, budget) for m in replayable(r)]
        return [*system, *history, *present]

    async def stream(self, run: Run) -> AsyncGenerator[RunEvent, None]:
        """Answer a run, keeping it all the while; yields its events.

        The user's message is committed before the request leaves. Whatever ends the
        answer early (an error, a cancelled task, a closed generator), what arrived is
        kept with the run. Who cancels may set `run.status` first to say why; otherwise
        the run becomes CANCELLED. Errors of the model and of the storage come as
        `RunError`; raises only `StorageError` and `SessionNotFoundError` when the
        user's message itself can't be kept.
        """
        begun = False
        try:
            await self._begin(run)
            begun = True
            yield RunStarted(run)
            async with aclosing(self._answer(run)) as events:
                async for event in events:
                    yield event
            run.status = RunStatus.COMPLETED
        except (asyncio.CancelledError, GeneratorExit):
            if not run.status.ended:
                run.status = RunStatus.CANCELLED
            await self._keep(run)
            raise
        except (ModelError, StorageError) as error:
            if not begun:
                raise
            run.status = RunStatus.ERROR
            run.error = error.words
        except Exception:
            if not begun:
                raise
            _log.exception("run %s failed", run.run_id)
            run.status = RunStatus.ERROR
            run.error = "Something unexpected went wrong. The log has the details."
        await self._keep(run)
        yield RunCompleted(run) if run.status is RunStatus.COMPLETED else RunError(run)

    async def _begin(self, run: Run) -> None:
        kept_as_running = run.sequence and run.status is RunStatus.RUNNING
        run.status = RunStatus.RUNNING
        if kept_as_running:
            return
        if run.sequence:
            await self.storage.update_run(run)
        else:
            await self.storage.start_run(run, name=title_from(run.question))

    async def _answer(self, run: Run) -> AsyncGenerator[RunEvent, None]:
        # A model may take minutes to get ready (its weights are fetched, say): the run
        # shows all the while that it is alive.
        async with _Checkpoints(self.storage, run) as checkpoints:
            async with aclosing(self.model.prepare()) as steps:
                async for _ in steps:
                    pass
            messages = await self.messages_for(run)
            run.model, run.provider = self.model.id, self.model.provider
            async with aclosing(self._ask(run, messages, checkpoints)) as events:
                async for event in events:
                    yield event

    async def _ask(
        self, run: Run, messages: list[Message], checkpoints: _Checkpoints
    ) -> AsyncGenerator[RunEvent, None]:
        answer = Message(Role.ASSISTANT, "")
        run.messages.append(answer)
        clock = _Clock()
        try:
            async with aclosing(self.model.stream(messages)) as pieces:
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
            run.error = f"This answer is not kept: {words}"


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


class _Checkpoints:
    """Writes what has arrived to the storage, a quarter second at a time.

    Batched by time, so that a fast model costs no more writes than a slow one. A
    checkpoint that fails is tried again with the next one; only the end of the run is
    allowed to complain.
    """

    def __init__(self, storage: Storage, run: Run) -> None:
        self._storage = storage
        self._run = run
        self._content: list[str] = []
        self._reasoning: list[str] = []
        self._arrived = asyncio.Event()

    async def __aenter__(self) -> _Checkpoints:
        self._task = asyncio.create_task(self._write_on())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    def add(self, content: str, reasoning_content: str) -> None:
        if content:
            self._content.append(content)
        if reasoning_content:
            self._reasoning.append(reasoning_content)
        self._arrived.set()

    async def _write_on(self) -> None:
        while True:
            try:
                async with asyncio.timeout(SIGN_OF_LIFE_SECONDS):
                    await self._arrived.wait()
            except TimeoutError:
                pass
            else:
                await asyncio.sleep(CHECKPOINT_SECONDS)
            await self._write()

    async def _write(self) -> None:
        content, reasoning = "".join(self._content), "".join(self._reasoning)
        counts = len(self._content), len(self._reasoning)
        self._arrived.clear()
        try:
            await self._storage.append_content(
                self._run, content=content, reasoning_content=reasoning
            )
        except Exception as error:
            _log.warning("checkpoint of run %s failed: %s", self._run.run_id, error)
            return
        del self._content[: counts[0]]
        del self._reasoning[: counts[1]]
