"""Every command, once: its key, its words in help and palette, its footer."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(slots=True, frozen=True)
class Command:
    """Something the user can have done from anywhere."""

    id: str
    keys: str
    """Textual's names of the keys, separated by commas; the first one is shown."""
    action: str
    title: str
    group: str
    footer: str = ""
    """A word or two for the footer; empty: not shown there."""
    priority: bool = False
    """Whether the key works whatever has the focus."""

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


SESSIONS, ANSWERS, PROGRAM = "Conversations", "Answers", "Program"

COMMANDS = (
    Command(
        "session.new", "ctrl+n", "new_session", "New conversation", SESSIONS, "new"
    ),
    Command(
        "session.previous",
        "alt+up,ctrl+pageup",
        "switch(-1)",
        "Previous conversation",
        SESSIONS,
    ),
    Command(
        "session.next",
        "alt+down,ctrl+pagedown",
        "switch(1)",
        "Next conversation",
        SESSIONS,
        "switch",
    ),
    Command(
        "sidebar.toggle",
        "ctrl+b,f9",
        "toggle_sidebar",
        "Show or hide the list of conversations",
        SESSIONS,
        "list",
    ),
    Command("session.list", "ctrl+s", "focus_list", "Go to the list", SESSIONS),
    Command("session.back", "alt+left", "go_back", "Back to where you were", SESSIONS),
    Command("session.about", "f4", "about", "About this conversation", SESSIONS),
    Command(
        "run.stop", "escape", "escape", "Stop the answer, keep it", ANSWERS, "stop"
    ),
    Command(
        "run.details",
        "ctrl+o",
        "details",
        "Show or hide reasoning and tool calls",
        ANSWERS,
    ),
    Command("run.copy", "ctrl+y", "copy_last", "Copy the last answer", ANSWERS),
    Command(
        "palette", "ctrl+p", "command_palette", "All commands", PROGRAM, "commands"
    ),
    Command("model", "f2", "change_model", "Change the model", PROGRAM, "model"),
    Command("memories", "f3", "memories", "What it remembers about you", PROGRAM),
    Command("help", "f1", "help", "Help", PROGRAM, "help"),
    Command("redraw", "ctrl+l", "redraw", "Redraw the screen", PROGRAM),
    Command(
        "interrupt",
        "ctrl+c",
        "interrupt",
        "Copy, or stop, or put the draft away",
        PROGRAM,
    ),
    Command("quit", "ctrl+q", "quit", "Quit", PROGRAM, "quit", priority=True),
)
"""All of them, in the order of help and footer."""

PROMPT_KEYS = (
    ("pgup pgdn", "Read further up or down"),
    ("enter", "Send"),
    ("ctrl+j", "New line"),
    ("shift+enter", "New line, in terminals that tell it apart"),
    ("\\ enter", "New line, in all of them"),
    ("ctrl+z", "Undo"),
    ("shift+tab", "Go up to the messages"),
)
"""What help says of the prompt."""

MESSAGE_KEYS = (
    ("↑ ↓ j k", "Walk the messages"),
    ("r", "Send again"),
    ("y", "Copy the answer"),
    ("o", "Open the conversation that was looked into"),
    ("tab esc", "Back to the prompt"),
    ("g  end", "To the first, to the newest text"),
)
"""What help says of the messages."""

LIST_KEYS = (
    ("enter", "Open"),
    ("d", "Delete"),
    ("u", "Bring back what was deleted last"),
)
"""What help says of the list."""

LIST_FOOTER = (("enter", "open"), ("d", "delete"), ("u", "undo"), ("esc", "back"))
MESSAGES_FOOTER = (
    ("↑ ↓", "walk"),
    ("y", "copy"),
    ("r", "send again"),
    ("o", "open"),
    ("alt+←", "go back"),
    ("end", "newest"),
    ("esc", "prompt"),
)
"""What the footer says while the keyboard is there."""

_SIGNS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "escape": "esc",
}


def key_name(key: str) -> str:
    """A key as it is written on the screen: `alt+↑`, `esc`."""
    return "+".join(_SIGNS.get(part, part) for part in key.split("+"))


def key_names(keys: str) -> str:
    """Several keys, separated by commas, as they are written on the screen."""
    return "  ".join(key_name(key) for key in keys.split(","))
