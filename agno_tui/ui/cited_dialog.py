"""The dialog that asks which of the sessions that were looked into to open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from agno_tui.session import now
from agno_tui.text import clipped, one_line
from agno_tui.ui.command import Where, bindings
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.dates import moment_of
from agno_tui.ui.dialog import Dialog, Hint, dialog_title
from agno_tui.ui.marks import MUTED
from agno_tui.ui.places import Place
from agno_tui.ui.transcript.looking_back import Cited

LONGEST_QUESTION = 60
"""Characters of a question that are shown."""


class CitedDialog(Dialog[Place]):
    """Gives back the place that was chosen, or None."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS, Where.CITED)

    def __init__(self, cited: Sequence[Cited]) -> None:
        super().__init__()
        self._cited = cited

    def compose(self) -> ComposeResult:
        """Textual: what stands in the dialog."""
        with Vertical(id="cited-dialog", classes="dialog"):
            yield dialog_title("Looked in these conversations")
            options = [Option(_row(cited)) for cited in self._cited]
            yield OptionList(*options, classes="dialog-body", markup=False)
            yield Hint("↑ ↓ to choose · enter opens it · {cited.back} back")

    def on_mount(self) -> None:
        """Textual: the first one is marked."""
        self.query_one(OptionList).highlighted = 0

    def action_move(self, step: int) -> None:
        """Go to another one."""
        list_ = self.query_one(OptionList)
        if step > 0:
            list_.action_cursor_down()
        else:
            list_.action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Textual: enter, or a click."""
        self.dismiss(self._cited[event.option_index].place)


def _row(cited: Cited) -> Content:
    question = clipped(one_line(cited.question), LONGEST_QUESTION)
    words = [moment_of(cited.time, now()), question]
    below = " · ".join(word for word in words if word)
    title = Content(one_line(cited.title))
    return title + Content.styled(f"\n{below}", MUTED) if below else title
