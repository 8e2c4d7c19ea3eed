"""Keys that never arrive because the terminal runs inside zellij or tmux."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agno_tui.ui.command import Command, Where, key_name


@dataclass(slots=True, frozen=True)
class Multiplexer:
    """A program that keeps keys for itself, by default."""

    name: str
    variable: str
    """What it puts into the environment of what runs inside."""
    keys: frozenset[str]
    way_out: str
    """How to have a key arrive all the same."""


ZELLIJ: Final = Multiplexer(
    "zellij",
    "ZELLIJ",
    # The keys of its normal mode (zellij setup --dump-config).
    frozenset(
        f"ctrl+{letter}" for letter in ("b", "g", "h", "n", "o", "p", "q", "s", "t")
    )
    | frozenset(
        f"alt+{key}"
        for key in (
            *("f", "h", "i", "j", "k", "l", "n", "o", "p"),
            *("left", "right", "up", "down", "plus", "minus"),
            *("left_square_bracket", "right_square_bracket"),
        )
    ),
    "ctrl+g locks zellij: then every key arrives, until ctrl+g again.",
)

TMUX: Final = Multiplexer(
    "tmux", "TMUX", frozenset({"ctrl+b"}), "ctrl+b twice sends it once."
)


def around(environ: Mapping[str, str]) -> list[Multiplexer]:
    """Those this terminal runs inside of."""
    return [one for one in (ZELLIJ, TMUX) if environ.get(one.variable) is not None]


def lost_keys(environ: Mapping[str, str]) -> frozenset[str]:
    """The keys that do not arrive in this terminal."""
    return frozenset().union(*(one.keys for one in around(environ)))


def kept_back(
    multiplexer: Multiplexer, commands: Sequence[Command]
) -> list[tuple[str, str, str]]:
    """What does not work inside, as rows of its keys, its title, and what to use
    instead: another key, the slash command, the palette."""
    return [
        (
            "  ".join(key_name(key) for key in lost),
            command.title,
            _instead(multiplexer, command),
        )
        for command in commands
        if command.place in (Where.ANYWHERE, Where.PROMPT)
        and (lost := [key for key in command.key_list if key in multiplexer.keys])
        and _instead(multiplexer, command)
    ]


def _instead(multiplexer: Multiplexer, command: Command) -> str:
    others = [key_name(k) for k in command.key_list if k not in multiplexer.keys]
    slash = [f"/{name}" for name in command.names[:1]]
    return " or ".join((*others[:1], *slash))
