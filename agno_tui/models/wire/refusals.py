"""What a server says when it will not answer, in words for the user.

Knows answers by their shape only, so that it needs no HTTP package. Whatever a server
says is cleaned and cut before it is quoted, and the key is taken out of it.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final, Protocol

from agno_tui.models.base import ModelError, ModelErrorKind
from agno_tui.models.wire.errors import Asked, from_exception, not_openai
from agno_tui.text import clipped, one_line

QUOTE_LENGTH: Final = 200
"""Characters of a server's own words that are shown."""

_REFUSAL_LIMIT: Final = 100_000
"""Bytes of a refusal's body that are read."""


class Refused(Exception):
    """An HTTP answer that is no success, read up to a limit."""

    def __init__(self, status: int, body: object, headers: Mapping[str, str]) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.body = body
        self.headers = headers


class Response(Protocol):
    """An HTTP response as httpx2 has it, as far as it is needed here."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, whatever the case of their names."""
        ...

    def aiter_bytes(self) -> AsyncGenerator[bytes, None]:
        """The body as it comes."""
        ...


@dataclass(slots=True, frozen=True)
class _Said:
    """What a server said about its error."""

    codes: frozenset[str]
    text: str
    status: int

    def has(self, *parts: str) -> bool:
        """Whether its text holds one of these, whatever the case."""
        text = self.text.lower()
        return any(part in text for part in parts)


def error_in(body: object) -> object | None:
    """The error a JSON body holds, or None when it holds none."""
    if not isinstance(body, dict):
        return None
    if body.get("error"):
        return body
    is_error = body.get("object") == "error" or body.get("type") == "error"
    return body if is_error else None


def failure(
    asked: Asked, error: Exception, *, begun: bool, connecting: float
) -> ModelError:
    """The error for whatever the SDK raised; see `errors.from_exception`."""
    refused = refused_in(error)
    if refused is not None:
        return from_status(asked, refused.status, refused.body, refused.headers)
    return from_exception(asked, error, begun=begun, connecting=connecting)


def from_status(
    asked: Asked, status: int, body: object, headers: Mapping[str, str]
) -> ModelError:
    """The error for an HTTP answer that is not a success.

    `body` is the parsed JSON, or the text where it was none; `headers` has lower-case
    names.
    """
    if 300 <= status < 400:
        return _redirect(asked, headers.get("location", ""))
    return _refusal(asked, _said(asked, status, body), _retry_after(headers))


def from_body(asked: Asked, body: object) -> ModelError:
    """The error for an error object that came with status 200 or within a stream."""
    return _refusal(asked, _said(asked, 0, body), None)


async def stop_at_refusal(response: Response) -> None:
    """Stop at everything but a success, before the SDK reads or follows it."""
    if response.status_code < 300:
        return
    try:
        body = await read_json(response, _REFUSAL_LIMIT)
    except Exception:
        # The status says enough; its explanation was cut off.
        body = ""
    headers = {name.lower(): value for name, value in response.headers.items()}
    raise Refused(response.status_code, body, headers)


