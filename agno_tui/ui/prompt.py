"""The prompt: where the user writes. Enter sends, and nothing typed is lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from agno_tui.storage.errors import StorageError
from agno_tui.ui.keymap import BY_DEFAULT
from agno_tui.ui.paste_area import PasteArea
from agno_tui.ui.typed_first import TakeFirst, leave_it

if TYPE_CHECKING:
    from agno_tui.ui.prompt_history import PromptHistory
    from agno_tui.ui.transcript.document import Document

Send = Callable[[str, "Document | None"], None]
"""Takes a text that was sent, and the session it was written for."""

NEWLINE_KEYS = frozenset({"ctrl+j", "shift+enter", "alt+enter"})
"""Keys that put a newline. Terminals without the Kitty protocol send alt+enter as
plain Enter, or as nothing of its own; ctrl+j works in all of them."""

OPEN_KEY = "ctrl+o"
"""Shows what a folded paste stands for, where the cursor is at one. Elsewhere the same
key opens what is folded in the answers."""

HINT = "Message…   enter send · ctrl+j newline · ↑ earlier"

_log = logging.getLogger(__name__)

READ_SECONDS = 0.25
"""How long the key that asks for an earlier question keeps the keys after it waiting,
at most."""


class Prompt(PasteArea):
    """A text area that sends on Enter and grows with its text.

    What it shows may have words for what was pasted; `text` is what is sent and kept.
    """

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
        self.earlier: PromptHistory | None = None
        """What was asked earlier; None until the storage is open."""
        self._walks = False
        """Whether the last key walked among earlier questions."""
        super().__init__(placeholder=HINT, id=id)
        # A blinking cursor writes to the terminal for ever.
        self.cursor_blink = False
        self.written_for: Document | None = None
        """The session on the screen; None until the storage is open."""
        self.go_up: Callable[[], None] = lambda: None
        """Takes the keyboard to the messages. Not a message either: the next key is for
        them already."""
        self.take_first: TakeFirst = leave_it
        """Is asked about every key before it does anything here."""
        self.send: Send = lambda text, document: None
        """Is told what the user sends, and in which session. Not a message: that would
        be read after the keys typed since, and a switch among them come first."""

    # What is written

    @property
    def draft(self) -> str:
        """What is to be kept of what is written: not an earlier question as it was."""
        walk = self.earlier
        return self.text if walk is None else walk.draft(self.text)

    def put(self, text: str) -> None:
        """Make this the text, with the cursor at its end; nothing before can be undone,
        so that no session's words come back in another."""
        if self.earlier is not None:
            self.earlier.leave(self.text)
        self.write_anew(text)

    def take_question(self, question: str) -> None:
        """Show an earlier question that was found; what is written now comes back when
        it is sent or put away, as from a walk."""
        walk, document = self.earlier, self.written_for
        if walk is not None and document is not None:
            walk.begin(document.session.session_id)
            walk.take(self.text, question)
            self._walks = True
        self.rewrite(question)

    def put_back(self, text: str) -> None:
        """Put a text that was taken from here before what was typed meanwhile."""
        meanwhile = self.text
        self.put(f"{text}\n{meanwhile}" if meanwhile else text)

    # Keys

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
        elif await self.take_first(event):
            self._walks = False
        elif await self._does(event.key):
            event.stop()
            event.prevent_default()
        elif (command := BY_DEFAULT.actions.get(event.key)) and not self._copies(
            event.key
        ):
            event.stop()
            event.prevent_default()
            await self.app.run_action(command)
        elif event.key == "end" and self.cursor_location == self.document.end:
            self.post_message(self.EndWanted())

    async def _on_paste(self, event: events.Paste) -> None:
        focused = self.app.focused
        if focused is not None and focused is not self:
            # A key before it took the keyboard elsewhere. (Textual asks the text area
            # itself after this.)
            event.stop()
            event.prevent_default()
            focused.post_message(events.Paste(event.text))

    async def _does(self, key: str) -> bool:
        """Do what a key means here and nowhere else; returns whether it did."""
        walks, self._walks = self._walks, False
        match key:
            case "enter":
                self.action_send()
            case _ if key in NEWLINE_KEYS:
                self.action_newline()
            case "up" if walks or self._is_at_edge(first=True):
                return await self._walk_back()
            case "down" if walks or self._is_at_edge(first=False):
                return self._walk_forth()
            case _ if key == OPEN_KEY:
                return self.action_open_paste()
            case _:
                return False
        return True

    def action_newline(self) -> None:
        """Put a newline."""
        self._replace_via_keyboard("\n", *self.selection)

    def action_send(self) -> None:
        """Send what is written, or put a newline for a backslash."""
        line, column = self.cursor_location
        if column and self.document.get_line(line)[column - 1] == "\\":
            self._replace_via_keyboard("\n", (line, column - 1), (line, column))
            return
        text, document, draft = self.text, self.written_for, ""
        if not text.strip():
            return
        if self.earlier is not None and document is not None:
            draft = self.earlier.sent(text, document.session.session_id)
        self.put(draft)
        if document is not None:
            document.is_begun = True
        self.send(text, document)

    def _copies(self, key: str) -> bool:
        return key == "ctrl+c" and bool(self.selected_text)

    # Earlier questions

    def _is_at_edge(self, *, first: bool) -> bool:
        edge = self.navigator.is_first_wrapped_line
        if not first:
            edge = self.navigator.is_last_wrapped_line
        return self.selection.is_empty and edge(self.cursor_location)

    async def _walk_back(self) -> bool:
        walk, document = self.earlier, self.written_for
        if walk is None or document is None:
            return False
        walk.begin(document.session.session_id)
        reading = asyncio.create_task(walk.reach_older())
        await asyncio.wait([reading], timeout=READ_SECONDS)
        if not reading.done():
            shown = self.document.text
            reading.add_done_callback(
                lambda _: self._walked_late(reading, shown, document)
            )
            return True
        if self.written_for is document:
            self._walk_on(reading)
        return self._walks or not walk.is_empty

    def _walked_late(
        self, reading: asyncio.Task[None], shown: str, document: Document
    ) -> None:
        # Whoever has typed meanwhile, or gone to another session, goes on with that.
        is_same = self.written_for is document and self.document.text == shown
        if self.is_attached and is_same:
            self._walk_on(reading)
        elif not reading.cancelled() and (error := reading.exception()):
            _log.warning("earlier questions were not read", exc_info=error)

    def _walk_on(self, reading: asyncio.Task[None]) -> None:
        error = None if reading.cancelled() else reading.exception()
        if isinstance(error, StorageError):
            words = f"Your earlier messages can't be read. {error.words}"
            self.notify(words, severity="warning", markup=False)
        elif error is not None:
            raise error
        walk = self.earlier
        if walk is not None and (older := walk.older(self.text)) is not None:
            self.rewrite(older)
            self._walks = True

    def _walk_forth(self) -> bool:
        walk = self.earlier
        newer = None if walk is None else walk.newer(self.text)
        if newer is None:
            return False
        self.rewrite(newer)
        self._walks = True
        return True

    def action_undo(self) -> None:
        """Textual: undo."""
        super().action_undo()
        if self.earlier is not None:
            self.earlier.undone(self.text)

    def action_redo(self) -> None:
        """Textual: redo."""
        super().action_redo()
        if self.earlier is not None:
            self.earlier.undone(self.text)

    # Elsewhere

    def action_scroll(self, pages: int) -> None:
        """Read further up or down without leaving the prompt."""
        self.post_message(self.ScrollWanted(pages))

    def action_to_transcript(self) -> None:
        """Go up to the messages."""
        self.go_up()
