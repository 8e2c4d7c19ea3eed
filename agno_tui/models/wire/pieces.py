"""What stands in a chunk or a list that a server sends, read and joined. No I/O.

Nothing odd in it can raise. Every text is repaired on its way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agno_tui.models.base import ModelResponse, Usage
from agno_tui.text import repair


class Joiner:
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


def first(choices: object) -> dict[object, object]:
    """The first choice, empty where there is none."""
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return {}


def text_of(content: object) -> str:
    """A content that may be a text, or a list of parts that have one."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [part.get("text") for part in content if isinstance(part, dict)]
    return "".join(part for part in parts if isinstance(part, str))


def joined(pieces: Iterable[ModelResponse]) -> Iterator[ModelResponse]:
    """Fewer, larger pieces: one for each run of answer or of reasoning."""
    content: list[str] = []
    reasoning: list[str] = []
    for piece in pieces:
        plain = not (piece.finish_reason or piece.usage or piece.tool_calls)
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
