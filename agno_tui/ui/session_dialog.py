"""The dialog about a session: its name, its figures, its summary, its state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.timer import Timer
from textual.widgets import Input, Static
from textual.worker import Worker

from agno_tui.text import one_line
from agno_tui.ui.command import Where, bindings
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.dialog import Dialog, Hint, dialog_title
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.marks import pulse
from agno_tui.ui.session_facts import SessionFacts
from agno_tui.ui.session_text import as_plain_text, session_text

KEYS = (
    "{about.summarize} sum up · {about.copy} copy summary · {about.rename} rename"
    " · {about.make_name} have it named · {about.close} close"
)
KEYS_OF_NOTHING = "{about.close} close"
SAY_FIRST = "Say something first."
WRITING = "enter renames · {about.close} leaves it as it is"
STOPS = " · {about.close} stops it"
NOT_SUMMED_UP = "There is no summary yet. {about.summarize} has one made."
YOURS = "It keeps the name you gave it."
FRAME_SECONDS = 0.1

Named = Callable[[str, str], None]
"""Hears a `session_id` and the session's new name."""


class SessionDialog(Dialog[None]):
    """Shows what is known of a session; has it summed up and named."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS, Where.SESSION)

    def __init__(self, facts: SessionFacts, named: Named) -> None:
        super().__init__()
        self._facts = facts
        self._named = named
        self._unfollow: Callable[[], None] = lambda: None
        self._asking: Worker[None] | None = None
        self._moving: Timer | None = None
        self._doing = ""
        self._frame = 0

    def compose(self) -> ComposeResult:
        """Textual: what stands in the dialog."""
        with Vertical(id="session-dialog", classes="dialog"):
            yield dialog_title("About this conversation")
            with VerticalScroll(id="session-facts", classes="dialog-body"):
                yield Static("", id="session-text", markup=False)
            yield Input(id="session-name", select_on_focus=False)
            yield Hint(KEYS_OF_NOTHING)

    def on_mount(self) -> None:
        """Textual: read what is kept, and again whenever that changes."""
        self.query_one(Input).display = False
        self._unfollow = self._facts.follow(self._read_again)
        self.do(self._read)

    def on_unmount(self) -> None:
        """Textual: the dialog is gone."""
        self._unfollow()

    def _read_again(self) -> None:
        self.call_later(self.do, self._read)

    async def _read(self) -> None:
        if not await self.succeeds(self._facts.read()):
            return
        self._show()
        is_free = self._asking is None and not self.query_one(Input).display
        if is_free and self.query_one(Hint).resting != _keys_of(self._facts):
            self.say(_keys_of(self._facts))

    def _is_told(self) -> bool:
        """Whether there is something to work on; says so where nothing was said."""
        if self._facts.is_read and not self._facts.is_kept:
            self.tell(SAY_FIRST)
        return self._facts.is_kept

    def _show(self) -> None:
        text = session_text(self._facts, keymap_of(self.app))
        self.query_one("#session-text", Static).update(text)
        self.fit()

    def action_scroll(self, step: int) -> None:
        """Read further down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)

    def action_escape(self) -> None:
        """Stop asking the model, else leave the name as it is, else close."""
        if self._asking is not None:
            self._asking.cancel()
            self._stop_asking()
            self.tell("Stopped.")
        elif self.query_one(Input).display:
            self._stop_writing()
        else:
            self.leave()

    # What the model is asked for

    def action_summarize(self) -> None:
        """Have the model sum the session up."""
        self._ask(self._facts.summarize, "summing up", lambda: "Summed up.")

    def action_make_name(self) -> None:
        """Have the model name the session."""
        before = self._facts.session.name

        def named() -> str:
            session = self._facts.session
            self._named(session.session_id, session.name)
            if session.named_by_user:
                return YOURS
            return "Named." if session.name != before else "It keeps its name."

        self._ask(self._facts.make_name, "finding a name", named)

    def _ask(
        self, work: Callable[[], Awaitable[None]], doing: str, then: Callable[[], str]
    ) -> None:
        if self._asking is not None or self.query_one(Input).display:
            return
        if not self._is_told():
            return
        self._doing = doing
        self._moving = self.set_interval(FRAME_SECONDS, self._move)
        self._move()
        asking = self._answer(work, then)
        self._asking = self.run_worker(asking, exit_on_error=False)

    async def _answer(
        self, work: Callable[[], Awaitable[None]], then: Callable[[], str]
    ) -> None:
        async def answer() -> None:
            try:
                await work()
            except Exception:  # Not where it was stopped: another may be asked by now.
                self._stop_asking()
                raise
            self._stop_asking()
            self._show()
            self.tell(then())

        await self.succeeds(answer())

    def _stop_asking(self) -> None:
        self._asking = None
        if self._moving is not None:
            self._moving.stop()
        self.say(_keys_of(self._facts))

    def _move(self) -> None:
        self._frame += 1
        words = f"{pulse(self._frame)} {self._doing}…{STOPS}"
        self.query_one(Hint).rest(words)

    def action_copy(self) -> None:
        """Copy the summary."""
        if self._asking is not None or not self._is_told():
            return
        if self._facts.summary is None:
            self.tell(keymap_of(self.app).words(NOT_SUMMED_UP))
            return
        self.app.copy_to_clipboard(as_plain_text(self._facts.summary))
        self.tell("Copied.")

    # The name by hand

    def action_rename(self) -> None:
        """Write another name."""
        if self._asking is not None or not self._is_told():
            return
        line = self.query_one(Input)
        line.value = one_line(self._facts.session.name)
        line.cursor_position = len(line.value)
        line.display = True
        line.focus()
        self.say(WRITING)

    def _stop_writing(self) -> None:
        self.query_one(Input).display = False
        self.query_one(VerticalScroll).focus()
        self.say(_keys_of(self._facts))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Textual: the name is kept; it stays in the line until it is."""
        name = event.value.strip()
        if not name or name == one_line(self._facts.session.name):
            self._stop_writing()
            return

        async def rename() -> None:
            if await self.succeeds(self._facts.rename(name)):
                session = self._facts.session
                self._named(session.session_id, session.name)
                self._stop_writing()
                self._show()

        self.do(rename)


def _keys_of(facts: SessionFacts) -> str:
    return KEYS if facts.is_kept else KEYS_OF_NOTHING
