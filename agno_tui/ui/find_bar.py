"""The bar in which the user says what to find in the session."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

KEYS = "enter ↓ next   ↑ previous   tab to the message   esc back"


class FindBar(Horizontal):
    """A line to write in, and what was found: `3/17`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+f", "move(1)", "Next", show=False, priority=True),
        Binding("up,shift+enter", "move(-1)", "Previous", show=False, priority=True),
        Binding("tab,shift+tab", "stay", "To the message", show=False, priority=True),
        Binding("escape", "back", "Back", show=False, priority=True),
    ]

    class Written(Message):
        """Something else is to be found."""

        def __init__(self, query: str) -> None:
            super().__init__()
            self.query = query

    class Moved(Message):
        """The user wants the next place (1), or the one before (-1)."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Closed(Message):
        """The user is done: stays where they are, or goes back to where they were."""

        def __init__(self, *, stay: bool) -> None:
            super().__init__()
            self.stay = stay

    def compose(self) -> ComposeResult:
        """Textual: what stands in the bar."""
        yield Static("find ", id="find-label", markup=False)
        yield Input(id="find-input", compact=True, select_on_focus=True)
        yield Static("", id="find-count", markup=False)
        yield Static(KEYS, id="find-keys", markup=False)

    @property
    def written(self) -> Input:
        """Where the user writes."""
        return self.query_one(Input)

    def open(self) -> None:
        """Come onto the screen, with the keyboard in it."""
        self.display = True
        # At once: the next key is for it already.
        self.screen.set_focus(self.written)

    def close(self) -> None:
        """Leave the screen; what was written stays for the next time."""
        self.display = False

    def say(self, words: str) -> None:
        """Say how much was found."""
        self.query_one("#find-count", Static).update(Content(words))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Textual: another word."""
        event.stop()
        self.post_message(self.Written(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Textual: enter goes on."""
        event.stop()
        self.action_move(1)

    def action_move(self, step: int) -> None:
        """Go to the next place, or the one before."""
        self.post_message(self.Moved(step))

    def action_stay(self) -> None:
        """Stay at what was found."""
        self.post_message(self.Closed(stay=True))

    def action_back(self) -> None:
        """Go back to where the search began."""
        self.post_message(self.Closed(stay=False))
