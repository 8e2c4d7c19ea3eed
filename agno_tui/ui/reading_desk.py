"""The reading desk: the list of sessions beside the one that is open, and the way from
one to the other. It reads and keeps, and starts nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer
from textual.worker import Worker

from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.ui.chat_pane import ChatPane
from agno_tui.ui.failures import say_failure
from agno_tui.ui.session_list import SessionList
from agno_tui.ui.sidebar import Sidebar

if TYPE_CHECKING:
    from agno_tui.ui.document import Document
    from agno_tui.ui.open_sessions import OpenSessions

PAGE = 200
"""Sessions read from the storage at a time."""

NARROW = 90
"""Below this many cells the sidebar folds away by itself."""

OPEN_SECONDS = 0.25
"""How long a key that opens a session keeps the keys after it waiting, at most."""

DRAFT_SECONDS = 0.4
"""How long after the last key a draft is kept."""


_log = logging.getLogger(__name__)


class ReadingDesk(Horizontal):
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
        self._document: Document | None = None
        self._ready = asyncio.Event()
        self._trouble = ""
        self._wished = ""
        self._said_draft = False
        self._sidebar_wanted: bool | None = None
        self._draft_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Textual: what stands on the desk."""
        yield Sidebar(id="sidebar")
        yield ChatPane(id="chat")

    @property
    def chat(self) -> ChatPane:
        """The session on the screen."""
        return self.query_one(ChatPane)

    @property
    def sessions(self) -> SessionList:
        """The list."""
        return self.query_one(SessionList)

    @property
    def document(self) -> Document | None:
        """What the session on the screen shows; None until the storage is open."""
        return self._document

    def _do(self, work: Coroutine[None, None, None], *, only: str = "") -> None:
        """Do something that takes time; of those with the same `only` the last one."""
        self.run_worker(
            work, group=only or "default", exclusive=bool(only), exit_on_error=False
        )

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Textual: a task of the desk failed: say so, and live on."""
        say_failure(self, event)

    # Beginning and end

    async def start(self, open_sessions: OpenSessions) -> None:
        """Fill the desk from an opened storage: the list, and where the user was."""
        self._open = open_sessions
        sessions = await self._storage.get_sessions(user_id=self._user_id, limit=PAGE)
        self.sessions.set_sessions(sessions)
        last = await self._storage.get_open_session(user_id=self._user_id)
        document = await open_sessions.open(last) if last else None
        typed = self.chat.prompt.text
        self._show(document or open_sessions.new())
        if typed:
            self.chat.prompt.insert(typed)
        self._ready.set()

    def refuse(self, words: str) -> None:
        """The storage can't be opened: say so, and give back whatever is sent."""
        self._trouble = words
        self.chat.welcome.say("", trouble=words)
        self._ready.set()

    async def keep_everything(self) -> None:
        """Keep what is typed and not sent, before the program ends."""
        if self._document is None:
            return
        await self._keep_draft(self._document, self.chat.prompt.text)
        try:
            await self._remember_open(self._document)
        except StorageError:
            _log.warning("the place was not kept", exc_info=True)

    # Going from session to session

    def new_session(self) -> None:
        """Begin a new session; an empty one that is open already is used."""
        if self._open is None:
            return
        document = self._document
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

    async def open_session(self, session_id: str) -> None:
        """Put a session on the screen; of several wishes at once the last one wins."""
        self.sessions.set_open(session_id)
        self._wished = session_id
        try:
            document = await self._open.open(session_id) if self._open else None
        except Exception as error:
            _log.error("a session was not opened", exc_info=True)
            words = getattr(error, "words", "The log has the details.")
            self.notify(f"Not opened. {words}", severity="error", markup=False)
            return
        if document is None:
            self.sessions.remove_session(session_id)
            self.notify("This conversation is no longer there.", markup=False)
        elif self._wished == session_id:
            self._show(document)

    def _show(self, document: Document) -> None:
        before = self._document
        if before is not None and before is not document:
            self._do(self._keep_draft(before, self.chat.prompt.text))
        self._document = document
        self._wished = session_id = document.session.session_id
        self.sessions.set_open(session_id)
        self.chat.show(document)
        self._do(self._remember_open(document), only="place")

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

    def on_session_list_opened(self, message: SessionList.Opened) -> None:
        """A session was chosen in the list."""
        self._do(self.open_session(message.session_id))
        self.chat.prompt.focus()

    def on_session_list_more_wanted(self) -> None:
        """The list was scrolled near its end."""
        self._do(self._load_more(), only="more")

    async def _load_more(self) -> None:
        if last := self.sessions.last:
            self.sessions.add_page(
                await self._storage.get_sessions(
                    user_id=self._user_id, limit=PAGE, before=last
                )
            )

    def on_document_view_older_wanted(self) -> None:
        """The transcript was scrolled near its beginning."""
        self._do(self._load_older(), only="older")

    async def _load_older(self) -> None:
        document = self._document
        if document is not None and self._open is not None:
            try:
                await self._open.load_older(document)
            except BaseException:
                document.has_older = True
                raise
            if document is self._document:
                self.chat.transcript.content_changed()

    # The sidebar

    def on_resize(self) -> None:
        """Textual: another size: the sidebar may fold away or come back."""
        self._place_sidebar()

    def toggle_sidebar(self) -> None:
        """Show or hide the list."""
        self._sidebar_wanted = not self.query_one(Sidebar).display
        self._place_sidebar()

    def _place_sidebar(self) -> None:
        wanted = self._sidebar_wanted
        shown = self.size.width >= NARROW if wanted is None else wanted
        self.query_one(Sidebar).display = shown
        if not shown and self.sessions.has_focus:
            self.chat.prompt.focus()

    def focus_list(self) -> None:
        """Go to the list, to the open session, showing the list where it is hidden."""
        self.query_one(Sidebar).display = True
        self.sessions.set_open(self.sessions.open_id)
        self.sessions.focus()

    # Keeping the list and the title true

    async def _refresh_session(self, session_id: str) -> None:
        session = await self._storage.get_session(session_id, user_id=self._user_id)
        if session is None:
            return
        if session.last_status is None and not session.draft:
            self.sessions.remove_session(session_id)
        else:
            self.sessions.update_session(session)
        document = self._document
        if document is not None and document.session.session_id == session_id:
            session.draft = document.session.draft
            document.session = session
            self.chat.update_title(document)

    # Drafts

    def on_text_area_changed(self) -> None:
        """The prompt changed: keep it soon, not at every key."""
        if self._draft_timer is not None:
            self._draft_timer.stop()
        self._draft_timer = self.set_timer(DRAFT_SECONDS, self._draft_settled)

    async def _draft_settled(self) -> None:
        if self._document is not None:
            await self._keep_draft(self._document, self.chat.prompt.text)

    async def _keep_draft(self, document: Document, text: str) -> None:
        if self._open is None:
            return
        try:
            if await self._open.keep_draft(document.session, text):
                await self._refresh_session(document.session.session_id)
        except (StorageError, SessionNotFoundError) as error:
            _log.warning("a draft was not kept", exc_info=True)
            if not self._said_draft:
                self._said_draft = True
                words = getattr(error, "words", "")
                self.notify(
                    f"What you write is not kept yet. {words}",
                    severity="warning",
                    markup=False,
                )
        else:
            self._said_draft = False
