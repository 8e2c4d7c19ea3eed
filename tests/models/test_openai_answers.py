from __future__ import annotations

import json

import pytest

from agno_tui.models.base import ModelError, ModelResponse
from agno_tui.models.base import ModelErrorKind as Kind
from agno_tui.models.openai import OpenAIChat
from tests.fake_server import (
    Behaviour,
    FakeServer,
    answers,
    body,
    chunk,
    cuts,
    drips,
    events,
    raw,
    silent,
)
from tests.models.asking import KEY, ask, content

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
