"""What is copied of a document: the marked message, or what the mouse has selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.actions import SkipAction
from textual.message import Message

from agno_tui.session import Role
from agno_tui.ui.transcript.marking import MarkedView

if TYPE_CHECKING:
    from textual.selection import Selection

    from agno_tui.ui.transcript.document import Document
    from agno_tui.ui.transcript.painted import FoundLine
    from agno_tui.ui.transcript.reading import Marked
    from agno_tui.ui.transcript.turn import Turn


@dataclass(slots=True, frozen=True, eq=False)
class Wish:
    """Something to be copied of which not all is read yet."""

    document: Document
    ends: Sequence[Turn]
    """Turns of which a part is wanted, so that they have to be laid out."""
    between: Sequence[Turn]
    """Turns that are wanted whole: their messages' texts will do."""
    take: Callable[[Sequence[str]], tuple[str, str]]
    """From the texts of `between` to what is copied, and what it is, in words; `ends`
    have to be read."""


class CopiedView(MarkedView):
    """A view from which messages and selected text are copied, read or not."""

    class CopyWanted(Message, namespace="transcript"):
        """The user wants something copied."""

        def __init__(self, text: str, what: str) -> None:
            super().__init__()
            self.text = text
            self.what = what

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._wish: Wish | None = None

    def action_copy(self) -> None:
        """Copy the marked message, or block of code, as its source."""
        document, turn, width = self.document, self.marked_turn, self.text_width
        if document is None or turn is None or document.marked is None:
            return
        marked = document.marked
        if turn.run is not None:
            self.post_message(self.CopyWanted(*_message(turn, marked, width)))
        else:
            self._wish_for(
                Wish(document, (turn,), (), lambda _: _message(turn, marked, width))
            )

    # Selecting text with the mouse

    @property
    def allow_select(self) -> bool:
        """Textual: text here can be selected."""
        return True

    def selection_updated(self, selection: Selection | None) -> None:
        """Textual: the selected text changed."""
        self.refresh()

    def select_around(self, x: int, y: int, *, whole_line: bool) -> None:
        """Select the word at a cell of line `y`, or all that is one line in the text;
        `x` counts from where the text begins."""
        if self.placement is None:
            return
        from agno_tui.ui.transcript.selecting import around

        selection = around(self.placement, x, y, whole_line=whole_line)
        if selection is not None:
            self.screen.selections = {self: selection}

    def _line_at(self, y: int) -> FoundLine | None:
        return self.placement.line_at(y) if self.placement is not None else None

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Textual: the text under a selection: its source where blocks are selected
        whole, without padding, margins or wrapping otherwise. What is not read yet is
        copied as soon as it is.

        Errors: `SkipAction` in that case, which ends the action that asks for it.
        """
        if self.placement is None or self.document is None:
            return None
        from agno_tui.ui.transcript.selecting import span_of, text_of

        span = span_of(self.placement, selection)
        if span.is_read:
            return text_of(self.placement, selection), "\n"
        ends = span.turns[:: max(1, len(span.turns) - 1)]
        between = span.turns[1:-1]
        wish = Wish(self.document, ends, between, lambda texts: (span.text(texts), ""))
        self._wish_for(wish)
        raise SkipAction

    def _wish_for(self, wish: Wish) -> None:
        self._wish = wish
        self.post_message(self.TextWanted())

    def take_wish(self) -> Wish | None:
        """What was wished for last, if it was not taken yet: whoever reads texts reads
        these, and posts `CopyWanted`."""
        wish, self._wish = self._wish, None
        return wish


def _message(turn: Turn, marked: Marked, width: int) -> tuple[str, str]:
    """The source of a message, or of a block of code, and what it is."""
    if marked.nth is not None:
        from agno_tui.ui.transcript.walking import code_of

        code = code_of(turn, marked.nth, width)
        return code.code if code is not None else "", "The code"
    if turn.run is None:
        return "", ""
    if marked.role == Role.USER:
        return turn.run.question, "The question"
    return turn.run.answer, "The answer"
