from __future__ import annotations

import subprocess
import sys

import pytest

from agno_tui.models.discover import (
    FoundServer,
    Place,
    chat_models,
    find_servers,
    parse_model_name,
)
from tests.fake_server import (
    Behaviour,
    Exchange,
    FakeServer,
    answers,
    body,
    raw,
    silent,
)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("gpt-4o", (None, "gpt-4o")),
        ("llama3.2:3b", (None, "llama3.2:3b")),
        ("ollama:llama3.2:3b", ("ollama", "llama3.2:3b")),
        ("openai:gpt-4o", ("openai", "gpt-4o")),
        ("vllm: x ", ("vllm", "x")),
        ("local", ("local", "")),
        ("local:", ("local", "")),
        ("local:/a/b:c.gguf", ("local", "/a/b:c.gguf")),
        ("openai", (None, "openai")),
        ("hf.co/a/b:Q4", (None, "hf.co/a/b:Q4")),
        ("", (None, "")),
    ],
)
def test_a_model_name_is_taken_apart(text: str, parsed: tuple[str, str]) -> None:
    assert parse_model_name(text) == parsed


async def test_servers_are_found_in_order_and_what_is_silent_is_not() -> None:
    async with (
        FakeServer(["a"]) as first,
        FakeServer([]) as second,
        FakeServer() as deaf,
    ):
        deaf.models_behaviour = silent(head=False)
        places = [
            Place("vllm", "vLLM", second.port),
            Place("llamacpp", "llama.cpp", deaf.port),
            Place("ollama", "Ollama", first.port),
            Place("lmstudio", "LM Studio", 1),
        ]
        found = await find_servers(places)
    assert found == [
        FoundServer("vllm", "vLLM", second.base_url, []),
        FoundServer("ollama", "Ollama", first.base_url, ["a"]),
    ]


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("behaviour", "models"),
    [
        (answers(200, {"data": None}), []),
        (answers(200, {"data": [{"id": "x"}, {"id": 3}, "y"]}), ["x"]),
        (body(b'{"da', b'ta": [{"id": "x"}]}'), ["x"]),
        (raw(b'HTTP/1.0 200 OK\r\n\r\n{"data": [{"id": "x"}]}'), ["x"]),
        (answers(200, "<html>"), None),
        (answers(200, ["x"]), None),
        (answers(200, {"data": 3}), None),
        (answers(200, {"models": []}), None),
        (answers(404, {"data": []}), None),
        (raw(b"SSH-2.0-OpenSSH_9\r\n\r\n"), None),
        (raw(b""), None),
        (raw(OK + b"content-length: 99\r\n\r\n{}"), None),
        (raw(OK + b"content-length: 99999999\r\n\r\n"), None),
        (raw(OK + b"content-length: x\r\n\r\n"), None),
        (raw(OK + b"transfer-encoding: chunked\r\n\r\nzz\r\n"), None),
        (raw(OK + b"transfer-encoding: chunked\r\n\r\n-5\r\n"), None),
        (raw(OK + b"\r\n" + b"x" * 2_000_000), None),
        (raw(b"x" * 200_000), None),
        (raw(OK + b"\r\n" + b"[" * 100_000), None),
        (raw(OK + b"\r\n\xff\xfe"), None),
    ],
)
async def test_what_a_port_may_answer(
    behaviour: Behaviour, models: list[str] | None
) -> None:
    async with FakeServer() as server:
        server.models_behaviour = behaviour
        found = await find_servers([Place("x", "X", server.port)], timeout=5)
    assert [one.models for one in found] == ([] if models is None else [models])


@pytest.mark.parametrize(
    ("name", "chats"),
    [
        ("gpt-4o-mini", True),
        ("qwen3-vl:8b", True),
        ("betts-7b", True),
        ("gpt-4o-mini-tts", False),
        ("TTS-1", False),
        ("gpt-image-1", False),
        ("omni-moderation-latest", False),
        ("nomic-Embed-text", False),
        ("textembedding-gecko", False),
    ],
)
def test_one_rule_says_which_models_chat(name: str, chats: bool) -> None:
    server = FoundServer("x", "X", "http://127.0.0.1:1/v1", [name, name])
    assert server.chat_models == chat_models([name]) == ([name] if chats else [])


def test_looking_for_servers_loads_no_sdk() -> None:
    code = (
        "import sys, asyncio, agno_tui.models.choice\n"
        "import agno_tui.models.discover as d\n"
        "asyncio.run(d.find_servers([d.Place('x', 'X', 1)]))\n"
        "print(sorted({'openai', 'httpx2', 'pydantic', 'anyio'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


async def test_a_behaviour_that_fails_is_not_swallowed() -> None:
    async def broken(exchange: Exchange) -> None:
        raise KeyError("a bug in a test")

    with pytest.raises(KeyError):
        async with FakeServer() as server:
            server.models_behaviour = broken
            await find_servers([Place("x", "X", server.port)])
