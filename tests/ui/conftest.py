"""A scripted model, an app over it, and ways to look at the screen."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from textual.message import Message as TextualMessage
from textual.pilot import Pilot

from agno_tui.agent import Agent
from agno_tui.models.base import (
    ModelError,
    ModelErrorKind,
    ModelResponse,
    Progress,
    ToolDefinition,
    Usage,
)
from agno_tui.runner import Runner
from agno_tui.session import Message, Metrics, Role, Run, RunStatus
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import StorageError, StorageErrorKind
from agno_tui.storage.memory import MemoryStorage
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.transcript.transcript import Transcript
from tests.fakes import METHODS

SNAPSHOTS = Path(__file__).with_name("snapshots")
LONGEST_WAIT = 20.0  # Seconds, on a machine that has much else to do.

Screen = Pilot[int]


class Script:
    """What one answer will be: pieces, gates to wait at, an error to end with."""

    def __init__(self, *steps: str | asyncio.Event | BaseException) -> None:
        self.steps = steps


class ScriptedModel:
    """Answers by script, in the order asked; then with an echo of the question."""

    def __init__(self) -> None:
        self.id = "test-model"
        self.provider = "test"
        self.label = "test-model"
        self.context_window: int | None = None
        self.scripts: list[Script] = []
        self.by_question: dict[str, Script] = {}
        self.requests: list[list[Message]] = []
        self.ready: asyncio.Event | None = None
        self.steps: list[Progress] = []
        self.trouble: ModelError | None = None

    async def prepare(self) -> AsyncGenerator[Progress, None]:
        for step in self.steps:
            yield step
        if self.ready is not None:
            await self.ready.wait()
        if self.trouble is not None:
            raise self.trouble

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolDefinition] = (),
        may_call: bool = True,
    ) -> AsyncGenerator[ModelResponse, None]:
        self.requests.append(list(messages))
        question = messages[-1].content
        script = self.by_question.get(question)
        if script is None:
            script = self.scripts.pop(0) if self.scripts else Script(f"Echo {question}")
        for step in script.steps:
            if isinstance(step, asyncio.Event):
                await step.wait()
            elif isinstance(step, BaseException):
                raise step
            else:
                yield ModelResponse(content=step)
        yield ModelResponse(finish_reason="stop", usage=Usage(3, 5))

    async def close(self) -> None:
        pass


class TestStorage(MemoryStorage):
    """A memory storage that can be slow to open, and can wait and refuse."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__()
        self.opened: asyncio.Event | None = None
        self.refuse: set[str] = set()
        self.gates: dict[str, asyncio.Event] = {}

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        return partial(self._through_gate, name, found) if name in METHODS else found

    async def _through_gate(
        self,
        name: str,
        method: Callable[..., Awaitable[object]],
        /,
        *args: object,
        **named: object,
    ) -> object:
        if name == "open" and self.opened is not None:
            await self.opened.wait()
        # What was read before the gate opened may be out of date behind it.
        if name.startswith("get_"):
            result = await method(*args, **named)
            await self._gate(name)
            return result
        await self._gate(name)
        return await method(*args, **named)

    async def _gate(self, name: str) -> None:
        if gate := self.gates.get(name):
            await gate.wait()
        if name in self.refuse:
            raise StorageError(StorageErrorKind.FULL, "The disk is full.")


MakeApp = Callable[..., AgnoApp]


@pytest.fixture
def model() -> ScriptedModel:
    return ScriptedModel()


@pytest.fixture
def storage() -> TestStorage:
    return TestStorage()


@pytest.fixture
def make_app(model: ScriptedModel, storage: TestStorage) -> MakeApp:
    """Makes apps over the test's model and storage; a second one is a restart."""

    def make(theme: str = "dark", about: str = "agno_tui") -> AgnoApp:
        agent = Agent(model, storage=storage, add_history_to_messages=True)
        return AgnoApp(
            runner=Runner(agent),
            storage=storage,
            model=model,
            theme=theme,
            about=about,
        )

    return make


