"""The footer: one line of keys, as many as there is room for."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from agno_tui.ui.commands import COMMANDS, key_name
from agno_tui.ui.marks import MUTED

SHORTEST_FIRST = ("help", "quit", "new", "switch", "model", "stop", "commands", "list")
"""Which words stay when the line gets narrow, the most needed first."""


class FooterLine(Static):
    """Keys and what they do, made from the commands themselves."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)

    def on_resize(self) -> None:
        """Textual: another width: other keys fit."""
        self.update(footer_line(self.size.width))


def footer_line(width: int) -> Content:
    """As many keys as fit into `width` cells, in the order of the commands."""
    shown = [c for c in COMMANDS if c.footer]
    ranked = sorted(shown, key=lambda c: SHORTEST_FIRST.index(c.footer))
    pieces = {
        c.id: Content.assemble(
            (key_name(c.keys.split(",")[0]), "$foreground"), (f" {c.footer}", MUTED)
        )
        for c in shown
    }
    room, kept = width, set[str]()
    for command in ranked:
        room -= pieces[command.id].cell_length + 3
        if room < 0:
            break
        kept.add(command.id)
    return Content("   ").join(pieces[c.id] for c in shown if c.id in kept)
