"""What an OpenAI-compatible server sends, made into our own pieces. No I/O.

The bytes are read here without the SDK's objects: 7 µs a chunk instead of 64–95, and
nothing odd in them can raise. Every text is repaired on its way in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from agno_tui.models.base import ModelError, ModelResponse, Usage
from agno_tui.models.wire import errors, refusals
from agno_tui.models.wire.errors import Asked
from agno_tui.models.wire.sse import EVENT_LIMIT, EventReader, EventTooLarge
from agno_tui.text import repair

REPLY_LIMIT: Final = 10_000_000
"""Characters of one reply, reasoning included."""

_REASONING: Final = ("reasoning_content", "reasoning")


class Reply:
    """One answer as it arrives: feed it bytes until it is `over`.

    Tells an event stream from a plain document by the first byte, whatever the headers
    say. Never raises; what went wrong is in `failure`, once it is over.
    """

    def __init__(
        self,
        asked: Asked,
        *,
        event_limit: int = EVENT_LIMIT,
        reply_limit: int = REPLY_LIMIT,
    ) -> None:
        self.over = False
        self.failure: ModelError | None = None
        self.begun = False
        """Whether a piece has been given out."""
        self.finished = False
        """Whether the server said that the answer is whole."""
        self._asked = asked
        self._events = EventReader(event_limit)
        self._event_limit = event_limit
        self._room = reply_limit
        self._reply_limit = reply_limit
        self._document: bytearray | None = None
        self._received = False
        self._understood = False
        self._refused = False
        self._content = _Joiner()
        self._reasoning = _Joiner()

    def feed(self, received: bytes) -> list[ModelResponse]:
        """The pieces in these bytes; neighbours of the same kind are joined."""
        if not self._received:
            start = received.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
            self._received = bool(start)
            if start and start in b"{[<":
                self._document = bytearray()
        if self._document is not None:
            self._document += received
            if len(self._document) <= self._reply_limit:
                return []
            return self.fail(errors.too_large(self._asked, self._reply_limit))
        try:
            events = self._events.feed(received)
        except EventTooLarge:
            return self.fail(errors.too_large(self._asked, self._event_limit))
        return list(_joined(self._pieces(events)))

    def end(self) -> list[ModelResponse]:
        """The connection is at its end: what is left, and the verdict."""
        if self.over:
            return []
        if self._document is not None:
            return list(self._read_document(bytes(self._document)))
        pieces: list[ModelResponse] = []
        try:
            pieces += _joined(self._pieces(self._events.end()))
        except EventTooLarge:
            return self.fail(errors.too_large(self._asked, self._event_limit))
        if self.over:
            return pieces
        strange = self._received and not self._understood
        asked = self._asked
        error = (
            errors.not_openai(asked)
            if strange
            else errors.cut(asked, begun=self.begun or self._understood)
        )
        return pieces + self.fail(error)

    def fail(self, error: ModelError) -> list[ModelResponse]:
        """It ended with an error. One after the end of the answer does not count."""
        if self.over:
            return []
        self.over = True
        if self._refused:
            self.failure = errors.content_refused(self._asked)
        elif not self.finished:
            self.failure = error
        return self._held()

    def _finish(self) -> list[ModelResponse]:
        self.over = self.finished = True
        if self._refused:
            self.failure = errors.content_refused(self._asked)
        return self._held()

    def _held(self) -> list[ModelResponse]:
        content, reasoning = self._content.rest(), self._reasoning.rest()
        if not content and not reasoning:
            return []
        return [ModelResponse(content=content, reasoning_content=reasoning)]

    def _pieces(self, events: Iterable[str]) -> Iterator[ModelResponse]:
        for event in events:
            if self.over:
                return
            text = event.strip()
            if text == "[DONE]":
                self._understood = True
                yield from self._finish()
            elif text:
                yield from self._read(text)

    def _read(self, text: str) -> Iterator[ModelResponse]:
        try:
            chunk = json.loads(text)
        except (ValueError, RecursionError):
            bad = errors.unreadable if self._understood else errors.not_openai
            yield from self.fail(bad(self._asked))
            return
        self._understood = True
        if refusals.error_in(chunk) is not None:
            yield from self.fail(refusals.from_body(self._asked, chunk))
            return
        piece = self._piece(chunk)
        if piece is not None:
            self.begun = True
            yield piece
            self._room -= len(piece.content) + len(piece.reasoning_content)
            if self._room < 0:
                self.finished = False
                too_large = errors.too_large(self._asked, self._reply_limit)
                yield from self.fail(too_large)

    def _piece(self, chunk: object) -> ModelResponse | None:
        if not isinstance(chunk, dict):
            return None
        usage = usage_in(chunk)
        choice = _first(chunk.get("choices"))
        delta = choice.get("delta") or choice.get("message")
        if not isinstance(delta, dict):
            delta = {}
        content = self._content.add(
            _text(delta.get("content")) + _text(delta.get("refusal"))
        )
        raw = next((_text(delta[n]) for n in _REASONING if delta.get(n)), "")
        reasoning = self._reasoning.add(raw)
        reason = choice.get("finish_reason")
        finish = repair(reason)[:40] if isinstance(reason, str) else ""
        if finish:
            self.finished = True
            self._refused = finish == "content_filter"
            content += self._content.rest()
            reasoning += self._reasoning.rest()
        if not (content or reasoning or finish or usage):
            return None
        return ModelResponse(content, reasoning, finish, usage)

    def _read_document(self, document: bytes) -> Iterator[ModelResponse]:
        try:
            body = json.loads(document.decode("utf-8-sig", errors="replace"))
        except (ValueError, RecursionError):
            broken = document.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
            yield from self.fail(
                errors.cut(self._asked, begun=True)
                if broken
                else errors.not_openai(self._asked)
            )
            return
        if refusals.error_in(body) is not None:
            yield from self.fail(refusals.from_body(self._asked, body))
            return
        piece = self._piece(body)
        if piece is None or not _first(body.get("choices")):
            yield from self.fail(errors.not_openai(self._asked))
            return
        self.begun = True
        yield piece
        yield from self._finish()


class _Joiner:
    """Joins surrogate halves that a server put into neighbouring pieces."""

    def __init__(self) -> None:
        self._half = ""

    def add(self, text: str) -> str:
        """The text so far, but for a first half whose second is still to come."""
        if not text:
            return ""
        text = self._half + text
        self._half = ""
        if "\ud800" <= text[-1] <= "\udbff":
            self._half = text[-1]
            text = text[:-1]
        return repair(text)

    def rest(self) -> str:
        """What was held back and found no second half."""
        half, self._half = self._half, ""
        return repair(half)


def model_names(body: object) -> list[str] | None:
    """The names in an answer to `GET /models`; None when it is no such answer."""
    if not isinstance(body, dict) or "data" not in body:
        return None
    entries = body["data"]
    if entries is None:
        return []
    if not isinstance(entries, list):
        return None
    names = [entry.get("id") for entry in entries if isinstance(entry, dict)]
    return [repair(name) for name in names if isinstance(name, str) and name]


def usage_in(chunk: dict[object, object]) -> Usage | None:
    """The token counts in a chunk, where they are there and are whole numbers."""
    usage = chunk.get("usage")
    if not isinstance(usage, dict):
        return None
    asked = _count(usage, "prompt_tokens")
    answered = _count(usage, "completion_tokens")
    if asked is None or answered is None:
        return None
    return Usage(
        input_tokens=asked,
        output_tokens=answered,
        cached_tokens=_count(usage.get("prompt_tokens_details"), "cached_tokens"),
        reasoning_tokens=_count(
            usage.get("completion_tokens_details"), "reasoning_tokens"
        ),
    )


def _count(counts: object, name: str) -> int | None:
    count = counts.get(name) if isinstance(counts, dict) else None
    return count if type(count) is int and 0 <= count < 2**53 else None


def _first(choices: object) -> dict[object, object]:
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return {}


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [part.get("text") for part in content if isinstance(part, dict)]
    return "".join(part for part in parts if isinstance(part, str))


def _joined(pieces: Iterable[ModelResponse]) -> Iterator[ModelResponse]:
    """Fewer, larger pieces: one for each run of answer or of reasoning."""
    content: list[str] = []
    reasoning: list[str] = []
    for piece in pieces:
        plain = not (piece.finish_reason or piece.usage)
        if content and (piece.reasoning_content or not plain):
            yield ModelResponse("".join(content), "".join(reasoning))
            content, reasoning = [], []
        if plain:
            content += [piece.content] if piece.content else []
            reasoning += [piece.reasoning_content] if piece.reasoning_content else []
            continue
        if reasoning:
            yield ModelResponse(reasoning_content="".join(reasoning))
            reasoning = []
        yield piece
    if content or reasoning:
        yield ModelResponse("".join(content), "".join(reasoning))
