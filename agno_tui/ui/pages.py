"""Pages: what the transcript shows, read from the storage when it is needed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from agno_tui.session import Role
from agno_tui.ui.transcript.reading import Marked

if TYPE_CHECKING:
    from agno_tui.session import Run
    from agno_tui.ui.open_sessions import OpenSessions
    from agno_tui.ui.reading_desk import ReadingDesk
    from agno_tui.ui.transcript.copied import Wish
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
        self._copying: Wish | None = None
        """What was wished for last: it alone is copied."""
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
        await self._desk.forks.note(document)

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
            self._desk.chat.update_title(document)
            self._desk.chat.transcript.content_changed()

    def window_changed(self) -> None:
        """Another number of earlier runs goes along: show from where on."""
        if (document := self._desk.document) is not None:
            work: Callable[[], Awaitable[None]] = partial(self.read_window, document)
            self._desk.run_worker(
                work, group="window", exclusive=True, exit_on_error=False
            )

    async def read_wanted(self) -> None:
        """Read what is wanted to be copied, and the text of the turns on the screen,
        and around it."""
        await self._copy_wished()
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
            # What left meanwhile may come back with another version.
            self._gone.update(
                turn.run_id
                for turn in wanted
                if turn.run is None and document.turn_of(turn.run_id) is turn
            )
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
            runs = await self.open_sessions.read_runs(wanted)
            document.read(runs)
            # One that was deleted may have been brought back.
            self._gone.difference_update(run.run_id for run in runs)
        finally:
            self._asked.difference_update(wanted)

    async def runs(self, document: Document) -> AsyncIterator[list[Run]]:
        """All runs of a session, oldest first, a page at a time."""
        await self.read_outlines(document)
        turns = list(document.turns)
        for first in range(0, len(turns), RUNS):
            page = turns[first : first + RUNS]
            yield [run async for _, run in self._each(page) if run is not None]
        if waiting := document.queue.runs:
            yield waiting

    async def _each(
        self, turns: Sequence[Turn]
    ) -> AsyncIterator[tuple[Turn, Run | None]]:
        """Turns with their runs, read where they are not here; None where one is gone.
        Not more than a page of them is kept. Errors: `StorageError`."""
        here: dict[str, Run] = {}
        end = 0
        for number, turn in enumerate(turns):
            if turn.run is None and number >= end:
                end = number + RUNS
                # Also those that are here: they may be forgotten meanwhile.
                here = {t.run_id: t.run for t in turns[number:end] if t.run is not None}
                ids = [t.run_id for t in turns[number:end] if t.run is None]
                if self.open_sessions is not None:
                    read = await self.open_sessions.read_runs(ids)
                    here |= {run.run_id: run for run in read}
            yield turn, turn.run or here.get(turn.run_id)

    async def _copy_wished(self) -> None:
        """Copy what was to be copied, as soon as all of it is read."""
        transcript = self._desk.chat.transcript
        wish = transcript.take_wish()
        if wish is None:
            return
        self._copying = wish
        try:
            texts = await self._read_wish(wish)
        except Exception as error:
            _log.warning("nothing was copied", exc_info=True)
            words = getattr(error, "words", "The log has the details.")
            self._say_not_copied(words)
            return
        if wish.document is self._desk.document:
            transcript.content_changed()
        if texts is None:
            self._say_not_copied("Some of it is no longer there.")
        elif self._copying is wish:
            transcript.post_message(transcript.CopyWanted(*wish.take(texts)))

    def _say_not_copied(self, words: str) -> None:
        self._desk.notify(f"Not copied. {words}", severity="error", markup=False)

    async def _read_wish(self, wish: Wish) -> list[str] | None:
        """The texts between its ends, which are read too; None where one is gone."""
        from agno_tui.ui.transcript.selecting import texts_of

        texts: list[str] = []
        async for _, run in self._each(wish.between):
            if run is None:
                return None
            texts += texts_of(run)
        await self.read(wish.document, wish.ends)
        return None if any(turn.run is None for turn in wish.ends) else texts

    async def go_to_code(self, step: int) -> None:
        """Mark the next block of code in a direction, however far away it is."""
        from agno_tui.ui.transcript.walking import next_code

        document, transcript = self._desk.document, self._desk.chat.transcript
        if document is None or not document.turns:
            return
        width, marked = transcript.text_width, document.marked
        here = marked.index if marked is not None else len(document.turns) - 1
        way = document.turns[here:] if step > 0 else document.turns[here::-1]
        async for turn, run in self._each(way):
            if document is not self._desk.document:
                return
            if run is None or not _may_have_code(run):
                continue
            is_only_looked_at = turn.run is None
            document.read([run])
            start = marked if turn is way[0] and marked is not None else None
            # Older turns may have come since.
            start = replace(start, index=turn.index) if start is not None else None
            nth = next_code(turn, start, step, width)
            if nth is not None:
                transcript.focus()
                transcript.mark(Marked(turn.index, Role.ASSISTANT, nth))
                return
            if is_only_looked_at:
                document.texts.forget(turn)
            await asyncio.sleep(0)
        words = "further down" if step > 0 else "further up"
        self._desk.notify(f"There is no code {words}.", markup=False)


def _may_have_code(run: Run) -> bool:
    return any(sign in run.answer for sign in ("```", "~~~", "    ", "\t"))
