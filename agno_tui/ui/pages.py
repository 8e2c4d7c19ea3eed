"""Pages: what the transcript shows, read from the storage when it is needed."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from agno_tui.session import Role
from agno_tui.ui.transcript.reading import Marked

if TYPE_CHECKING:
    from agno_tui.session import Run
    from agno_tui.ui.open_sessions import OpenSessions
    from agno_tui.ui.reading_desk import ReadingDesk
    from agno_tui.ui.transcript.document import Document
    from agno_tui.ui.transcript.turn import Turn

_log = logging.getLogger(__name__)

AGAIN_SECONDS = 2.0
"""After which a text that could not be read is asked for again."""

RUNS = 100
"""Runs read at a time where many are gone through."""


class Pages:
    """Reads outlines and texts of the sessions of one desk."""

    def __init__(self, desk: ReadingDesk) -> None:
        self._desk = desk
        self._asked: set[str] = set()
        self._is_failing = False
        """Whether the user was told that the texts can't be read."""
        self._gone: set[str] = set()
        """Runs that were asked for and are no longer there."""
        self.open_sessions: OpenSessions | None = None
        """None until the storage is open."""

    async def read_outlines(self, document: Document) -> None:
        """Make room for all turns of a session, so that all of it can be scrolled."""
        sessions = self.open_sessions
        while sessions is not None and document.has_older:
            await sessions.read_outlines(document)
            if document is self._desk.document:
                self._desk.chat.transcript.content_changed()

    async def shown(self, document: Document) -> None:
        """A session came onto the screen: read what is not needed at once."""
        await self.read_outlines(document)
        await self.read_window(document)

    async def read_window(self, document: Document) -> None:
        """Show where begins what the model will see with the next message."""
        if self.open_sessions is None or not document.turns:
            return
        try:
            await self.open_sessions.note_window(document)
        except Exception:
            # It is said where a message is sent; nothing is lost without the line.
            _log.warning("what the model sees is not known", exc_info=True)
        if document is self._desk.document:
            self._desk.chat.transcript.content_changed()

    async def read_wanted(self) -> None:
        """Read the text of the turns on the screen, and around it."""
        document = self._desk.document
        while document is self._desk.document and document is not None:
            unread = self._desk.chat.transcript.unread
            known = self._asked | self._gone
            wanted = [turn for turn in unread if turn.run_id not in known]
            if not wanted:
                return
            try:
                await self.read(document, wanted)
            except Exception:
                if self._is_failing:
                    _log.warning("texts were not read", exc_info=True)
                    return
                self._is_failing = True
                raise
            finally:
                self._try_again(wanted)
            self._is_failing = False
            # Else they would be asked for again and again.
            self._gone.update(turn.run_id for turn in wanted if turn.run is None)
            self._desk.chat.transcript.content_changed()

    def _try_again(self, turns: Sequence[Turn]) -> None:
        """Ask again for what could not be read, as long as it is on the screen."""
        if any(turn.run is None for turn in turns):
            self._desk.set_timer(AGAIN_SECONDS, self._desk.chat.transcript.settle)

    async def read(self, document: Document, turns: Sequence[Turn]) -> None:
        """Read the text of some turns. Errors: `StorageError`."""
        wanted = [turn.run_id for turn in turns if turn.run is None]
        if not wanted or self.open_sessions is None:
            return
        self._asked.update(wanted)
        try:
            document.read(await self.open_sessions.read_runs(wanted))
        finally:
            self._asked.difference_update(wanted)

    async def runs(self, document: Document) -> AsyncIterator[list[Run]]:
        """All runs of a session, oldest first, a page at a time."""
        await self.read_outlines(document)
        turns = list(document.turns)
        for first in range(0, len(turns), RUNS):
            page = turns[first : first + RUNS]
            ids = [turn.run_id for turn in page if turn.run is None]
            read = await self.open_sessions.read_runs(ids) if self.open_sessions else []
            by_id = {run.run_id: run for run in read}
            runs = (turn.run or by_id.get(turn.run_id) for turn in page)
            yield [run for run in runs if run is not None]

    async def go_to_code(self, step: int) -> None:
        """Mark the next block of code in a direction, however far away it is."""
        from agno_tui.ui.transcript.walking import next_code

        document, transcript = self._desk.document, self._desk.chat.transcript
        if document is None or not document.turns:
            return
        width, marked = transcript.text_width, document.marked
        here = marked.index if marked is not None else len(document.turns) - 1
        way = range(here, len(document.turns) if step > 0 else -1, step)
        for number, index in enumerate(way):
            turn = document.turns[index]
            if turn.run is None:
                ahead = way[number : number + RUNS]
                await self.read(document, [document.turns[i] for i in ahead])
            if not _may_have_code(turn.run):
                continue
            found = next_code(turn, marked, step, width)
            if found is not None and document is self._desk.document:
                transcript.focus()
                transcript.mark(Marked(index, Role.ASSISTANT, found[0]))
                return
        words = "further down" if step > 0 else "further up"
        self._desk.notify(f"There is no code {words}.", markup=False)


def _may_have_code(run: Run | None) -> bool:
    return run is not None and any(
        sign in run.answer for sign in ("```", "~~~", "    ", "\t")
    )
