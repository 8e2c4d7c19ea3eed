"""The tools a model wants called, put together from what a server sends. No I/O.

OpenAI sends a call in fragments that name its `index`; the first one has its id and
name, the others have more of its arguments. Other servers leave the index out, give
all calls the same one, send ids or names again with every fragment, or whole calls with
arguments that are no text but an object. None of that can raise here.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from agno_tui.session import ToolCall
from agno_tui.text import repair

CALLS_LIMIT: Final = 128
"""Calls of one reply: as many as OpenAI lets a request have tools."""

_NAME_LIMIT: Final = 200
_LOOKS: Final = 2 * CALLS_LIMIT
"""How often a reply's arguments are looked at while they come. It takes time, and only
servers that say a name again make it necessary."""
_LOOK_LIMIT: Final = 1_000_000
"""Characters of arguments that are looked at while they come."""


class TooManyCalls(ValueError):
    """A reply asks for more calls than the limit."""


@dataclass(slots=True, frozen=True)
class _Fragment:
    """A piece of a call, with nothing in it that is of the wrong type."""

    index: int | None
    id: str
    name: str
    arguments: str

    @classmethod
    def read(cls, raw: Mapping[object, object]) -> _Fragment:
        function = raw.get("function")
        if not isinstance(function, dict):
            function = {}
        index, id, name = raw.get("index"), raw.get("id"), function.get("name")
        return cls(
            index=index if type(index) is int else None,
            id=id if isinstance(id, str) else "",
            name=name if isinstance(name, str) else "",
            arguments=_arguments(function.get("arguments")),
        )


@dataclass(slots=True)
class _Call:
    """A call as far as it has come."""

    chunk: int
    """The number of the chunk it began in."""
    id: str = ""
    name: str = ""
    parts: list[str] = field(default_factory=list)

    @property
    def arguments(self) -> str:
        return "".join(self.parts)

    def add(self, fragment: _Fragment) -> None:
        self.id = self.id or fragment.id
        if fragment.arguments:
            self.parts.append(fragment.arguments)
        name = fragment.name
        if not name or name == self.name or (self.name and self.parts):
            return
        # In pieces, or all of it so far with every fragment.
        whole = name if name.startswith(self.name) else self.name + name
        self.name = whole[:_NAME_LIMIT]


class ToolCalls:
    """The calls of one reply: `add` what each chunk says of them, then ask for `whole`.

    They come out in the order in which they began.
    """

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}
        self._by_id: dict[str, _Call] = {}
        self._chunk = 0
        self._looks = _LOOKS

    def add(self, fragments: object) -> int:
        """Take the `tool_calls` of one chunk; how many characters they brought.

        Raises `TooManyCalls`.
        """
        if not isinstance(fragments, list):
            return 0
        self._chunk += 1
        read = [_Fragment.read(raw) for raw in fragments if isinstance(raw, dict)]
        return sum(self._take(fragment) for fragment in read)

    def whole(self, *, cut: bool = False) -> tuple[ToolCall, ...]:
        """The calls, each with an id of its own and JSON text for its arguments.

        Where the reply was `cut` for its length, a last call that is half is left out.
        """
        calls: list[ToolCall] = []
        ids: set[str] = set()
        for call in self._calls:
            arguments = repair(call.arguments)
            if not call.name and not arguments.strip():
                continue
            id = repair(call.id)
            if not id or id in ids:
                id = _new_call_id()
            ids.add(id)
            calls.append(ToolCall(id, repair(call.name), arguments))
        if cut and calls and read_arguments(calls[-1].arguments) is None:
            calls.pop()
        return tuple(calls)

    def _take(self, fragment: _Fragment) -> int:
        if not (fragment.id or fragment.name or fragment.arguments):
            return 0
        call = self._known(fragment)
        if call is not None and self._is_said_again(call, fragment):
            return 0
        if call is None or self._begins_another(call, fragment):
            call = self._begin(fragment)
        call.add(fragment)
        return len(fragment.name) + len(fragment.arguments)

    def _known(self, fragment: _Fragment) -> _Call | None:
        """The call that a fragment seems to belong to."""
        nameless = not (fragment.id or fragment.name)
        last = self._calls[-1] if self._calls else None
        if fragment.index is not None:
            # Some servers count the fragments: one without a name goes on.
            return self._by_index.get(fragment.index, last if nameless else None)
        if fragment.id in self._by_id:
            return self._by_id[fragment.id]
        begins = fragment.name and (
            fragment.id or last is None or last.chunk == self._chunk
        )
        return None if begins else last

    def _begins_another(self, call: _Call, fragment: _Fragment) -> bool:
        """Whether it is no part of the call, for all that its index or place says."""
        if not (fragment.name and call.name):
            return False
        same_name = fragment.name == call.name
        other_id = bool(fragment.id and call.id) and fragment.id != call.id
        if fragment.index is None and not same_name:
            return True
        if not call.parts:
            return other_id
        if other_id:
            return not same_name or self._is_whole(call)
        return bool(fragment.arguments or not same_name) and self._is_whole(call)

    def _is_said_again(self, call: _Call, fragment: _Fragment) -> bool:
        """Whether a whole call comes once more, as some servers end their streams."""
        return (
            bool(fragment.id and call.parts)
            and (fragment.id, fragment.name) == (call.id, call.name)
            and fragment.arguments[:1] == call.parts[0][:1]
            and self._is_whole(call)
            and fragment.arguments == call.arguments
        )

    def _is_whole(self, call: _Call) -> bool:
        if not call.parts[-1].rstrip().endswith("}") or self._looks <= 0:
            return False
        self._looks -= 1
        if sum(map(len, call.parts)) > _LOOK_LIMIT:
            return False
        return read_arguments(call.arguments) is not None

    def _begin(self, fragment: _Fragment) -> _Call:
        if len(self._calls) >= CALLS_LIMIT:
            raise TooManyCalls(f"more than {CALLS_LIMIT} calls")
        call = _Call(self._chunk)
        self._calls.append(call)
        if fragment.index is not None:
            self._by_index[fragment.index] = call
        if fragment.id:
            self._by_id[fragment.id] = call
        return call


def read_arguments(text: str) -> dict[str, object] | None:
    """A call's arguments, or None where the text is no JSON object.

    Strict: NaN and infinities, which Python would read, are no JSON.
    """
    try:
        read = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


def _arguments(raw: object) -> str:
    if isinstance(raw, str):
        return raw
    if not isinstance(raw, dict):
        return ""
    try:
        return json.dumps(raw, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""


def _new_call_id() -> str:
    """Nine letters and digits: the one form that Mistral takes, and all others do."""
    return secrets.token_hex(5)[:9]
