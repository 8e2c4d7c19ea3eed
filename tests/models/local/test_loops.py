"""One embedded model, and event loops that come and go."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from contextlib import aclosing
from pathlib import Path

import pytest

from agno_tui.models.base import ModelError
from tests.models.local.place import LIMIT, Place, answer, lives, posix, until


def test_the_child_serves_one_loop_after_another(place: Place) -> None:
    model = place.model()
    for _ in range(3):
        assert asyncio.run(answer(model)) == "one two three"
    assert len(place.children()) == 1
    asyncio.run(model.close())
    assert not lives(place.children()[0])
    assert asyncio.run(answer(model)) == "one two three"
    asyncio.run(model.close())
    assert len(place.children()) == 2


def test_a_loop_that_ends_while_the_child_starts_takes_it_along(place: Place) -> None:
    model = place.model("hangs")

    async def leave() -> None:
        async with aclosing(model.prepare()) as steps:
            await anext(steps)
            await until(lambda: bool(place.children()))

    asyncio.run(leave())
    assert not lives(place.children()[0])
    model._command = place.model()._command
    assert asyncio.run(answer(model)) == "one two three"
    asyncio.run(model.close())


def test_another_loop_follows_the_same_preparation(place: Place) -> None:
    """A second thread waits for the child that the first one starts."""
    model = place.model("waits")
    said: list[str] = []

    def other() -> None:
        said.append(asyncio.run(answer(model)))

    async def first() -> None:
        waiting = asyncio.create_task(answer(model))
        await until(lambda: bool(place.children()))
        thread = threading.Thread(target=other)
        thread.start()
        (place.root / "go").touch()
        said.append(await waiting)
        await asyncio.to_thread(thread.join, LIMIT)

    asyncio.run(first())
    asyncio.run(model.close())
    assert said == ["one two three"] * 2
    assert len(place.children()) == 1


def test_close_from_another_loop_ends_a_preparation(place: Place) -> None:
    model = place.model("hangs")

    async def close() -> None:
        closing = threading.Thread(target=lambda: asyncio.run(model.close()))
        waiting = asyncio.create_task(answer(model))
        await until(lambda: bool(place.children()))
        closing.start()
        with pytest.raises(ModelError, match="was stopped while it started"):
            await waiting
        await asyncio.to_thread(closing.join, LIMIT)

    asyncio.run(close())
    assert not lives(place.children()[0])


@posix
@pytest.mark.parametrize("behaviour", ["behaves", "hangs"])
def test_a_program_that_closes_nothing_ends_and_leaves_no_child(
    place: Place, behaviour: str
) -> None:
    script = (
        "import asyncio, pathlib, sys\n"
        "from contextlib import suppress\n"
        "from tests.models.local.place import Place, answer\n"
        "model = Place(pathlib.Path(sys.argv[1])).model(sys.argv[2])\n"
        "async def main():\n"
        "    with suppress(TimeoutError):\n"
        "        hangs = sys.argv[2] == 'hangs'\n"
        "        print(await asyncio.wait_for(answer(model), 2 if hangs else 60))\n"
        "for _ in range(2): asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(place.root), behaviour],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.stderr == ""
    assert done.stdout == ("one two three\n" * 2 if behaviour == "behaves" else "")
    asyncio.run(until(lambda: not any(map(lives, place.children()))))
    assert place.children()
