"""The usual things a server does with a chat request, well or badly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping

from tests.fake_server.exchange import Behaviour, Exchange, Gate


def chunk(
    content: object = None,
    *,
    reasoning: str | None = None,
    finish: str | None = None,
    usage: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """One chat completion chunk, as OpenAI's API sends it."""
    delta: dict[str, object] = {}
    if content is not None:
        delta["content"] = content
    if reasoning is not None:
        delta["reasoning_content"] = reasoning
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "fake-1",
        "choices": [] if usage and not delta and not finish else [choice],
        "usage": usage,
    }


def usage(asked: int, answered: int, cached: int = 0) -> dict[str, object]:
    """Token counts, as OpenAI's API sends them."""
    return {
        "prompt_tokens": asked,
        "completion_tokens": answered,
        "total_tokens": asked + answered,
        "prompt_tokens_details": {"cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def streams(
    *pieces: str,
    reasoning: Iterable[str] = (),
    finish: str = "stop",
    counts: Mapping[str, object] | None = None,
    gate: Gate | None = None,
    delay: float = 0.0,
) -> Behaviour:
    """A good answer in pieces. The gate is passed before each piece and the end."""

    async def behave(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.event(chunk(""))
        payloads = [chunk(reasoning=part) for part in reasoning]
        payloads += [chunk(piece) for piece in pieces]
        for payload in [*payloads, chunk(finish=finish)]:
            if gate is not None:
                await gate.passing()
            if delay:
                await asyncio.sleep(delay)
            await exchange.event(payload)
        words = json.dumps(exchange.request.body).split()
        options = exchange.request.body.get("stream_options") or {}
        if options.get("include_usage"):
            known = counts or usage(len(words), len(payloads))
            await exchange.event(chunk(usage=known))
        await exchange.event("[DONE]")
        await exchange.end()

    return behave


def events(
    *payloads: object, done: bool = False, gate: Gate | None = None
) -> Behaviour:
    """These events (JSON, or text as it is), then a proper end of the response."""

    async def behave(exchange: Exchange) -> None:
        await exchange.begin()
        for payload in [*payloads, *(["[DONE]"] if done else [])]:
            if gate is not None:
                await gate.passing()
            await exchange.event(payload)
        await exchange.end()

    return behave


def answers(
    status: int, body: object = b"", headers: Mapping[str, str] | None = None
) -> Behaviour:
    """A whole answer with this status: JSON, or bytes or text as they are."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer(status, body, headers)

    return behave


def raw(*parts: bytes, gate: Gate | None = None) -> Behaviour:
    """These bytes on the wire, HTTP head and all; then the connection is closed."""

    async def behave(exchange: Exchange) -> None:
        for part in parts:
            if gate is not None:
                await gate.passing()
            await exchange.send(part)

    return behave


def body(
    *parts: bytes, content_type: str = "text/event-stream", gate: Gate | None = None
) -> Behaviour:
    """A 200 with these bytes, ended properly: one write for each part."""

    async def behave(exchange: Exchange) -> None:
        await exchange.begin(content_type)
        for part in parts:
            if gate is not None:
                await gate.passing()
            await exchange.text(part)
        await exchange.end()

    return behave


def cuts(*pieces: str, reset: bool = False, gate: Gate | None = None) -> Behaviour:
    """An answer that breaks off after these pieces. The gate is passed before each
    piece and before the cut; a `reset` may overtake pieces that were just sent."""

    async def behave(exchange: Exchange) -> None:
        await exchange.begin()
        for piece in pieces:
            if gate is not None:
                await gate.passing()
            await exchange.event(chunk(piece))
        if gate is not None:
            await gate.passing()
        if reset:
            exchange.reset()

    return behave


def silent(*pieces: str, head: bool = True) -> Behaviour:
    """These pieces, then nothing until the client goes away."""

    async def behave(exchange: Exchange) -> None:
        if head:
            await exchange.begin()
        for piece in pieces:
            await exchange.event(chunk(piece))
        await exchange.gone.wait()

    return behave


def drips(*pieces: str, every: float = 0.01, drop: bytes = b": wait\n\n") -> Behaviour:
    """These pieces, then keep-alive comments until the client goes away."""

    async def behave(exchange: Exchange) -> None:
        await exchange.begin()
        for piece in pieces:
            await exchange.event(chunk(piece))
        while not exchange.gone.is_set():
            await exchange.text(drop)
            await asyncio.sleep(every)

    return behave
