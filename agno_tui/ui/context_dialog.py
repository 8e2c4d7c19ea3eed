"""The dialog that says what will be sent next, and changes how much of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from agno_tui.ui.command import Where, bindings
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.context_facts import ContextFacts
from agno_tui.ui.context_text import RequestRows, context_rows
from agno_tui.ui.dialog import Hint, dialog_title
from agno_tui.ui.rows_view import RowsDialog, RowsView

TITLE = "What will be sent next"
TITLE_OF_REQUEST = "The request as it would go out"
KEYS = (
    "{context.more} {context.less} runs · {context.none} none · {context.all} all"
    " · {context.default} as usual · {context.request} request · {context.copy} copy"
    " · {context.close} close"
)
KEYS_OF_REQUEST = (
    "{context.up} {context.down} {context.page_up} {context.page_down} read"
    " · {context.copy} copy it · {context.close} back"
)
COPIED = "Copied. Your key is no part of it."


class ContextDialog(RowsDialog):
    """Shows the parts of the next request, the runs among them, and the request."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS, Where.CONTEXT)

    def __init__(
        self, facts: ContextFacts, changed: Callable[[], None] = lambda: None
    ) -> None:
        """`changed` hears that another number of runs goes along from now on."""
        super().__init__()
        self._facts = facts
        self._changed = changed
        self._unfollow: Callable[[], None] = lambda: None
        self._request = ""
        """The request as text, while it is what is shown."""

    def compose(self) -> ComposeResult:
        """Textual: what stands in the dialog."""
        with Vertical(id="context-dialog", classes="dialog"):
            yield dialog_title(TITLE)
            yield RowsView(id="context-rows").add_class("dialog-body")
            yield Hint(KEYS)

    def on_mount(self) -> None:
        """Textual: read what would go out, and again whenever that changes."""
        self._unfollow = self._facts.follow(self._read_again)
        self._show()
        self.do(self._read)

    def on_unmount(self) -> None:
        """Textual: the dialog is gone."""
        self._unfollow()

    def _read_again(self) -> None:
        self.call_later(self.do, self._read)

    async def _read(self) -> None:
        if await self.succeeds(self._facts.read()):
            self._show()

    def _show(self) -> None:
        if not self._request:
            self._view.show(partial(context_rows, self._facts))
            self.fit()

    # How much goes along

    def action_change(self, step: int) -> None:
        """Let one run more go along, or one less."""
        self._wished(self._facts.change(step))

    def action_choose_all(self) -> None:
        """Let all runs go along."""
        self._wished(self._facts.choose(None))

    def action_choose_none(self) -> None:
        """Let no run go along."""
        self._wished(self._facts.choose(0))

    def action_choose_default(self) -> None:
        """Let as many go along as in other conversations."""
        self._wished(self._facts.choose(None, is_own=False))

    def _wished(self, is_new: bool) -> None:
        if is_new and not self._request:
            self._show()
            self.do(self._keep)

    async def _keep(self) -> None:
        kept = False

        async def keep() -> None:
            nonlocal kept
            kept = await self._facts.keep()

        if await self.succeeds(keep()) and not kept:
            return  # An earlier key's work has done this one's.
        self._show()
        self._changed()

    # The request itself

    def action_request(self) -> None:
        """Show the request as it would go out."""
        if not self._request:
            self.do(self._show_request)

    async def _show_request(self) -> None:
        async def write() -> None:
            self._request = await self._facts.as_json()

        if not await self.succeeds(write()):
            return
        view = self._view
        width = view.scrollable_content_region.width
        rows = await asyncio.to_thread(RequestRows, self._request, width)

        def make(wanted: int) -> RequestRows:
            return rows if wanted == width else RequestRows(self._request, wanted)

        self.query_one(".dialog-title", Static).update(
            Content.styled(TITLE_OF_REQUEST, "bold $accent")
        )
        view.show(make)
        view.scroll_home(animate=False)
        self.say(KEYS_OF_REQUEST)

    def action_escape(self) -> None:
        """Back from the request itself, else close."""
        if not self._request:
            self.leave()
            return
        self._request = ""
        self.query_one(".dialog-title", Static).update(
            Content.styled(TITLE, "bold $accent")
        )
        self._show()
        self._view.scroll_home(animate=False)
        self.say(KEYS)

    def action_close_again(self) -> None:
        """The key that opened it closes it, also from the request itself."""
        self.leave()

    def action_copy(self) -> None:
        """Copy the request as it would go out."""

        async def copy() -> None:
            self.app.copy_to_clipboard(self._request or await self._facts.as_json())
            self.tell(COPIED)

        async def work() -> None:
            await self.succeeds(copy())

        self.do(work)
