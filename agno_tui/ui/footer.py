"""The footer: one line of keys, as many as there is room for."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from agno_tui.ui.commands import COMMANDS, Keys, key_name
from agno_tui.ui.marks import MUTED

NEEDED_FIRST = ("help", "quit", "new", "switch", "model", "stop", "commands", "list")
"""Which words stay when the line gets narrow, the most needed first."""

NEEDED_LAST = "newest"
"""The word that goes first where other keys are shown."""


class FooterLine(Static):
    """Keys and what they do, made from the commands themselves."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._keys: Keys = ()

    def show(self, keys: Keys = ()) -> None:
        """Say these keys; none: the commands."""
        if keys != self._keys:
            self._keys = keys
            self._write()

    def on_resize(self) -> None:
        """Textual: another width: other keys fit."""
        self._write()

    def _write(self) -> None:
        self.update(footer_line(self.size.width, self._keys))


def footer_line(width: int, keys: Keys = ()) -> Content:
    """As many keys as fit into `width` cells; by default those of the commands, in
    their order."""
    if not keys:
        commands = [c for c in COMMANDS if c.footer]
        keys = tuple((key_name(c.keys.split(",")[0]), c.footer) for c in commands)
    pieces = {
        word: Content.assemble((key, "$foreground"), (f" {word}", MUTED))
        for key, word in keys
    }
    room, kept = width, set[str]()
    for word in sorted(pieces, key=_need):
        room -= pieces[word].cell_length + 3
        if room < 0:
            break
        kept.add(word)
    return Content("   ").join(pieces[word] for word in pieces if word in kept)


def _need(word: str) -> int:
    if word == NEEDED_LAST:
        return len(NEEDED_FIRST)
    return NEEDED_FIRST.index(word) if word in NEEDED_FIRST else 0
