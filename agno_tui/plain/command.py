"""Every slash command of the plain mode, once: its names, its words, what it does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_COMMAND: Final = re.compile(r"/([^\W\d_][\w-]*)(?:[ \t]+(.*))?", re.DOTALL)
"""A slash, a word, and what follows. A path or two slashes are none."""


@dataclass(slots=True, frozen=True)
class PlainCommand:
    """Something the user can have done."""

    id: str
    """Where the screen has a command of the same name, its id is the same."""
    names: str
    """Without the slash, separated by commas; the first one is shown."""
    title: str
    argument: str = ""
    """What may stand after it; in brackets where it need not."""

    @property
    def name_list(self) -> list[str]:
        """Its names."""
        return self.names.split(",")

    @property
    def usage(self) -> str:
        """As it is typed: `/rename name`."""
        return f"/{self.name_list[0]} {self.argument}".rstrip()

    @property
    def needs_words(self) -> bool:
        """Whether it means nothing without words."""
        return bool(self.argument) and not self.argument.startswith("[")


COMMANDS: Final = (
    PlainCommand("help", "help,keys", "What can be done", "[command]"),
    PlainCommand("session.new", "new", "Begin a new conversation"),
    PlainCommand(
        "session.list", "sessions", "List the conversations", "[words in the title]"
    ),
    PlainCommand("plain.more", "more", "Go on with the list"),
    PlainCommand("plain.archive", "archived", "List what was archived", "[words]"),
    PlainCommand(
        "plain.open", "open", "Open what was listed, or by name", "number or name"
    ),
    PlainCommand("session.attention", "attention", "Open the next one that needs you"),
    PlainCommand("search", "search", "Search all conversations", "words"),
    PlainCommand(
        "plain.read",
        "read,history",
        "Read this conversation again, the last turns or all",
        "[number of turns]",
    ),
    PlainCommand("session.rename", "rename", "Rename this conversation", "name"),
    PlainCommand("session.pin", "pin", "Pin this conversation on top, or no longer"),
    PlainCommand(
        "session.archive", "archive", "Archive this conversation, or bring it back"
    ),
    PlainCommand(
        "session.delete",
        "delete,remove,rm",
        "Delete this conversation; /undo undoes it",
    ),
    PlainCommand("session.undo", "undo", "Bring back what was deleted last"),
    PlainCommand("session.fork", "fork", "Go on in a copy of this conversation"),
    PlainCommand(
        "session.export", "export", "Write this conversation to a Markdown file"
    ),
    PlainCommand("run.stop", "stop", "Stop the answer, keep what came"),
    PlainCommand("run.retry", "retry", "Send the last question again"),
    PlainCommand(
        "run.edit", "edit", "Ask the last question in other words", "[other words]"
    ),
    PlainCommand("plain.versions", "versions", "List the versions of the last turn"),
    PlainCommand("plain.version", "version", "Go on with another version", "number"),
    PlainCommand(
        "queue",
        "queue",
        "What waits to be sent; send it, or take one out",
        "[send, or remove number]",
    ),
    PlainCommand(
        "plain.draft", "draft", "Put the draft back into the line", "[send, or drop]"
    ),
    PlainCommand(
        "context", "context", "What will be sent next, or how many turns", "[turns]"
    ),
    PlainCommand("run.details", "details", "Say what each answer took, or no longer"),
    PlainCommand("model", "model", "List the models, or change it", "[name]"),
    PlainCommand("user", "user", "Whose conversations these are", "[name]"),
    PlainCommand("quit", "quit,exit", "Quit; what is under way is kept"),
)
"""All of them, in the order of help."""


def read_command(text: str) -> tuple[str, str] | None:
    """The word after the slash and what follows it; None for an ordinary message."""
    if "\n" in text or not (match := _COMMAND.fullmatch(text.rstrip())):
        return None
    return match[1].lower(), (match[2] or "").strip()


def command_named(
    word: str, commands: Iterable[PlainCommand] = COMMANDS
) -> PlainCommand | None:
    """The command of that name."""
    return next((one for one in commands if word in one.name_list), None)


def message_of(text: str) -> str:
    """A message as it is sent: of two slashes at its beginning one is left."""
    return text[1:] if text.startswith("//") else text
