"""The transcript: a session's messages, and the keys that walk and use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.events import Key, Paste
from textual.message import Message

from agno_tui.ui.command import Where, bindings
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.transcript.copied import CopiedView
from agno_tui.ui.transcript.reading import Marked
from agno_tui.ui.transcript.rows import MARGIN
from agno_tui.ui.transcript.versions import VersionLine
from agno_tui.ui.typed_first import taker_from

if TYPE_CHECKING:
    from textual import events

    from agno_tui.session import Run
    from agno_tui.ui.links_of_lines import Link
    from agno_tui.ui.places import Place
    from agno_tui.ui.transcript.turn import Turn


class _StepWanted(Message):
    """The user wants to go on (1), or back (-1)."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step


class Transcript(CopiedView, can_focus=True):
    """A document view whose messages can be marked, copied and sent again."""

    # Who selects text with the mouse goes on writing: letters mean something here only
    # to who has marked a message.
    FOCUS_ON_CLICK = False

    BINDINGS: ClassVar[list[BindingType]] = bindings(COMMANDS, Where.MESSAGES)

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

    class CodeWanted(_StepWanted):
        """The user wants to go to the next block of code, maybe far away."""

    class LinksWanted(Message):
        """The user wants to open one of these links."""

        def __init__(self, links: list[Link]) -> None:
            super().__init__()
            self.links = links

    class FindWanted(_StepWanted):
        """The user wants to go to the next place found, or the one before."""

    go_back: Callable[[str], None] = staticmethod(lambda text: None)
    """Takes the keyboard back to the prompt, with what was typed or pasted. Not a
    message: the next key is for the prompt already."""

    edit: Callable[[Turn], None] = staticmethod(lambda turn: None)
    """Puts a turn's question into the prompt. No message either."""

    choose_version: Callable[[Turn, int], None] = staticmethod(lambda turn, step: None)
    """Shows the version of a turn that is so many further on."""

    delete: Callable[[Turn], None] = staticmethod(lambda turn: None)
    """Deletes a turn."""

    # What is done with it

    def action_select_code(self, step: int) -> None:
        """Mark the next block of code in a direction."""
        self.post_message(self.CodeWanted(step))

    def action_retry(self) -> None:
        """Send the marked message's question again."""
        run = turn.run if (turn := self.marked_turn) else None
        if run is not None:
            self.post_message(self.RetryWanted(run))

    def action_edit(self) -> None:
        """Edit the marked message's question, to send it in other words."""
        if (turn := self.marked_turn) is not None:
            self.edit(turn)

    def action_version(self, step: int) -> None:
        """Show the next version of the marked message, or the one before."""
        if (turn := self.marked_turn) is not None:
            self.choose_version(turn, step)

    def action_delete(self) -> None:
        """Delete the marked message, the question and its answer."""
        if (turn := self.marked_turn) is not None:
            self.delete(turn)

    def action_open_cited(self) -> None:
        """Open the session that was looked into for the marked turn, at the run; ask
        which one where there are several."""
        cited = turn.cited if (turn := self.marked_turn) else []
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

    def action_links(self) -> None:
        """Choose a link of the marked message."""
        turn = self.marked_turn
        marked = self.document.marked if self.document is not None else None
        if turn is None or marked is None:
            return
        from agno_tui.ui.links_of_lines import links_of

        lines = turn.lines(self.text_width)
        rows = turn.rows_of(marked.role)
        links = links_of(lines[rows.start : rows.stop])
        if links:
            self.post_message(self.LinksWanted(links))
        else:
            self.notify("There is no link in this message.", markup=False)

    def action_find(self, step: int) -> None:
        """Go to the next place found, or the one before."""
        self.post_message(self.FindWanted(step))

    # The mouse, and keys that belong to the prompt

    async def on_click(self, event: events.Click) -> None:
        """Textual: one marks a message and goes where it leads, more select text."""
        y = event.y + self.scroll_offset.y
        if event.chain > 1:
            event.prevent_default()
            self.select_around(event.x - MARGIN, y, whole_line=event.chain > 2)
            # The first click of these marked a message.
            self.go_back("")
            return
        found = self._line_at(y)
        if found is None or self.text_selection is not None:
            return
        turn, row, line = found
        x = event.x - MARGIN
        if self.document is not None and (role := turn.role_at(row)):
            self.document.marked = Marked(turn.index, role)
            self.screen.set_focus(self, scroll_visible=False)
            self.refresh()
            self.say_marked()
        if not 0 <= x < line.content.cell_length:
            return
        self._want(line.leads_to)
        if isinstance(line, VersionLine) and (step := line.step_at(x)):
            self.choose_version(turn, step)
        from agno_tui.ui.transcript.selecting import address_in

        if address := address_in(line, x):
            from agno_tui.ui.links_of_lines import Link

            self.post_message(self.LinksWanted([Link(address)]))

    def action_leave(self) -> None:
        """Go back to the prompt."""
        self.go_back("")

    async def on_key(self, event: events.Key) -> None:
        """Textual: what is printable and means nothing here belongs to the prompt."""
        if (taker := taker_from(self)) is not None:
            # A key before this one took the keyboard elsewhere.
            event.stop()
            event.prevent_default()
            taker.post_message(Key(event.key, event.character))
            return
        keymap = keymap_of(self.app)
        if event.key in keymap.keys_of(Where.MESSAGES):
            # (An event that is stopped reaches no binding.)
            return
        if action := keymap.untyped_actions.get(event.key):
            # At once: what it opens gets the next key.
            event.stop()
            event.prevent_default()
            await self.app.run_action(action)
        elif event.is_printable and event.character:
            event.stop()
            self.go_back(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Textual: a paste belongs to the prompt."""
        event.stop()
        if (taker := taker_from(self)) is not None:
            taker.post_message(Paste(event.text))
        else:
            self.go_back(event.text)
