"""The chat pane: a title, the transcript, and the prompt below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Center, Horizontal, Middle, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static, TextArea
from textual.worker import Worker

from agno_tui.session import Role
from agno_tui.text import one_line
from agno_tui.ui.failures import say_failure
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.prompt import HINT, Prompt
from agno_tui.ui.slash_keys import SlashKeys
from agno_tui.ui.title_line import TitleLine
from agno_tui.ui.toasts import stand_above
from agno_tui.ui.transcript.reading import Marked
from agno_tui.ui.transcript.transcript import Transcript
from agno_tui.ui.welcome import Welcome

if TYPE_CHECKING:
    from agno_tui.ui.transcript.document import Document

PILL = "↓ new text below · end"


class Pill(Static):
    """Says that there is text below; a click goes there."""

    class Pressed(Message):
        """The user wants to see the newest text."""

    def on_click(self) -> None:
        """Textual: a click."""
        self.post_message(self.Pressed())


class Body(Vertical):
    """Between the title and the prompt."""

    BLANK = True

    def on_resize(self) -> None:
        """Textual: another size: toasts cover nothing of what is written below."""
        stand_above(self.screen, self.region.bottom)


class ChatPane(Vertical):
    """One session on the screen."""

    BLANK = True

    def compose(self) -> ComposeResult:
        """Textual: what stands in the pane."""
        with Horizontal(id="header"):
            yield TitleLine(id="title")
            yield Static("", id="model", markup=False)
            yield Static("", id="user", markup=False)
        with Body(id="body"):
            yield Transcript(id="transcript")
            with Middle(id="welcome-place"), Center():
                yield Welcome(id="welcome")
            yield Pill(PILL, id="pill", markup=False)
        yield Prompt(id="prompt")

    @property
    def title_line(self) -> TitleLine:
        """What is open."""
        return self.query_one(TitleLine)

    @property
    def transcript(self) -> Transcript:
        """The messages."""
        return self.query_one(Transcript)

    @property
    def prompt(self) -> Prompt:
        """Where the user writes."""
        return self.query_one(Prompt)

    @property
    def welcome(self) -> Welcome:
        """The card of an empty chat."""
        return self.query_one(Welcome)

    def show(self, document: Document) -> None:
        """Put a session on the screen, with its draft in the prompt."""
        self.update_title(document)
        self.transcript.show(document)
        self.prompt.written_for = document
        typed, document.typed = document.typed, None
        draft = document.session.draft if typed is None else typed
        self.prompt.put(draft, is_draft=True)
        self.update_view()

    def go_to(self, document: Document, run_id: str) -> None:
        """Go to a run of the session on the screen, and mark it."""
        turn = document.turn_of(run_id)
        if turn is not None:
            document.marked = Marked(turn.index, Role.ASSISTANT)
            self.transcript.go_to(turn)
            self.transcript.focus()

    def on_pill_pressed(self) -> None:
        """Go to the newest text."""
        self.transcript.follow()

    def on_document_view_follow_changed(self) -> None:
        """The view let go of the end, or took hold of it."""
        self.update_view()

    def on_mount(self) -> None:
        """Textual: the prompt knows the way to the messages."""
        self.prompt.placeholder = keymap_of(self.app).words(HINT)
        self.prompt.go_up = self._go_up
        self._slash = SlashKeys(self)
        self.prompt.take_first = self._slash.take
        self.transcript.go_back = self._go_back

    @on(TextArea.Changed)
    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _say_commands(self) -> None:
        # The prompt has another text: a slash command, maybe. Or the keyboard moved.
        if self.is_attached:
            self._slash.changed()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Textual: a task failed that was begun here: say so, and live on."""
        say_failure(self, event)

    def _go_up(self) -> None:
        """The keyboard goes up to the messages, where there are any."""
        if self.transcript.display:
            self.screen.set_focus(self.transcript)

    def on_prompt_end_wanted(self) -> None:
        """`end` means nothing more in the prompt: go to the newest text."""
        self.transcript.follow()

    def on_prompt_scroll_wanted(self, message: Prompt.ScrollWanted) -> None:
        """Page keys in the prompt turn the pages of the transcript."""
        if message.pages < 0:
            self.transcript.scroll_page_up(animate=False)
        else:
            self.transcript.scroll_page_down(animate=False)

    def _go_back(self, text: str) -> None:
        """The keyboard comes back to the prompt, with what was typed."""
        self.screen.set_focus(self.prompt)
        if text:
            self.prompt.paste(text)

    def give_back(self, text: str, words: str) -> None:
        """A message could not be kept: it comes back into the prompt."""
        self.prompt.put_back(text, is_message=True)
        self.notify(
            f"Not sent. {words} Your text is back in the prompt.",
            severity="error",
            timeout=15,
            markup=False,
        )

    def update_title(self, document: Document) -> None:
        """Show the session's name, and what else is true of it."""
        session, notes = document.session, list[str]()
        if session.archived:
            notes.append("archived")
        if document.is_unseen:
            notes.append("the model sees none of this")
        self.title_line.say(session.name, notes)

    def say(self, place: str, words: str) -> None:
        """Show in the title line what answers here ("model"), or whose sessions these
        are ("user"); empty: nothing need be said."""
        label = self.query_one(f"#{place}", Static)
        label.update(Content(one_line(words)))
        label.display = bool(words)

    def update_view(self) -> None:
        """Show the card where nothing was said yet, the pill where text is below."""
        document = self.transcript.document
        empty = document is None or not document.turns
        self.query_one("#welcome-place").display = empty
        if empty and self.screen.focused is self.transcript:
            # Hidden with the keyboard in it, it would be nowhere.
            self.screen.set_focus(self.prompt)
        self.transcript.display = not empty
        below = document is not None and document.reading.has_unseen
        self.query_one("#pill").display = below and not empty
