"""The messages that wait, between the transcript and the prompt: one line each."""

from __future__ import annotations

from typing import ClassVar, Protocol

from textual import events
from textual.binding import BindingType
from textual.strip import Strip
from textual.widget import Widget

from agno_tui.session import Run
from agno_tui.ui.command import Where, bindings
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.paint import Paint, component_classes
from agno_tui.ui.queue_lines import QueueView, head, line
from agno_tui.ui.typed_first import taker_from

MOST_ROWS, FEWER_ROWS = 5, 2
"""Messages shown at a time, and on a low screen."""

LOW_SCREEN = 24
"""Lines below which a screen is low."""

ROLES = ("head", "held", "hint", "number", "cursor")


class QueueKeys(Protocol):
    """Whoever does what is asked for in the panel. Not told by messages: those would be
    read after the keys typed since."""

    def edit(self, run: Run) -> None:
        """Put a message back into the prompt."""

    def remove(self, run: Run) -> None:
        """Take a message out."""

    def shift(self, run: Run, step: int) -> None:
        """Have a message sent later (1), or earlier (-1)."""

    def send(self) -> None:
        """Have those go on that are held."""

    async def undo(self) -> None:
        """Put what was taken out back to its place."""

    def leave(self, text: str = "") -> None:
        """Take the keyboard to the prompt, with what was typed."""


class QueuePanel(Widget, can_focus=True):
    """Shows what waits; its messages can be edited, moved and taken out."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("queue", ROLES)
    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS, Where.QUEUE)

    def __init__(self, keys: QueueKeys) -> None:
        super().__init__(id="queue")
        self._keys = keys
        self._view = QueueView()
        self._cursor = 0
        self._paint: Paint | None = None
        self.display = False

    def show(self, view: QueueView) -> None:
        """Show these; nothing where there are none, unless the keyboard is here."""
        followed = self.chosen
        self._view = view
        ids = [run.run_id for run in view.runs]
        if followed is not None and followed.run_id in ids:
            self._cursor = ids.index(followed.run_id)
        self._cursor = max(0, min(self._cursor, len(ids) - 1))
        self._fit()

    def go_to(self, run: Run) -> None:
        """Have the cursor on a message, where it waits."""
        ids = [each.run_id for each in self._view.runs]
        if run.run_id in ids:
            self._cursor = ids.index(run.run_id)
            self.refresh()

    def _fit(self) -> None:
        is_shown = bool(self._view.runs) or self.has_focus
        height = 1 + self._rows
        # Anything that is laid out anew costs a whole frame.
        if self.display != is_shown:
            self.display = is_shown
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        self.refresh()

    @property
    def _rows(self) -> int:
        low = self.app.size.height < LOW_SCREEN
        return min(len(self._view.runs), FEWER_ROWS if low else MOST_ROWS)

    @property
    def chosen(self) -> Run | None:
        """The message the cursor is on."""
        runs = self._view.runs
        return runs[self._cursor] if self._cursor < len(runs) else None

    # What is done with it

    def action_move(self, step: int) -> None:
        """Go to another message; above the first one is where one reads."""
        last = max(0, len(self._view.runs) - 1)
        self._cursor = max(0, min(self._cursor + step, last))
        self.refresh()

    def action_shift(self, step: int) -> None:
        """Have the message sent earlier or later."""
        if (run := self.chosen) is not None:
            self._keys.shift(run, step)

    def action_edit(self) -> None:
        """Put the message back into the prompt."""
        if (run := self.chosen) is not None:
            self._keys.edit(run)

    def action_remove(self) -> None:
        """Take the message out."""
        if (run := self.chosen) is not None:
            self._keys.remove(run)

    async def action_undo(self) -> None:
        """Put what was taken out last back to its place."""
        await self._keys.undo()

    def action_send(self) -> None:
        """Have those go on that are held."""
        self._keys.send()

    def action_leave(self) -> None:
        """Go back to the prompt."""
        self._keys.leave()

    async def on_key(self, event: events.Key) -> None:
        """Textual: what is printable and means nothing here belongs to the prompt."""
        if (taker := taker_from(self)) is not None:
            # A key before this one took the keyboard elsewhere.
            event.stop()
            event.prevent_default()
            taker.post_message(events.Key(event.key, event.character))
            return
        keymap = keymap_of(self.app)
        if event.key in keymap.keys_of(Where.QUEUE):
            return
        if action := keymap.untyped_actions.get(event.key):
            # At once: what it opens gets the next key.
            event.stop()
            event.prevent_default()
            await self.app.run_action(action)
        elif event.is_printable and event.character:
            event.stop()
            self._keys.leave(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Textual: a paste belongs to the prompt."""
        event.stop()
        self._keys.leave(event.text)

    def on_click(self, event: events.Click) -> None:
        """Textual: a click chooses a message; a second one edits it."""
        row = first_shown(self._cursor, self._rows, len(self._view.runs)) + event.y - 1
        if event.y < 1 or row >= len(self._view.runs):
            return
        self._cursor = row
        self.refresh()
        if event.chain > 1:
            self.action_edit()

    # Painting

    def notify_style_update(self) -> None:
        """Textual: colours changed."""
        super().notify_style_update()
        self._paint = None

    def watch_has_focus(self, has_focus: bool) -> None:
        """Textual: the keyboard is here, or went elsewhere."""
        super().watch_has_focus(has_focus)
        self._fit()

    def on_resize(self) -> None:
        """Textual: another size."""
        self._fit()

    def render_line(self, y: int) -> Strip:
        """Textual: one line of the screen."""
        if self._paint is None:
            self._paint = Paint(self, "queue", ROLES)
        paint, width = self._paint, self.size.width
        if y == 0:
            strip = head(paint, self._view, keymap_of(self.app), self.has_focus, width)
        elif (
            at := first_shown(self._cursor, self._rows, len(self._view.runs)) + y - 1
        ) < len(self._view.runs):
            here = self.has_focus and at == self._cursor
            strip = line(paint, self._view, at, width, here, is_last=y == self._rows)
        else:
            strip = Strip([])
        return strip.adjust_cell_length(width, paint.base.rich_style)


def first_shown(cursor: int, rows: int, count: int) -> int:
    """The first of `count` messages that is shown where there are `rows` for them."""
    return max(0, min(cursor - rows + 1, count))
