"""Where the user was reading in each session: kept, and found again after a restart."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard
from weakref import WeakSet

from agno_tui.storage.base import Storage
from agno_tui.storage.errors import StorageError
from agno_tui.ui.transcript.reading import Anchor, InSection

if TYPE_CHECKING:
    from textual.timer import Timer

    from agno_tui.ui.open_sessions import OpenSessions
    from agno_tui.ui.reading_desk import ReadingDesk
    from agno_tui.ui.transcript.document import Document

PLACE_SECONDS = 1.0
"""How long after the view has moved the place is kept: once, however far it moves."""

BEFORE, AFTER = 2, 6
"""Turns around a place that are read before it is shown."""

MOST_COUNTED = 2_000
"""Lines of an answer above the place, up to which it is also found at other widths."""

_log = logging.getLogger(__name__)


@dataclass(slots=True, frozen=True)
class KeptPlace:
    """A place as it is kept. Without a run it is the end."""

    run_id: str = ""
    """The run at the top of the screen."""
    offset: int = 0
    """Lines below its first one at which the screen begins, at this `width`."""
    width: int = 0
    letters: int | None = None
    """The same in letters, which holds at any width; None where that is not known."""
    within: InSection | None = None
    """The same by the section."""
    details: bool = False
    """Whether reasoning and tool calls are shown in full."""

    @property
    def text(self) -> str:
        """As it is written down; empty for a session nobody has read back in."""
        if not self.run_id:
            return json.dumps({"details": True}) if self.details else ""
        return json.dumps(
            {
                "run": self.run_id,
                "offset": self.offset,
                "width": self.width,
                "letters": self.letters,
                "section": self.within,
                "details": self.details,
            }
        )

    @classmethod
    def read(cls, text: str | None) -> KeptPlace:
        """From what was written down; the end where that makes no sense."""
        try:
            found = json.loads(text or "{}")
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(found, dict):
            return cls()
        details = found.get("details") is True
        run_id, offset, width = (found.get(k) for k in ("run", "offset", "width"))
        if not (isinstance(run_id, str) and _is_count(offset) and _is_count(width)):
            return cls(details=details)
        letters = found.get("letters")
        return cls(
            run_id,
            offset,
            width,
            letters if _is_count(letters) else None,
            _section(found.get("section")),
            details,
        )


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and abs(value) < 2**31


def _section(value: Any) -> InSection | None:
    match value:
        case [str(name), int(offset)] if _is_count(offset):
            return InSection(name, offset)
    return None


class KeptPlaces:
    """Keeps the places of one user's sessions as settings, `view:<session_id>`."""

    def __init__(self, desk: ReadingDesk, storage: Storage, user_id: str) -> None:
        self._desk = desk
        self._storage = storage
        self._user_id = user_id
        self._written: dict[str, str] = {}
        """What is written down, by session, as far as it is known."""
        self._placed: WeakSet[Document] = WeakSet()
        """Documents that are at their place already."""
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Keep the place from now on whenever the view has moved."""
        transcript = self._desk.chat.transcript
        self._desk.watch(transcript, "scroll_y", self.changed, init=False)

    def changed(self) -> None:
        """The view has moved, or shows more or less: keep that soon."""
        document = self._desk.document
        if document is None or self._timer is not None:
            return
        if self._written.get(document.session.session_id, "") == _quick(document):
            return
        self._timer = self._desk.set_timer(PLACE_SECONDS, self._settled)

    async def _settled(self) -> None:
        self._timer = None
        await self.keep()

    async def keep(self) -> None:
        """Keep the place in the session on the screen."""
        if (place := self.here) is not None:
            await self.write(*place)

    @property
    def here(self) -> tuple[str, str] | None:
        """The session on the screen, and what is to be written down of it."""
        document, view = self._desk.document, self._desk.chat.transcript
        if document is None or view.document is not document or not document.turns:
            return None
        if view.holds:  # It is known when the line that is read is laid out.
            return None
        session_id = document.session.session_id
        place = KeptPlace(details=document.details)
        top = None if document.reading.following else view.top
        if top is None:
            return session_id, place.text
        letters = top.letters
        placement, height = view.placement, view.size.height
        if letters is None and placement is not None and top.offset <= MOST_COUNTED:
            other = placement.anchor(view.scroll_offset.y, height, placement.width + 1)
            same = other is not None and other.turn is top.turn
            letters = other.letters if same and other is not None else None
        place = KeptPlace(
            top.turn.run_id,
            top.offset,
            view.text_width,
            letters,
            top.within,
            document.details,
        )
        return session_id, place.text

    async def write(self, session_id: str, text: str) -> None:
        """Write a place down, where it is another one."""
        if self._written.get(session_id, "") == text:
            return
        try:
            await self._storage.set_setting(
                f"view:{session_id}", text, user_id=self._user_id
            )
        except StorageError:
            _log.warning("a place was not kept", exc_info=True)
        else:
            self._written[session_id] = text

    async def restore(self, document: Document, sessions: OpenSessions) -> None:
        """Put a document that was just read to the place where the user left it; to the
        end where that is gone."""
        if document in self._placed:
            return
        self._placed.add(document)
        session_id = document.session.session_id
        try:
            text = await self._storage.get_setting(
                f"view:{session_id}", user_id=self._user_id
            )
            self._written[session_id] = text or ""
            await self._go(document, KeptPlace.read(text), sessions)
        except StorageError:
            _log.warning("a place was not found again", exc_info=True)

    async def _go(
        self, document: Document, place: KeptPlace, sessions: OpenSessions
    ) -> None:
        if place.details != document.details:
            document.toggle_details()
        if not place.run_id or not await sessions.reach(document, place.run_id):
            return
        turn = document.turn_of(place.run_id)
        if turn is None:
            return
        first = max(0, turn.index - BEFORE)
        around = document.turns[first : turn.index + AFTER]
        unread = [each.run_id for each in around if each.run is None]
        if unread:
            document.read(await sessions.read_runs(unread))
        is_same = place.width == self._desk.chat.transcript.text_width
        if is_same or place.letters is None:
            anchor = Anchor(turn, place.offset, within=place.within)
        else:
            anchor = Anchor(turn, place.offset, place.letters)
        document.reading.follow(False)
        document.reading.has_unseen = document.session.unread
        document.reading.anchor = anchor


def _quick(document: Document) -> str:
    """What is written down of a session that is read at its end."""
    if not document.reading.following:
        return "?"
    return KeptPlace(details=document.details).text
