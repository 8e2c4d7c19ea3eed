"""What went wrong at a server, in words for the user.

Works on plain exceptions, so that it needs no HTTP package; what a server itself says
is read in `refusals`.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from agno_tui.models.base import ModelError, ModelErrorKind


@dataclass(slots=True, frozen=True)
class Asked:
    """Who was asked for what: the names that the words need."""

    host: str
    """Host, and port where it is not the usual one. Never a user or a password."""
    model: str
    key_name: str = "OPENAI_API_KEY"
    """How the user calls the key that was sent; empty when none was."""
    secret: str = field(default="", repr=False)
    """The key itself, taken out of everything a server says."""


def from_exception(
    asked: Asked, error: BaseException, *, begun: bool, connecting: float = 5.0
) -> ModelError:
    """The error for an exception below HTTP: no network, a cut, a bad certificate.

    `begun` says whether a part of the answer had arrived, `connecting` how many seconds
    a connection had.
    """
    for cause in _causes(error):
        if type(cause).__name__ == "ConnectTimeout":
            return not_connected(asked, connecting)
        if isinstance(cause, ModelError):
            return cause
        for test, kind, words in _CAUSES:
            if test(cause):
                return ModelError(kind, words.format(host=asked.host))
    names = {type(cause).__name__ for cause in _causes(error)}
    if "ConnectError" in names:
        return ModelError(
            ModelErrorKind.NO_NETWORK,
            f"No connection to {asked.host}. Is the network connected?",
        )
    if not begun and "RemoteProtocolError" in names and not was_disconnected(error):
        return not_openai(asked)
    return cut(asked, begun=begun)


def cut(asked: Asked, *, begun: bool) -> ModelError:
    """The connection ended before the answer did."""
    words = (
        f"The answer broke off: {asked.host} ended it early. Try again."
        if begun
        else f"{asked.host} closed the connection without answering. Try again."
    )
    return ModelError(ModelErrorKind.CUT, words)


def unreadable(asked: Asked) -> ModelError:
    """Something that is no JSON stood in the middle of a stream."""
    return ModelError(
        ModelErrorKind.CUT,
        f"The answer broke off: {asked.host} sent something that cannot be read.",
    )


def too_large(asked: Asked, limit: int) -> ModelError:
    """The answer, or one event of it, is over the limit (in bytes)."""
    size = f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit} bytes"
    return ModelError(
        ModelErrorKind.SERVER, f"The answer of {asked.host} is larger than {size}."
    )


def too_many_calls(asked: Asked, limit: int) -> ModelError:
    """The answer asks for more tools at once than anybody means to."""
    return ModelError(
        ModelErrorKind.SERVER,
        f"{asked.host} sent an answer that calls more than {limit} tools at once.",
    )


def too_slow(asked: Asked, seconds: float, *, begun: bool) -> ModelError:
    """Nothing came for too long: before the first piece, or (`begun`) after one."""
    words = (
        f"The answer stalled: {asked.host} sent nothing for {seconds:g} s. Try again."
        if begun
        else f"{asked.host} did not begin to answer within {seconds:g} s. Try again."
    )
    return ModelError(ModelErrorKind.TIMEOUT, words)


def not_connected(asked: Asked, seconds: float) -> ModelError:
    """The connection was not there in time."""
    return ModelError(
        ModelErrorKind.TIMEOUT,
        f"No connection to {asked.host} within {seconds:g} s."
        " Is the network connected?",
    )


def not_openai(asked: Asked) -> ModelError:
    """What answers there does not speak OpenAI's language."""
    return ModelError(
        ModelErrorKind.NOT_OPENAI,
        f"{asked.host} does not answer like an OpenAI-compatible server."
        " Check the base URL; it often ends in /v1.",
    )


def content_refused(asked: Asked) -> ModelError:
    """The server's content rules stopped the question or the answer."""
    return ModelError(
        ModelErrorKind.REFUSED,
        f"{asked.host} refused this because of its content rules.",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    waiting = [error]
    while waiting and len(seen) < 50:
        cause = waiting.pop(0)
        if any(cause is known for known in seen):
            continue
        seen.append(cause)
        yield cause
        inner = [cause.__cause__, cause.__context__]
        if isinstance(cause, BaseExceptionGroup):
            inner += cause.exceptions
        waiting += [one for one in inner if one is not None]


def was_disconnected(error: BaseException) -> bool:
    """Whether the server closed the connection before the answer was whole."""
    words = " ".join(str(cause) for cause in _causes(error))
    return "disconnected" in words or "peer closed" in words


_CAUSES: Final[
    tuple[tuple[Callable[[BaseException], bool], ModelErrorKind, str], ...]
] = (
    (
        lambda cause: isinstance(cause, socket.gaierror),
        ModelErrorKind.NO_NETWORK,
        "The address {host} was not found. Is the network connected?",
    ),
    (
        lambda cause: isinstance(cause, ConnectionRefusedError),
        ModelErrorKind.NO_NETWORK,
        "Nothing answers at {host}. Is the server running?",
    ),
    (
        lambda cause: isinstance(cause, ssl.SSLError),
        ModelErrorKind.NO_NETWORK,
        "No safe connection to {host}: its certificate could not be verified.",
    ),
)
