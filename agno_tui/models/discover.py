"""Model servers on this machine, found without the SDK."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from agno_tui.models.wire.pieces import model_names

PROBE_TIMEOUT: Final = 0.3
"""Seconds for one server to list its models; all are asked at once."""

_ANSWER_LIMIT: Final = 1_000_000

_NOT_FOR_CHAT: Final = re.compile(
    "embed|(?<![a-z])(audio|dall-e|image|moderation|realtime|sora|transcribe|tts"
    "|whisper)",
    re.IGNORECASE,
)
"""What stands in the names of models that do not chat."""


@dataclass(slots=True, frozen=True)
class Place:
    """Where a kind of server usually listens."""

    provider: str
    name: str
    port: int


PLACES: Final = (
    Place("ollama", "Ollama", 11434),
    Place("lmstudio", "LM Studio", 1234),
    Place("llamacpp", "llama.cpp", 8080),
    Place("vllm", "vLLM", 8000),
)
"""In the order in which they are preferred."""

PROVIDERS: Final = frozenset({"openai", "local", *(p.provider for p in PLACES)})


@dataclass(slots=True, frozen=True)
class FoundServer:
    """An OpenAI-compatible server that answered on this machine."""

    provider: str
    name: str
    """What people call it, e.g. `LM Studio`."""
    base_url: str
    models: list[str] = field(default_factory=list)

    @property
    def chat_models(self) -> list[str]:
        """Its models that chat, by their names."""
        return chat_models(self.models)

    def has(self, model: str) -> bool:
        """Whether it offers this model; Ollama leaves `:latest` unsaid."""
        return model in self.models or f"{model}:latest" in self.models


def chat_models(names: Iterable[str]) -> list[str]:
    """Those that chat, as far as a name says; each once, in the same order."""
    return [n for n in dict.fromkeys(names) if not _NOT_FOR_CHAT.search(n)]


def parse_model_name(text: str) -> tuple[str | None, str]:
    """`provider:NAME` taken apart, where the provider is a known one.

    Otherwise all of it is a name: Ollama's hold colons (`llama3.2:3b`). `local` alone
    is the embedded model.
    """
    text = text.strip()
    provider, colon, name = text.partition(":")
    if provider in PROVIDERS and (colon or provider == "local"):
        return provider, name.strip()
    return None, text


async def find_servers(
    places: Sequence[Place] = PLACES, timeout: float = PROBE_TIMEOUT
) -> list[FoundServer]:
    """The servers that list their models at these ports, in the order of `places`.

    Whatever else listens there is passed over. Never raises but for cancellation.
    """
    found = await asyncio.gather(*(_probe(place, timeout) for place in places))
    return [server for server in found if server is not None]


async def _probe(place: Place, timeout: float) -> FoundServer | None:
    try:
        async with asyncio.timeout(timeout):
            body = json.loads(await _get(place.port, "/v1/models"))
    except (OSError, ValueError, EOFError, RecursionError, asyncio.LimitOverrunError):
        return None
    names = model_names(body)
    if names is None:
        return None
    base_url = f"http://127.0.0.1:{place.port}/v1"
    return FoundServer(place.provider, place.name, base_url, names)


async def _get(port: int, path: str) -> bytes:
    """The body of a GET on this machine. ValueError where it is no HTTP 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Accept: application/json\r\nConnection: close\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *lines = head.split("\r\n")
        if not (status.startswith("HTTP/1.") and status[8:12] == " 200"):
            raise ValueError(f"not an HTTP 200: {status[:40]}")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        return await _read_body(reader, headers)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _read_chunks(reader)
    if "content-length" in headers:
        length = int(headers["content-length"])
        if not 0 <= length <= _ANSWER_LIMIT:
            raise ValueError("too long")
        return await reader.readexactly(length)
    body = bytearray()
    while received := await reader.read(65_536):
        body += received
        if len(body) > _ANSWER_LIMIT:
            raise ValueError("too long")
    return bytes(body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while size := int((await reader.readline()).split(b";")[0], 16):
        if not 0 < size <= _ANSWER_LIMIT - len(body):
            raise ValueError("too long")
        body += await reader.readexactly(size)
        await reader.readline()
    return bytes(body)
