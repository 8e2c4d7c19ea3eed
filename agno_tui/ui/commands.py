"""Every command, once: its key, its words in help and palette, its footer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual.binding import Binding


@dataclass(slots=True, frozen=True)
class Command:
    """Something the user can have done from anywhere."""

    id: str
    keys: str
    """Textual's names of the keys, separated by commas; the first one is shown. Empty:
    it stands in the palette only."""
    action: str
    title: str
    group: str
    footer: str = ""
    """A word or two for the footer; empty: not shown there."""
    priority: bool = False
    """Whether the key works whatever has the focus."""
    needs_sessions: bool = False
    """Whether it waits for the sessions where they are not open yet."""
    words: str = ""
    """What else the palette finds it by, separated by spaces."""

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
        return Binding(self.keys, action, show=False, priority=True)


PALETTE_KEY = "ctrl+p"
"""Where the commands are that have no key of their own."""

SESSIONS, ANSWERS, PROGRAM = "Conversations", "Answers", "Program"

COMMANDS = (
    Command(
        "session.new",
        "ctrl+n",
        "new_session",
        "New conversation",
        SESSIONS,
        "new",
        words="chat session start begin empty",
    ),
    Command(
        "session.previous",
        "alt+up,ctrl+pageup",
        "switch(-1)",
        "Previous conversation",
        SESSIONS,
        words="chat session switch newer",
    ),
    Command(
        "session.next",
        "alt+down,ctrl+pagedown",
        "switch(1)",
        "Next conversation",
        SESSIONS,
        "switch",
        words="chat session switch older",
    ),
    Command(
        "sidebar.toggle",
        "ctrl+b,f9",
        "toggle_sidebar",
        "Show or hide the list of conversations",
        SESSIONS,
        "list",
        words="chats sessions history sidebar",
    ),
    Command(
        "session.list",
        "ctrl+s",
        "focus_list",
        "Go to the list",
        SESSIONS,
        words="chats sessions history open delete remove undo",
    ),
    Command(
        "session.back",
        "alt+left",
        "go_back",
        "Back to where you were",
        SESSIONS,
        words="return",
    ),
    Command(
        "session.find",
        "ctrl+f",
        "find",
        "Find in this conversation",
        SESSIONS,
        words="search words look",
    ),
    Command(
        "session.copy",
        "",
        "copy_session",
        "Copy this conversation as Markdown",
        SESSIONS,
        words="clipboard yank export all",
    ),
    Command(
        "session.about",
        "f4",
        "about",
        "About this conversation",
        SESSIONS,
        needs_sessions=True,
        words="summary summarize sum up name rename title tokens usage figures state",
    ),
    Command(
        "run.stop",
        "escape",
        "escape",
        "Stop the answer, keep it",
        ANSWERS,
        "stop",
        words="cancel abort interrupt",
    ),
    Command(
        "run.details",
        "ctrl+o",
        "details",
        "Show or hide reasoning and tool calls",
        ANSWERS,
        words="tools thinking functions details",
    ),
    Command(
        "run.copy",
        "ctrl+y",
        "copy_last",
        "Copy the last answer",
        ANSWERS,
        words="clipboard yank",
    ),
    Command(
        "palette", PALETTE_KEY, "command_palette", "All commands", PROGRAM, "commands"
    ),
    Command(
        "model",
        "f2",
        "change_model",
        "Change the model",
        PROGRAM,
        "model",
        words="models switch provider llm",
    ),
    Command(
        "memories",
        "f3",
        "memories",
        "What it remembers about you",
        PROGRAM,
        needs_sessions=True,
        words="memory memories remember forget facts user",
    ),
    Command(
        "help",
        "f1,question_mark",
        "help",
        "Help",
        PROGRAM,
        "help",
        words="keys shortcuts",
    ),
    Command(
        "redraw",
        "ctrl+l",
        "redraw",
        "Redraw the screen",
        PROGRAM,
        words="refresh repaint",
    ),
    Command(
        "interrupt",
        "ctrl+c",
        "interrupt",
        "Copy, or stop, or put the draft away",
        PROGRAM,
    ),
    Command(
        "quit",
        "ctrl+q",
        "quit",
        "Quit",
        PROGRAM,
        "quit",
        priority=True,
        words="exit close end leave",
    ),
)
"""All of them, in the order of help and footer."""

_TYPED: Final = frozenset({"question_mark"})
"""Keys of commands that are letters where something is written."""

UNTYPED_ACTIONS = {
    key: c.action for c in COMMANDS if c.keys for key in c.keys.split(",")
}
"""What a key has done, for a widget that does its keys in the order they were typed."""

ACTIONS = {key: one for key, one in UNTYPED_ACTIONS.items() if key not in _TYPED}
"""The same for a widget in which something is written."""

Keys = tuple[tuple[str, str], ...]
"""Keys and what they do, in a word each."""

LIST_FOOTER: Keys = (("enter", "open"), ("d", "delete"), ("u", "undo"), ("esc", "back"))
"""What the footer says while the keyboard is in the list."""

_SIGNS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "escape": "esc",
    "question_mark": "?",
}


def key_name(key: str) -> str:
    """A key as it is written on the screen: `alt+↑`, `esc`."""
    return "+".join(_SIGNS.get(part, part) for part in key.split("+"))


def key_names(keys: str) -> str:
    """Several keys, separated by commas, as they are written on the screen."""
    return "  ".join(key_name(key) for key in keys.split(","))


def messages_footer(*, opens: bool, goes_back: bool) -> Keys:
    """What the footer says while the keyboard is on a message: `opens`, where it looked
    into another conversation; `goes_back`, where the user came from one."""
    return (
        ("↑ ↓", "walk"),
        ("y", "copy"),
        ("u", "code"),
        ("r", "send again"),
        *((("o", "open"),) if opens else ()),
        *((("alt+←", "go back"),) if goes_back else ()),
        ("end", "newest"),
        ("esc", "prompt"),
    )
