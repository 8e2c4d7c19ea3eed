"""Words that name keys: always those in force, whatever the user chose."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_KEYS: Final = re.compile(r"\{([a-z_.]+)(?:\|([a-z_.]+))?\}")
"""`{quit}` is the key of a command; `{list.up|list.down}` are those of two."""

_JOINT: Final = re.compile(r"( · |   |; |(?<=[.]) )")
"""What stands between things that are said for themselves."""


def with_keys_named(words: str, name: Callable[[str], str]) -> str:
    """Words in which `{id}` stands for the key of a command, as `name` says it. What
    is said of a key that is none is left out, up to the next dot, semicolon or gap."""
    parts = _JOINT.split(words)
    said: list[str] = []
    for at in range(0, len(parts), 2):
        piece = _named(parts[at], name)
        if piece is not None:
            said += [parts[at - 1], piece] if said else [piece]
    return "".join(said)


def _named(piece: str, name: Callable[[str], str]) -> str | None:
    missing = False

    def names(match: re.Match[str]) -> str:
        nonlocal missing
        keys = [name(id) for id in match.groups() if id]
        missing = missing or "" in keys
        return pair(*keys) if len(keys) > 1 else keys[0]

    named = _KEYS.sub(names, piece)
    return None if missing else named


def pair(one: str, other: str) -> str:
    """Two keys, the second without what both are pressed with: `alt+↑ ↓`."""
    held, plus, _ = one.rpartition("+")
    if held and plus:
        other = other.removeprefix(held + plus)
    return f"{one} {other}"
