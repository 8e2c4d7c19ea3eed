"""The dialog about memory: all that is known about the user, in the user's hands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from agno_tui.session import UserMemory, now
from agno_tui.text import one_line
from agno_tui.ui.command import Where, bindings
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.dates import moment
from agno_tui.ui.dialog import Dialog, Hint, dialog_title
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.marks import MUTED
from agno_tui.ui.memory_book import MemoryBook
from agno_tui.ui.memory_switch import MemorySwitch

WHEN_ON = (
    "the model may note things you tell it, and sees this list with every message."
)
ON = Content.from_markup(f"[$accent]● Memory is on:[/] {WHEN_ON}")
OFF = Content.from_markup(
    "[bold]○ Memory is off:[/] the model notes nothing and sees none of this. "
    f"When it is on, {WHEN_ON}"
)
CANNOT_NOTE = "This model can't note things by itself; it sees this list."
ON_WITHOUT_NOTES = Content.from_markup(f"[$accent]● Memory is on.[/] {CANNOT_NOTE}")
OFF_WITHOUT_NOTES = Content.from_markup(
    "[bold]○ Memory is off:[/] the model sees none of this. When it is on, it sees "
    "this list, but this model can't note things by itself."
)
EMPTY = "Nothing yet. Press {memory.add} to write something down yourself"
EMPTY_ON = EMPTY + ", or tell the model what to remember."
EMPTY_ON_WITHOUT_NOTES = EMPTY + "."
EMPTY_OFF = EMPTY + ", or {memory.switch} to switch memory on."
KEYS = (
    "{memory.add} add · {memory.edit} edit · {memory.forget} forget"
    " · {memory.undo} undo · {memory.switch} on/off · {memory.close} close"
)
WRITING = "enter keeps it · {memory.close} leaves it"
FORGOTTEN = "Forgotten. {memory.undo} brings it back."

MOST_ROWS = 3
"""Rows of a memory that is not marked; what it came from stands below."""

MARGIN = 3
"""Cells beside a memory, the list's scrollbar among them."""


