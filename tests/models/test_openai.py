from __future__ import annotations

import asyncio
import gc
import json
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

import pytest

from agno_tui.models.base import Model, ModelError, ModelResponse, Usage
from agno_tui.models.base import ModelErrorKind as Kind
from agno_tui.models.openai import OpenAIChat
from agno_tui.session import Message
from tests.fake_server import (
    Behaviour,
    FakeServer,
    Gate,
    answers,
    body,
    chunk,
    cuts,
    drips,
    events,
    raw,
    silent,
    streams,
    usage,
)

HI = [Message("user", "Hi")]
KEY = "sk-canary-123"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    async with FakeServer() as server:
        yield server


async def ask(
    model: Model,
    into: list[ModelResponse] | None = None,
    messages: Sequence[Message] = HI,
) -> list[ModelResponse]:
    """All pieces; those that came before an error are in `into`."""
    pieces = [] if into is None else into
    async with aclosing(model.stream(messages)) as stream:
        async for piece in stream:
            pieces.append(piece)
    return pieces


def content(pieces: Sequence[ModelResponse]) -> str:
    return "".join(piece.content for piece in pieces)


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


def test_openai_itself_is_told_as_developer() -> None:
    model = OpenAIChat(api_key=KEY)
    assert model._outgoing(Message("system", "x"))["role"] == "developer"


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
    client = model._client.made
    assert await steps() == 0
    assert model._client.made is client is not None
    assert gc.isenabled()
    await model.close()
    await ask(model)
    await model.close()


