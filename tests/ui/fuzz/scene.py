"""The live app: over a real database, with a model that answers when it is told to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

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
from agno_tui.session import Message
from agno_tui.storage.sqlite import SqliteStorage
from agno_tui.ui.app import AgnoApp
from tests.fakes import METHODS

ANSWERS: Final = (
    "Echo of *that*. ",
    "```python\nprint('x')\n```\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "See [here](https://example.org/a) and https://example.com. ",
    "\x1b[2J\x9b31m \x00 hostile \u202e text \x85\n\n",
    "- one\n- two\n  - three\n\n$x^2$ ",
    "漢字 한국어 👩‍👩‍👧 " * 3,
    "[/] [@click=app.quit]no[/] " + "long words " * 40 + "\n\n",
)

FIRE: Final = ModelError(ModelErrorKind.SERVER, "The server is on \x1b[31mfire.")


class SteppedModel:
    """Answers piece by piece, whenever `go`, `end` or `fail` is called."""

    def __init__(self, seed: int) -> None:
        self.id = self.provider = self.label = "stepped"
        self.context_window: int | None = 8_000
        self.live: list[asyncio.Queue[str]] = []
        """Of every answer under way what it is to do next, the oldest first."""
        self.is_open = False
        """Whether answers end by themselves."""
        self._random = Random(seed)

    async def prepare(self) -> AsyncGenerator[Progress, None]:
        """Nothing to make ready."""
        yield Progress("Ready")

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolDefinition] = (),
        may_call: bool = True,
    ) -> AsyncGenerator[ModelResponse, None]:
        """Answer, as it is told."""
        orders: asyncio.Queue[str] = asyncio.Queue()
        self.live.append(orders)
        try:
            while not self.is_open:
                order = await orders.get()
                if order == "fail":
                    raise ModelError(FIRE.kind, FIRE.words)
                if self._random.random() < 0.2:
                    yield ModelResponse(reasoning_content="Let me think. \x1b ")
                yield ModelResponse(content=self._random.choice(ANSWERS))
                if order == "end":
                    break
            yield ModelResponse(content="Done.")
            yield ModelResponse(finish_reason="stop", usage=Usage(3, 5))
        finally:
            self.live.remove(orders)

    def go(self) -> None:
        """All say one piece more."""
        for orders in self.live:
            orders.put_nowait("go")

    def end(self) -> None:
        """The oldest answer ends."""
        for orders in self.live[:1]:
            orders.put_nowait("end")

    def fail(self) -> None:
        """The newest answer fails."""
        for orders in self.live[-1:]:
            orders.put_nowait("fail")

    def end_all(self) -> None:
        """All end, and whatever comes ends at once."""
        self.is_open = True
        for orders in self.live:
            orders.put_nowait("end")

    async def close(self) -> None:
        """Nothing to let go of."""


class CountedStorage(SqliteStorage):
    """Knows how much it is doing."""

    under_way = 0

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        return partial(self._counted, found) if name in METHODS else found

    async def _counted(
        self, method: Callable[..., Awaitable[object]], /, *args: Any, **named: Any
    ) -> object:
        self.under_way += 1
        try:
            return await method(*args, **named)
        finally:
            self.under_way -= 1


class Heard(logging.Handler):
    """What the program says went wrong, in its log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note it."""
        self.records.append(self.format(record))


class Scene:
    """An app over the database in a folder; another scene there is a restart."""

    def __init__(self, folder: Path, seed: int, *, user_id: str = "ann") -> None:
        self.path = folder / "fuzz.db"
        self.model = SteppedModel(seed)
        self.storage = CountedStorage(self.path)
        agent = Agent(self.model, storage=self.storage, add_history_to_messages=True)
        self.runner = Runner(agent)
        self.app = FuzzedApp(
            runner=self.runner,
            storage=self.storage,
            model=self.model,
            user_id=user_id,
            theme="dark",
            about="agno_tui",
        )

    @property
    def standing(self) -> tuple[str, str, str]:
        """The open session, if anything is in it, what is written for it, and whose it
        is. Also after the end."""
        return self.app.stood or self.app.standing


class FuzzedApp(AgnoApp):
    """The app, which quits only when the test says so: not by the palette, by /quit or
    by ctrl+c twice."""

    may_quit = False
    stood: tuple[str, str, str] | None = None
    """How it was when it ended."""

    async def action_quit(self) -> None:
        """Quit, if that is what the test wants."""
        if self.may_quit:
            await super().action_quit()

    async def leave(self, code: int) -> None:
        """Note how it stands in the end."""
        await super().leave(code)
        self.stood = self.standing

    @property
    def standing(self) -> tuple[str, str, str]:
        """See `Scene.standing`."""
        document, draft = self.desk.document, self.desk.chat.prompt.draft
        is_kept = document is not None and bool(document.turns or draft)
        shown = document.session.session_id if document and is_kept else ""
        return shown, draft, self.user_id
