"""Searching all that the user ever asked, in a small panel above the prompt."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from agno_tui.folding import fold, folded_with_offsets
from agno_tui.storage.errors import StorageError
from agno_tui.text import one_line
from agno_tui.ui.command import Where
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.typed_first import taker_from

if TYPE_CHECKING:
    from agno_tui.session import Question
    from agno_tui.storage.base import Storage
    from agno_tui.ui.prompt import Prompt

PAGE: Final = 200
"""Questions read from the storage at a time."""

MOST: Final = 20_000
"""Questions that are looked through, the newest."""

MOST_ROWS: Final = 8
"""Lines of the list that are shown at a time."""

SHARE: Final = 4
"""The list takes at most one line of so many of the screen."""

LOOKED_AT: Final = 2_000
"""Characters of a question that are looked at and shown."""

BEFORE: Final = 20
"""Characters shown before a word that was found."""

KEYS: Final = (
    "{asked.up} {asked.down} choose   {asked.take} take it   {asked.leave} back"
)

_log = logging.getLogger(__name__)


@dataclass(slots=True, frozen=True)
class Asked:
    """A question as it is searched."""

    text: str
    line: str
    """What is shown of it."""
    folded: str

    @classmethod
    def of(cls, text: str) -> Asked:
        """From a question's text."""
        line = one_line(text[:LOOKED_AT])
        return cls(text, line, fold(line))


class AskedOnce:
    """All questions, each text once, the newest first; more come in while it reads."""

    def __init__(self, storage: Storage, user_id: str) -> None:
        self._storage = storage
        self._user_id = user_id
        self._known: set[str] = set()
        self.all: list[Asked] = []

    async def read(self, more: Callable[[Sequence[Asked]], None]) -> None:
        """Read page by page, and tell of each. Errors: `StorageError`."""
        last: Question | None = None
        while len(self.all) < MOST:
            page = await self._storage.get_questions(
                user_id=self._user_id, limit=PAGE, before=last
            )
            if not page:
                return
            last = page[-1]
            texts = [one.text for one in page if one.text not in self._known]
            self._known.update(texts)
            new = await asyncio.to_thread(lambda texts: [*map(Asked.of, texts)], texts)
            self.all += new
            more(new)


class SearchLine(Input):
    """The line to write in. Its keys are done in the order they were typed."""

    def __init__(self, keys: dict[str, Callable[[], None]]) -> None:
        super().__init__(id="prompt-search-input", compact=True)
        # A blinking cursor writes to the terminal for ever.
        self.cursor_blink = False
        self._keys = keys

    async def _on_key(self, event: events.Key) -> None:
        if (taker := taker_from(self)) is not None:
            # A key before this one took the keyboard elsewhere.
            event.stop()
            event.prevent_default()
            taker.post_message(events.Key(event.key, event.character))
        elif do := self._keys.get(keymap_of(self.app).usual(event.key, Where.ASKED)):
            event.stop()
            event.prevent_default()
            do()


