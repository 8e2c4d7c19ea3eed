"""A model server on the loopback interface that does what a test tells it.

    async with FakeServer() as server:
        server.will(streams("Hel", "lo"), answers(500), cuts("Half an ans"))
        model = OpenAIChat(base_url=server.base_url, api_key="")
        ...
        assert server.chats[0].messages[-1]["content"] == "Hi"

Each chat request takes the next behaviour of `will`, then `otherwise`. A behaviour is
an async function of an `Exchange`; those below make the usual ones. With a `Gate` the
test decides when the next piece goes. `python -m tests.fake_server` serves by hand.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

MARKDOWN = """\
# A fixed answer

This text comes from the **fake server**, *word by word*, so that a terminal can be
driven without a model. It has `code`, a [link](https://example.com), and a list:

1. one thing
2. another thing
   - with something below it

```python
def greet(name: str) -> str:
    return f"Hello, {name}!"
```

| what | how many |
|------|---------:|
| rows |        2 |
| more |       10 |

> A quotation, and then the end.
"""


class Gate:
    """Lets pieces through when the test says so."""

    def __init__(self) -> None:
        self._passes = asyncio.Semaphore(0)
        self._wide_open = asyncio.Event()

    def open(self, count: int = 1) -> None:
        """Let `count` more pieces go."""
        for _ in range(count):
            self._passes.release()

    def open_all(self) -> None:
        """Let everything go from now on."""
        self._wide_open.set()
        self._passes.release()

    async def passing(self) -> None:
        """Wait for leave to send one piece."""
        if self._wide_open.is_set():
            return
        await self._passes.acquire()


@dataclass(slots=True)
class Request:
    """What a client sent."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    raw: bytes
    body: Any
    """The parsed JSON; None where there was none."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages of a chat request."""
        messages: list[dict[str, Any]] = self.body["messages"]
        return messages


class Exchange:
    """One request, and the way back to the client that sent it."""

    def __init__(
        self, request: Request, writer: asyncio.StreamWriter, gone: asyncio.Event
    ) -> None:
        self.request = request
        self.gone = gone
        """Set when the client has closed the connection."""
        self.finished = asyncio.Event()
        """Set when the behaviour has returned, or was ended."""
        self.keep_alive = False
        """Whether the connection may serve another request afterwards."""
        self._writer = writer
        self._chunked = False

    async def send(self, data: bytes) -> None:
        """Bytes as they are, past HTTP."""
        self._writer.write(data)
        await self._writer.drain()

    async def answer(
        self,
        status: int,
        body: object = b"",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """A whole answer; a body that is no bytes and no text is sent as JSON."""
        kind = "text/html" if isinstance(body, (str, bytes)) else "application/json"
        if not isinstance(body, bytes):
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
        lines = {"content-type": kind, "content-length": str(len(body))}
        await self._head(status, {**lines, **(headers or {})})
        await self.send(body)
        self.keep_alive = True

    async def begin(self, content_type: str = "text/event-stream") -> None:
        """The head of a stream of events, in chunked encoding."""
        self._chunked = True
        lines = {"content-type": content_type, "transfer-encoding": "chunked"}
        await self._head(200, lines)

    async def text(self, data: bytes) -> None:
        """Bytes of the stream that `begin` began."""
        if data:
            await self.send(b"%x\r\n%s\r\n" % (len(data), data))

    async def event(self, payload: object) -> None:
        """One event; a payload that is no text is sent as JSON."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        await self.text(f"data: {text}\n\n".encode())

    async def end(self) -> None:
        """The proper end of the stream."""
        await self.send(b"0\r\n\r\n")
        self.keep_alive = True

    def reset(self) -> None:
        """Cut the connection without a word."""
        self._writer.transport.abort()

    async def _head(self, status: int, headers: Mapping[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} Fake", *(f"{k}: {v}" for k, v in headers.items())]
        await self.send("\r\n".join([*lines, "", ""]).encode())


Behaviour = Callable[[Exchange], Awaitable[None]]


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


class _Reader(asyncio.StreamReader):
    """A reader that says at once when the other side has gone."""

    def __init__(self) -> None:
        super().__init__(limit=64_000_000)
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.gone.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.gone.set()


class FakeServer:
    """The server; serves while its context is entered. Failures of a behaviour (a bug
    in a test) are raised when the context ends."""

    def __init__(self, models: Iterable[str] = ("fake-1",), port: int = 0) -> None:
        self.port = port
        self.models = list(models)
        self.requests: list[Request] = []
        """All that was asked, whatever the path, in order."""
        self.exchanges: list[Exchange] = []
        """One for each chat request."""
        self.otherwise: Behaviour = streams("Hello", " from", " the fake server.")
        self.models_behaviour: Behaviour | None = None
        """What `GET /v1/models` does instead of listing `models`."""
        self.connections = 0
        """How many were accepted."""
        self._script: deque[Behaviour] = deque()
        self._arrived = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures: list[Exception] = []
        self._server: asyncio.Server | None = None

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def chats(self) -> list[Request]:
        """The chat requests, in order."""
        return [exchange.request for exchange in self.exchanges]

    def will(self, *behaviours: Behaviour) -> None:
        """What it does with the next chat requests, one behaviour each."""
        self._script.extend(behaviours)

    async def chat(self, count: int = 1) -> Exchange:
        """Wait until `count` chat requests have arrived; the last of them."""
        async with asyncio.timeout(10), self._arrived:
            await self._arrived.wait_for(lambda: len(self.exchanges) >= count)
        return self.exchanges[count - 1]

    async def client_gone(self, count: int = 1, seconds: float = 5.0) -> None:
        """Wait until the client of chat request `count` has closed its connection."""
        exchange = await self.chat(count)
        async with asyncio.timeout(seconds):
            await exchange.gone.wait()

    async def __aenter__(self) -> FakeServer:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
        if self._failures and exc_info[1] is None:
            raise self._failures[0]

    async def serve_forever(self) -> None:
        """Serve until cancelled."""
        await asyncio.Event().wait()

    def _protocol(self) -> asyncio.StreamReaderProtocol:
        reader = _Reader()

        def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            task = asyncio.create_task(self._serve(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return asyncio.StreamReaderProtocol(reader, connected)

    async def _serve(self, reader: _Reader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read_request(reader)) is not None:
                self.requests.append(request)
                exchange = Exchange(request, writer, reader.gone)
                await self._handle(exchange)
                if not exchange.keep_alive:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except Exception as error:
            self._failures.append(error)
        finally:
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _handle(self, exchange: Exchange) -> None:
        path = exchange.request.path.partition("?")[0]
        if path.endswith("/models"):
            if self.models_behaviour is not None:
                await self.models_behaviour(exchange)
                return
            listed = [{"id": name, "object": "model"} for name in self.models]
            await exchange.answer(200, {"object": "list", "data": listed})
        elif path.endswith("/chat/completions"):
            behaviour = self._script.popleft() if self._script else self.otherwise
            async with self._arrived:
                self.exchanges.append(exchange)
                self._arrived.notify_all()
            try:
                await behaviour(exchange)
            finally:
                exchange.finished.set()
        else:
            await exchange.answer(404, "<html>404 page not found</html>")


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    content = await reader.readexactly(int(headers.get("content-length", "0")))
    try:
        parsed = json.loads(content)
    except ValueError:
        parsed = None
    return Request(method, path, headers, content, parsed)


async def _serve_by_hand(port: int, rate: float, text: str) -> None:
    async with FakeServer(port=port) as server:
        pieces = re.findall(r"\s*\S+|\s+$", text)
        server.otherwise = streams(*pieces, delay=1 / rate if rate > 0 else 0.0)
        print(server.base_url, flush=True)
        await server.serve_forever()


def main() -> None:
    """Print the base URL and answer every chat with the same Markdown text."""
    parser = argparse.ArgumentParser(prog="python -m tests.fake_server")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--rate", type=float, default=30.0, help="tokens a second")
    parser.add_argument("--repeat", type=int, default=1, help="the text, so many times")
    options = parser.parse_args()
    text = MARKDOWN * options.repeat
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve_by_hand(options.port, options.rate, text))


if __name__ == "__main__":
    main()
