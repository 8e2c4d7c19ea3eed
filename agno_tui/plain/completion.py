"""What Tab offers for the beginning of a line."""

from __future__ import annotations

from collections.abc import Sequence

from agno_tui.plain.command import COMMANDS, command_named, read_command


def offers(text: str, titles: Sequence[str], models: Sequence[str]) -> list[str]:
    """Whole lines that begin so: slash commands, and what may stand after some."""
    if not text.startswith("/"):
        return []
    if " " not in text:
        names = [name for one in COMMANDS for name in one.name_list]
        return [f"/{name}" for name in names if f"/{name}".startswith(text.lower())]
    read = read_command(text)
    command = command_named(read[0]) if read is not None else None
    if read is None or command is None:
        return []
    choices: dict[str, Sequence[str]] = {
        "plain.open": titles,
        "session.list": titles,
        "model": models,
        "help": [one.name_list[0] for one in COMMANDS],
        "queue": ("send", "remove "),
        "plain.draft": ("send", "drop"),
    }
    word, typed = text.split(" ", 1)[0], read[1].lower()
    return [
        f"{word} {choice}"
        for choice in choices.get(command.id, ())
        if choice.lower().startswith(typed)
    ]
