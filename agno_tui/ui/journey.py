"""The journey: going to a place in another conversation, and back."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from agno_tui.storage.errors import StorageError
from agno_tui.ui.places import Place, Stop, WayBack
from agno_tui.ui.transcript.reading import Marked

if TYPE_CHECKING:
    from agno_tui.ui.reading_desk import ReadingDesk
    from agno_tui.ui.transcript.document import Document

_log = logging.getLogger(__name__)

GO_SECONDS = 0.25
"""How long the key that goes back keeps the keys after it waiting, at most."""


class Journey:
    """Takes the user to a run of any session, and back to where they were reading."""

    def __init__(self, desk: ReadingDesk) -> None:
        self._desk = desk
        self._way_back = WayBack()

    @property
    def goes_back(self) -> bool:
        """Whether there is a way back."""
        return bool(self._way_back)

    async def go_to(self, place: Place) -> None:
        """Open a session at one of its runs, marked, with the keyboard on it."""
        here = self._here()
        if (
            await self._desk.open_session(
                place.session_id, at=place.run_id, words=place.words
            )
            and here
        ):
            self._way_back.leave(here)
            self._desk.chat.transcript.say_marked()

    async def open(self, session_id: str) -> bool:
        """Open a session as it was left, with the way back to here. Returns whether it
        is shown."""
        here = self._here()
        is_shown = await self._desk.open_session(session_id)
        if is_shown and here is not None:
            self._way_back.leave(here)
        return is_shown

    async def back(self) -> None:
        """Go back to where the last journey began.

        Returns when it is on the screen, or after a moment where the storage is slow,
        so that no key is stuck behind it.
        """
        stop = self._way_back.take()
        if stop is None:
            self._desk.notify("There is nowhere to go back to.", markup=False)
            return
        going = asyncio.create_task(self._return_to(stop))
        await asyncio.wait([going], timeout=GO_SECONDS)

    async def _return_to(self, stop: Stop) -> None:
        if not await self._desk.open_session(stop.session_id):
            return
        transcript, document = self._desk.chat.transcript, self._desk.document
        if document is None:
            return
        await self._turn_back(document, stop.last)
        turn = document.turn_of(stop.top[0]) if stop.top else None
        if stop.following:
            transcript.follow()
        elif stop.top is not None and turn is not None:
            transcript.go_to(turn, stop.top[1])
        marked = document.turn_of(stop.marked[0]) if stop.marked else None
        if stop.marked and marked is not None and transcript.has_focus:
            document.marked = Marked(marked.index, stop.marked[1])
            transcript.refresh()
        transcript.say_marked()

    async def _turn_back(self, document: Document, run_id: str) -> None:
        """Have the conversation go through a run, as it did when it was left."""
        sessions = self._desk.pages.open_sessions
        if sessions is None or not run_id or document.turn_of(run_id) is not None:
            return
        try:
            await sessions.reach(document, run_id, may_turn=True)
        except StorageError:
            _log.warning("the way that was left was not found", exc_info=True)
        self._desk.chat.transcript.content_changed()

    def _here(self) -> Stop | None:
        transcript, document = self._desk.chat.transcript, self._desk.document
        if document is None or not document.turns:
            return None
        top, turn = transcript.top, transcript.marked_turn
        return Stop(
            document.session.session_id,
            document.reading.following,
            (top.turn.run_id, top.offset) if top else None,
            (turn.run_id, document.marked.role) if turn and document.marked else None,
            document.turns[-1].run_id,
        )
