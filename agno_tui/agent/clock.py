"""How long a run's requests take, and how many tokens."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TypeVar

from agno_tui.history import estimate_tokens, tokens_of
from agno_tui.models.base import ModelResponse, Usage
from agno_tui.session import Message, Metrics

N = TypeVar("N", int, float)


class Clock:
    """Times one request and adds it to the run's metrics.

    A run with tools is several requests: their tokens and their times are summed, the
    time of the tools is not counted, the first token is that of the first request.
    """

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._first: float | None = None
        self._usage: Usage | None = None

    def tick(self, piece: ModelResponse) -> None:
        """A piece has come."""
        if self._first is None and (
            piece.content or piece.reasoning_content or piece.tool_calls
        ):
            self._first = time.monotonic()
        if piece.usage is not None:
            self._usage = piece.usage

    def stop(self, metrics: Metrics, asked: Sequence[Message], answer: Message) -> None:
        """The request is over. Where the server did not count, estimate."""
        metrics.duration = _sum(metrics.duration, time.monotonic() - self._started)
        if self._first is not None and metrics.time_to_first_token is None:
            metrics.time_to_first_token = self._first - self._started
        usage = self._usage
        if usage is None and self._first is not None:
            usage = Usage(tokens_of(asked), _tokens_of_answer(answer))
            metrics.estimated = True
        if usage is None:
            return
        metrics.input_tokens = _sum(metrics.input_tokens, usage.input_tokens)
        metrics.output_tokens = _sum(metrics.output_tokens, usage.output_tokens)
        metrics.cached_tokens = _sum(metrics.cached_tokens, usage.cached_tokens)
        metrics.reasoning_tokens = _sum(
            metrics.reasoning_tokens, usage.reasoning_tokens
        )


def _tokens_of_answer(answer: Message) -> int:
    calls = "".join(call.name + call.arguments for call in answer.tool_calls)
    return estimate_tokens(answer.content + answer.reasoning_content + calls)


def _sum(so_far: N | None, more: N | None) -> N | None:
    if so_far is None or more is None:
        return more if so_far is None else so_far
    return so_far + more
