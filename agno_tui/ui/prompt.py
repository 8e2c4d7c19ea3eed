"""The prompt: where the user writes. Enter sends, and nothing typed is lost."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

NEWLINE_KEYS = frozenset({"ctrl+j", "shift+enter", "alt+enter"})
"""Keys that put a newline. Terminals without the Kitty protocol send alt+enter as
plain Enter, or as nothing of its own; ctrl+j works in all of them."""

HINT = "Message…   enter send · ctrl+j newline"


class Prompt(TextArea):
    """A text area that sends on Enter and grows with its text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+tab", "to_transcript", "Messages", show=False),
        # The text area has ctrl+y for redo; here it copies, as help says.
        Binding("ctrl+y", "app.copy_last", "Copy the last answer", show=False),
        Binding("ctrl+shift+z", "redo", "Redo", show=False),
    ]

    class Submitted(Message):
        """The user sent what stands here."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class TranscriptWanted(Message):
        """The user goes up to the messages."""

    class EndWanted(Message):
        """The user wants to see the newest text."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            id=id,
            placeholder=HINT,
            show_line_numbers=False,
            highlight_cursor_line=False,
            tab_behavior="focus",
        )
        # A blinking cursor writes to the terminal for ever.
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        # Not a binding: a priority binding would overtake keys typed before Enter.
        if event.key in NEWLINE_KEYS:
            event.stop()
            event.prevent_default()
            self._replace_via_keyboard("\n", *self.selection)
        elif event.key == "end" and self.cursor_location == self.document.end:
            self.post_message(self.EndWanted())
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            self._enter()

    def _enter(self) -> None:
        line, column = self.cursor_location
        if column and self.document.get_line(line)[column - 1] == "\\":
            self._replace_via_keyboard("\n", (line, column - 1), (line, column))
            return
        if self.text.strip():
            self.post_message(self.Submitted(self.text))

    def put(self, text: str) -> None:
        """Make this the text, with the cursor at its end; forgets what can be undone."""
        if text != self.text:
            self.text = text
            self.move_cursor(self.document.end)

    def action_to_transcript(self) -> None:
        """Go up to the messages."""
        self.post_message(self.TranscriptWanted())
