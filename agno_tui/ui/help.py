"""Help: every key, from the same list the keys themselves are made from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from agno_tui.text import one_line
from agno_tui.ui.command import Command, Where, bindings, key_names
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.dialog import Dialog
from agno_tui.ui.keymap import BY_DEFAULT, Keymap, keymap_of
from agno_tui.ui.marks import MUTED
from agno_tui.ui.multiplexers import around, kept_back

HINT = (
    "type to filter · {help.up} {help.down} {help.page_up} {help.page_down} read"
    " · {help.close} closes"
)
NOTHING = "No key and no command has these words. backspace takes letters away."

KEYS = 18
"""Cells for the keys of a command."""

WAYS = {
    Where.LIST: "session.list",
    Where.MESSAGES: "prompt.messages",
    Where.FILTER: "list.filter",
    Where.FIND: "session.find",
    Where.ASKED: "prompt.search",
    Where.MODEL: "model",
    Where.MEMORY: "memories",
    Where.SESSION: "session.about",
    Where.LINKS: "message.links",
    Where.CITED: "message.open",
    Where.TREE: "tree",
    Where.HELP: "help",
}
"""By which command one comes to a place."""


class Help(Dialog[None]):
    """One page of keys, filtered by what is typed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS, Where.HELP)

    def __init__(self, about: str) -> None:
        super().__init__()
        self._about = about
        self._typed = ""

    def compose(self) -> ComposeResult:
        """Textual: the line of what is typed, and the page."""
        with Vertical(id="help", classes="dialog"):
            yield Static(self._headline, id="help-typed", markup=False)
            # The keys come here, whatever was clicked.
            with VerticalScroll(id="help-page", classes="dialog-body", can_focus=False):
                yield Static(self._text, id="help-text", markup=False)

    @property
    def _headline(self) -> Content:
        if self._typed:
            return Content.assemble(("Keys · ", "bold"), self._typed, ("▏", "$accent"))
        hint = keymap_of(self.app).words(HINT)
        return Content.styled("Keys", "bold") + Content.styled(f" · {hint}", MUTED)

    @property
    def _text(self) -> Content:
        return help_text(
            self._about,
            keymap=keymap_of(self.app),
            typed=self._typed,
            environ=os.environ,
        )

    @property
    def _page(self) -> VerticalScroll:
        return self.query_one("#help-page", VerticalScroll)

    def on_key(self) -> None:
        """Textual: Dialog's keys; here every one is read in `_on_key`."""

    async def _on_key(self, event: events.Key) -> None:
        letters = event.character if event.is_printable else ""
        match event.key:
            case "backspace":
                self._type(self._typed[:-1])
            case "ctrl+u" | "ctrl+w":
                self._type("")
            case "space" if not self._typed:
                self.action_pages(1)
            case "question_mark" if not self._typed:
                self.dismiss()
            case _ if letters:
                self._type(self._typed + letters)
            case _:
                return
        event.stop()

    def on_paste(self, event: events.Paste) -> None:
        """Textual: words from elsewhere are typed too."""
        event.stop()
        self._type(self._typed + one_line(event.text))

    def _type(self, words: str) -> None:
        self._typed = words
        self.query_one("#help-typed", Static).update(self._headline)
        self.query_one("#help-text", Static).update(self._text)
        self._page.scroll_home(animate=False)

    def action_lines(self, step: int) -> None:
        """Read further down or up, by lines."""
        self._page.scroll_relative(y=step, animate=False)

    def action_pages(self, step: int) -> None:
        """Read further down or up, by pages; a line of the last page stays."""
        page = self._page
        height = page.scrollable_content_region.height
        page.scroll_relative(y=step * max(1, height - 1), animate=False)

    def action_edge(self, end: bool) -> None:
        """Go to the beginning, or to the end."""
        page = self._page
        page.scroll_to(y=page.max_scroll_y if end else 0, animate=False)


def help_text(
    about: str,
    *,
    keymap: Keymap = BY_DEFAULT,
    typed: str = "",
    environ: Mapping[str, str] | None = None,
) -> Content:
    """All commands by place, those with all the words that are typed; then where things
    live. `environ`: says what the terminal runs inside of."""
    asked = typed.lower().split()
    groups = [
        *_kept_back(keymap, environ or {}),
        *(
            (_title(keymap, group, rows), [_row(keymap, one) for one in rows])
            for group, rows in _groups(keymap)
        ),
    ]
    parts: list[Content] = []
    for title, rows in groups:
        fitting = [row for row in rows if _fits(title, row, asked)]
        if fitting:
            heading = Content.styled(title, "bold $accent")
            parts.append(Content("\n").join([heading, *map(_line, fitting)]))
    if not parts:
        return Content.styled(NOTHING, MUTED)
    if not asked:
        parts.append(Content.styled(about, MUTED))
    return Content("\n\n").join(parts)


Row = tuple[str, str, str]
"""The keys of a command, what it does, and what else does it."""


def _groups(keymap: Keymap) -> list[tuple[str, list[Command]]]:
    order = sorted(keymap.commands, key=lambda one: list(Where).index(one.place))
    anywhere = [one for one in order if one.place is Where.ANYWHERE]
    names = list(dict.fromkeys(one.group for one in anywhere))
    elsewhere = [one for one in order if one.place is not Where.ANYWHERE and one.keys]
    return [
        *((name, [one for one in anywhere if one.group == name]) for name in names),
        *(
            (place.value, list(rows))
            for place, rows in groupby(elsewhere, key=lambda one: one.place)
        ),
    ]


def _title(keymap: Keymap, group: str, rows: Sequence[Command]) -> str:
    way = WAYS.get(rows[0].place)
    key = keymap.name(way) if way else ""
    return f"{group} ({key})" if key else group


def _row(keymap: Keymap, command: Command) -> Row:
    slash = f"/{command.names[0]}" if command.names else ""
    if command.argument is not None:
        slash = f"{slash} {command.argument.name}"
    keys = command.keys or ("" if slash else keymap.palette_key)
    return key_names(keys), command.title, slash


def _kept_back(
    keymap: Keymap, environ: Mapping[str, str]
) -> list[tuple[str, list[Row]]]:
    """What never arrives here, and what to use instead."""
    found = []
    for one in around(environ):
        rows = kept_back(one, keymap.commands)
        if rows:
            title = f"Inside {one.name}, which keeps these keys: use what stands behind"
            found.append((title, [*rows, ("", one.way_out, "")]))
    return found


def _fits(title: str, row: Row, asked: Sequence[str]) -> bool:
    text = " ".join((title, *row)).lower()
    return all(part in text for part in asked)


def _line(row: Row) -> Content:
    keys, words, slash = row
    if slash:
        words = f"{words}  "
    room = max(KEYS, len(keys) + 2) if keys else KEYS
    return Content.assemble(
        (keys.ljust(room), "$foreground"), (words, MUTED), (slash, "$accent")
    )
