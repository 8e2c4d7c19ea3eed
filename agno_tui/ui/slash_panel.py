"""The list of slash commands above the prompt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.content import Content
from textual.widgets import Static

from agno_tui.ui.marks import MUTED
from agno_tui.ui.slash import Offer

MOST_ROWS = 9
"""Lines of the list that are shown at a time."""

SHARE = 3
"""The list takes at most one line of so many of the screen."""

NAMES = 22
"""Cells for the names, at most, where there is something to say of them."""


class SlashPanel(Static):
    """What can be chosen, one line each. Is told what to show; a click chooses."""

    def __init__(self, chosen: Callable[[int], None]) -> None:
        super().__init__("", id="slash", markup=False)
        self._chosen = chosen
        self._offers: Sequence[Offer] = ()
        self._top = 0
        self.display = False

    def show(self, offers: Sequence[Offer], marked: int | None) -> None:
        """Show these; none: go away."""
        self._offers = offers
        self.display = bool(offers)
        if not offers:
            return
        rows = max(1, min(MOST_ROWS, self.app.size.height // SHARE, len(offers)))
        at = marked or 0
        self._top = max(0, min(max(self._top, at - rows + 1), at, len(offers) - rows))
        shown = range(self._top, self._top + rows)
        width = max(8, self.app.size.width)
        names = max(cell_len(offers[n].shown) for n in shown) + 2
        self.update(
            Content("\n").join(
                _line(offers[n], min(names, NAMES), width, marked=n == marked)
                for n in shown
            )
        )

    def on_click(self, event: events.Click) -> None:
        """Textual: a click chooses."""
        at = self._top + event.y - self.gutter.top
        if 0 <= at < len(self._offers):
            self._chosen(at)


def _line(offer: Offer, names: int, width: int, *, marked: bool) -> Content:
    sign = "▌ " if marked else "  "
    if not offer.about:
        text = Content.assemble((sign, "$accent"), (offer.shown, "$foreground"))
    else:
        room = max(names, cell_len(offer.shown) + 2)
        shown = set_cell_size(offer.shown, room)
        text = Content.assemble(
            (sign, "$accent"), (shown, "$foreground"), (offer.about, MUTED)
        )
    if marked:
        text = text.stylize("bold")
    # Cut at the edge of the list, which is nowhere wider than the screen.
    return text.truncate(width, ellipsis=True)