class PromptSearch(Vertical):
    """A line to write in, and the questions that have the words, the newest first.

    The draft stays in the prompt below until one of them is taken.
    """

    def __init__(self, prompt: Prompt, storage: Storage, user_id: str) -> None:
        super().__init__(id="prompt-search")
        self._prompt = prompt
        self._storage = storage
        self._user_id = user_id
        self._asked = AskedOnce(storage, user_id)
        self._words: list[str] = []
        self._found: list[Asked] = []
        self._at = self._top = 0
        self._is_reading = False
        self._trouble = ""
        self.display = False

    def compose(self) -> ComposeResult:
        """Textual: what stands in the panel."""
        yield Static("", id="prompt-search-rows", markup=False)
        with Horizontal(id="prompt-search-bar"):
            yield Static(" earlier ", id="prompt-search-label", markup=False)
            yield SearchLine(
                {
                    "enter": self._take,
                    "escape": self._close,
                    **dict.fromkeys(("down", "ctrl+r"), lambda: self._move(1)),
                    "up": lambda: self._move(-1),
                    "pagedown": lambda: self._move(MOST_ROWS),
                    "pageup": lambda: self._move(-MOST_ROWS),
                }
            )
            yield Static("", id="prompt-search-count", markup=False)

    @property
    def _line(self) -> SearchLine:
        return self.query_one(SearchLine)

    def open(self) -> None:
        """Come onto the screen, with the keyboard in it."""
        if not self.display:
            self._asked = AskedOnce(self._storage, self._user_id)
            self._line.value = ""
            self._words, self._found = [], []
            self._at = self._top = 0
            self.display = True
            self.run_worker(
                self._read(), group="read", exclusive=True, exit_on_error=False
            )
        # At once: the next key is for it already.
        self.screen.set_focus(self._line)

    async def _read(self) -> None:
        self._is_reading, self._trouble = True, ""
        try:
            await self._asked.read(self._more)
        except StorageError as error:
            _log.warning("earlier questions were not read", exc_info=True)
            self._trouble = error.words
        self._is_reading = False
        self._show()

    def _more(self, new: Sequence[Asked]) -> None:
        self._found += [one for one in new if self._has_words(one)]
        self._show()

    def _has_words(self, one: Asked) -> bool:
        return all(word in one.folded for word in self._words)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Textual: another word."""
        event.stop()
        self._look()

    def _look(self) -> None:
        words = fold(self._line.value).split()
        if words == self._words:
            return
        # Whoever types on wants fewer of those that were found.
        narrower = all(any(old in new for new in words) for old in self._words)
        among = self._found if narrower else self._asked.all
        self._words = words
        self._found = [one for one in among if self._has_words(one)]
        self._at = self._top = 0
        self._show()

    # What the keys do

    def _move(self, step: int) -> None:
        # What was typed may not have been told yet.
        self._look()
        self._at = max(0, min(self._at + step, len(self._found) - 1))
        self._show()

    def _take(self) -> None:
        self._look()
        if self._found:
            self._prompt.take_question(self._found[self._at].text)
            self._close()

    def _close(self) -> None:
        self.workers.cancel_node(self)
        self.display = False
        self.screen.set_focus(self._prompt)

    def on_descendant_blur(self) -> None:
        """Textual: the keyboard is elsewhere; so is whoever goes on there. (Nowhere:
        the terminal is behind another window.)"""
        focused = self.screen.focused
        if self.display and focused is not None and not self.has_focus_within:
            self.workers.cancel_node(self)
            self.display = False

    def on_click(self, event: events.Click) -> None:
        """Textual: a click takes a line."""
        rows = self.query_one("#prompt-search-rows")
        at = self._top + event.screen_y - rows.content_region.y
        if event.widget is rows and self._top <= at < len(self._found):
            self._at = at
            self._take()

    # What is shown

    def on_resize(self) -> None:
        """Textual: another size."""
        self._show()

    def _show(self) -> None:
        if not self.display:
            return
        room = max(1, min(MOST_ROWS, self.app.size.height // SHARE))
        self._top = max(0, min(self._top, self._at))
        self._top = max(self._top, self._at - room + 1)
        shown = range(self._top, min(self._top + room, len(self._found)))
        rows = self.query_one("#prompt-search-rows", Static)
        width = max(10, rows.content_size.width or self.app.size.width)
        lines = [
            _row(self._found[n], self._words, width, marked=n == self._at)
            for n in shown
        ]
        if not lines:
            lines = [Content(f"  {self._nothing()}")]
        rows.update(Content("\n").join(lines))
        count = f"{self._at + 1}/{len(self._found):,}" if self._found else "0"
        words = keymap_of(self.app).words(KEYS)
        keys = f"   {words}" if self.size.width > 40 + len(words) else ""
        self.query_one("#prompt-search-count", Static).update(Content(count + keys))

    def _nothing(self) -> str:
        if self._trouble:
            return f"Your earlier messages can't be read. {one_line(self._trouble)}"
        if self._is_reading:
            return "reading…"
        return "nothing found" if self._words else "nothing was asked yet"


def _row(one: Asked, words: Sequence[str], width: int, *, marked: bool) -> Content:
    line, start, found = one.line, 0, list[tuple[int, int]]()
    if words:
        folded, offsets = folded_with_offsets(line)
        offsets.append(len(line))
        for word in words:
            at = folded.find(word)
            if at >= 0:
                found.append((offsets[at], offsets[at + len(word)]))
        first = min((place for place, _ in found), default=0)
        if first > width // 2:
            start = first - BEFORE
    text = Content(("…" if start else "") + line[start:])
    shift = start - bool(start)
    for begin, end in found:
        if begin >= start:
            text = text.stylize("bold underline", begin - shift, end - shift)
    sign = "▌ " if marked else "  "
    row = Content.assemble((sign, "$accent"), text)
    if marked:
        row = row.stylize("bold")
    # As long as the list is wide; the first time no wider than the screen, and the
    # stylesheet does the rest.
    return row.truncate(width, ellipsis=True)
