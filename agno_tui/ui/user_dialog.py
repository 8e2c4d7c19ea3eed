"""The dialog that changes the user: a name to type, and the names that are known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from agno_tui.ui.command import Where, bindings
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.dialog import Dialog, Hint, dialog_title
from agno_tui.ui.marks import MUTED
from agno_tui.ui.name_input import NameInput
from agno_tui.user_names import LONGEST, cleaned, means_nameless, shown

TITLE = "Whose conversations?"
KEYS = (
    "type a name · {user.up} {user.down} to choose · enter opens · "
    "{user.cancel} leaves it"
)
NOW, NEW = "open now", "new"
HERE = "▌"
"""Stands before the one whose conversations are open."""


class UserDialog(Dialog[None]):
    """Has another user's conversations opened, and closes when they are."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS, Where.USER)

    def __init__(
        self,
        present: str,
        find: Callable[[], Awaitable[list[str]]],
        change: Callable[[str], Awaitable[str]],
        prompt: Callable[[], Widget],
    ) -> None:
        """`change` opens those of a `user_id`, and says why it did not; `prompt`: what
        has the keyboard then. The user without a name has an empty id."""
        super().__init__()
        self._change = change
        self._prompt = prompt
        self._present = present
        self._find = find
        self._known = [present]
        self._offered: list[str] = []
        self._typed = ""
        self._opens = False
        """Whether a name was taken, and that did not fail."""

    def compose(self) -> ComposeResult:
        """Textual: what stands in the dialog."""
        with Vertical(id="user-dialog", classes="dialog"):
            yield dialog_title(TITLE)
            yield NameInput(placeholder="name", id="user-name", max_length=LONGEST)
            yield OptionList(id="user-names", markup=False, classes="dialog-body")
            yield Hint(KEYS)

    def on_mount(self) -> None:
        """Textual: look for users while a name may be typed already."""
        self.query_one(OptionList).can_focus = False
        self.query_one(NameInput).submit = self._submit
        self._offer()
        self.do(self._look)

    async def _look(self) -> None:
        found: list[str] = []

        async def find() -> None:
            found.extend(await self._find())

        if await self.succeeds(find()):
            self._known = list(dict.fromkeys(["", *found, self._present]))
            self._offer()

    def on_input_changed(self) -> None:
        """Textual: what is typed filters the names, and may be a new one."""
        super().on_input_changed()
        self._offer()

    def _offer(self) -> None:
        self._typed = typed = self.query_one(Input).value.strip()
        asked = " ".join(typed.lower().split())
        fitting = [one for one in self._known if asked in _words(one).lower()]
        # A name typed in full stands first, before longer ones that contain it.
        fitting.sort(
            key=lambda one: (_words(one) != typed, not _words(one).startswith(typed))
        )
        if typed and typed not in map(_words, fitting) and not means_nameless(typed):
            fitting.append(typed)
        self._offered = fitting
        names = self.query_one(OptionList)
        names.clear_options()
        names.add_options(Option(self._label(one)) for one in fitting)
        # Enter alone changes nothing; what it would take is always marked.
        names.highlighted = 0 if typed and fitting else None
        self.fit()

    def _label(self, user_id: str) -> Content:
        words = Content(_words(user_id))
        if not user_id:
            words = words.stylize("italic")
        if user_id == self._present:
            here = Content.styled(f"{HERE} ", "bold $accent")
            return here + words + Content.styled(f"  {NOW}", MUTED)
        words = Content("  ") + words
        if user_id not in self._known:
            return words + Content.styled(f"  {NEW}", MUTED)
        return words

    def action_move(self, step: int) -> None:
        """Go to another name: round, by way of what is typed."""
        names = self.query_one(OptionList)
        if not self._offered:
            return
        at = -1 if names.highlighted is None else names.highlighted
        wanted = (at + step + 1) % (len(self._offered) + 1)
        names.highlighted = wanted - 1 if wanted else None

    def _submit(self) -> bool:
        if self.query_one(Input).value.strip() != self._typed:
            self._offer()  # The keys came faster than what is said of them.
        at = self.query_one(OptionList).highlighted
        if at is None:
            self.leave()
            return False
        return self._take(self._offered[at])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Textual: a name was clicked."""
        self._take(self._offered[event.option_index])

    def _take(self, user_id: str) -> bool:
        if self._opens:
            return True
        if user_id not in self._known:
            try:
                user_id = cleaned(user_id)
            except ValueError as error:
                self.tell(str(error), failed=True)
                return False
        self._opens = True
        self.do(partial(self._open, user_id))
        return True

    async def _open(self, user_id: str) -> None:
        line = self.query_one(NameInput)
        try:
            words = await self._change(user_id)
        except Exception:
            self._stay(line)
            raise
        if words:
            # Not in the last line: what was typed since would take its place.
            self.notify(words, severity="warning", markup=False)
            self._stay(line)
            return
        line.hand_on(self._prompt())
        self.dismiss()

    def _stay(self, line: NameInput) -> None:
        self._opens = False
        line.hand_on(line)


def _words(user_id: str) -> str:
    return shown(user_id, LONGEST)
