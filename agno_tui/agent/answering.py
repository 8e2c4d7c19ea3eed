"""One run being answered: model and tools in turns, until there is an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar

from agno_tui.agent.clock import Clock
from agno_tui.agent.request import Request
from agno_tui.cancellation import Cancellation
from agno_tui.checkpoints import Checkpoints
from agno_tui.events import (
    ReasoningContent,
    RunContent,
    RunEvent,
    ToolCallCompleted,
    ToolCallStarted,
)
from agno_tui.models.base import Model, ModelError, ModelErrorKind, ModelResponse
from agno_tui.session import Message, Role, Run, ToolCall
from agno_tui.storage.base import Storage
from agno_tui.tools.base import ToolContext
from agno_tui.tools.calling import call_together

T = TypeVar("T")


class TooManyCallsError(Exception):
    """The model went on calling tools when it had to answer."""

    words = "The model kept calling tools and gave no answer. Try again, or ask less."
    """For the user."""


class EmptyAnswerError(Exception):
    """The model said nothing at all, and called the answer whole."""

    words = "The model gave an empty answer. Try again, or choose another model."
    """For the user."""


class Answering:
    """Answers one run; everything that is said is added to the run's messages.

    What has arrived is kept all the while, and each round of tools whole: the calls
    before anything is called, the results before the model is asked again.
    """

    def __init__(
        self,
        run: Run,
        *,
        model: Model,
        storage: Storage,
        request: Request,
        context: ToolContext,
        cancellation: Cancellation,
        tool_call_rounds: int,
    ) -> None:
        self._run = run
        self._model = model
        self._storage = storage
        self._request = request
        self._context = context
        self._cancellation = cancellation
        self._tool_call_rounds = tool_call_rounds

    async def events(self) -> AsyncGenerator[RunEvent, None]:
        """Ask, call what the model wants called, and ask again, until it answers.

        Errors: `ModelError`, `StorageError`, `SessionNotFoundError`,
        `TooManyCallsError`, `EmptyAnswerError`, `StoppedError`.
        """
        rounds = 0
        while True:
            async with aclosing(self._ask_and_fit(rounds)) as events:
                async for event in events:
                    yield event
            said = self._run.messages[-1]
            if said.role == Role.USER:
                raise EmptyAnswerError
            if not said.tool_calls:
                return
            if rounds >= self._tool_call_rounds:
                said.tool_calls = []
                if not (said.content or said.reasoning_content):
                    self._run.messages.remove(said)
                raise TooManyCallsError
            rounds += 1
            async with aclosing(self._call_tools(said)) as events:
                async for event in events:
                    yield event

    async def _ask_and_fit(self, rounds: int) -> AsyncGenerator[RunEvent, None]:
        """One request; again with less history where it was too long."""
        asked = len(self._run.messages)
        while True:
            try:
                async with aclosing(self._ask(rounds)) as events:
                    async for event in events:
                        yield event
                return
            except ModelError as error:
                too_long = error.kind is ModelErrorKind.CONTEXT
                nothing_came = len(self._run.messages) == asked
                if not (too_long and self._request.history and nothing_came):
                    raise
            # Our count was wrong: with the newer half, so that it never gets stuck.
            self._request.forget_half()

    async def _ask(self, rounds: int) -> AsyncGenerator[RunEvent, None]:
        run = self._run
        messages = self._request.messages(run)
        answer = Message(Role.ASSISTANT, "")
        run.messages.append(answer)
        clock = Clock()
        try:
            async with (
                Checkpoints(self._storage, run) as checkpoints,
                aclosing(self._pieces(messages, rounds)) as pieces,
            ):
                async for piece in pieces:
                    clock.tick(piece)
                    checkpoints.add(piece.content, piece.reasoning_content)
                    for event in _take(run, answer, piece):
                        yield event
        finally:
            clock.stop(run.metrics, messages, answer)
            if not (answer.content or answer.reasoning_content or answer.tool_calls):
                run.messages.remove(answer)

    async def _pieces(
        self, messages: list[Message], rounds: int
    ) -> AsyncGenerator[ModelResponse, None]:
        stream = self._model.stream(
            messages,
            tools=list(self._request.tools.values()),
            may_call=rounds < self._tool_call_rounds,
        )
        async with aclosing(stream) as pieces:
            while (piece := await self._wait_for_next(pieces)) is not None:
                yield piece

    async def _wait_for_next(
        self, pieces: AsyncIterator[ModelResponse]
    ) -> ModelResponse | None:
        return await self._cancellation.wait_for(_next(pieces))

    async def _call_tools(self, said: Message) -> AsyncGenerator[RunEvent, None]:
        """Call all that the model wants called, together; say so as results come."""
        run, calls = self._run, said.tool_calls
        await self._storage.update_run(run)
        for call in calls:
            yield ToolCallStarted(run.session_id, run.run_id, call)
        arrived: asyncio.Queue[tuple[ToolCall, Message]] = asyncio.Queue()
        place = len(run.messages)
        # The tools may take minutes: the run shows all the while that it is alive.
        async with (
            Checkpoints(self._storage, run),
            _ended_with(
                call_together(
                    self._request.tools,
                    calls,
                    self._context,
                    on_result=lambda *result: arrived.put_nowait(result),
                )
            ) as calling,
        ):
            for _ in calls:
                call, message = await self._cancellation.wait_for(arrived.get())
                run.messages.append(message)
                yield ToolCallCompleted(run.session_id, run.run_id, call, message)
            run.messages[place:] = await calling  # In the order of the calls.
        await self._storage.update_run(run)


@asynccontextmanager
async def _ended_with(
    work: Coroutine[Any, Any, T],
) -> AsyncGenerator[asyncio.Task[T], None]:
    """Work that goes on beside the block, and is cancelled where the block ends."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _next(pieces: AsyncIterator[ModelResponse]) -> ModelResponse | None:
    return await anext(pieces, None)


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
    if piece.tool_calls:
        answer.tool_calls = [*answer.tool_calls, *piece.tool_calls]
    return events
