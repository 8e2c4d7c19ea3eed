"""The prompt: where the user writes. Enter sends, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from agno_tui.ui.keymap import BY_DEFAULT
from agno_tui.ui.question_area import QuestionArea
from agno_tui.ui.slash import as_message, as_written
from agno_tui.ui.typed_first import TakeFirst, leave_it, taker_from

if TYPE_CHECKING:
    from agno_tui.ui.transcript.document import Document

Send = Callable[[str, "Document | None"], None]
"""Takes a text that was sent, and the session it was written for."""

NEWLINE_KEYS = frozenset({"ctrl+j", "shift+enter", "alt+enter"})
"""Keys that put a newline. Terminals without the Kitty protocol send alt+enter as
plain Enter, or as nothing of its own; ctrl+j works in all of them."""

OPEN_KEY = "ctrl+o"
"""Shows what a folded paste stands for, where the cursor is at one. Elsewhere the same
key opens what is folded in the answers."""

HINT = (
    "Message…   {prompt.send} send · {prompt.newline} newline · {prompt.older} earlier"
)


class Prompt(QuestionArea):
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

    class PurposeChanged(Message):
        """The prompt is there for an earlier message, or for a new one again."""

    class EndWanted(Message):
        """The user wants to see the newest text."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(placeholder="", id=id)
        # A blinking cursor writes to the terminal for ever.
        self.cursor_blink = False
        self.go_up: Callable[[], None] = lambda: None
        """Takes the keyboard to the messages. Not a message either: the next key is for
        them already."""
        self.take_first: TakeFirst = leave_it
        """Is asked about every key before it does anything here."""
        self.may_send: Callable[[], bool] = lambda: True
        """Is asked before anything is sent; says why not, where it may not be."""
        self.key_came: Callable[[str], None] = lambda key: None
        """Is told of every key before it does anything here."""
        self.send: Send = lambda text, document: None
        """Is told what the user sends, and in which session. Not a message: that would
        be read after the keys typed since, and a switch among them come first."""

    # What is written

    def put_back(self, text: str, *, is_message: bool = False) -> None:
        """Put a text that was taken from here before what was typed meanwhile;
        `is_message`: as it was sent, or was to be."""
        meanwhile = self.text
        alone = as_written(text) if is_message else text
        self.put(f"{text}\n{meanwhile}" if meanwhile else alone)

    # Keys

    async def _on_key(self, event: events.Key) -> None:
        # Keys are done here one after the other, in the order they were typed. As
        # bindings, Enter and the commands would overtake or be overtaken: a burst of
        # "ctrl+n hello enter" would put the words into the old session.
        if (taker := taker_from(self)) is not None:
            event.stop()
            event.prevent_default()
            taker.post_message(events.Key(event.key, event.character))
            return
        self.key_came(event.key)
        if await self.take_first(event):
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
        if (taker := taker_from(self)) is not None:
            # (Textual asks the text area itself after this.)
            event.stop()
            event.prevent_default()
            taker.post_message(events.Paste(event.text))

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
        if not text.strip() or not self.may_send():
            return
        if self.earlier is not None and document is not None:
            draft = self.earlier.sent(text, document.session.session_id)
        self.put(draft)
        if document is not None:
            document.is_begun = True
        self.send(as_message(text), document)

    def _copies(self, key: str) -> bool:
        return key == "ctrl+c" and bool(self.selected_text)

    # Elsewhere

    def action_scroll(self, pages: int) -> None:
        """Read further up or down without leaving the prompt."""
        self.post_message(self.ScrollWanted(pages))

    def action_to_transcript(self) -> None:
        """Go up to the messages."""
        self.go_up()
