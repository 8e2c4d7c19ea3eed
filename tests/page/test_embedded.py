"""The page's examples once against the real embedded model, over the wire."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from agno_tui.models.local.child import LocalChild
from agno_tui.models.local.weights import Weights
from tests.page.rows import rows
from tests.page.scripts import FIRST, FIRST_RETURNED, SECOND, THIRD, run_script

pytestmark = pytest.mark.embedded

_BOX = re.compile(r"^┏━ (\w[\w ]*) ━+┓$(.*?)^┗━+┛$", re.MULTILINE | re.DOTALL)


@pytest.fixture
async def child(real_cache: Path, tmp_path: Path) -> AsyncIterator[LocalChild]:
    """The process of the real model, as the program starts it."""
    weights = Weights(real_cache)
    async with aclosing(weights.fetch()) as steps:
        async for _ in steps:
            pass
    child = await LocalChild.start(weights.path, tmp_path / "log")
    yield child
    await child.end()


async def printed_by(script: str, folder: Path, child: LocalChild) -> str:
    return await run_script(
        script, folder, base_url=f"{child.address}/v1", api_key=child.api_key
    )


def boxes(printed: str, title: str) -> list[str]:
    """The texts of all boxes of that title."""
    return [
        " ".join(line.strip("┃ ") for line in text.splitlines()).strip()
        for name, text in _BOX.findall(printed)
        if name == title
    ]


@pytest.mark.parametrize(
    ("script", "answers"), [(FIRST, 1), (FIRST_RETURNED, 2), (SECOND, 5)]
)
async def test_it_answers(
    child: LocalChild, tmp_path: Path, script: str, answers: int
) -> None:
    printed = await printed_by(script, tmp_path, child)
    responses = boxes(printed, "Response")
    assert len(responses) == answers and all(responses)
    assert boxes(printed, "Error") == []


async def test_the_third(child: LocalChild, tmp_path: Path) -> None:
    printed = await printed_by(THIRD, tmp_path, child)
    print(printed)
