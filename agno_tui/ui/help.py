"""Help: every key, from the same list the keys themselves are made from."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from agno_tui.ui.commands import (
    COMMANDS,
    LIST_KEYS,
    MESSAGE_KEYS,
    PROMPT_KEYS,
    key_names,
)
from agno_tui.ui.dialog import Dialog
from agno_tui.ui.marks import MUTED


class Help(Dialog[None]):
    """One page of keys. Any of esc, F1, q and enter closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q,enter", "dismiss", "Close", show=False),
        Binding("down,j", "page.scroll_down", "Down", show=False),
        Binding("up,k", "page.scroll_up", "Up", show=False),
    ]

    def __init__(self, about: str) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        """Textual: the page."""
        with VerticalScroll(id="help", classes="dialog"):
            yield Static(help_text(self._about), markup=False)


def help_text(about: str) -> Content:
    """All keys by group, then where things live."""
    parts = [Content.styled("Keys", "bold") + Content.styled(" · esc closes", MUTED)]
    for group, commands in groupby(COMMANDS, key=lambda c: c.group):
        parts.append(_group(group, [(key_names(c.keys), c.title) for c in commands]))
    parts.append(_group("In the prompt", PROMPT_KEYS))
    parts.append(_group("On a message (shift+tab)", MESSAGE_KEYS))
    parts.append(_group("In the list (ctrl+s)", LIST_KEYS))
    parts.append(Content.styled(about, MUTED))
    return Content("\n\n").join(parts)


def _group(
    title: str, rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]
) -> Content:
    lines = [Content.styled(title, "bold $accent")]
    for keys, words in rows:
        lines.append(Content.assemble((keys.ljust(22), "$foreground"), (words, MUTED)))
    return Content("\n").join(lines)
