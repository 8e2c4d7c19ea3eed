"""A text area in which earlier questions are walked through, and nothing is lost."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from agno_tui.storage.errors import StorageError
from agno_tui.ui.paste_area import PasteArea
from agno_tui.ui.slash import as_written

if TYPE_CHECKING:
    from agno_tui.ui.prompt_history import PromptHistory
    from agno_tui.ui.transcript.document import Document

_log = logging.getLogger(__name__)

READ_SECONDS = 0.25
"""How long the key that asks for an earlier question keeps the keys after it waiting,
at most."""


class QuestionArea(PasteArea):
    """A paste area that knows what was asked earlier, here and elsewhere."""

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:
        self.earlier: PromptHistory | None = None
        """What was asked earlier; None until the storage is open."""
        self._walks = False
        """Whether the last key walked among earlier questions."""
        self.written_for: Document | None = None
        """The session on the screen; None until the storage is open."""
        super().__init__(placeholder=placeholder, id=id)

    @property
    def draft(self) -> str:
        """What is to be kept of what is written: not an earlier question as it was."""
        walk = self.earlier
        return self.text if walk is None else walk.draft(self.text)

    def put(self, text: str, *, is_draft: bool = False) -> None:
        """Make this the text, with the cursor at its end; nothing before can be undone,
        so that no session's words come back in another. `is_draft`: it comes back."""
        if self.earlier is not None:
            self.earlier.leave(self.text)
        self.write_anew(text, is_draft=is_draft)

    def take_question(self, question: str) -> None:
        """Show an earlier question that was found; what is written now comes back when
        it is sent or put away, as from a walk."""
        walk, document = self.earlier, self.written_for
        if walk is not None and document is not None:
            walk.begin(document.session.session_id)
            walk.take(self.text, as_written(question))
            self._walks = True
        self.rewrite(as_written(question))

    def put_away(self) -> None:
        """Take away what is written. Undo brings it back; when something else was sent
        or shown here meanwhile, ↑ does."""
        walk, document = self.earlier, self.written_for
        if walk is not None and document is not None:
            walk.note(self.text, document.session.session_id)
        self.clear()

    # Walking

    def _is_at_edge(self, *, first: bool) -> bool:
        edge = self.navigator.is_first_wrapped_line
        if not first:
            edge = self.navigator.is_last_wrapped_line
        return self.selection.is_empty and edge(self.cursor_location)

    async def _walk_back(self) -> bool:
        walk, document = self.earlier, self.written_for
        if walk is None or document is None:
            return False
        walk.begin(document.session.session_id)
        reading = asyncio.create_task(walk.reach_older())
        await asyncio.wait([reading], timeout=READ_SECONDS)
        if not reading.done():
            shown = self.document.text
            reading.add_done_callback(
                lambda _: self._walked_late(reading, shown, document)
            )
            return True
        if self.written_for is document:
            self._walk_on(reading)
        return self._walks or not walk.is_empty

    def _walked_late(
        self, reading: asyncio.Task[None], shown: str, document: Document
    ) -> None:
        # Whoever has typed meanwhile, or gone to another session, goes on with that.
        is_same = self.written_for is document and self.document.text == shown
        if self.is_attached and is_same:
            self._walk_on(reading)
        elif not reading.cancelled() and (error := reading.exception()):
            _log.warning("earlier questions were not read", exc_info=error)

    def _walk_on(self, reading: asyncio.Task[None]) -> None:
        error = None if reading.cancelled() else reading.exception()
        if isinstance(error, StorageError):
            words = f"Your earlier messages can't be read. {error.words}"
            self.notify(words, severity="warning", markup=False)
        elif error is not None:
            raise error
        walk = self.earlier
        if walk is not None and (older := walk.older(self.text)) is not None:
            self.rewrite(older)
            self._walks = True

    def _walk_forth(self) -> bool:
        walk = self.earlier
        newer = None if walk is None else walk.newer(self.text)
        if newer is None:
            return False
        self.rewrite(newer)
        self._walks = True
        return True

    def action_undo(self) -> None:
        """Textual: undo."""
        super().action_undo()
        if self.earlier is not None:
            self.earlier.undone(self.text)

    def action_redo(self) -> None:
        """Textual: redo."""
        super().action_redo()
        if self.earlier is not None:
            self.earlier.undone(self.text)
