"""A model and a storage that do what a test tells them, when it tells them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace

from agno_tui.models.base import ModelError, ModelErrorKind, ModelResponse, Progress
from agno_tui.session import Message, Run, RunStatus, Session
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import StorageError, StorageErrorKind

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
        self, messages: Sequence[Message]
    ) -> AsyncGenerator[ModelResponse, None]:
        """Answer as the script for this request says."""
        number = min(len(self.requests), len(self.scripts) - 1)
        self.requests.append([replace(m) for m in messages])
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


class FailingStorage:
    """Another storage, of which named methods fail until they are mended."""

    def __init__(self, storage: Storage, *failing: str) -> None:
        self._storage = storage
        self.failing = set(failing)
        self.gates: dict[str, asyncio.Event] = {}
        """Methods that wait until the test opens them."""
        self.error: Exception = StorageError(StorageErrorKind.FULL, "The disk is full.")

    async def _pass(self, method: str) -> None:
        if method in self.gates:
            await self.gates[method].wait()
        if method in self.failing:
            raise self.error

    async def open(self) -> None:
        await self._pass("open")
        await self._storage.open()

    async def close(self) -> None:
        await self._pass("close")
        await self._storage.close()

    async def get_sessions(
        self, *, user_id: str, limit: int = 200, before: Session | None = None
    ) -> list[Session]:
        await self._pass("get_sessions")
        return await self._storage.get_sessions(
            user_id=user_id, limit=limit, before=before
        )

    async def get_session(self, session_id: str, *, user_id: str) -> Session | None:
        await self._pass("get_session")
        return await self._storage.get_session(session_id, user_id=user_id)

    async def rename_session(self, session_id: str, name: str, *, user_id: str) -> None:
        await self._pass("rename_session")
        await self._storage.rename_session(session_id, name, user_id=user_id)

    async def delete_session(self, session_id: str, *, user_id: str) -> None:
        await self._pass("delete_session")
        await self._storage.delete_session(session_id, user_id=user_id)

    async def restore_session(self, session_id: str, *, user_id: str) -> None:
        await self._pass("restore_session")
        await self._storage.restore_session(session_id, user_id=user_id)

    async def set_draft(self, session_id: str, draft: str, *, user_id: str) -> None:
        await self._pass("set_draft")
        await self._storage.set_draft(session_id, draft, user_id=user_id)

    async def mark_read(self, session_id: str, *, user_id: str) -> None:
        await self._pass("mark_read")
        await self._storage.mark_read(session_id, user_id=user_id)

    async def get_open_session(self, *, user_id: str) -> str | None:
        await self._pass("get_open_session")
        return await self._storage.get_open_session(user_id=user_id)

    async def set_open_session(self, session_id: str, *, user_id: str) -> None:
        await self._pass("set_open_session")
        await self._storage.set_open_session(session_id, user_id=user_id)

    async def start_run(self, run: Run, *, name: str = "") -> None:
        await self._pass("start_run")
        await self._storage.start_run(run, name=name)

    async def claim_run(self, run: Run) -> bool:
        await self._pass("claim_run")
        return await self._storage.claim_run(run)

    async def append_content(
        self, run: Run, *, content: str = "", reasoning_content: str = ""
    ) -> None:
        await self._pass("append_content")
        await self._storage.append_content(
            run, content=content, reasoning_content=reasoning_content
        )

    async def update_run(self, run: Run) -> None:
        await self._pass("update_run")
        await self._storage.update_run(run)

    async def get_run(self, run_id: str, *, user_id: str) -> Run | None:
        await self._pass("get_run")
        return await self._storage.get_run(run_id, user_id=user_id)

    async def get_runs(
        self,
        session_id: str,
        *,
        user_id: str,
        limit: int | None = None,
        before: Run | None = None,
        status: RunStatus | None = None,
    ) -> list[Run]:
        await self._pass("get_runs")
        return await self._storage.get_runs(
            session_id, user_id=user_id, limit=limit, before=before, status=status
        )

    async def interrupt_abandoned(self) -> int:
        await self._pass("interrupt_abandoned")
        return await self._storage.interrupt_abandoned()


async def until(condition: Callable[[], bool], seconds: float = 3.0) -> None:
    """Wait for something to become true, or fail after a while."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (there is no event to wait for)
            await asyncio.sleep(0.001)
