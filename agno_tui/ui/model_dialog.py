"""The dialog that changes the model: a name to type, and the names that were found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from agno_tui.text import one_line
from agno_tui.ui.command import Where, bindings
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.dialog import Dialog, Hint, dialog_title

LOOKING = "Looking for models…"
NONE_FOUND = "None found. Type a name, or provider:name, and press enter."
HINT = "{model.down} to choose · enter to change · {model.cancel} to leave it"


class ModelDialog(Dialog[str]):
    """Gives back the name that was chosen, or the empty string for none."""

    AUTO_FOCUS = "Input"
    # Where looking failed, a name can still be typed.
    WHEN_UNEXPECTED = NONE_FOUND
    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS, Where.MODEL)

    def __init__(self, present: str, find: Callable[[], Awaitable[list[str]]]) -> None:
        super().__init__()
        self._present = present
        self._find = find
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        """Textual: what stands in the dialog."""
        with Vertical(id="model-dialog", classes="dialog"):
            yield dialog_title("Change the model")
            yield Static(Content(f"Now: {one_line(self._present)}"), id="model-now")
            yield Input(placeholder="name, or provider:name", id="model-name")
            yield OptionList(id="model-names", markup=False)
            yield Hint(LOOKING)

    def on_mount(self) -> None:
        """Textual: look for models while the user may type already."""
        names = self.query_one(OptionList)
        names.can_focus = False
        names.display = False
        self.do(self._look)

    async def _look(self) -> None:
        self._names = list(dict.fromkeys(await self._find()))
        self.say(HINT if self._names else NONE_FOUND)
        self._offer()

    def on_input_changed(self) -> None:
        """Textual: what is typed filters the names."""
        self._offer()

    def _offer(self) -> None:
        typed = self.query_one(Input).value.strip().lower()
        names = self.query_one(OptionList)
        names.clear_options()
        fitting = [name for name in self._names if typed in name.lower()]
        # A name typed in full stands first, before longer ones that contain it.
        fitting.sort(
            key=lambda n: typed not in (n.lower(), n.lower().partition(":")[2])
        )
        names.add_options(Option(Content(one_line(n)), id=n) for n in fitting)
        # Enter alone changes nothing; what it would take is always marked.
        names.highlighted = 0 if typed and fitting else None
        names.display = bool(fitting)

    def action_move(self, step: int) -> None:
        """Go to another name; above the first one, to what is typed."""
        names = self.query_one(OptionList)
        if names.highlighted is None:
            names.action_first()
        elif names.highlighted == 0 and step < 0:
            names.highlighted = None
        elif step > 0:
            names.action_cursor_down()
        else:
            names.action_cursor_up()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Textual: enter takes the name that is marked, else the words themselves."""
        event.stop()
        marked = self.query_one(OptionList).highlighted_option
        self.dismiss(marked.id if marked and marked.id else event.value.strip())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Textual: a click takes a name."""
        self.dismiss(event.option_id or "")

    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss("")
