"""One request, and the way back to the client that sent it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any


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

    @property
    def tools(self) -> list[dict[str, Any]]:
        """The tools a chat request offers; none where it says nothing of any."""
        tools: list[dict[str, Any]] = self.body.get("tools") or []
        return tools

    @property
    def tool_choice(self) -> object:
        """What a chat request says about choosing among them; None where nothing."""
        choice: object = self.body.get("tool_choice")
        return choice


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
"""What a server does with one chat request."""
