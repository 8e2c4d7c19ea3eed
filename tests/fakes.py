"""A model and a storage that do what a test tells them, when it tells them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from typing import Any

from agno_tui.models.base import (
    ModelError,
    ModelErrorKind,
    ModelResponse,
    Progress,
    ToolDefinition,
)
from agno_tui.session import Message
from agno_tui.storage.base import Storage
from agno_tui.storage.copies import copied_message
from agno_tui.storage.errors import StorageError, StorageErrorKind
from agno_tui.storage.memory import MemoryStorage

Step = ModelResponse | BaseException | asyncio.Event | str
"""One step of an answer: a piece (text is a piece of content), an error to raise, or a
gate that the answer waits at until the test opens it."""

Script = Sequence[Step]


def words(kind: ModelErrorKind = ModelErrorKind.SERVER) -> ModelError:
    """A model's failure with words that a test can look for."""
    return ModelError(kind, "The server is on fire. Try again.")


class FakeModel:
    """Answers by script: one for each request in turn, the last one for the rest.

    A script may also be made from the messages of its request.
    """

    def __init__(
        self,
        *scripts: Script | Callable[[Sequence[Message]], Script],
        context_window: int | None = None,
    ) -> None:
        self.scripts = list(scripts) or [["Hello."]]
        self.preparation: Script = []
        self.requests: list[list[Message]] = []
        """What it was asked with, copied, oldest first."""
        self.tools: list[list[ToolDefinition]] = []
        """The tools each request offered."""
        self.may_call: list[bool] = []
        """Whether each request allowed a call."""
        self.id = "fake-1"
        self.provider = "fake"
        self.label = "Fake 1"
        self.context_window = context_window
        self.on_request: Callable[[], None] | None = None
        self.open_streams = 0
        self.closed = False

    @property
    def said(self) -> list[list[tuple[str, str]]]:
        """Role and content of every message of every request."""
        return [[(str(m.role), m.content) for m in ms] for ms in self.requests]

    async def prepare(self) -> AsyncGenerator[Progress, None]:
        """Take the steps of `preparation`, each a line of progress."""
        for step in self.preparation:
            if isinstance(step, asyncio.Event):
                await step.wait()
            elif isinstance(step, BaseException):
                raise step
            else:
                yield Progress(str(step))

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolDefinition] = (),
        may_call: bool = True,
    ) -> AsyncGenerator[ModelResponse, None]:
        """Answer as the script for this request says."""
        number = min(len(self.requests), len(self.scripts) - 1)
        self.requests.append([copied_message(message) for message in messages])
        self.tools.append(list(tools))
        self.may_call.append(may_call)
        script = self.scripts[number]
        if self.on_request is not None:
            self.on_request()
        self.open_streams += 1
        try:
            for step in script(messages) if callable(script) else script:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, BaseException):
                    raise step
                elif isinstance(step, str):
                    yield ModelResponse(content=step)
                else:
                    yield step
                await asyncio.sleep(0)
        finally:
            self.open_streams -= 1

    async def close(self) -> None:
        """Remember that it was let go."""
        self.closed = True


METHODS = frozenset(name for name in dir(Storage) if not name.startswith("_"))
"""What can be asked of a storage."""


class FailingStorage(MemoryStorage):
    """Another storage, of which named methods fail until they are mended.

    A MemoryStorage by type only: whatever is asked of it is asked of the other.
    """

    def __init__(self, storage: Storage, *failing: str) -> None:
        self._storage = storage
        self.failing = set(failing)
        self.gates: dict[str, asyncio.Event] = {}
        """Methods that wait until the test opens them."""
        self.error: Exception = StorageError(StorageErrorKind.FULL, "The disk is full.")

    def __getattribute__(self, name: str) -> Any:
        if name not in METHODS:
            return super().__getattribute__(name)
        return partial(self._ask, name)

    async def _ask(self, method: str, /, *args: object, **named: object) -> object:
        if method in self.gates:
            await self.gates[method].wait()
        if method in self.failing:
            raise self.error
        return await getattr(self._storage, method)(*args, **named)


async def until(condition: Callable[[], bool], seconds: float = 3.0) -> None:
    """Wait for something to become true, or fail after a while."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (there is no event to wait for)
            await asyncio.sleep(0.001)
