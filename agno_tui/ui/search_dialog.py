"""The dialog that searches all conversations as one types, and opens one at the hit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from inspect import isawaitable
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from agno_tui.ui.command import Where
from agno_tui.ui.dialog import Dialog, Hint, dialog_title
from agno_tui.ui.everywhere import MOST, Everywhere
from agno_tui.ui.keymap import keymap_of, usual_key
from agno_tui.ui.marks import MUTED
from agno_tui.ui.search_rows import Findings, tokens_of
from agno_tui.ui.search_view import SearchView
from agno_tui.ui.typed_first import taker_from

TITLE = "Search all conversations"
HINT = "titles, questions and answers…"
KEYS = (
    "{search.up|search.down} choose · {search.open} opens it there"
    " · {session.back} comes back · {search.close} leaves"
)
LOOKING = "looking…"
NOTHING = (
    "Nothing found. Words are found by their beginnings: “garden” finds “gardens”."
)
NONE_YET = "Nothing was said yet."
NEWEST = "The newest. Type words: they are found by their beginnings."

SLOW_SECONDS: Final = 0.15
"""After how long it is said that it is still looking."""

SETTLE_SECONDS: Final = 1.0
"""How long Enter waits for what was just written, at most."""

OPEN_SECONDS: Final = 0.25
"""How long Enter keeps the keys after it waiting for the session, at most."""


class SearchWords(Input):
    """The line to write in. Its keys are done in the order they were typed."""

    def __init__(self, words: str, keys: dict[str, Callable[[], object]]) -> None:
        super().__init__(
            words,
            placeholder=HINT,
            id="search-input",
            compact=True,
            select_on_focus=True,
        )
        # A blinking cursor writes to the terminal for ever.
        self.cursor_blink = False
        self._done_by = keys

    def takes(self, event: events.Key) -> bool:
        """Whether a key is done here, or writes something."""
        key = keymap_of(self.app).usual(event.key, Where.SEARCH)
        return event.is_printable or key in self._done_by

    async def _on_key(self, event: events.Key) -> None:
        if (taker := taker_from(self)) is not None:
            # A key before this one took the keyboard elsewhere.
            event.stop()
            event.prevent_default()
            taker.post_message(events.Key(event.key, event.character))
        elif do := self._done_by.get(usual_key(self.app, event, Where.SEARCH)):
            event.stop()
            event.prevent_default()
            done = do()
            if isawaitable(done):
                await done


class SearchDialog(Dialog[None]):
    """Looks with every key; of two searches only the newer one is ever shown."""

    AUTO_FOCUS = "SearchWords"

    def __init__(self, everywhere: Everywhere, words: str = "") -> None:
        """`words`: what is looked for first; none: what was looked for last, with the
        cursor where one went."""
        super().__init__()
        self._everywhere = everywhere
        self._first = words or everywhere.words
        self._is_given = bool(words)
        self._words: str | None = None
        """What is looked for; None: nothing yet, or it failed."""
        self._steps: list[Callable[[SearchView], None]] = []
        """What the keys do to rows that are still looked for."""
        self._settled = asyncio.Event()

    def compose(self) -> ComposeResult:
        """Textual: what stands in the dialog."""
        line = SearchWords(
            self._first,
            {
                "enter": self._open,
                "escape": self._close,
                "f6": self._close,
                "down": lambda: self._move(lambda view: view.move(1)),
                "up": lambda: self._move(lambda view: view.move(-1)),
                "pagedown": lambda: self._move(lambda view: view.turn_page(1)),
                "pageup": lambda: self._move(lambda view: view.turn_page(-1)),
                "home": lambda: self._move(lambda view: view.move(-len(view.rows))),
                "end": lambda: self._move(lambda view: view.move(len(view.rows))),
            },
        )
        with Vertical(id="search-dialog", classes="dialog"):
            yield dialog_title(TITLE)
            yield line
            yield SearchView(id="search-rows").add_class("dialog-body")
            yield Static("", id="search-said", markup=False)
            yield Hint(KEYS)

    def on_mount(self) -> None:
        """Textual: look for what was looked for last."""
        if self._is_given:
            # Whoever gave them means to go on from them.
            self._line.select_on_focus = False
            self._line.cursor_position = len(self._first)
        self._look(self._line.value)

    @property
    def _line(self) -> SearchWords:
        return self.query_one(SearchWords)

    @property
    def _view(self) -> SearchView:
        return self.query_one(SearchView)

    async def _on_key(self, event: events.Key) -> None:
        # The line lets none of its own keys out: this one came before it had the
        # keyboard.
        if self._line.takes(event):
            event.stop()
            event.prevent_default()
            self.set_focus(self._line)
            self._line.post_message(events.Key(event.key, event.character))

    def on_input_changed(self) -> None:
        """Textual: another word; it may be older than what a key has told since."""
        self._look(self._line.value)

    # Looking

    def _look(self, words: str) -> None:
        if words == self._words:
            return
        self._words = self._everywhere.words = words
        self._steps = []
        self._settled.clear()
        # Not a coroutine: one that is cancelled before it begins makes Python warn.
        work: Callable[[], Awaitable[None]] = partial(self._find, words)
        self.run_worker(work, group="search", exclusive=True, exit_on_error=False)

    async def _find(self, words: str) -> None:
        slow = self.set_timer(SLOW_SECONDS, lambda: self._say(LOOKING))
        found: list[Findings] = []

        async def work() -> None:
            found.append(await self._everywhere.find(words))

        try:
            is_found = await self.succeeds(work())
        finally:
            slow.stop()
        if words != self._words:
            return
        self._settled.set()
        if is_found:
            self._show(words, found[0])
        else:
            # The next key asks again.
            self._words = None
            self._say("")

    def _show(self, words: str, found: Findings) -> None:
        view = self._view
        view.put(found.rows, tokens_of(words), self._everywhere.place)
        for step in self._steps:
            step(view)
        self._steps = []
        self._say(_said(words, found))

    def _say(self, words: str) -> None:
        self.query_one("#search-said", Static).update(Content.styled(words, MUTED))

    # The keys

    def _move(self, step: Callable[[SearchView], None]) -> None:
        # What was typed may not have been told yet.
        self._look(self._line.value)
        if self._settled.is_set():
            step(self._view)
        else:
            self._steps.append(step)

    def _close(self) -> None:
        # Nobody waits for it: it waits for the line that asked for it.
        self.dismiss()

    async def _open(self) -> None:
        """Open what is at the cursor, of that which was last looked for. The keys after
        this one wait for it, where the storage is not slow."""
        self._look(self._line.value)
        if not await _within(SETTLE_SECONDS, self._settled.wait()):
            return
        place = self._view.place
        if place is None:
            return
        await _within(OPEN_SECONDS, self._everywhere.go_to(place), let_go=True)
        self.dismiss()

    @on(SearchView.Clicked)
    def _clicked(self) -> None:
        self.do(self._open)


async def _within(
    seconds: float, work: Awaitable[object], *, let_go: bool = False
) -> bool:
    """Wait a while for something; returns whether it is done. `let_go`: it goes on
    where it is not, else it is cancelled."""
    task = asyncio.ensure_future(work)
    await asyncio.wait([task], timeout=seconds)
    is_done = task.done()
    if not let_go:
        task.cancel()
    return is_done


def _said(words: str, found: Findings) -> str:
    """What there is to say below the rows."""
    if not words.strip():
        return NEWEST if found.rows else NONE_YET
    if not found.hits:
        return NOTHING
    places = "1 place" if found.hits == 1 else f"{found.hits} places"
    where = (
        "1 conversation" if found.sessions == 1 else f"{found.sessions} conversations"
    )
    if found.is_all:
        return f"{places} in {where}"
    return f"The best {MOST} places, in {where}. More words find fewer."
