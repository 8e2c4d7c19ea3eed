"""A reply read as it comes, for as long as there are signs of life."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from agno_tui.models.base import ModelError, ModelResponse
from agno_tui.models.wire import errors
from agno_tui.models.wire.errors import Asked
from agno_tui.models.wire.replies import Reply

_FIRST: Final = 60.0
_FIRST_HERE: Final = 600.0
"""Seconds on this machine, which may have to load a large model first, and then read
a long conversation at a hundred tokens a second."""
_LAST_WORDS: Final = 5.0
"""Seconds for what may follow the end of the answer: usage and `[DONE]`."""
_DRAIN: Final = 0.1
"""Seconds for the end of the response, so that its connection can serve again."""


@dataclass(slots=True, frozen=True)
class Patience:
    """How many seconds are waited for the first piece of a reply, and between two."""

    first: float
    between: float

    @classmethod
    def of(cls, first: float | None, between: float, *, near: bool) -> Patience:
        """What was said, or the usual; more where the server is on this machine."""
        if first is None:
            first = _FIRST_HERE if near else _FIRST
        return cls(first, between)

    def lost(self, asked: Asked, *, begun: bool) -> ModelError:
        """The error where nothing came for so long."""
        return errors.too_slow(
            asked, self.between if begun else self.first, begun=begun
        )


async def read_reply(
    body: AsyncIterator[bytes],
    asked: Asked,
    patience: Patience,
    deadline: float,
    failure: Callable[[Exception, bool], ModelError],
) -> AsyncGenerator[ModelResponse, None]:
    """The pieces of a reply. Errors: `ModelError`, after all pieces that arrived.

    `deadline` is the loop's time by which it must have begun; `failure` puts into words
    what may be raised by `body`, knowing whether it had.
    """
    reply = Reply(asked)
    now = asyncio.get_running_loop().time
    while not reply.over:
        try:
            received = await _next(body, deadline)
        except TimeoutError:
            pieces = reply.fail(patience.lost(asked, begun=reply.begun))
        except Exception as error:
            pieces = reply.fail(failure(error, reply.begun))
        else:
            pieces = reply.feed(received) if received else reply.end()
        for piece in pieces:
            yield piece
        if reply.moved:
            wait = patience.between
            if reply.finished:
                wait = min(wait, _LAST_WORDS)
            deadline = now() + wait
    if reply.failure is not None:
        raise reply.failure
    try:
        await _next(body, now() + _DRAIN)
    except Exception:
        # The answer is whole; its connection will not be used again.
        return


async def _next(body: AsyncIterator[bytes], deadline: float) -> bytes:
    """The next bytes, none at the end. Raises TimeoutError, and what `body` raises."""
    if asyncio.get_running_loop().time() >= deadline:
        # Where bytes are always there, the timeout below never has its turn.
        raise TimeoutError
    async with asyncio.timeout_at(deadline):
        return await anext(body, b"")
