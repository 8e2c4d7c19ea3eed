"""The bar in which the user says what to find in the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from agno_tui.ui.command import Where
from agno_tui.ui.keymap import keymap_of, usual_key
from agno_tui.ui.typed_first import taker_from

KEYS = (
    "{find.next} next   {find.previous} previous   {find.stay} to the message"
    "   {find.leave} back",
    "{find.next} next   {find.previous} previous   {find.leave} back",
    "{find.leave} back",
    "",
)
"""What is said of the keys, where there is less and less room."""

ROOM = 36
"""Cells for all but the keys: what the line is for, the words, how much was found."""

COUNT = 12
"""Characters of what was found for which there is always room; more take that of the
keys."""


class Finder(Protocol):
    """Whoever finds what the user writes. Not told by messages: those would be read
    after the keys typed since."""

    def ask(self, query: str) -> None:
        """Look for this from now on."""

    def move(self, step: int) -> None:
        """Go to the next place (1), or to the one before (-1)."""

    def stay(self) -> None:
        """Leave the keyboard at what was found."""

    def leave(self, *, back: bool = False) -> bool:
        """Look for nothing any more; `back`: return to where it began."""


class Words(Input):
    """The line to write in. Its keys are done in the order they were typed."""

    def __init__(self, finder: Finder) -> None:
        super().__init__(id="find-input", compact=True, select_on_focus=True)
        # A blinking cursor writes to the terminal for ever.
        self.cursor_blink = False
        self._finder = finder
        self._done_by: dict[str, Callable[[], object]] = {
            **dict.fromkeys(("enter", "down", "ctrl+f"), lambda: finder.move(1)),
            **dict.fromkeys(("shift+enter", "up"), lambda: finder.move(-1)),
            **dict.fromkeys(("tab", "shift+tab"), finder.stay),
            "escape": lambda: finder.leave(back=True),
        }

    async def _on_key(self, event: events.Key) -> None:
        if (taker := taker_from(self)) is not None:
            # A key before this one took the keyboard elsewhere.
            event.stop()
            event.prevent_default()
            taker.post_message(events.Key(event.key, event.character))
        elif do := self._done_by.get(usual_key(self.app, event, Where.FIND)):
            event.stop()
            event.prevent_default()
            # What was typed may not have been told yet.
            self._finder.ask(self.value)
            do()


class FindBar(Horizontal):
    """A line to write in, and what was found: `3/17`."""

    def __init__(self, finder: Finder) -> None:
        super().__init__(id="find")
        self._finder = finder
        self._said = self._keys = ""
        self.display = False

    def compose(self) -> ComposeResult:
        """Textual: what stands in the bar."""
        yield Static(" find ", id="find-label", markup=False)
        yield Words(self._finder)
        yield Static("", id="find-count", markup=False)
        yield Static("", id="find-keys", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Textual: another size: the words come first, then the keys."""
        self._fit(event.size.width)

    def _fit(self, width: int) -> None:
        room = width - ROOM - max(0, len(self._said) - COUNT)
        said = map(keymap_of(self.app).words, KEYS)
        keys = next(words for words in said if len(words) <= max(0, room))
        if keys != self._keys:
            self._keys = keys
            self.query_one("#find-keys", Static).update(Content(keys))

    @property
    def words(self) -> str:
        """What is written."""
        return self.query_one(Words).value

    def open(self) -> None:
        """Come onto the screen, with the keyboard in it."""
        self.display = True
        # At once: the next key is for it already.
        self.screen.set_focus(self.query_one(Words))

    def close(self) -> None:
        """Leave the screen; what was written stays for the next time."""
        self.display = False

    def say(self, words: str) -> None:
        """Say how much was found."""
        # Where anything is laid out anew, Textual forgets what else was to be painted
        # then (8.2.8): the mark that moves in the transcript at the same moment.
        moves = max(len(words), len(self._said)) > COUNT
        self._said = words
        self.query_one("#find-count", Static).update(Content(words), layout=moves)
        self._fit(self.size.width)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Textual: another word."""
        event.stop()
        # It may be older than what a key has told since.
        self._finder.ask(self.words)
