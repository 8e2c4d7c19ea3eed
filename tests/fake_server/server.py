"""The server itself: it reads requests and has a behaviour answer each."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterable
from contextlib import suppress

from tests.fake_server.behaviours import streams
from tests.fake_server.exchange import Behaviour, Exchange, Request


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
