"""Help: every key, from the same list the keys themselves are made from."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
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
from agno_tui.ui.wrapping import breaks

HINT = (
    "type to filter · {help.up} {help.down} {help.page_up} {help.page_down} read"
    " · {help.close} closes"
)
FEWER_HINTS = ("type to filter · {help.close} closes", "{help.close} closes")
"""What is said instead where there is less room, the longer one first."""

NOTHING = "No key and no command has these words. backspace takes letters away."

WIDTH = 76
"""Cells of the box at most, as the stylesheet has it for dialogs."""

SHARE = 96
"""Percent of the screen's width that the box takes at most, as it has it too."""

BESIDE = 7
"""Cells beside the text: the box's margins and the scroll bar."""

KEYS = 18
"""Cells for the keys of a command."""

WAYS = {
    Where.LIST: "session.list",
    Where.MESSAGES: "prompt.messages",
    Where.FILTER: "list.filter",
    Where.FIND: "session.find",
    Where.ASKED: "prompt.search",
    Where.SEARCH: "search.all",
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
        title, words = Content.styled("Keys", "bold"), keymap_of(self.app).words
        hints = [
            Content.styled(f" · {words(one)}", MUTED) for one in (HINT, *FEWER_HINTS)
        ]
        room = self._width - title.cell_length
        fitting = (hint for hint in hints if hint.cell_length <= room)
        return title + next(fitting, Content(""))

    @property
    def _width(self) -> int:
        """Cells of a line. (Not measured: the first page is drawn before its place is
        known.)"""
        return min(WIDTH, self.app.size.width * SHARE // 100) - BESIDE

    @property
    def _text(self) -> Content:
        return help_text(
            self._about,
            keymap=keymap_of(self.app),
            typed=self._typed,
            environ=os.environ,
            width=self._width,
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
        self._draw()
        self._read(partial(self._page.scroll_to, y=0, animate=False, immediate=True))

    def _draw(self) -> None:
        self.query_one("#help-typed", Static).update(self._headline)
        self.query_one("#help-text", Static).update(self._text)

    def on_resize(self) -> None:
        """Textual: another size."""
        super().on_resize()
        self._draw()

    def _read(self, move: Callable[[], object]) -> None:
        """Move the page, once it is known how long it is: the key may have come with
        the one that opened it."""
        self.call_after_refresh(move)

    def action_lines(self, step: int) -> None:
        """Read further down or up, by lines."""
        self._read(partial(self._scroll_on, step))

    def action_pages(self, step: int) -> None:
        """Read further down or up, by pages; a line of the last page stays."""
        page = self._page

        def move() -> None:
            height = page.scrollable_content_region.height
            self._scroll_on(step * max(1, height - 1))

        self._read(move)

    def _scroll_on(self, lines: int) -> None:
        # At once: of two that wait the second would begin where the first did.
        self._page.scroll_relative(y=lines, animate=False, immediate=True)

    def action_edge(self, end: bool) -> None:
        """Go to the beginning, or to the end."""
        page = self._page

        def move() -> None:
            edge = page.max_scroll_y if end else 0
            page.scroll_to(y=edge, animate=False, immediate=True)

        self._read(move)


def help_text(
    about: str,
    *,
    keymap: Keymap = BY_DEFAULT,
    typed: str = "",
    environ: Mapping[str, str] | None = None,
    width: int = 0,
) -> Content:
    """All commands by place, those with all the words that are typed; then where things
    live. `environ`: says what the terminal runs inside of; `width`: cells of a line, 0
    where a line may be as long as it is."""
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
            lines = [line for row in fitting for line in _lines(row, width)]
            parts.append(Content("\n").join([heading, *lines]))
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
    said = keymap.words(command.said) if keymap["run.stop"].keys else ""
    return "  ".join(filter(None, (key_names(keys), said))), command.title, slash


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


def _lines(row: Row, width: int) -> list[Content]:
    """A row, and where it is too long the rest of it below its words."""
    keys, words, slash = row
    if slash:
        words = f"{words}  "
    room = max(KEYS, len(keys) + 2) if keys else KEYS
    head = Content.styled(keys.ljust(room), "$foreground")
    said = Content.assemble((words, MUTED), (slash, "$accent"))
    if not width or room + said.cell_length <= width:
        return [head + said]
    first, *rest = [
        said[start:end] for start, end in breaks(said.plain, max(2, width - room))
    ]
    return [head + first, *(Content(" " * room) + line for line in rest)]
