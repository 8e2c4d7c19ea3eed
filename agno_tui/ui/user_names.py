"""The names of users: as they are typed, and as they are shown."""

from __future__ import annotations

from typing import Final

from agno_tui.text import clipped, one_line, repair

NAMELESS: Final = "no name"
"""What stands for the user without a name."""

LONGEST: Final = 64
"""Characters of a name that is typed."""

LONGEST_SHOWN: Final = 24
"""Characters of a name in the header."""


def cleaned(name: str) -> str:
    """A user's name as it was typed. Errors: `ValueError`, in words, for none, one that
    is too long, and one with characters that can't be seen."""
    name = repair(name).strip()
    if not name:
        raise ValueError("Say whose conversations to open.")
    if len(name) > LONGEST:
        raise ValueError(f"A user's name has at most {LONGEST} characters.")
    if one_line(name) != name:
        raise ValueError("This name has characters that can't be seen.")
    return name


def shown(user_id: str, longest: int = LONGEST_SHOWN) -> str:
    """A user's name on the screen: one from a database may be anything."""
    return clipped(one_line(user_id), longest) or NAMELESS
