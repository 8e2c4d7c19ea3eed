"""A place for an embedded model in a test, and ways to ask one."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path

import pytest

from agno_tui.models.base import ModelError, ModelErrorKind, Progress
from agno_tui.models.local import EmbeddedModel
from agno_tui.session import Message, Role

LIMIT = 120.0
"""Seconds after which a test gives up; none comes near."""

QUESTION = "What is the capital of France?"
posix = pytest.mark.skipif(sys.platform == "win32", reason="speaks of signals")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Place:
    """Folders for one model, a small file that passes for weights, a fake child."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log_dir = root / "logs"
        self.gguf = root / "Tiny.Q4.gguf"
        self.gguf.write_bytes(b"GGUF and more")

    def model(self, behaviour: str = "behaves") -> EmbeddedModel:
        script = str(Path(__file__).with_name("fake_child.py"))
        command = [sys.executable, script, str(self.root), behaviour]
        return EmbeddedModel(self.root, self.log_dir, self.gguf, command=command)

    def children(self) -> list[int]:
        """Process ids of all children that were started."""
        return [int(path.read_text()) for path in sorted(self.root.glob("*.pid"))]

    def written(self, name: str) -> dict[str, str]:
        """What the child wrote down."""
        written: dict[str, str] = json.loads((self.root / name).read_text())
        return written


@asynccontextmanager
async def closing(model: EmbeddedModel) -> AsyncGenerator[EmbeddedModel, None]:
    try:
        async with asyncio.timeout(LIMIT):
            yield model
    finally:
        await model.close()


async def prepared(model: EmbeddedModel) -> list[Progress]:
    async with aclosing(model.prepare()) as steps:
        return [step async for step in steps]


async def answer(model: EmbeddedModel, question: str = QUESTION) -> str:
    async with aclosing(model.stream([Message(Role.USER, question)])) as pieces:
        return "".join([piece.content async for piece in pieces])


async def says(model: EmbeddedModel, word: str) -> bool:
    """Whether the word comes in the answer, which is left as soon as it does."""
    said = ""
    async with aclosing(model.stream([Message(Role.USER, QUESTION)])) as pieces:
        async for piece in pieces:
            said += piece.content
            if word in said:
                return True
    return False


async def words_of(model: EmbeddedModel) -> str:
    with pytest.raises(ModelError) as caught:
        await prepared(model)
    assert caught.value.kind is ModelErrorKind.LOCAL
    return caught.value.words


def lives(pid: int) -> bool:
    """Whether the process runs; one that waits to be collected does not."""
    with suppress(OSError):
        text = Path(f"/proc/{pid}/stat").read_text()
        return text.rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens outside this process."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)
