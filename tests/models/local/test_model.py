"""The embedded model: its preparation, its child, and what happens when that dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import sys
from contextlib import aclosing, suppress
from pathlib import Path

import pytest

from agno_tui.models.base import Model, ModelError, ModelErrorKind, Progress
from agno_tui.models.local import EmbeddedModel
from agno_tui.models.local import child as local_child
from agno_tui.models.local import model as local_model
from agno_tui.models.local.weights import Weights
from agno_tui.session import Message, Role, ToolCall
from tests.models.asking import LOOK_BACK, ask, content
from tests.models.local.place import (
    QUESTION,
    Place,
    answer,
    closing,
    lives,
    posix,
    prepared,
    until,
    words_of,
)


async def test_prepare_then_answer(place: Place) -> None:
    async with closing(place.model()) as model:
        assert await prepared(model) == [Progress("Starting Tiny.Q4")]
        assert await prepared(model) == []
        assert await answer(model) == "one two three"
    assert len(place.children()) == 1
    assert not lives(place.children()[0])


async def test_stream_prepares_by_itself(place: Place) -> None:
    async with closing(place.model()) as model:
        assert await answer(model) == "one two three"


def test_names(place: Place) -> None:
    model: Model = place.model()
    assert (model.id, model.provider) == ("Tiny.Q4", "local")
    assert model.label == "Tiny.Q4 · runs inside"
    model = EmbeddedModel(place.root, place.root)
    assert model.id == "SmolLM2-135M-Instruct"
    assert model.label == "SmolLM2 135M · runs inside"
    assert model.context_window == 4096


async def test_the_window_is_what_the_child_says(place: Place) -> None:
    async with closing(place.model()) as model:
        await prepared(model)
        assert model.context_window == 1234


async def test_the_key_is_told_by_standard_input_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-ours")
    async with closing(place.model()) as model:
        await prepared(model)
        key = place.written("wish.json")["api_key"]
        environment = json.dumps(place.written("environment.json"))
    assert len(key) > 30
    assert key not in environment
    assert "sk-ours" not in environment


async def test_several_callers_share_one_preparation(place: Place) -> None:
    async with closing(place.model()) as model:
        everyone = await asyncio.gather(*(prepared(model) for _ in range(3)))
        assert everyone == [[Progress("Starting Tiny.Q4")]] * 3
    assert len(place.children()) == 1


async def test_a_caller_who_leaves_takes_nothing_along(place: Place) -> None:
    async with closing(place.model()) as model:
        async with aclosing(model.prepare()) as steps:
            await anext(steps)
        assert await answer(model) == "one two three"
    assert len(place.children()) == 1


async def test_a_new_child_after_close(place: Place) -> None:
    model = place.model()
    for _ in range(2):
        async with closing(model):
            assert await answer(model) == "one two three"
    assert len(place.children()) == 2


async def test_close_before_anything_and_twice(place: Place) -> None:
    model = place.model()
    await model.close()
    await model.close()


async def test_a_child_that_dies_while_it_answers(place: Place) -> None:
    async with closing(place.model("dies once")) as model:
        received = ""
        with pytest.raises(ModelError) as caught:
            stream = model.stream([Message(Role.USER, QUESTION)])
            async with aclosing(stream) as pieces:
                async for piece in pieces:
                    received += piece.content
        assert received == "one "
        assert caught.value.kind is ModelErrorKind.LOCAL
        assert "stopped unexpectedly" in caught.value.words
        assert await answer(model) == "one two three"
    assert len(place.children()) == 2


@posix
async def test_a_child_that_died_between_answers(place: Place) -> None:
    async with closing(place.model()) as model:
        await answer(model)
        (pid,) = place.children()
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not lives(pid))
        with suppress(ModelError):
            await answer(model)
        assert await answer(model) == "one two three"


@pytest.mark.parametrize("behaviour", ["dies", "refuses", "babbles"])
async def test_a_child_that_does_not_start(place: Place, behaviour: str) -> None:
    async with closing(place.model(behaviour)) as model:
        words = await words_of(model)
        assert "Tiny.Q4.gguf can't be loaded" in words
        assert "local-model.log" in words
        assert await words_of(model) == words
    assert not any(lives(pid) for pid in place.children())


async def test_a_program_that_is_not_there(place: Place) -> None:
    command = [str(place.root / "nothing")]
    model = EmbeddedModel(place.root, place.root, place.gguf, command=command)
    async with closing(model):
        assert "can't be started" in await words_of(model)


@posix
@pytest.mark.parametrize("behaviour", ["hangs", "stays"])
async def test_close_ends_what_does_not_end_by_itself(
    place: Place, behaviour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_child, "PATIENCE", 0.05)
    model = place.model(behaviour)
    waiting = asyncio.create_task(prepared(model))
    await until(lambda: bool(place.children()))
    if behaviour == "stays":
        await waiting
    await model.close()
    assert not lives(place.children()[0])
    if behaviour == "hangs":
        with pytest.raises(ModelError, match="was stopped while it started"):
            await waiting


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "There is no file"), (b"PK..", "is not a gguf"), (b"", "is not a gguf")],
)
async def test_a_file_that_is_no_model(
    place: Place, content: bytes | None, words: str
) -> None:
    place.gguf.unlink()
    if content is not None:
        place.gguf.write_bytes(content)
    async with closing(place.model()) as model:
        assert words in await words_of(model)
    assert place.children() == []


async def test_a_folder_is_no_model(place: Place) -> None:
    model = EmbeddedModel(place.root, place.root, place.root)
    assert "can't be read" in await words_of(model)


async def test_the_users_own_folder_is_understood(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(place.root))
    monkeypatch.setenv("USERPROFILE", str(place.root))
    model = EmbeddedModel(place.root, place.root, Path("~/nothing.gguf"))
    assert str(place.root / "nothing.gguf") in await words_of(model)


async def test_without_the_package(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_model, "is_available", lambda: False)
    assert "pip install xllamacpp" in await words_of(place.model())


async def test_a_fetch_that_fails_is_told(place: Place) -> None:
    weights = Weights(place.root / "cache", installers=[])
    model = EmbeddedModel(place.root, place.root, weights=weights)
    assert "can't be fetched" in await words_of(model)


@posix
async def test_the_log_folder_and_those_above_it_are_the_users_alone(
    place: Place,
) -> None:
    place.log_dir = place.root / "state" / "log"
    async with closing(place.model()) as model:
        await prepared(model)
    for folder in (place.log_dir, place.log_dir.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@posix
async def test_the_log_is_the_users_alone_and_stays_small(place: Place) -> None:
    log = place.log_dir / "local-model.log"
    log.parent.mkdir()
    log.write_bytes(bytes(local_child.LOG_LIMIT + 1))
    async with closing(place.model()) as model:
        await prepared(model)
    assert log.stat().st_size < local_child.LOG_LIMIT
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_threads_leave_room_for_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    counts = []
    for cores in (1, 2, 4, 8, 64):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        counts.append(local_child.thread_count())
    assert counts == [1, 1, 2, 4, 8]


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [("takes tools", True), ("takes no tools", False), ("behaves", True)],
)
async def test_tools_are_for_those_whose_template_has_a_place_for_them(
    place: Place, behaviour: str, told: bool
) -> None:
    messages = [
        Message(Role.USER, QUESTION),
        Message(Role.ASSISTANT, "", tool_calls=[ToolCall("c", "f", "{}")]),
        Message(Role.TOOL, "Paris", tool_call_id="c", tool_name="f"),
    ]
    async with closing(place.model(behaviour)) as model:
        pieces = await ask(model, messages=messages, tools=[LOOK_BACK])
    assert content(pieces) == "one two three"
    asked = json.loads((place.root / "asked.json").read_text())
    assert ("tools" in asked) is told
    assert asked["messages"][-1]["role"] == ("tool" if told else "user")
    assert "Paris" in asked["messages"][-1]["content"]
