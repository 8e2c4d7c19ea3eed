"""The prompt: where the user writes. Enter sends, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from agno_tui.ui.commands import ACTIONS

if TYPE_CHECKING:
    from agno_tui.ui.transcript.document import Document

Send = Callable[[str, "Document | None"], None]
"""Takes a text that was sent, and the session it was written for."""

NEWLINE_KEYS = frozenset({"ctrl+j", "shift+enter", "alt+enter"})
"""Keys that put a newline. Terminals without the Kitty protocol send alt+enter as
plain Enter, or as nothing of its own; ctrl+j works in all of them."""

HINT = "Message…   enter send · ctrl+j newline"


class Prompt(TextArea):
    """A text area that sends on Enter and grows with its text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+tab", "to_transcript", "Messages", show=False),
        Binding("pageup,shift+pageup", "scroll(-1)", "Page up", show=False),
        Binding("pagedown,shift+pagedown", "scroll(1)", "Page down", show=False),
        # The text area's ctrl+y copies here, as help says.
        Binding("ctrl+shift+z", "redo", "Redo", show=False),
    ]

    class ScrollWanted(Message):
        """The user wants to read further up or down: pages, negative for up."""

        def __init__(self, pages: int) -> None:
            super().__init__()
            self.pages = pages

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
        self.written_for: Document | None = None
        """The session on the screen; None until the storage is open."""
        self.go_up: Callable[[], None] = lambda: None
        """Takes the keyboard to the messages. Not a message either: the next key is for
        them already."""
        self.send: Send = lambda text, document: None
        """Is told what the user sends, and in which session. Not a message: that would
        be read after the keys typed since, and a switch among them come first."""

    async def _on_key(self, event: events.Key) -> None:
        # Keys are done here one after the other, in the order they were typed. As
        # bindings, Enter and the commands would overtake or be overtaken: a burst of
        # "ctrl+n hello enter" would put the words into the old session.
        focused = self.app.focused
        if focused is not None and focused is not self:
            # A key before this one took the keyboard elsewhere.
            event.stop()
            event.prevent_default()
            focused.post_message(events.Key(event.key, event.character))
        elif (command := ACTIONS.get(event.key)) and not self._copies(event.key):
            event.stop()
            event.prevent_default()
            await self.app.run_action(command)
        elif event.key in NEWLINE_KEYS:
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
            text = self.text
            self.put("")
            if self.written_for is not None:
                self.written_for.is_begun = True
            self.send(text, self.written_for)

    def _copies(self, key: str) -> bool:
        return key == "ctrl+c" and bool(self.selected_text)

    def put(self, text: str) -> None:
        """Make this the text, with the cursor at its end; nothing before can be undone,
        so that no session's words come back in another."""
        self.load_text(text)
        self.move_cursor(self.document.end)

    def put_back(self, text: str) -> None:
        """Put a text that was taken from here before what was typed meanwhile."""
        meanwhile = self.text
        self.put(f"{text}\n{meanwhile}" if meanwhile else text)

    def action_scroll(self, pages: int) -> None:
        """Read further up or down without leaving the prompt."""
        self.post_message(self.ScrollWanted(pages))

    def action_to_transcript(self) -> None:
        """Go up to the messages."""
        self.go_up()
