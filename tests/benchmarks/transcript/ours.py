"""All that is known here of the program's own classes, in one place.

Where their interfaces change, this file follows and no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from pathlib import Path

from textual.app import App, ComposeResult
from textual.events import Key

from agno_tui.agent import Agent
from agno_tui.events import RunContent, RunEnded, RunStarted
from agno_tui.models.base import ModelResponse, Progress, ToolDefinition, Usage
from agno_tui.runner import Runner
from agno_tui.session import Message, Role, Run
from agno_tui.storage.base import Storage
from agno_tui.storage.memory import MemoryStorage
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.open_sessions import OpenSessions
from agno_tui.ui.theme import DARK
from agno_tui.ui.transcript.transcript import Transcript

USER = "user_1"
"""Whose the sessions are (those of `tests/benchmarks/bare.py`)."""


class ToldModel:
    """A model that says what it is told to say, as soon as it is told."""

    id = label = "told"
    provider = "fake"
    context_window = None

    def __init__(self) -> None:
        self.pieces: asyncio.Queue[Sequence[str] | None] = asyncio.Queue()
        """What came in one read of the network; None ends the answer."""

    async def prepare(self) -> AsyncGenerator[Progress, None]:
        """Nothing to do."""
        return
        yield

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolDefinition] = (),
        may_call: bool = True,
    ) -> AsyncGenerator[ModelResponse, None]:
        """A token a piece."""
        while (pieces := await self.pieces.get()) is not None:
            for piece in pieces:
                yield ModelResponse(content=piece)
            # As between two reads of the network: others get their turn.
            await asyncio.sleep(0)
            self.pieces.task_done()
        yield ModelResponse(finish_reason="stop", usage=Usage(3, 5))

    async def close(self) -> None:
        """Nothing to do."""


class TranscriptApp(App[None]):
    """Our transcript alone on the screen, with one document, fed by events."""

    CSS_PATH = AgnoApp.CSS_PATH
    CSS = "Transcript { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        storage, model = MemoryStorage(), ToldModel()
        sessions = OpenSessions(
            storage, Runner(Agent(model, storage=storage)), "", lambda: "waits"
        )
        self.document = sessions.new()
        self.run_shown = Run(
            session_id=self.document.session.session_id,
            messages=[Message(Role.USER, "Go on.")],
        )

    def compose(self) -> ComposeResult:
        """Textual: what stands on the screen."""
        yield Transcript()

    @property
    def view(self) -> Transcript:
        """The view."""
        return self.query_one(Transcript)

    def begin(self) -> None:
        """Show the document, whose run has begun."""
        self.view.show(self.document)
        self.document.apply(RunStarted(self.run_shown))
        self.run_shown.messages.append(Message(Role.ASSISTANT, ""))

    def append(self, pieces: Sequence[str]) -> None:
        """Take in tokens as the agent and the desk do, then show them as one frame."""
        run = self.run_shown
        answer = run.messages[-1]
        for piece in pieces:
            answer.content += piece
            self.document.apply(RunContent(run.session_id, run.run_id, piece))
        self.view.content_changed()


class Program:
    """The whole program over a database file and a model that is told what to say."""

    def __init__(self, database: Path) -> None:
        self.model = ToldModel()
        self.storage: Storage = SqliteStorage(database)
        agent = Agent(self.model, storage=self.storage, add_history_to_messages=True)
        self.runner = Runner(agent)
        self.app = AgnoApp(
            runner=self.runner,
            storage=self.storage,
            model=self.model,
            user_id=USER,
            theme="dark",
        )

    @property
    def view(self) -> Transcript:
        """The transcript on the screen."""
        return self.app.desk.chat.transcript

    async def ready(self) -> None:
        """Wait until the conversations are open and nothing is under way."""
        await self.app.desk.ready.wait()
        await self.app.workers.wait_for_complete()

    async def begin(self) -> None:
        """Send a message; the model says nothing yet."""
        document = self.app.desk.document
        if document is None:
            raise AssertionError("the desk is ready")
        session_id = document.session.session_id
        await self.runner.send("Go on.", session_id=session_id, user_id=USER)

    async def open(self, session_id: str, *, at: str = "", cold: bool = False) -> None:
        """Open a session, at one of its runs; `cold`: as if for the first time."""
        desk = self.app.desk
        if cold and desk._open is not None:
            desk._open.forget(session_id)
        await desk.open_session(session_id, at=at)

    async def at_rest(self) -> None:
        """Wait until all that a change brought about has been done."""
        with suppress(Exception):
            await self.app.workers.wait_for_complete()

    def press(self, key: str) -> None:
        """A key as the terminal's input brings it."""
        self.app.post_message(Key(key, None))

    async def end(self) -> None:
        """End the answer, and wait until it is kept."""
        ended = asyncio.Event()

        def follow(event: object) -> None:
            if isinstance(event, RunEnded):
                ended.set()

        unfollow = self.runner.follow(follow)
        self.model.pieces.put_nowait(None)
        await ended.wait()
        unfollow()

    async def close(self) -> None:
        """End the program."""
        await self.app.leave(0)
