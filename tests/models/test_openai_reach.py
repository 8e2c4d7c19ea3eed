from __future__ import annotations

import asyncio
import socket
from contextlib import aclosing

import pytest

from agno_tui.models.base import ModelError
from agno_tui.models.base import ModelErrorKind as Kind
from agno_tui.models.openai import OpenAIChat
from tests.fake_server import (
    Behaviour,
    FakeServer,
    answers,
    raw,
    streams,
)
from tests.models.asking import ask, content


async def test_a_refused_connection() -> None:
    async with FakeServer() as server:
        pass
    model = OpenAIChat(base_url=server.base_url)
    with pytest.raises(ModelError, match="Is the server running") as caught:
        await ask(model)
    assert caught.value.kind is Kind.NO_NETWORK
    assert str(server.port) in caught.value.words
    await model.close()


@pytest.mark.parametrize(
    ("base_url", "key", "kind", "words"),
    [
        ("http://192.0.2.1/v1", "", Kind.BAD_REQUEST, "not encrypted"),
        ("http://192.168.1.5/v1", "", Kind.BAD_REQUEST, "set allow_http = true in"),
        ("http://localhost.evil.example/v1", "", Kind.BAD_REQUEST, "not encrypted"),
        ("localhost:11434", "", Kind.BAD_REQUEST, "base URL"),
        ("ftp://host/v1", "", Kind.BAD_REQUEST, "base URL"),
        ("http://[bad/v1", "", Kind.BAD_REQUEST, "base URL"),
        ("http://host:99999999/v1", "", Kind.BAD_REQUEST, "base URL"),
        (None, "", Kind.WRONG_KEY, "Set OPENAI_API_KEY"),
        (None, "sk-\u2026", Kind.WRONG_KEY, "characters"),
        (None, "sk-1\nsk-2", Kind.WRONG_KEY, "characters"),
    ],
)
async def test_what_is_refused_before_anything_is_sent(
    base_url: str | None, key: str, kind: Kind, words: str
) -> None:
    model = OpenAIChat(base_url=base_url, api_key=key)
    with pytest.raises(ModelError, match=words) as caught:
        async with aclosing(model.prepare()) as steps:
            async for _ in steps:
                pass
    assert caught.value.kind is kind
    with pytest.raises(ModelError):
        await ask(model)
    await model.close()


async def test_http_elsewhere_where_it_was_allowed() -> None:
    model = OpenAIChat(base_url="http://192.0.2.1/v1", allow_http=True)
    async with aclosing(model.prepare()) as steps:
        assert [step async for step in steps]
    await model.close()


@pytest.mark.parametrize(
    ("base_url", "timeout", "seconds"),
    [
        ("http://127.0.0.1:11434/v1", None, 600),
        ("http://localhost:1/v1", None, 600),
        ("https://api.openai.com/v1", None, 60),
        ("http://127.0.0.1:11434/v1", 5, 5),
    ],
)
def test_a_machine_that_loads_its_model_itself_has_more_time(
    base_url: str, timeout: float | None, seconds: float
) -> None:
    model = OpenAIChat(base_url=base_url, first_token_timeout=timeout)
    assert model._patience.first == seconds


async def test_an_address_that_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    model = OpenAIChat(base_url="https://nobody.invalid/v1", api_key="x")
    with pytest.raises(ModelError, match=r"nobody\.invalid was not found") as caught:
        await ask(model)
    assert caught.value.kind is Kind.NO_NETWORK
    await model.close()


async def test_a_connection_that_is_not_there_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolved = asyncio.Event()

    async def never(*_: object, **__: object) -> None:
        resolved.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", never)
    model = OpenAIChat(
        base_url="https://nobody.invalid/v1", api_key="x", connect_timeout=0.05
    )
    with pytest.raises(ModelError, match=r"within 0\.05 s") as caught:
        await ask(model)
    assert resolved.is_set()
    assert caught.value.kind is Kind.TIMEOUT
    await model.close()


async def test_models_are_listed(server: FakeServer) -> None:
    server.models = ["a", "b"]
    model = OpenAIChat(base_url=server.base_url)
    assert await model.list_models() == ["a", "b"]
    await model.close()


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (answers(401, {}), Kind.WRONG_KEY),
        (answers(200, "<html>"), Kind.NOT_OPENAI),
        (answers(200, {"data": 3}), Kind.NOT_OPENAI),
        (answers(200, {"error": {"message": "no"}}), Kind.SERVER),
        (answers(404, ""), Kind.NOT_OPENAI),
        (raw(), Kind.CUT),
    ],
)
async def test_a_list_that_is_none(
    server: FakeServer, behaviour: Behaviour, kind: Kind
) -> None:
    server.models_behaviour = behaviour
    model = OpenAIChat(base_url=server.base_url)
    with pytest.raises(ModelError) as caught:
        await model.list_models()
    assert caught.value.kind is kind
    await model.close()


async def test_a_request_on_a_connection_that_was_just_closed_is_sent_again() -> None:
    async with FakeServer() as server:
        server.will(streams("one"), raw(), streams("two"))
        model = OpenAIChat(base_url=server.base_url)
        assert content(await ask(model)) == "one"
        assert content(await ask(model)) == "two"
        assert len(server.chats) == 3
        await model.close()


async def test_a_server_that_closes_every_connection_is_not_asked_for_ever() -> None:
    async with FakeServer() as server:
        server.will(streams("one"), raw(), raw(), raw())
        model = OpenAIChat(base_url=server.base_url)
        await ask(model)
        with pytest.raises(ModelError, match="closed the connection without"):
            await ask(model)
        assert len(server.chats) == 3
        await model.close()