class MemoryDialog(Dialog[None]):
    """Lists the memories, newest last, and lets the user change every one of them."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS, Where.MEMORY)

    def __init__(self, book: MemoryBook, switch: MemorySwitch) -> None:
        super().__init__()
        self._book = book
        self._switch = switch
        self._changing: UserMemory | None = None
        self._whole = ""
        """The `memory_id` of the memory that shows all its rows."""

    def compose(self) -> ComposeResult:
        """Textual: what stands in the dialog."""
        with Vertical(id="memory-dialog", classes="dialog"):
            yield dialog_title("What it remembers about you")
            yield Static("", id="memory-state", markup=False)
            yield OptionList(id="memories", classes="dialog-body", markup=False)
            yield Static("", id="memory-empty", markup=False)
            yield Input(id="memory-text", select_on_focus=False)
            yield Hint(KEYS)

    def on_mount(self) -> None:
        """Textual: read what is kept."""
        self.query_one(Input).display = False
        self.query_one("#memory-empty").display = False
        self._say_state()
        self.do(self._read)

    # What is shown

    async def _read(self) -> None:
        if await self.succeeds(self._book.read()):
            self._show()
        if await self.succeeds(self._book.read_titles()):
            self._show()

    def _say_state(self) -> None:
        match self._switch.is_on, self._switch.can_note:
            case True, True:
                state, empty = ON, EMPTY_ON
            case True, False:
                state, empty = ON_WITHOUT_NOTES, EMPTY_ON_WITHOUT_NOTES
            case False, True:
                state, empty = OFF, EMPTY_OFF
            case _:
                state, empty = OFF_WITHOUT_NOTES, EMPTY_OFF
        self.query_one("#memory-state", Static).update(state)
        self.query_one("#memory-empty", Static).update(
            Content.styled(keymap_of(self.app).words(empty), MUTED)
        )
        self.fit()

    def _show(self) -> None:
        """List what is known, with the cursor on what came, else where it was."""
        memories, list_ = self._book.memories, self.query_one(OptionList)
        at = self._book.came or self._marked
        wanted, self._book.came = at.memory_id if at else "", None
        before, ids = list_.highlighted, [memory.memory_id for memory in memories]
        list_.clear_options()
        self._whole = wanted
        list_.add_options(
            Option(self._prompt(memory), id=memory.memory_id) for memory in memories
        )
        if wanted in ids:
            list_.highlighted = ids.index(wanted)
        elif ids:
            last = len(ids) - 1
            list_.highlighted = last if before is None else min(before, last)
        self.query_one("#memory-empty").display = not memories
        self.fit()

    def _prompt(self, memory: UserMemory) -> Content:
        title = self._book.titles.get(memory.session_id or "", "")
        parts = [moment(memory.created_at, now()), title]
        words = " · ".join(part for part in parts if part)
        text = Content(one_line(memory.memory))
        if memory.memory_id != self._whole:
            list_ = self.query_one(OptionList)
            text = _cut(text, list_.scrollable_content_region.width - MARGIN)
        return text + Content.styled(f"\n{words}", MUTED)

    def on_option_list_option_highlighted(
        self, event: OptionList.OptionHighlighted
    ) -> None:
        """Textual: another memory is marked: it shows all its rows."""
        list_, before = self.query_one(OptionList), self._whole
        self._whole = event.option_id or ""
        ids = {option.id for option in list_.options}
        for memory in self._book.memories:
            if memory.memory_id in {before, self._whole} & ids:
                list_.replace_option_prompt(memory.memory_id, self._prompt(memory))
        self.fit()

    def on_resize(self) -> None:
        """Textual: another width: other rows."""
        if self.query_one(OptionList).option_count:
            self.call_after_refresh(self._show)

    @property
    def _marked(self) -> UserMemory | None:
        option = self.query_one(OptionList).highlighted_option
        ids = (m for m in self._book.memories if option and m.memory_id == option.id)
        return next(ids, None)

    # The keys

    def action_move(self, step: int) -> None:
        """Go to another memory."""
        list_ = self.query_one(OptionList)
        if step > 0:
            list_.action_cursor_down()
        else:
            list_.action_cursor_up()

    def action_escape(self) -> None:
        """Leave what is being written, else close."""
        if self.query_one(Input).display:
            self._stop_writing()
        else:
            self.leave()

    @on(OptionList.OptionSelected)
    def action_edit(self) -> None:
        """Put the marked memory in other words; also by enter, or a click."""
        if memory := self._marked:
            self.action_write(memory, one_line(memory.memory))

    def action_write(self, memory: UserMemory | None = None, text: str = "") -> None:
        """Write something down, or a memory in other words."""
        self._changing = memory
        line = self.query_one(Input)
        line.placeholder = "Something it should know about you"
        line.value, line.cursor_position = text, len(text)
        line.display = True
        line.focus()
        self.query_one("#memory-dialog").add_class("writing")
        self.say(WRITING)

    def _stop_writing(self) -> None:
        self.query_one(Input).display = False
        self.query_one(OptionList).focus()
        self.query_one("#memory-dialog").remove_class("writing")
        self.say(KEYS)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Textual: what was written is kept; it stays in the line until it is."""
        memory, text = self._changing, event.value.strip()
        if memory is None and not text:
            self._stop_writing()
        elif memory is None:
            self._change(partial(self._book.add, text), self._stop_writing)
        elif text == one_line(memory.memory):
            self._stop_writing()
        else:
            self._change(partial(self._book.change, memory, text), self._stop_writing)

    def action_forget(self) -> None:
        """Forget the marked memory; `u` brings it back while the dialog is open."""
        if memory := self._marked:
            # At once, so that the next key means the next memory.
            self._book.memories.remove(memory)
            self._show()
            self._change(
                partial(self._book.forget, memory),
                lambda: self.tell(keymap_of(self.app).words(FORGOTTEN)),
            )

    def action_undo(self) -> None:
        """Bring back what was forgotten last."""
        self._change(self._book.restore_last, lambda: self.say(KEYS))

    def action_switch(self) -> None:
        """Switch memory on or off."""

        async def turn() -> None:
            await self._switch.turn(not self._switch.is_on)

        self._change(turn, self._say_state)

    def _change(
        self, work: Callable[[], Awaitable[object]], then: Callable[[], None]
    ) -> None:
        async def change() -> None:
            if await self.succeeds(work()):
                then()
            await self._read()

        self.do(change)


def _cut(text: Content, width: int) -> Content:
    """The first rows of a text, where it has more of them at a width in cells."""
    rows = text.wrap(width) if width > 0 else []
    if len(rows) <= MOST_ROWS:
        return text
    last = rows[MOST_ROWS - 1].truncate(width - 1).rstrip() + Content("…")
    return Content("\n").join([*rows[: MOST_ROWS - 1], last])
