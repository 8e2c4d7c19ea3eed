"""The names of users: as they are typed, as they are shown, and whom they mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from agno_tui.text import clipped, one_line, repair

NAMELESS: Final = "no name"
"""What stands for the user without a name. Nobody can be called so."""

LONGEST: Final = 64
"""Characters of a name that is typed."""

LONGEST_SHOWN: Final = 24
"""Characters of a name in the header."""


def means_nameless(name: str) -> bool:
    """Whether these words stand for the user without a name."""
    return " ".join(name.split()).casefold() == NAMELESS


def named(name: str) -> str:
    """The `user_id` that a name from the command line or the config stands for."""
    return "" if means_nameless(name) else name


def cleaned(name: str) -> str:
    """The `user_id` of a name that was typed. Errors: `ValueError`, in words, for none,
    one that is too long, and one with characters that can't be seen."""
    name = repair(name).strip()
    if not name:
        raise ValueError("Say whose conversations to open.")
    if means_nameless(name):
        return ""
    if len(name) > LONGEST:
        raise ValueError(f"A user's name has at most {LONGEST} characters.")
    if one_line(name) != name:
        raise ValueError("This name has characters that can't be seen.")
    return name


def meant(name: str, known: Iterable[str]) -> str:
    """The `user_id` that a typed name means: of those that are known the one that is
    shown so, else as `cleaned`."""
    words = one_line(name)
    for user_id in known:
        if words and shown(user_id, LONGEST) == words:
            return user_id
    return cleaned(name)


def shown(user_id: str, longest: int = LONGEST_SHOWN) -> str:
    """A user's name on the screen: one from a database may be anything."""
    words = clipped(one_line(user_id), longest)
    # One that was called so before nobody could be.
    return f"“{words}”" if means_nameless(words) else words or NAMELESS
