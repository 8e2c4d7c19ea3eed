"""Slash commands: what a text that begins with a slash means, and what to offer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from agno_tui.text import one_line
from agno_tui.ui.command import Command

_WORD: Final = re.compile(r"[^\W\d_][\w-]*")
"""What a command could be called. A path or two slashes are none."""

MOST_OFFERS = 200
"""Choices that are offered at a time."""


@dataclass(slots=True, frozen=True)
class Slash:
    """A text that may be meant as a command."""

    word: str
    """What follows the slash."""
    rest: str | None = None
    """What follows the word, without spaces around it; None: no space yet."""


@dataclass(slots=True, frozen=True)
class Choice:
    """Something that may stand after a slash command."""

    value: str
    """What the command is given."""
    words: str
    """What the user reads, and types."""


@dataclass(slots=True, frozen=True)
class Offer:
    """A line of the list."""

    text: str
    """What the prompt says once it is taken."""
    shown: str
    about: str = ""
    """What it does."""
    command: Command | None = None
    choice: Choice | None = None


def read_slash(text: str) -> Slash | None:
    """What a text means as a command; None for an ordinary message: one of several
    lines, one that begins otherwise, a path, a comment."""
    if not text.startswith("/") or "\n" in text:
        return None
    word, space, rest = text[1:].partition(" ")
    if word and not _WORD.fullmatch(word):
        return None
    if not word and space:
        return None
    return Slash(word.lower(), rest.strip() if space else None)


def as_message(text: str) -> str:
    """What is sent of a text: `//new` is the message `/new`."""
    return text[1:] if _is_word(text[1:]) and text.startswith("//") else text


def as_written(message: str) -> str:
    """How a message is written in the prompt, so that it is no command there."""
    return f"/{message}" if _is_word(message) else message


def _is_word(text: str) -> bool:
    slash = read_slash(text)
    return slash is not None and bool(slash.word)


def is_begun_command(text: str, commands: Iterable[Command]) -> bool:
    """Whether a text is a command, or one that is not yet written to its end."""
    slash = read_slash(text)
    if slash is None:
        return False
    if slash.rest is not None:
        return command_named(slash.word, commands) is not None
    return any(name.startswith(slash.word) for one in commands for name in one.names)


def command_named(word: str, commands: Iterable[Command]) -> Command | None:
    """The command of that name."""
    return next((one for one in commands if word in one.names), None)


def offered_commands(word: str, commands: Sequence[Command]) -> list[Offer]:
    """The commands that may be meant: the one of that name, then those whose name
    begins so, the shortest first, then those that people call so, then those whose
    name has these letters in this order. What is destructive comes after its like."""
    ranked = [
        (rank, n, one)
        for n, one in enumerate(commands)
        if one.slash and (rank := _rank(word, one)) is not None
    ]
    return [_offer(one) for _, _, one in sorted(ranked, key=lambda row: row[:2])]


def _offer(command: Command) -> Offer:
    name, argument = command.names[0], command.argument
    if argument is None:
        return Offer(f"/{name}", f"/{name}", command.title, command)
    words = argument.name if argument.needed else f"[{argument.name}]"
    return Offer(f"/{name} ", f"/{name} {words}", command.title, command)


def _rank(word: str, command: Command) -> tuple[int, bool, int] | None:
    if not word:
        return (0, False, 0)
    kind = _kind(word, command)
    if kind is None:
        return None
    begun = [len(name) for name in command.names if name.startswith(word)]
    return (kind, command.is_destructive, min(begun, default=0))


def _kind(word: str, command: Command) -> int | None:
    """How well a command fits what is typed; the smaller, the better."""
    names = command.names
    if word in names:
        return 0
    for kind, name in enumerate(names, start=1):
        if name.startswith(word):
            return min(kind, 2)
    called = f"{command.title} {command.words}".lower().split()
    if any(one.startswith(word) for one in called):
        return 3
    return 4 if any(_has_letters(name, word) for name in names) else None


def _has_letters(name: str, letters: str) -> bool:
    rest = iter(name)
    return all(letter in rest for letter in letters)


def offered_choices(
    typed: str, command: Command, choices: Iterable[Choice]
) -> list[Offer]:
    """What may stand after a command: what is typed in full, what begins so, then what
    has all these words."""
    asked = typed.lower().split()
    ranked: list[tuple[int, int, Choice]] = []
    for n, choice in enumerate(choices):
        words = choice.words.lower()
        if all(part in words for part in asked):
            rank = 0 if words == typed.lower() else 2 - words.startswith(typed.lower())
            ranked.append((rank, n, choice))
    ranked.sort(key=lambda row: row[:2])
    name = command.names[0]
    return [
        Offer(f"/{name} {words}", words, "", command, choice)
        for _, _, choice in ranked[:MOST_OFFERS]
        if (words := one_line(choice.words))
    ]
