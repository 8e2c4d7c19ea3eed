"""Makes text of what a tool gave back: as it is, as JSON, or as Python shows it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum

from agno_tui.text import repair
from agno_tui.tools.arguments import CallError


def text_of(result: object, limit: int) -> str:
    """The text for the model: at most `limit` characters. Errors: `CallError`."""
    if isinstance(result, Enum):
        result = result.value
    if isinstance(result, str):
        return _fitting(str.__str__(result), limit)
    if isinstance(result, bytes | bytearray | memoryview):
        raise _bytes()
    return _fitting(_json(result, limit) if _has_json(result) else str(result), limit)


def joined(pieces: Iterator[object], limit: int, unwanted: Callable[[], bool]) -> str:
    """The text of all pieces; gives up early when nobody wants it any more."""
    text = _Joined(limit)
    try:
        for piece in pieces:
            text.add(piece)
            if unwanted():
                break
    finally:
        if close := getattr(pieces, "close", None):
            close()
    return text.whole


async def joined_async(pieces: AsyncIterator[object], limit: int) -> str:
    """The text of all pieces, as they come. Errors: `CallError`, and the tool's own."""
    text = _Joined(limit)
    try:
        async for piece in pieces:
            text.add(piece)
    finally:
        if close := getattr(pieces, "aclose", None):
            await close()
    return text.whole


class _Joined:
    """Pieces of text, as many as fit."""

    def __init__(self, limit: int) -> None:
        self._pieces: list[str] = []
        self._limit = limit
        self._length = 0

    def add(self, piece: object) -> None:
        """Take in one more. Errors: `CallError` when it becomes too long."""
        text = text_of(piece, self._limit)
        self._length += len(text)
        if self._length > self._limit:
            raise _too_long(f"more than {self._limit:,}", self._limit)
        if text:
            self._pieces.append(text)

    @property
    def whole(self) -> str:
        """All of them."""
        return "".join(self._pieces)


def _fitting(text: str, limit: int) -> str:
    if len(text) > limit:
        raise _too_long(f"{len(text):,}", limit)
    return repair(text)


def _too_long(length: str, limit: int) -> CallError:
    return CallError(
        f"The result was {length} characters long, and at most {limit:,} can be taken"
        " in. Ask for less of it."
    )


def _bytes() -> CallError:
    return CallError("The result was bytes, and only text can be taken in.")


def _has_json(result: object) -> bool:
    return (
        result is None
        or isinstance(result, bool | int | float | list | tuple | Mapping | Set)
        or _has_fields(result)
        or _dumps_itself(result)
    )


def _has_fields(result: object) -> bool:
    return is_dataclass(result) and not isinstance(result, type)


def _dumps_itself(result: object) -> bool:
    """Whether it is a pydantic model: known by its method, so as not to load any."""
    return callable(getattr(type(result), "model_dump", None))


def _json(result: object, limit: int) -> str:
    """The JSON of it. Made bit by bit, so that what is far too large is given up."""
    pieces: list[str] = []
    length = 0
    encoder = json.JSONEncoder(ensure_ascii=False, default=_plain)
    try:
        for piece in encoder.iterencode(result):
            pieces.append(piece)
            length += len(piece)
            if length > limit:
                raise _too_long(f"more than {limit:,}", limit)
    except RecursionError:
        raise CallError("The result was nested too deeply.") from None
    except (TypeError, ValueError):  # Keys that JSON has not, or a circle.
        return str(result)
    return "".join(pieces)


def _plain(value: object) -> object:
    """What JSON knows, for what it does not."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes | bytearray | memoryview):
        raise _bytes()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Set):
        return list(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if _dumps_itself(value):
        return value.model_dump(mode="json")  # type: ignore[attr-defined]
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    return str(value)
