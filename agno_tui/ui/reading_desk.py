"""The reading desk: the list of sessions beside the one that is open, and the way from
one to the other. It reads and keeps, and starts nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from agno_tui.storage.base import Storage
from agno_tui.storage.errors import StorageError
from agno_tui.ui import toasts
from agno_tui.ui.attention import Attention
from agno_tui.ui.drafts import Drafts
from agno_tui.ui.forks_shown import ForksShown
from agno_tui.ui.journey import Journey
from agno_tui.ui.kept_places import KeptPlaces
from agno_tui.ui.list_pages import ListPages
from agno_tui.ui.pages import Pages
from agno_tui.ui.places import Reached
from agno_tui.ui.prompt_history import PromptHistory
from agno_tui.ui.searching import Searching
from agno_tui.ui.session_list import SessionList
from agno_tui.ui.shelf import Shelf
from agno_tui.ui.transcript.transcript import Transcript

if TYPE_CHECKING:
    from agno_tui.ui.open_sessions import OpenSessions
    from agno_tui.ui.transcript.document import Document

OPEN_SECONDS = 0.25
"""How long a key that opens a session keeps the keys after it waiting, at most."""

_log = logging.getLogger(__name__)


class ReadingDesk(Shelf):
    """One user's sessions: the list, the open one, its draft, the way between them."""

    def __init__(
        self,
        *,
        storage: Storage,
        user_id: str,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._storage = storage
        self._user_id = user_id
        self._open: OpenSessions | None = None
        self.document: Document | None = None
        """What the session on the screen shows; None until the storage is open."""
        self.ready = asyncio.Event()
        """Set when the storage is open and the desk filled, or when it can't be."""
        self._trouble = ""
        self._wished = ""
        self.went_another_way: Callable[[], None] = lambda: None
        """Is called when what was opened stands on another way than the one left."""
        self.drafts = Drafts(self)
        self.kept_places = KeptPlaces(self, storage, user_id)
        self.journey = Journey(self)
        self.forks = ForksShown(self, storage, user_id)
        self.pages = Pages(self)
        self.searching = Searching(self)
        self.list_pages = ListPages(self, storage, user_id)
        self.attention = Attention(self, storage, user_id)

    # Beginning and end

    async def start(self, open_sessions: OpenSessions) -> None:
        """Fill the desk from an opened storage: the list, and where the user was."""
        self._open = self.drafts.open_sessions = open_sessions
        self.pages.open_sessions = open_sessions
        self.chat.prompt.earlier = PromptHistory(self._storage, self._user_id)
        await self.list_pages.fill()
        last = await self._storage.get_open_session(user_id=self._user_id)
        document = await open_sessions.open(last) if last else None
        if document is not None:
            await self.kept_places.restore(document, open_sessions)
        self.kept_places.begin()
        typed = self.chat.prompt.text
        self._show(document or open_sessions.new())
        if typed:
            self.chat.prompt.insert(typed)
        self.ready.set()

    def refuse(self, words: str) -> None:
        """The storage can't be opened: say so, and give back whatever is sent."""
        self._trouble = words
        self.chat.welcome.say("", trouble=words)
        self.ready.set()

    async def keep_everything(self, draft: str | None = None) -> None:
        """Keep what is typed and not sent, or what was: before the program ends, or the
        session goes."""
        if self.document is None:
            return
        if draft is None:
            draft = self.chat.prompt.draft
        await self.drafts.keep(self.document, draft)
        await self.kept_places.keep()
        try:
            await self._remember_open(self.document)
        except StorageError:
            _log.warning("the place was not kept", exc_info=True)

    # Going from session to session

    def new_session(self) -> None:
        """Begin a new session; an empty one that is open already is used."""
        if self._open is None:
            return
        document = self.document
        used = document is None or document.is_begun or bool(document.turns)
        if used or self.chat.prompt.text.strip():
            self._show(self._open.new())
        self.chat.prompt.focus()

    async def switch(self, step: int) -> None:
        """Open the session before or after this one in the list.

        Returns when it is on the screen, so that what is typed next goes there; or
        after a moment where the storage is slow, so that no key is stuck behind it.
        """
        if session_id := self.sessions.neighbour(step):
            opening = asyncio.create_task(self.open_session(session_id))
            await asyncio.wait([opening], timeout=OPEN_SECONDS)

    async def open_session(
        self, session_id: str, *, at: str = "", words: str = ""
    ) -> bool:
        """Put a session on the screen, `at` one of its runs where a `run_id` is given,
        with `words` marked; of several wishes at once the last one wins. Returns
        whether it is shown."""
        self.sessions.set_open(session_id)
        self._wished = session_id
        found = Reached.NOWHERE
        try:
            document = await self._open.open(session_id) if self._open else None
            if document is not None and self._open is not None:
                await self.kept_places.restore(document, self._open)
            if document is not None and self._open is not None and at:
                found = await self._open.reach(document, at, may_turn=True)
        except Exception as error:
            _log.error("a session was not opened", exc_info=True)
            words = getattr(error, "words", "The log has the details.")
            self.notify(f"Not opened. {words}", severity="error", markup=False)
            self._stay(session_id)
            return False
        if document is None:
            self.sessions.remove_session(session_id)
            self.notify("This conversation is no longer there.", markup=False)
            self._stay(session_id)
            return False
        if self._wished != session_id:
            return False
        self._show(document)
        if found:
            self.chat.go_to(document, at)
            if found is Reached.ELSEWHERE:
                self.went_another_way()
            self.searching.mark_words(document, words)
        elif at:
            self.notify("This message is no longer there.", markup=False)
        return True

    def _stay(self, instead_of: str) -> None:
        """A session was not opened: the one on the screen is the open one still."""
        if self.document is not None and self._wished == instead_of:
            self._wished = self.document.session.session_id
            self.sessions.set_open(self._wished)

    def on_transcript_place_wanted(self, message: Transcript.PlaceWanted) -> None:
        """A run of another session was chosen in an answer."""
        self._do(self.journey.go_to(message.place), only="journey")

    def _show(self, document: Document) -> None:
        before = self.document
        if before is not None:
            # Also where it is shown again, at another place.
            before.typed = draft = self.chat.prompt.draft
            if before is not document:
                self._do(self.drafts.keep(before, draft))
        if before is not document:
            if place := self.kept_places.here:
                self._do(self.kept_places.write(*place))
            self.searching.leave()
            if before is not None:
                toasts.clear(self.app)
        self.document = document
        self._wished = session_id = document.session.session_id
        self.sessions.set_open(session_id)
        self.chat.show(document)
        self._do(self._remember_open(document), only="place")
        self._do(self.pages.shown(document), only="shown")
        self.attention.changed()

    async def _remember_open(self, document: Document) -> None:
        session_id = document.session.session_id
        if not (document.turns or document.is_begun or document.session.draft):
            return
        await self._storage.set_open_session(session_id, user_id=self._user_id)
        # What the document knows of it may be older than an answer that came meanwhile.
        if document.turns:
            await self._mark_read(document)

    async def _mark_read(self, document: Document) -> None:
        document.session.unread = False
        session_id = document.session.session_id
        await self._storage.mark_read(session_id, user_id=self._user_id)
        self.sessions.mark_read(session_id)
        self.attention.changed()

    def on_session_list_opened(self, message: SessionList.Opened) -> None:
        """A session was chosen in the list."""
        self._do(self.open_session(message.session_id))
        self.chat.prompt.focus()

    def on_session_list_more_wanted(self) -> None:
        """The list was scrolled near its end."""
        self._do(self.list_pages.more(), only="more")

    def on_document_view_text_wanted(self) -> None:
        """The transcript shows turns whose text is not here."""
        self._do(self.pages.read_wanted())

    def on_transcript_code_wanted(self, message: Transcript.CodeWanted) -> None:
        """The user wants to go to the next block of code, or the one before."""
        self._do(self.pages.go_to_code(message.step), only="code")

    # Keeping the list and the title true

    async def refresh_session(self, session_id: str) -> None:
        """Show what the storage says of a session now."""
        session = await self._storage.get_session(session_id, user_id=self._user_id)
        if session is None:
            return
        if session.last_status is None and not session.draft:
            self.sessions.remove_session(session_id)
        else:
            self.sessions.update_session(session)
        document = self.document
        if document is not None and document.session.session_id == session_id:
            session.draft = document.session.draft
            document.session = session
            self.chat.update_title(document)
        self.attention.changed()

    def drop_sessions(self, session_ids: Sequence[str], typed: str = "") -> None:
        """Sessions are gone: show a new one where one of them is on the screen, with
        what was `typed` since it was to go."""
        document = self.document
        for session_id in session_ids:
            self.sessions.remove_session(session_id)
            if self._open is None:
                continue
            self._open.forget(session_id)
            if document is not None and document.session.session_id == session_id:
                self.document = None
                self._show(self._open.new())
                if typed:
                    self.chat.prompt.put(typed)
        self.attention.changed()

    def is_answering(self, session_id: str) -> bool:
        """Whether an answer is under way in a session, here."""
        return False

    def session_named(self, session_id: str, name: str) -> None:
        """A session has another name: show it wherever it stands."""
        self.sessions.rename(session_id, name)
        if self._open is not None:
            self._open.rename(session_id, name)
        if self.document is not None:
            self.chat.update_title(self.document)
            self.attention.say()