async def read_json(response: Response, limit: int) -> object:
    """A body parsed, or its text where it is no JSON; no more than `limit` bytes."""
    body = bytearray()
    async with aclosing(response.aiter_bytes()) as received:
        async for piece in received:
            body += piece
            if len(body) > limit:
                break
    text = body[:limit].decode("utf-8-sig", errors="replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def refused_in(error: BaseException) -> Refused | None:
    """The refusal that an exception of the SDK was raised from, if it was."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, Refused):
        cause = cause.__cause__ or cause.__context__
    return cause


def _redirect(asked: Asked, target: str) -> ModelError:
    target = clipped(one_line(_without_key(asked, target)), 100) or "another address"
    return ModelError(
        ModelErrorKind.NOT_OPENAI,
        f"{asked.host} points to {target}. Nothing was sent there; if you trust it,"
        " use it as the base URL.",
    )


def _said(asked: Asked, status: int, body: object) -> _Said:
    error: object = body
    if isinstance(error, dict):
        error = error.get("error") or error
    if not isinstance(error, dict):
        error = {"message": error}
    marks = [error.get("code"), error.get("type"), error.get("status")]
    codes = frozenset(mark for mark in marks if isinstance(mark, str))
    text = error.get("message") or error.get("detail") or ""
    text = text.strip() if isinstance(text, str) else ""
    if text.startswith("<"):
        text = ""
    text = _without_key(asked, text)
    if not status:
        numbers = [m for m in marks if type(m) is int and 400 <= m < 600]
        status = numbers[0] if numbers else 0
    return _Said(codes, clipped(one_line(text[:10_000]), QUOTE_LENGTH), status)


def _without_key(asked: Asked, text: str) -> str:
    return text.replace(asked.secret, "[key]") if asked.secret else text


def _refusal(asked: Asked, said: _Said, retry_after: float | None) -> ModelError:
    for test, kind, words in _RULES:
        if test(said):
            if kind is ModelErrorKind.RATE_LIMIT:
                words += f" Try again in {_span(retry_after)}."
            named = words.format(host=asked.host, model=one_line(asked.model))
            return ModelError(kind, named)
    if said.status in (401, 403) or "invalid_api_key" in said.codes:
        return _key_refused(asked, said)
    return _other(asked, said, retry_after)


def _key_refused(asked: Asked, said: _Said) -> ModelError:
    if not asked.key_name:
        words = f"{asked.host} asks for a key. Set OPENAI_API_KEY."
    elif said.status != 403 or not said.text:
        words = f"{asked.host} refused {asked.key_name}. Check that the key is right."
    else:
        words = f"{asked.host} refused {asked.key_name}: {said.text}"
    return ModelError(ModelErrorKind.WRONG_KEY, words)


def _other(asked: Asked, said: _Said, retry_after: float | None) -> ModelError:
    if said.status in (404, 405, 501):
        return not_openai(asked)
    quoted = f": {said.text}" if said.text else "."
    if 400 <= said.status < 500:
        words = f"{asked.host} refused the request{quoted}"
        return ModelError(ModelErrorKind.BAD_REQUEST, words)
    code = f" ({said.status})" if said.status else ""
    words = f"{asked.host} has a problem{code}{quoted}"
    if not said.text:
        words += f" Try again in {_span(retry_after)}."
    return ModelError(ModelErrorKind.SERVER, words)


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "a moment"
    if seconds < 120:
        return f"{max(1, math.ceil(seconds))} s"
    return f"{math.ceil(seconds / 60)} min"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * scale
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        moment = parsedate_to_datetime(headers.get("retry-after", ""))
        return max(0.0, moment.timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


_Rule = tuple[Callable[[_Said], bool], ModelErrorKind, str]

_RULES: Final[tuple[_Rule, ...]] = (
    (
        lambda said: (
            said.status == 402
            or "insufficient_quota" in said.codes
            or "billing_hard_limit_reached" in said.codes
        ),
        ModelErrorKind.QUOTA,
        "The account at {host} has no credit left. Check its plan and billing.",
    ),
    (
        lambda said: said.status == 429 or "rate_limit_exceeded" in said.codes,
        ModelErrorKind.RATE_LIMIT,
        "{host} is being asked too often.",
    ),
    (
        lambda said: (
            said.status == 413
            or bool(
                said.codes & {"context_length_exceeded", "exceed_context_size_error"}
            )
            or (
                said.status in (0, 400, 422)
                and said.has(
                    "maximum context length",
                    "exceeds the available context",
                    "context length of",
                )
            )
        ),
        ModelErrorKind.CONTEXT,
        "This conversation is too long for {model}."
        " Start a new session, or send a shorter message.",
    ),
    (
        lambda said: bool(said.codes & {"content_filter", "content_policy_violation"}),
        ModelErrorKind.REFUSED,
        "{host} refused this because of its content rules.",
    ),
    (
        lambda said: (
            "model_not_found" in said.codes
            or (said.status == 404 and said.has("model"))
            or (said.status == 400 and said.has("invalid model", "valid model id"))
        ),
        ModelErrorKind.UNKNOWN_MODEL,
        "{host} has no model “{model}”. Choose another one.",
    ),
)
"""The first rule that fits decides. A server's code is trusted more than its status."""