async def test_the_client_is_made_off_the_loop(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = OpenAIChat(base_url=server.base_url)
    make, threads = model._import_and_connect, list[int]()

    def watched() -> object:
        threads.append(threading.get_ident())
        return make()

    monkeypatch.setattr(model, "_import_and_connect", watched)
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


WHOLE = {"choices": [{"message": {"content": "ab"}, "finish_reason": "stop"}]}
STOP = chunk(finish="stop")
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
A = b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n'
HALF = json.dumps(chunk("\ud83d")), json.dumps(chunk("\ude00"))
DEEP = "[" * 100_000

COMPLETE: dict[str, tuple[Behaviour, str]] = {
    "no finish_reason but [DONE]": (events(chunk("a"), done=True), "a"),
    "finish_reason but no [DONE]": (events(chunk("a"), STOP), "a"),
    "only [DONE]": (events(done=True), ""),
    "[DONE] without an empty line": (body(A, b"data: [DONE]"), "a"),
    "200 with a whole reply": (answers(200, WHOLE), "ab"),
    "BOM": (body(b"\xef\xbb\xbf" + A, b"data: [DONE]\n\n"), "a"),
    "CRLF": (body(A.replace(b"\n", b"\r\n"), b"data: [DONE]\r\n\r\n"), "a"),
    "no space": (body(A.replace(b": {", b":{", 1), b"data:[DONE]\n\n"), "a"),
    "wrong content type": (
        body(A, b"data: [DONE]\n\n", content_type="application/json"),
        "a",
    ),
    "comments and blank lines": (
        body(b": hi\n\n\n\n: ho\n", A, b": x\n\ndata: [DONE]\n\n"),
        "a",
    ),
    "split within a character": (
        body(
            b'data: {"choices":[{"delta":{"content":"\xc3',
            b'\xa4"}}]}\n\ndata: [DONE]\n\n',
        ),
        "ä",
    ),
    "invalid UTF-8": (
        body(b'data: {"choices":[{"delta":{"content":"\xff"}}]}\n\ndata: [DONE]'),
        "\ufffd",
    ),
    "surrogate halves in two pieces": (events(*HALF, done=True), "😀"),
    "a lone first half": (events(HALF[0], chunk("x"), STOP), "\ufffdx"),
    "a lone first half at the end": (events(HALF[0], done=True), "\ufffd"),
    "a lone second half": (events(HALF[1], STOP), "\ufffd"),
    "odd shapes": (
        events(
            "NaN",
            {},
            [],
            "null",
            "3",
            "",
            {"choices": None},
            {"choices": []},
            {"choices": [None]},
            {"choices": {}},
            {"choices": [{"delta": None}]},
            {"choices": [{"delta": []}]},
            {"choices": [{"delta": {"content": 5, "reasoning": {}}}]},
            {"choices": [{"delta": {"content": "a"}, "finish_reason": 3}]},
            {"choices": [], "usage": {"prompt_tokens": "x"}},
            {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": -1}},
            {"choices": [], "usage": []},
            done=True,
        ),
        "a",
    ),
    "content in parts": (
        events(chunk([{"type": "text", "text": "a"}, {"type": "x"}, 3]), STOP),
        "a",
    ),
    "what follows the end is nothing": (
        events(chunk("a"), STOP, "{broken", {"error": "x"}),
        "a",
    ),
    "reset after the finish": (
        raw(HEAD + b"\r\n" + A, f"data: {json.dumps(STOP)}\n\n".encode()),
        "a",
    ),
    "a refusal in words": (
        events({"choices": [{"delta": {"refusal": "No."}}]}, STOP),
        "No.",
    ),
}


@pytest.mark.parametrize("name", COMPLETE)
async def test_odd_but_whole_answers(server: FakeServer, name: str) -> None:
    behaviour, expected = COMPLETE[name]
    server.will(behaviour)
    model = OpenAIChat(base_url=server.base_url)
    assert content(await ask(model)) == expected
    await model.close()


ERROR = {"error": {"message": "Out \x1b[31mof luck", "type": "server_error"}}
BROKEN: dict[str, tuple[Behaviour, str, Kind]] = {
    "cut after a delta": (cuts("a", "b"), "ab", Kind.CUT),
    "a stream that merely ends": (events(chunk("a")), "a", Kind.CUT),
    "ends by closing": (raw(HEAD + b"\r\n" + A), "a", Kind.CUT),
    "cut mid-JSON": (body(A, b'data: {"choices": [{"del'), "a", Kind.CUT),
    "cut within a document": (body(b'{"choices": [{"mess'), "", Kind.CUT),
    "empty body": (body(), "", Kind.CUT),
    "only comments": (body(b": hi\n\n"), "", Kind.NOT_OPENAI),
    "a lone half, then a cut": (events(HALF[0]), "\ufffd", Kind.CUT),
    "204": (raw(b"HTTP/1.1 204 No Content\r\n\r\n"), "", Kind.CUT),
    "200 HTML": (answers(200, "<html>Log in to the hotel"), "", Kind.NOT_OPENAI),
    "200 text": (answers(200, "Hello!"), "", Kind.NOT_OPENAI),
    "200 JSON error": (answers(200, ERROR), "", Kind.SERVER),
    "200 other JSON": (answers(200, {"a": 1}), "", Kind.NOT_OPENAI),
    "200 JSON list": (answers(200, [1]), "", Kind.NOT_OPENAI),
    "200 deep JSON": (answers(200, DEEP), "", Kind.NOT_OPENAI),
    "short content-length": (
        raw(HEAD + b"content-length: 999\r\n\r\n" + A),
        "a",
        Kind.CUT,
    ),
    "bad chunk": (
        raw(HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n" + A),
        "",
        Kind.NOT_OPENAI,
    ),
    "not HTTP": (raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "", Kind.NOT_OPENAI),
    "closed at once": (raw(), "", Kind.CUT),
    "closed within the head": (raw(HEAD), "", Kind.CUT),
    "closed after the head": (cuts(), "", Kind.CUT),
    "reset after the head": (cuts(reset=True), "", Kind.CUT),
    "not JSON at first": (events("hello"), "", Kind.NOT_OPENAI),
    "not JSON later": (events(chunk("a"), "hello"), "a", Kind.CUT),
    "deep JSON": (events(chunk("a"), DEEP), "a", Kind.CUT),
    "huge number": (events(chunk("a"), "9" * 5000), "a", Kind.CUT),
    "error in the stream": (events(chunk("a"), ERROR), "a", Kind.SERVER),
    "error text in the stream": (events({"error": "no"}), "", Kind.SERVER),
    "context error in the stream": (
        events({"error": {"type": "exceed_context_size_error", "code": 400}}),
        "",
        Kind.CONTEXT,
    ),
    "content filter": (
        events(chunk("a"), chunk(finish="content_filter"), done=True),
        "a",
        Kind.REFUSED,
    ),
    "silence": (silent(head=False), "", Kind.TIMEOUT),
    "silence after the head": (silent(), "", Kind.TIMEOUT),
    "silence after a delta": (silent("a"), "a", Kind.TIMEOUT),
    "comment drip": (drips(), "", Kind.TIMEOUT),
    "comment drip after a delta": (drips("a"), "a", Kind.TIMEOUT),
    "comment flood": (drips("a", every=0, drop=b": \n" * 9999), "a", Kind.TIMEOUT),
    "empty deltas for ever": (
        drips("a", drop=b'data: {"choices":[{"delta":{}}]}\n\n'),
        "a",
        Kind.TIMEOUT,
    ),
    "huge event": (
        drips("a", every=0, drop=b"data: " + b"x" * 1_000_000),
        "a",
        Kind.SERVER,
    ),
    "huge document": (drips(every=0, drop=b"{" * 1_000_000), "", Kind.SERVER),
    "401": (answers(401, {"error": {"message": KEY}}), "", Kind.WRONG_KEY),
    "403": (answers(403, {"error": {"message": KEY}}), "", Kind.WRONG_KEY),
    "404 model": (
        answers(404, {"error": {"code": "model_not_found"}}),
        "",
        Kind.UNKNOWN_MODEL,
    ),
    "404": (answers(404, "nginx"), "", Kind.NOT_OPENAI),
    "429": (answers(429, {}, {"retry-after": "12"}), "", Kind.RATE_LIMIT),
    "429 quota": (
        answers(429, {"error": {"code": "insufficient_quota"}}),
        "",
        Kind.QUOTA,
    ),
    "500": (answers(500, b"\xff\xfe"), "", Kind.SERVER),
    "503": (answers(503, DEEP), "", Kind.SERVER),
    "400 cut short": (
        raw(b"HTTP/1.1 400 Bad\r\ncontent-length: 99\r\n\r\n{"),
        "",
        Kind.BAD_REQUEST,
    ),
    "500 without end": (
        raw(b"HTTP/1.1 500 Bad\r\n\r\n" + b"x" * 1_000_000),
        "",
        Kind.SERVER,
    ),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_answers(server: FakeServer, name: str) -> None:
    behaviour, expected, kind = BROKEN[name]
    server.will(behaviour)
    slow = kind is Kind.TIMEOUT
    model = OpenAIChat(
        base_url=server.base_url,
        api_key=KEY,
        first_token_timeout=0.2 if slow else 10,
        token_timeout=0.2 if slow else 10,
    )
    pieces: list[ModelResponse] = []
    with pytest.raises(ModelError) as caught:
        await ask(model, pieces)
    assert content(pieces) == expected
    assert caught.value.kind is kind
    words = caught.value.words
    assert KEY not in words and "\x1b" not in words and len(words) < 300
    assert f"127.0.0.1:{server.port}" in words or kind is Kind.CONTEXT
    # The next message works.
    assert content(await ask(model)) == "Hello from the fake server."
    await model.close()


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
    assert model._first_token_timeout == seconds


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
        (answers(200, ERROR), Kind.SERVER),
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
