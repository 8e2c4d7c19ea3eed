"""Keys that mean something in one place only, as help says them."""

from __future__ import annotations

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
    ("g  end", "To the first, to the newest text"),
    ("y", "Copy it as it was written"),
    ("u U", "The next block of code, the one before"),
    ("Y", "Copy the whole conversation"),
    ("enter", "Its links: open or copy one"),
    ("n N", "The next place found, the one before (ctrl+f)"),
    ("r", "Send again"),
    ("o", "Open the conversation that was looked into"),
    ("tab esc", "Back to the prompt"),
)
"""What help says of the messages."""

LIST_KEYS = (
    ("enter", "Open"),
    ("d", "Delete"),
    ("u", "Bring back what was deleted last"),
)
"""What help says of the list."""

FIND_KEYS = (
    ("enter ↓  ↑", "The next place, the one before"),
    ("tab", "To the message; n and N go on from there"),
    ("esc", "Back to where you were"),
)
"""What help says of finding."""

MEMORY_KEYS = (
    ("↑ ↓ j k", "Walk what it remembers"),
    ("a", "Write something down yourself"),
    ("e enter", "Put it in other words"),
    ("d", "Forget it"),
    ("u", "Bring back what was forgotten last"),
    ("space", "Switch memory on or off"),
)
"""What help says of the dialog about memory."""

SESSION_KEYS = (
    ("↑ ↓ j k", "Read further up or down"),
    ("s", "Have it summed up"),
    ("y", "Copy the summary"),
    ("r", "Rename it"),
    ("n", "Have the model name it"),
)
"""What help says of the dialog about a conversation."""

HELP_KEYS = "↑ ↓ pgup pgdn read · esc closes"
"""What help says of itself."""