@pytest.fixture
def app(make_app: MakeApp) -> AgnoApp:
    return make_app()


def failure(words: str = "The key is not valid.") -> ModelError:
    return ModelError(ModelErrorKind.WRONG_KEY, words)


def a_run(
    session_id: str,
    question: str = "question",
    answer: str = "answer",
    *,
    status: RunStatus = RunStatus.COMPLETED,
    **fields: object,
) -> Run:
    messages = [Message(Role.USER, question)]
    if answer:
        messages.append(Message(Role.ASSISTANT, answer))
    run = Run(
        session_id=session_id,
        status=status,
        messages=messages,
        model="test-model",
        metrics=Metrics(output_tokens=412, duration=3.6, time_to_first_token=0.5),
    )
    for name, value in fields.items():
        setattr(run, name, value)
    return run


async def keep(storage: Storage, *runs: Run, name: str = "") -> None:
    """Keep runs as they are, ended ones as ended."""
    for run in runs:
        await storage.start_run(run, name=name or run.question)
        if run.status.ended:
            await storage.update_run(run)


async def until(pilot: Screen, condition: Callable[[], object], what: str = "") -> None:
    """Let the app work until something holds; fail after a bounded while."""
    end = monotonic() + LONGEST_WAIT
    while monotonic() < end:
        if condition():
            return
        await pilot.pause(0.005)
    raise AssertionError(f"never happened: {what}\n" + "\n".join(screen_lines(pilot)))


async def ready(pilot: Screen) -> None:
    """Let the app open its storage and show where the user was."""
    await until(pilot, lambda: the_app(pilot).desk.document is not None, "ready")
    await pilot.pause()


def the_app(pilot: Screen) -> AgnoApp:
    app = pilot.app
    assert isinstance(app, AgnoApp)
    return app


def screen_lines(pilot: Screen) -> list[str]:
    """The screen as plain text, right ends cut of spaces."""
    app = pilot.app
    width, height = app.size
    strips = app.screen._compositor.render_strips(app.size)
    filters = app.get_line_filters()
    lines: list[str] = []
    for strip in strips[:height]:
        segments = list(strip.crop(0, width))
        for line_filter in filters:
            segments = line_filter.apply(segments, app.background_colors[1])
        lines.append("".join(s.text for s in segments if not s.control).rstrip())
    return lines


def screen_text(pilot: Screen) -> str:
    return "\n".join(screen_lines(pilot))


def shows(pilot: Screen, text: str) -> Callable[[], bool]:
    return lambda: text in screen_text(pilot)


def transcript_lines(pilot: Screen) -> list[str]:
    """What stands in the transcript, line by line."""
    transcript = the_app(pilot).desk.chat.transcript
    return [
        transcript.render_line(y).text.rstrip() for y in range(transcript.size.height)
    ]


def list_lines(pilot: Screen) -> list[str]:
    sessions = the_app(pilot).desk.sessions
    return [sessions.render_line(y).text.rstrip() for y in range(sessions.size.height)]


def prompt_text(pilot: Screen) -> str:
    return the_app(pilot).desk.chat.prompt.text


async def type_and_send(pilot: Screen, text: str) -> None:
    keys = {"\n": "ctrl+j"}
    await pilot.press(*(keys.get(c, c) for c in text), "enter")


class Copied:
    """What was to be copied, oldest first; `note` hears the messages of the app."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._heard: object = None

    def note(self, message: TextualMessage) -> None:
        # Heard by each widget on its way up.
        if isinstance(message, Transcript.CopyWanted) and message is not self._heard:
            self._heard = message
            self.texts.append(message.text)


def check_snapshot(pilot: Screen, name: str) -> None:
    """Compare the screen with the kept one; UPDATE_SNAPSHOTS=1 keeps it anew."""
    file = SNAPSHOTS / f"{name}.txt"
    text = screen_text(pilot) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text
