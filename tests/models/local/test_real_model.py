"""The real embedded model."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import urllib.error
import urllib.request
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

import pytest

from agno_tui.models.base import ModelError, ModelErrorKind
from agno_tui.models.local import EmbeddedModel, is_available
from agno_tui.models.local.child import LocalChild
from agno_tui.models.local.model import SAMPLING
from agno_tui.models.local.server import N_PREDICT
from agno_tui.models.local.weights import Weights
from agno_tui.session import Message, Role, ToolCall
from tests.models.asking import LOOK_BACK, ask, called, content
from tests.models.local.place import (
    LIMIT,
    QUESTION,
    answer,
    closing,
    linux,
    lives,
    prepared,
    says,
    until,
)


@pytest.fixture
def real(real_cache: Path, tmp_path: Path) -> EmbeddedModel:
    """The real model; the coldest, so that it says the same every time."""
    assert is_available()
    return EmbeddedModel(real_cache, tmp_path, temperature=0)


@pytest.mark.embedded
async def test_the_real_model_knows_paris(real: EmbeddedModel) -> None:
    async with closing(real) as model:
        assert await says(model, "Paris")
        assert model.context_window == 4096


@pytest.mark.embedded
async def test_the_real_model_answers_two_at_the_same_time(real: EmbeddedModel) -> None:
    async with closing(real) as model:
        await prepared(model)
        message = Message(Role.USER, "Tell me a long story about a fox.")
        async with aclosing(model.stream([message])) as pieces:
            assert (await anext(pieces)).content
            assert await says(model, "Paris")
            assert (await anext(pieces)).content


@pytest.mark.embedded
async def test_a_question_beyond_the_window_is_refused(real: EmbeddedModel) -> None:
    async with closing(real) as model:
        with pytest.raises(ModelError) as caught:
            await answer(model, "word " * 5000)
        assert caught.value.kind is ModelErrorKind.CONTEXT


@linux
@pytest.mark.embedded
async def test_the_real_model_comes_back_after_a_crash(real: EmbeddedModel) -> None:
    async with closing(real) as model:
        await prepared(model)
        with pytest.raises(ModelError) as caught:
            message = Message(Role.USER, "Tell me a long story about a fox.")
            async with aclosing(model.stream([message])) as pieces:
                async for _ in pieces:
                    with suppress(ProcessLookupError):
                        os.kill(child_of(os.getpid()), signal.SIGSEGV)
        assert "stopped unexpectedly" in caught.value.words
        assert await says(model, "Paris")


@pytest.mark.embedded
async def test_the_real_child_wants_its_key(real_cache: Path, tmp_path: Path) -> None:
    weights = Weights(real_cache)
    async with aclosing(weights.fetch()) as steps:
        async for _ in steps:
            pass
    child = await LocalChild.start(weights.path, tmp_path)
    try:
        assert child.address.startswith("http://127.0.0.1:")
        assert await asyncio.to_thread(status_of, child, "") == 401
        assert await asyncio.to_thread(status_of, child, child.api_key) == 200
    finally:
        await child.end()


@pytest.mark.embedded
async def test_an_answer_that_nobody_limits_comes_to_an_end(
    real: EmbeddedModel, real_cache: Path, tmp_path: Path
) -> None:
    async with closing(real) as model:
        await prepared(model)  # so that the weights are there
    soon = "from agno_tui.models.local import server as s; s.N_PREDICT = 3; s.main()"
    command = [sys.executable, "-c", soon]
    child = await LocalChild.start(Weights(real_cache).path, tmp_path, command)
    try:
        response = await asyncio.to_thread(asked, child, child.api_key, temperature=0)
        with response:
            answered = json.load(response)
        assert answered["usage"]["completion_tokens"] == 3
        assert answered["choices"][0]["finish_reason"] == "length"
    finally:
        await child.end()
    assert SAMPLING["max_tokens"] == N_PREDICT


@linux
@pytest.mark.embedded
async def test_the_real_child_dies_with_a_killed_parent(
    real: EmbeddedModel, real_cache: Path, tmp_path: Path
) -> None:
    async with closing(real) as model:
        await prepared(model)  # so that the weights are there
    script = (
        "import asyncio, pathlib, sys\n"
        "from agno_tui.models.local import EmbeddedModel\n"
        "async def main():\n"
        "    paths = [pathlib.Path(a) for a in sys.argv[1:]]\n"
        "    model = EmbeddedModel(*paths)\n"
        "    async for _ in model.prepare(): pass\n"
        "    print('ready', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, str(real_cache), str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    async with asyncio.timeout(LIMIT):
        assert await parent.stdout.readline()
        child = child_of(parent.pid)
        assert lives(child)
        parent.kill()
        await parent.wait()
        await until(lambda: not lives(child))


def child_of(parent: int) -> int:
    """The one child that a process's main thread has started."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    (child,) = children.split()
    return int(child)


def asked(child: LocalChild, key: str, **more: object) -> Any:
    """The child's HTTP response to a short question."""
    request = urllib.request.Request(
        f"{child.address}/v1/chat/completions",
        data=json.dumps(
            {"messages": [{"role": "user", "content": "Hi"}], **more}
        ).encode(),
        headers={"Authorization": f"Bearer {key}", "content-type": "application/json"},
    )
    return urllib.request.urlopen(request)


def status_of(child: LocalChild, key: str) -> int:
    """The HTTP status of asking the child something with a key."""
    try:
        with asked(child, key, max_tokens=1) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.embedded
async def test_the_real_model_is_told_of_no_tools_and_minds_none(
    real: EmbeddedModel,
) -> None:
    asked = [Message(Role.USER, "What is the capital of Japan?")]
    earlier = [
        Message(Role.USER, QUESTION),
        Message(Role.ASSISTANT, "", tool_calls=[ToolCall("c", "f", '{"broken')]),
        Message(Role.TOOL, "It is Paris.", tool_call_id="c", tool_name="f"),
        Message(Role.ASSISTANT, "It is Paris."),
    ]
    async with closing(real) as model:
        without = content(await ask(model, messages=asked))
        pieces = await ask(model, messages=asked, tools=[LOOK_BACK])
        assert content(pieces) == without
        assert not called(pieces)
        for may_call in (True, False):
            messages = [*earlier, *asked]
            pieces = await ask(
                model, messages=messages, tools=[LOOK_BACK], may_call=may_call
            )
            assert content(pieces)
        assert model._chat is not None and model._chat.takes_tools is False
