"""A chat in plain lines over fakes, with a keyboard that a test types on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import pytest

from agno_tui.agent import Agent
from agno_tui.plain.chat import PlainChat
from agno_tui.plain.typed import Ended, Interrupted, Line, Typed
from agno_tui.runner import Runner
from agno_tui.session import Run
from agno_tui.storage.base import Storage
from agno_tui.storage.memory import MemoryStorage
from tests.fakes import FakeModel, until


class ScriptedKeyboard:
    """Types what a test says, and remembers what it was told."""

    def __init__(self, *, is_interactive: bool = True, edits: bool = True) -> None:
        self.is_interactive = is_interactive
        self.edits = edits
        self.typed: asyncio.Queue[Typed] = asyncio.Queue()
        self.prefilled: list[str] = []
        self.history: list[str] = []
        self.is_busy = False
        self.asides = 0
        self.reads = 0
        self.stands: str | None = None
        """What stands in the line; None: nobody can know."""
        self.looks = 0
        self.offers: Callable[[str], Sequence[str]] = lambda text: ()
        self.leave: Callable[[int], None] = lambda code: None

    async def read(self) -> Typed:
        self.reads += 1
        typed = await self.typed.get()
        if self.stands is not None:
            self.stands = ""
        return typed

    @property
    def line(self) -> str | None:
        self.looks += 1
        return self.stands

    def set_busy(self, busy: bool) -> None:
        self.is_busy = busy

    def aside(self, say: Callable[[], None]) -> None:
        self.asides += 1
        say()

    def prefill(self, text: str) -> bool:
        if self.edits:
            self.prefilled.append(text)
        return self.edits

    def remember(self, questions: Sequence[str]) -> None:
        self.history = list(questions)

    def complete(self, offers: Callable[[str], Sequence[str]]) -> None:
        self.offers = offers

    def on_signal(self, leave: Callable[[int], None]) -> None:
        self.leave = leave


class Talk:
    """A chat that is running; `said` is all of its output."""

    def __init__(
        self,
        model: FakeModel,
        storage: Storage,
        *,
        exports: Path,
        user_id: str = "u",
        is_interactive: bool = True,
        edits: bool = True,
    ) -> None:
        self.model, self.storage, self.user_id = model, storage, user_id
        self.said = ""
        self.keyboard = ScriptedKeyboard(is_interactive=is_interactive, edits=edits)
        agent = Agent(model, storage=storage, add_history_to_messages=True)
        self.runner = Runner(agent)
        self.chat = PlainChat(
            runner=self.runner,
            storage=storage,
            model=model,
            keyboard=self.keyboard,
            write=self._write,
            user_id=user_id,
            exports=exports,
        )
        self._task: asyncio.Task[int] | None = None

    def _write(self, text: str) -> None:
        self.said += text

    async def __aenter__(self) -> Talk:
        self._task = asyncio.create_task(self.chat.run_async())
        await until(lambda: self.keyboard.reads > 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.end()

    async def end(self, typed: Typed | None = None) -> int:
        """Leave, by the end of the input where nothing else is said."""
        assert self._task is not None
        if not self._task.done():
            self.keyboard.typed.put_nowait(typed or Ended())
        async with asyncio.timeout(5):
            return await self._task

    async def code(self) -> int:
        """The exit code of a chat that leaves by itself."""
        assert self._task is not None
        async with asyncio.timeout(5):
            return await self._task

    @property
    def session_id(self) -> str:
        return self.chat._place.session_id

    async def type(self, *texts: str) -> str:
        """Type lines, each once the one before was taken; returns what was said."""
        before = len(self.said)
        for text in texts:
            await self._give(Line(text))
        return self.said[before:]

    async def ctrl_c(self, text: str = "") -> str:
        before = len(self.said)
        await self._give(Interrupted(text))
        return self.said[before:]

    async def _give(self, typed: Typed) -> None:
        reads = self.keyboard.reads
        self.keyboard.typed.put_nowait(typed)
        task = self._task
        assert task is not None
        await until(lambda: self.keyboard.reads > reads or task.done())

    async def ask(self, text: str) -> str:
        """Send a message and wait until its answer has ended; returns what was said."""
        before = len(self.said)
        await self.type(text)
        await self.rest()
        return self.said[before:]

    async def rest(self) -> None:
        """Wait until nothing is under way."""
        await until(lambda: not self.runner.running and not self.keyboard.is_busy)
        await self.chat._hearing.finish()

    async def says(self, *wanted: str) -> None:
        """Wait until all of these were said."""
        await until(lambda: all(one in self.said for one in wanted))

    async def runs(self) -> list[Run]:
        return await self.storage.get_runs(self.session_id, user_id=self.user_id)


MakeTalk = Callable[..., Talk]


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def make_talk(storage: MemoryStorage, tmp_path: Path) -> MakeTalk:
    """Chats over one storage, each with a runner of its own, as after a restart."""

    def make(model: FakeModel | None = None, **named: object) -> Talk:
        kept = named.pop("storage", storage)
        assert isinstance(kept, MemoryStorage)
        options: dict[str, object] = {"exports": tmp_path / "exports", **named}
        return Talk(model or FakeModel(), kept, **options)  # type: ignore[arg-type]

    return make
