"""What was forked from a session, and what it was forked from: read when it is on the
screen, and gone to."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from agno_tui.events import RunEnded, RunEvent, RunStarted, SessionNamed
from agno_tui.session import Session
from agno_tui.ui.places import Place
from agno_tui.ui.transcript.fork_lines import ForkNote

if TYPE_CHECKING:
    from agno_tui.runner import Runner
    from agno_tui.storage.base import Storage
    from agno_tui.ui.reading_desk import ReadingDesk
    from agno_tui.ui.transcript.document import Document
    from agno_tui.ui.transcript.turn import Turn
    from agno_tui.ui.tree_rows import Tree
    from agno_tui.ui.tree_shape import Origin

_log = logging.getLogger(__name__)


class ForksShown:
    """The ways between the session on the screen and its forks."""

    def __init__(self, desk: ReadingDesk, storage: Storage, user_id: str) -> None:
        self._desk = desk
        self._storage = storage
        self._user_id = user_id

    async def note(self, document: Document) -> None:
        """Say in a document below which turns forks left it, or it left another."""
        notes: dict[str, list[ForkNote]] = defaultdict(list)
        try:
            origin = await self._origin(document.session)
            forks = await self._forks(document.session)
        except Exception:
            # Nothing is lost without the lines; they come when it is shown again.
            _log.warning("the forks are not known", exc_info=True)
            return
        if origin is not None and (last := last_copied(document)) is not None:
            notes[last.run_id].append(_from(origin))
        for fork in forks:
            place = Place(fork.session_id, "")
            notes[fork.forked_at or ""].append(ForkNote(fork.name, place))
        document.note_forks({run_id: tuple(of) for run_id, of in notes.items()})
        if document is self._desk.document:
            self._desk.chat.transcript.content_changed()

    async def tree(self, session: Session) -> Tree:
        """The branches of a session. Errors: `StorageError`."""
        from agno_tui.ui.tree_rows import Tree

        nodes = await self._storage.get_run_tree(
            session.session_id, user_id=self._user_id
        )
        forks, origin = await self._forks(session), await self._origin(session)
        # Of thousands of turns it takes a while.
        return await asyncio.to_thread(
            Tree, session.session_id, nodes, forks=forks, origin=origin
        )

    async def _forks(self, session: Session) -> list[Session]:
        return await self._storage.get_forks(session.session_id, user_id=self._user_id)

    async def _origin(self, session: Session) -> Origin | None:
        if not session.forked_from:
            return None
        from agno_tui.ui.tree_shape import Origin

        found = await self._storage.get_session(
            session.forked_from, user_id=self._user_id
        )
        return Origin(found, session.forked_at or "")

    # Going there

    @property
    def here(self) -> str:
        """The `run_id` of the turn where the user is reading; empty where none is."""
        transcript, document = self._desk.chat.transcript, self._desk.document
        if document is None or not document.turns:
            return ""
        if (marked := transcript.marked_turn) is not None:
            return marked.run_id
        top = transcript.top
        if document.reading.following or top is None:
            return document.turns[-1].run_id
        return top.turn.run_id

    def go_to(self, place: Place | None) -> None:
        """Go to a place, with a way back; None: stay."""
        if place is not None:
            self._desk._do(self._desk.journey.go_to(place), only="journey")

    async def go_to_origin(self) -> str:
        """Go to where the session on the screen was forked from; returns why that can't
        be, or nothing. Errors: `StorageError`."""
        document = self._desk.document
        origin = None if document is None else await self._origin(document.session)
        if origin is None:
            return "This conversation was not forked from another."
        if origin.session is None:
            return "The conversation it was forked from was deleted."
        self.go_to(Place(origin.session.session_id, origin.run_id))
        return ""


def last_copied(document: Document) -> Turn | None:
    """The last turn of a fork that came with it."""
    made = document.session.created_at
    turns = reversed(document.turns)
    # Copies keep their time.
    return next((turn for turn in turns if turn.created_at <= made), None)


def _from(origin: Origin) -> ForkNote:
    if origin.session is None:
        return ForkNote("", None, is_origin=True)
    place = Place(origin.session.session_id, origin.run_id)
    return ForkNote(origin.session.name, place, is_origin=True)


def follow_turns(
    runner: Runner, session_id: str, changed: Callable[[], object]
) -> Callable[[], None]:
    """Call `changed` whenever a turn of a session begins or ends, until what is
    returned is called."""

    def hear(event: RunEvent | SessionNamed) -> None:
        is_ours = event.session_id == session_id
        if is_ours and isinstance(event, RunStarted | RunEnded):
            changed()

    return runner.follow(hear)
