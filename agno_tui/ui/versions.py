"""What the user does with the turns of the session on the screen: another version of
one, one that is deleted, and back again."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from agno_tui.session import Role, Run, RunStatus
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.toasts import take_back
from agno_tui.ui.transcript.reading import Anchor, Marked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from agno_tui.events import RunEvent
    from agno_tui.ui.desk import Desk
    from agno_tui.ui.open_sessions import OpenSessions
    from agno_tui.ui.transcript.document import Document
    from agno_tui.ui.transcript.turn import Turn

AFTER = 4
"""Turns below another version that are read before it is shown."""

ONE_VERSION = "There is one version of this turn."
FIRST_VERSION = "This is the first version."
LAST_VERSION = "This is the newest version."
STILL_ANSWERING = "It is still answering. Stop the answer first."
NOTHING_DELETED = "No message was deleted here."
BROUGHT_BACK = "Brought back."
BACK_ELSEWHERE = "Brought back, in another version of the conversation: see /tree."
GONE = "This message is no longer there."

_log = logging.getLogger(__name__)


@dataclass(slots=True, frozen=True)
class DeletedTurn:
    """A turn that was deleted in this window."""

    run_id: str
    sequence: int
    was_left: bool
    """Whether another version of it is shown instead."""


class TurnVersions:
    """Does it in the storage, one after the other, and shows the way that is left."""

    def __init__(self, desk: Desk, storage: Storage, user_id: str) -> None:
        self._desk = desk
        self._storage = storage
        self._user_id = user_id
        self._in_turn = asyncio.Lock()
        self._deleted: dict[str, list[DeletedTurn]] = {}
        """By session, the last one last."""
        self._said = ""
        self.open_sessions: OpenSessions | None = None
        """None until the storage is open."""

    # Versions

    def choose(self, turn: Turn, step: int) -> None:
        """Show the version of a turn that is so many further on."""
        if (document := self._desk.document) is not None:
            self._begin(document, partial(self._choose, document, turn, step))

    async def _choose(self, document: Document, wished: Turn, step: int) -> None:
        # What was wished for may be gone by the wish before this one.
        turn = document.stands_for(wished)
        if self.open_sessions is None or turn is None:
            return
        other = document.versions.beside(turn.run_id, step)
        if other is None:
            is_one = len(document.versions.of(turn.run_id)) < 2
            edge = FIRST_VERSION if step < 0 else LAST_VERSION
            self._say(ONE_VERSION if is_one else edge)
            return
        await self._go_through(document, other, turn)

    async def _go_through(self, document: Document, run_id: str, turn: Turn) -> None:
        """Have the conversation go through a run, which then stands where the turn
        stood."""
        if self.open_sessions is None:
            return
        place = self._place_of(document, turn)
        await self.open_sessions.choose(document, run_id)
        await self._read_below(document, document.turn_of(run_id))
        self._show(document, place)

    def _place_of(self, document: Document, turn: Turn) -> Anchor | None:
        """Where a turn stands on the screen, if it does."""
        view = self._desk.chat.transcript
        placement = view.placement
        if document is not self._desk.document or placement is None:
            return None
        if turn not in placement.on_screen(view.scroll_offset.y, view.size.height):
            return view.top
        return Anchor(turn, view.scroll_offset.y - placement.start(turn))

    async def _read_below(self, document: Document, turn: Turn | None) -> None:
        if turn is not None:
            below = document.turns[turn.index : turn.index + AFTER]
            await self._desk.pages.read(document, below)

    def _show(self, document: Document, place: Anchor | None = None) -> None:
        """Show a document that goes another way; at its place, where it has one."""
        if document is not self._desk.document:
            return
        view = self._desk.chat.transcript
        self._desk.searching.leave()
        if place is not None and document.turns:
            was_following = document.reading.following
            document.reading.follow(False)
            view.settle(place)
            is_answering = document.turns[-1].status is RunStatus.RUNNING
            if view.scroll_offset.y >= view.max_scroll_y and (
                was_following or is_answering
            ):
                document.reading.follow()
        self._desk.chat.update_view()
        view.content_changed()
        view.refresh()
        view.say_marked()
        self._desk.kept_places.changed()
        self._desk.pages.window_changed()
        if not view.display and view.has_focus:
            self._desk.chat.prompt.focus()

    async def after_event(self, event: RunEvent) -> None:
        """A run began, or ended: read the way anew where that can't be told."""
        sessions = self.open_sessions
        document = sessions.known(event.session_id) if sessions is not None else None
        if sessions is not None and document is not None and document.is_stale:
            async with self._in_turn:
                if document.is_stale:
                    await sessions.read_way(document)
            if document is self._desk.document:
                self._desk.chat.update_view()
                self._desk.chat.transcript.content_changed()

    def retried(self, run: Run, sent: Run) -> None:
        """A run was to be sent again: say so where it was deleted elsewhere."""
        document = self._desk.document
        is_same = sent is run and run.status is not RunStatus.PENDING
        if is_same and document and document.turn_of(run.run_id) is None:
            self._say(GONE)
            self._show(document)

    def say_other(self) -> None:
        """Say that what was opened is another version than the one that was left."""
        keymap = keymap_of(self._desk.app)
        keys = [keymap.name("message.version_back"), keymap.name("message.version")]
        self._say(
            "This is another version of the conversation. "
            f"{' '.join(keys)} on a message change versions."
        )

    # Deleting

    def delete(self, turn: Turn) -> None:
        """Delete a turn: the question and its answer."""
        if (document := self._desk.document) is not None:
            self._begin(document, partial(self._delete, document, turn))

    async def _delete(self, document: Document, turn: Turn) -> None:
        if document.turn_of(turn.run_id) is not turn:
            return
        if not turn.status.ended:
            self._say(STILL_ANSWERING)
            return
        is_last = turn is document.turns[-1]
        beside = [document.versions.beside(turn.run_id, step) for step in (-1, 1)]
        other = next((one for one in beside if one is not None), None)
        if not is_last:
            other = None
        sequence = turn.outline.sequence
        try:
            await asyncio.shield(
                self._storage.delete_run(turn.run_id, user_id=self._user_id)
            )
        except SessionNotFoundError:
            document.drop(turn.run_id)
            raise
        deleted = DeletedTurn(turn.run_id, sequence, other is not None)
        self._deleted.setdefault(document.session.session_id, []).append(deleted)
        key = keymap_of(self._desk.app).name("message.undelete")
        way_back = f"{key} on a message, or /undelete" if key else "/undelete"
        words = f"Deleted. {way_back}, brings it back."
        if other is not None:
            await self._go_through(document, other, turn)
        elif self.open_sessions is not None:
            document.drop(turn.run_id)
            await self.open_sessions.read_way(document)
            self._show(document)
        self._say(words)
        await self._desk.refresh_session(document.session.session_id)

    def undelete(self) -> None:
        """Bring back the turn that was deleted last in the session on the screen."""
        if (document := self._desk.document) is not None:
            self._begin(document, partial(self._undelete, document))

    async def _undelete(self, document: Document) -> None:
        deleted = self._deleted.get(document.session.session_id)
        if not deleted or self.open_sessions is None:
            self._say(NOTHING_DELETED)
            return
        turn = deleted[-1]
        try:
            await asyncio.shield(
                self._storage.restore_run(turn.run_id, user_id=self._user_id)
            )
        except SessionNotFoundError:
            deleted.pop()
            raise
        deleted.pop()
        if turn.was_left:
            await self._storage.choose_run(turn.run_id, user_id=self._user_id)
        await self.open_sessions.read_way(document, before=turn.sequence)
        if back := document.turn_of(turn.run_id):
            await self._read_below(document, back)
        self._show(document)
        if back is not None and document is self._desk.document:
            view = self._desk.chat.transcript
            if view.has_focus:
                view.mark(Marked(back.index, Role.USER))
            else:
                view.reveal(back)
        self._say(BROUGHT_BACK if back is not None else BACK_ELSEWHERE)
        await self._desk.refresh_session(document.session.session_id)

    # One after the other

    async def settled(self) -> None:
        """Wait until all that was asked for is done: the next message goes there."""
        async with self._in_turn:
            pass

    def _begin(self, document: Document, work: Callable[[], Awaitable[None]]) -> None:
        self._desk._do(self._in_order(document, work))

    async def _in_order(
        self, document: Document, work: Callable[[], Awaitable[None]]
    ) -> None:
        try:
            async with self._in_turn:
                try:
                    await work()
                except SessionNotFoundError:
                    _log.warning("a turn is no longer there", exc_info=True)
                    self._say(GONE)
                    await self._look_again(document)
        except StorageError as error:
            _log.warning("a turn was left as it is", exc_info=True)
            words = f"Nothing was changed. {error.words}"
            self._desk.notify(words, severity="error", markup=False)

    async def _look_again(self, document: Document) -> None:
        """Another window has changed something: show what is there now."""
        session = await self._storage.get_session(
            document.session.session_id, user_id=self._user_id
        )
        if session is not None and self.open_sessions is not None:
            await self.open_sessions.read_way(document)
            self._show(document)

    def _say(self, words: str) -> None:
        """Say what was done; what was said before is out of date."""
        if self._said:
            take_back(self._desk.app, self._said)
        self._said = words
        self._desk.notify(words, markup=False)
