"""What a command is: its key, slash command, palette entry, footer and line of help."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType
from textual.keys import KEY_NAME_REPLACEMENTS, key_to_character


class Where(StrEnum):
    """Where a command's keys mean something; the value is its heading in help."""

    ANYWHERE = "Anywhere"
    PROMPT = "In the prompt"
    LIST = "In the list"
    FILTER = "While filtering the list"
    MESSAGES = "On a message"
    QUEUE = "Where messages wait"
    FIND = "While finding"
    ASKED = "While searching what you asked"
    SEARCH = "While searching all conversations"
    MODEL = "While choosing a model"
    MEMORY = "In what it remembers"
    SESSION = "In a conversation's own page"
    LINKS = "While choosing a link"
    CITED = "While choosing a conversation"
    USER = "While choosing a user"
    CONTEXT = "In what will be sent next"
    TREE = "In the branches of a conversation"
    HELP = "In help"


class Choices(StrEnum):
    """What is offered for the words after a slash command."""

    NONE = ""
    MODELS = "models"
    THEMES = "themes"
    SESSIONS = "sessions"
    USERS = "users"


@dataclass(slots=True, frozen=True)
class Argument:
    """What may stand after a slash command."""

    name: str
    """What help calls it: `words`, `name`."""
    method: str
    """The method of the app that takes it: a coroutine of one text, which gives back
    what is wrong with it, or the empty string."""
    choices: Choices = Choices.NONE
    needed: bool = False
    """Whether the command means nothing without it."""


@dataclass(slots=True, frozen=True)
class Command:
    """Something the user can have done."""

    id: str
    keys: str
    """Textual's names of the keys, separated by commas; the first one is shown. Empty:
    it has no key of its own."""
    action: str
    """Textual's action: the app's for a command from anywhere, else that of the widget
    whose place it is."""
    title: str
    """What it does; `{id}` in it stands for a key, as `Keymap.words` reads it."""
    group: str
    footer: str = ""
    """A word or two for the footer; empty: not shown there."""
    priority: bool = False
    """Whether the key works whatever has the focus."""
    needs_sessions: bool = False
    """Whether it waits for the sessions where they are not open yet."""
    words: str = ""
    """What else the palette finds it by, separated by spaces."""
    slash: str = ""
    """Its names as a slash command, without the slash, separated by commas; the first
    one is shown. Empty: it is none."""
    argument: Argument | None = None
    """What may stand after its slash command."""
    place: Where = Where.ANYWHERE
    """Where its keys mean something."""
    said: str = ""
    """How else it is done, for help: keys in `Keymap.words` that no binding has, such
    as one that is pressed twice."""
    is_destructive: bool = False
    """Whether it takes something away: never done for a name that is half typed."""

    @property
    def names(self) -> list[str]:
        """Its names as a slash command."""
        return [name for name in self.slash.split(",") if name]

    @property
    def key_list(self) -> list[str]:
        """Its keys, one by one."""
        return [key for key in self.keys.split(",") if key]

    @property
    def binding(self) -> Binding:
        """The command as Textual wants it."""
        return Binding(
            self.keys,
            self.action,
            self.title,
            id=self.id,
            show=False,
            priority=self.priority,
        )

    @property
    def early_binding(self) -> Binding:
        """The command before the sessions are open: first of all, so that no key after
        it goes elsewhere while it waits."""
        action = f"early({self.action!r})"
        return Binding(self.keys, action, id=self.id, show=False, priority=True)


def bindings(commands: Iterable[Command], place: Where) -> list[BindingType]:
    """What a widget binds: all that has a key in its place."""
    return [one.binding for one in commands if one.place is place and one.keys]


def is_typed(key: str) -> bool:
    """Whether a key writes something where something is written."""
    sign = key_to_character(key)
    if sign is not None:
        return sign.isprintable()
    return key == "space" or key in KEY_NAME_REPLACEMENTS.values()


Keys = tuple[tuple[str, str], ...]
"""Keys and what they do, in a word each."""

_SIGNS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "escape": "esc",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "slash": "/",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
}


def key_name(key: str) -> str:
    """A key as it is written on the screen: `alt+↑`, `esc`."""
    return "+".join(_SIGNS.get(part, part) for part in key.split("+"))


def key_names(keys: str) -> str:
    """Several keys, separated by commas, as they are written on the screen."""
    return "  ".join(key_name(key) for key in keys.split(","))
