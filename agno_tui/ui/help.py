"""Help: every key, from the same list the keys themselves are made from."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from agno_tui.ui.commands import COMMANDS, PALETTE_KEY, key_names
from agno_tui.ui.dialog import Dialog
from agno_tui.ui.marks import MUTED
from agno_tui.ui.other_keys import (
    FIND_KEYS,
    HELP_KEYS,
    LIST_KEYS,
    MEMORY_KEYS,
    MESSAGE_KEYS,
    PROMPT_KEYS,
    SESSION_KEYS,
)


class Help(Dialog[None]):
    """One page of keys. Any of esc, F1, q and enter closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q,enter", "dismiss", "Close", show=False),
        Binding("down,j", "lines(1)", "Down", show=False),
        Binding("up,k", "lines(-1)", "Up", show=False),
        Binding("pagedown,space", "pages(1)", "A page down", show=False),
        Binding("pageup", "pages(-1)", "A page up", show=False),
        Binding("home,g", "edge(False)", "To the beginning", show=False),
        Binding("end,G", "edge(True)", "To the end", show=False),
    ]

    def __init__(self, about: str) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        """Textual: the page."""
        # The keys come here, whatever was clicked.
        with VerticalScroll(id="help", classes="dialog", can_focus=False):
            yield Static(help_text(self._about), markup=False)

    @property
    def _page(self) -> VerticalScroll:
        return self.query_one("#help", VerticalScroll)

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


def help_text(about: str) -> Content:
    """All keys by group, then where things live."""
    parts = [Content.styled("Keys", "bold") + Content.styled(f" · {HELP_KEYS}", MUTED)]
    for group, commands in groupby(COMMANDS, key=lambda c: c.group):
        rows = [(key_names(c.keys or PALETTE_KEY), c.title) for c in commands]
        parts.append(_group(group, rows))
    parts.append(_group("In the prompt", PROMPT_KEYS))
    parts.append(_group("On a message (shift+tab)", MESSAGE_KEYS))
    parts.append(_group("While finding (ctrl+f)", FIND_KEYS))
    parts.append(_group("In the list (ctrl+s)", LIST_KEYS))
    parts.append(_group("In what it remembers (f3)", MEMORY_KEYS))
    parts.append(_group("In a conversation's own page (f4)", SESSION_KEYS))
    parts.append(Content.styled(about, MUTED))
    return Content("\n\n").join(parts)


def _group(
    title: str, rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]
) -> Content:
    lines = [Content.styled(title, "bold $accent")]
    for keys, words in rows:
        lines.append(Content.assemble((keys.ljust(22), "$foreground"), (words, MUTED)))
    return Content("\n").join(lines)
