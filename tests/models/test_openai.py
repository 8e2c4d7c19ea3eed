from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from contextlib import aclosing

import pytest

from agno_tui.models.base import Model, ModelError, Usage
from agno_tui.models.base import ModelErrorKind as Kind
from agno_tui.models.openai import OpenAIChat, _Connector
from agno_tui.session import Message
from tests.fake_server import (
    FakeServer,
    Gate,
    answers,
    cuts,
    silent,
    streams,
    usage,
)
from tests.models.asking import HI, KEY, ask, content


def test_importing_loads_no_sdk() -> None:
    code = (
        "import sys, agno_tui.models.openai as o; o.OpenAIChat(api_key='x');"
        "print(sorted({'openai', 'httpx2', 'pydantic', 'anyio'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


async def test_a_good_answer(server: FakeServer) -> None:
    server.will(
        streams("Hel", "lo", reasoning=["hm", "m"], counts=usage(12, 5, cached=4))
    )
    model: Model = OpenAIChat("gpt-x", base_url=server.base_url, api_key=KEY)
    messages = [
        Message("system", "Be brief."),
        Message("user", "Hi \ud800"),
        Message("assistant", "Yes?", reasoning_content="secret thoughts"),
        Message("user", "Go."),
    ]
    pieces = await ask(model, messages=messages)
    await model.close()
    assert content(pieces) == "Hello"
    assert "".join(piece.reasoning_content for piece in pieces) == "hmm"
    assert [p.finish_reason for p in pieces if p.finish_reason] == ["stop"]
    assert [p.usage for p in pieces if p.usage] == [Usage(12, 5, 4, 0)]
    request = server.chats[0]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["accept-encoding"] == "identity"
    assert request.body == {
        "model": "gpt-x",
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi \ufffd"},
            {"role": "assistant", "content": "Yes?"},
            {"role": "user", "content": "Go."},
        ],
    }


async def test_what_is_set_is_sent(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = OpenAIChat(temperature=0.5, extra_body={"cache_prompt": True}, label="L")
    await ask(model)
    await model.close()
    assert server.chats[0].body["temperature"] == 0.5
    assert server.chats[0].body["cache_prompt"] is True
    assert server.chats[0].headers["authorization"] == f"Bearer {KEY}"
    assert (model.id, model.label, model.provider) == ("gpt-4o-mini", "L", "openai")


async def test_pieces_come_when_they_are_sent(server: FakeServer) -> None:
    gate = Gate()
    server.will(streams("a", "b", gate=gate))
    model = OpenAIChat(base_url=server.base_url)
    async with aclosing(model.stream(HI)) as stream:
        gate.open()
        assert (await anext(stream)).content == "a"
        gate.open()
        assert (await anext(stream)).content == "b"
        gate.open_all()
        assert [piece.finish_reason async for piece in stream if not piece.usage] == [
            "stop"
        ]
    await model.close()


async def test_prepare_is_shared_and_the_collector_works_again(
    server: FakeServer,
) -> None:
    model = OpenAIChat(base_url=server.base_url)

    async def steps() -> int:
        async with aclosing(model.prepare()) as progress:
            return len([step async for step in progress])

    assert await asyncio.gather(*(steps() for _ in range(5))) == [1] * 5
    assert model._clients is not None
    client = model._clients.made
    assert await steps() == 0
    assert model._clients.made is client is not None
    assert gc.isenabled()
    await model.close()
    await ask(model)
    await model.close()


async def test_the_client_is_made_off_the_loop(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = OpenAIChat(base_url=server.base_url)
    make, threads = _Connector._import_and_connect, list[int]()

    def watched(self: _Connector) -> object:
        threads.append(threading.get_ident())
        return make(self)

    monkeypatch.setattr(_Connector, "_import_and_connect", watched)
    await ask(model)
    await model.close()
    assert threads and threads[0] != threading.get_ident()


async def test_one_connection_serves_again_after_an_answer(server: FakeServer) -> None:
    model = OpenAIChat(base_url=server.base_url)
    for _ in range(3):
        await ask(model)
    assert server.connections == 1
    await model.close()


async def test_closing_the_stream_closes_the_connection(server: FakeServer) -> None:
    server.will(silent("a"))
    model = OpenAIChat(base_url=server.base_url)
    async with aclosing(model.stream(HI)) as stream:
        assert (await anext(stream)).content == "a"
    await server.client_gone(seconds=1)
    await model.close()


async def test_cancelling_closes_the_connection(server: FakeServer) -> None:
    model = OpenAIChat(base_url=server.base_url)
    for number, behaviour in enumerate([silent("a"), silent(), silent(head=False)], 1):
        server.will(behaviour)
        task = asyncio.create_task(ask(model))
        await server.chat(number)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.client_gone(number, seconds=1)
    await model.close()


async def test_a_server_that_knows_no_stream_options(server: FakeServer) -> None:
    refusal = {"error": {"message": "Unknown parameter: stream_options"}}
    server.will(answers(400, refusal))
    model = OpenAIChat(base_url=server.base_url)
    assert content(await ask(model)) == "Hello from the fake server."
    await ask(model)
    await model.close()
    asked = ["stream_options" in chat.body for chat in server.chats]
    assert asked == [True, False, False]


async def test_a_reset_after_a_piece_that_was_read(server: FakeServer) -> None:
    gate = Gate()
    server.will(cuts("a", reset=True, gate=gate))
    model = OpenAIChat(base_url=server.base_url)
    async with aclosing(model.stream(HI)) as stream:
        gate.open()
        assert (await anext(stream)).content == "a"
        gate.open()
        with pytest.raises(ModelError, match="broke off") as caught:
            await anext(stream)
    assert caught.value.kind is Kind.CUT
    await model.close()


async def test_no_redirect_carries_the_conversation(server: FakeServer) -> None:
    async with FakeServer() as other:
        target = f"{other.base_url}/chat/completions"
        server.will(answers(307, b"", {"location": target}))
        model = OpenAIChat(base_url=server.base_url)
        with pytest.raises(ModelError) as caught:
            await ask(model)
        assert target in caught.value.words
        assert other.requests == []
    assert len(server.chats) == 1
    await model.close()


async def test_a_slow_reader_is_no_timeout(server: FakeServer) -> None:
    gate = Gate()
    server.will(streams("a", "b", gate=gate))
    model = OpenAIChat(base_url=server.base_url, token_timeout=0.05)
    async with aclosing(model.stream(HI)) as stream:
        gate.open()
        await anext(stream)
        await asyncio.sleep(0.1)
        gate.open_all()
        assert content([piece async for piece in stream]) == "b"
    await model.close()
