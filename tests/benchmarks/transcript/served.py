"""A model server that says as much of the mixed feed as it is asked for.

    python -m tests.benchmarks.transcript.served

Prints its base URL. `say 20000 at 150` answers with 20,000 tokens, 150 a second; at 0
as fast as they are taken. Then comes `LAST`.
"""

from __future__ import annotations

import asyncio
import json
import re
import time

from tests.benchmarks.transcript.feed import FEEDS
from tests.fake_server import Exchange, FakeServer, chunk

LAST = "qzvxkj"
"""The last word of every answer; it stands nowhere else."""

_ASKED = re.compile(r"say (\d+) at (\d+)")
_BATCH = 128
"""Tokens written at a time at full speed."""


async def say(exchange: Exchange) -> None:
    """Answer as the last message asks."""
    asked = _ASKED.search(str(exchange.request.messages[-1]["content"]))
    count, rate = map(int, asked.groups()) if asked else (20, 0)
    events = [_event(chunk(token)) for token in FEEDS["mixed"]().body]
    await exchange.begin()
    started, step = time.perf_counter(), 1 if rate else _BATCH
    for at in range(0, count, step):
        if rate:
            late = time.perf_counter() - started
            await asyncio.sleep(max(0.0, at / rate - late))
        numbers = range(at, min(count, at + step))
        await exchange.text(b"".join(events[n % len(events)] for n in numbers))
    await exchange.text(_event(chunk(f"\n\n{LAST}")) + _event(chunk(finish="stop")))
    await exchange.text(b"data: [DONE]\n\n")
    await exchange.end()


def _event(payload: object) -> bytes:
    return f"data: {json.dumps(payload)}\n\n".encode()


async def _serve() -> None:
    async with FakeServer() as server:
        server.otherwise = say
        print(server.base_url, flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
