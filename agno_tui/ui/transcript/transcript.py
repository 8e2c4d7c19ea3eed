"""The transcript: a session's turns, and the keys that walk and use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from agno_tui.session import RunStatus
from agno_tui.ui.transcript.view import MARGIN, DocumentView

if TYPE_CHECKING:
    from textual import events

    from agno_tui.session import Run
    from agno_tui.ui.places import Place
    from agno_tui.ui.transcript.turn import Turn


class Transcript(DocumentView, can_focus=True):
    """A document view whose turns can be marked, copied and sent again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "select(-1)", "Previous message", show=False),
        Binding("down,j", "select(1)", "Next message", show=False),
        Binding("g,home", "select_edge(0)", "First message", show=False),
        Binding("G,end", "select_edge(-1)", "Last message", show=False),
        Binding("y,c", "copy_answer", "Copy the answer", show=False),
        Binding("r", "retry", "Send again", show=False),
        Binding("o", "open_cited", "Open what was looked into", show=False),
        Binding("tab", "leave", "Back to the prompt", show=False),
    ]

    class RetryWanted(Message):
        """The user wants a run's question sent again."""

        def __init__(self, run: Run) -> None:
            super().__init__()
            self.run = run

    class PlaceWanted(Message):
        """The user wants to see a run of another session."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    class Marked(Message):
        """Another turn is marked, or there is something else to be done with it."""

    class Left(Message):
        """The user goes back to the prompt, maybe with something typed or pasted."""

        def __init__(self, text: str = "") -> None:
            super().__init__()
            self.text = text

    def on_focus(self) -> None:
        """Textual: the keyboard is here: mark a turn."""
        document = self.document
        if document is not None and document.turns and document.selected is None:
            document.selected = len(document.turns) - 1
        self.refresh()
        self.say_marked()

    def on_blur(self) -> None:
        """Textual: the keyboard went elsewhere: mark nothing."""
        # Not where the whole terminal lost the keyboard: it comes back to the same
        # turn. (A dialog is a screen of its own, and takes none from here.)
        is_elsewhere = self.screen.focused not in (None, self)
        if self.document is not None and is_elsewhere:
            self.document.selected = None
        self.refresh()

    @property
    def selected_turn(self) -> Turn | None:
        """The turn that is marked, if one is."""
        document = self.document
        if document is None or document.selected is None or not document.turns:
            return None
        return document.turns[min(document.selected, len(document.turns) - 1)]

    def action_select(self, step: int) -> None:
        """Mark the next turn in a direction."""
        if self.document is not None and self.document.selected is not None:
            self._select(self.document.selected + step)

    def action_select_edge(self, index: int) -> None:
        """Mark the first turn, or the last one."""
        if self.document is not None:
            self._select(index % max(1, len(self.document.turns)))

    def _select(self, index: int) -> None:
        document = self.document
        if document is None or not document.turns:
            return
        document.selected = index = max(0, min(index, len(document.turns) - 1))
        start, end = self._starts[index], self._starts[index + 1]
        top, height = self.scroll_offset.y, self.size.height
        if start < top or end > top + height:
            self.scroll_to(
                y=start if end - start > height else end - height, animate=False
            )
        if index == len(document.turns) - 1:
            self.follow()
        self.refresh()
        self.say_marked()

    def content_changed(self) -> None:
        """As in any document view; the marked turn may have looked into something."""
        super().content_changed()
        self.say_marked()

    def say_marked(self) -> None:
        """Tell what can be done with the marked turn, where the keyboard is here."""
        if self.has_focus:
            self.post_message(self.Marked())

    def action_retry(self) -> None:
        """Send the marked turn's question again."""
        turn = self.selected_turn
        if turn is None:
            return
        if turn.run.status is RunStatus.REGENERATED:
            self.notify("A later answer took its place.", markup=False)
        else:
            self.post_message(self.RetryWanted(turn.run))

    def action_open_cited(self) -> None:
        """Open the session that was looked into for the marked turn, at the run; ask
        which one where there are several."""
        cited = turn.cited if (turn := self.selected_turn) else []
        if not cited:
            self.notify("No conversation was looked into here.", markup=False)
        elif len(cited) == 1:
            self._want(cited[0].place)
        else:
            from agno_tui.ui.cited_dialog import CitedDialog

            self.app.push_screen(CitedDialog(cited), self._want)

    def _want(self, place: Place | None) -> None:
        if place is not None:
            self.post_message(self.PlaceWanted(place))

    def on_click(self, event: events.Click) -> None:
        """Textual: a click on a line that leads somewhere goes there."""
        found = self._line_at(event.y + self.scroll_offset.y)
        if found is None or self.text_selection is not None:
            return
        line = found[1]
        if 0 <= event.x - MARGIN < line.content.cell_length:
            self._want(line.leads_to)

    def action_copy_answer(self) -> None:
        """Copy the marked turn's answer, as its source."""
        if turn := self.selected_turn:
            self.app.copy_to_clipboard(turn.run.answer or turn.run.question)
            self.notify("Copied: sent to the terminal's clipboard.", markup=False)

    def action_leave(self) -> None:
        """Go back to the prompt."""
        self.post_message(self.Left())

    def on_key(self, event: events.Key) -> None:
        """Textual: any printable key that means nothing here belongs to the prompt."""
        if event.key in _OWN_KEYS:
            return
        if event.is_printable and event.character:
            event.stop()
            self.post_message(self.Left(event.character))

    def on_paste(self, event: events.Paste) -> None:
        """Textual: a paste belongs to the prompt."""
        event.stop()
        self.post_message(self.Left(event.text))


_OWN_KEYS = frozenset(
    key
    for binding in Transcript.BINDINGS
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
)
"""Keys that mean something here. (An event that is stopped reaches no binding.)"""
