"""The sessions that are open in the program: their documents, drafts and pages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from agno_tui.agent.options import AS_CHOSEN
from agno_tui.events import RunEvent
from agno_tui.history import replayable, tokens_of
from agno_tui.runner import Runner
from agno_tui.session import Run, RunOutline, RunStatus, Session
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.ui.edits import Edits
from agno_tui.ui.markdown.parser import MarkdownParser
from agno_tui.ui.places import Reached
from agno_tui.ui.transcript.between import Window
from agno_tui.ui.transcript.document import Document
from agno_tui.ui.transcript.turn_layout import WordsOfWaiting

PAGE = 40
"""Runs read from the storage when a session is opened."""

OUTLINES = 2_000
"""Outlines of older runs read at a time."""

ABOVE = 40
"""Turns there is room for above one that is gone to, before there is for all."""

MOST_DOCUMENTS = 40
"""Documents kept in memory; the ones looked at longest ago are read again."""


class OpenSessions:
    """Documents of one user's sessions, made from the storage and kept up by events."""

    def __init__(
        self, storage: Storage, runner: Runner, user_id: str, waiting: WordsOfWaiting
    ) -> None:
        self._storage = storage
        self._runner = runner
        self._user_id = user_id
        self._waiting = waiting
        self._parser = MarkdownParser()
        self._documents: dict[str, Document] = {}
        self._loading: dict[str, Document] = {}
        self._reading_way = asyncio.Lock()
        self.edits = Edits(storage, user_id)
        """The earlier messages that are being put in other words."""

    def new(self) -> Document:
        """A session in which nothing was said yet; kept when something is."""
        session = Session(user_id=self._user_id)
        return self._keep(Document(session, self._parser, self._waiting))

    async def open(self, session_id: str) -> Document | None:
        """A session's document with its newest turns, or None where it is not there."""
        document = self._documents.pop(session_id, None)
        if document is not None:
            self._documents[session_id] = document
            return document
        session = await self._storage.get_session(session_id, user_id=self._user_id)
        if session is None:
            return None
        document = Document(session, self._parser, self._waiting)
        # Hears events while it is read, but is no document of ours before it is whole:
        # reading may fail, or be cancelled by the next wish.
        self._loading[session_id] = document
        try:
            runs = await self._storage.get_runs(
                session_id, user_id=self._user_id, limit=PAGE
            )
            versions = await self._storage.get_versions(
                session_id, user_id=self._user_id
            )
            edit = await self.edits.read(session)
        finally:
            if self._loading.get(session_id) is document:
                del self._loading[session_id]
        live = self._runner.live(session_id)
        document.load(runs, live=live, has_older=len(runs) == PAGE)
        document.note_versions(versions)
        document.edit = edit
        self._keep(document)
        if document.is_stale:
            # A run began meanwhile that may go another way than was read.
            await self.read_way(document)
        return document

    async def read_outlines(self, document: Document) -> bool:
        """Make room for a page of older turns; returns whether there may be more."""
        if not document.has_older or document.oldest is None:
            return False
        oldest = document.oldest
        outlines = await self._outlines(document, oldest, OUTLINES)
        await self._prepend(document, oldest, outlines, len(outlines) == OUTLINES)
        return document.has_older

    async def _make_room_for(self, document: Document, run: Run) -> None:
        """Make room for older turns down to a run, if it is among them."""
        oldest: Run | RunOutline | None = document.oldest
        if oldest is None:
            return
        first, has_older = oldest, True
        pages: list[list[RunOutline]] = []
        # Runs stand in the order of their sequences: no more can be between.
        while has_older and (not pages or first.sequence > run.sequence):
            limit = max(1, min(first.sequence - run.sequence + ABOVE, OUTLINES))
            page = await self._outlines(document, first, limit)
            has_older = len(page) == limit
            pages.append(page)
            first = page[0] if page else first
        # At once: all turns are arranged anew whenever some come.
        outlines = [one for page in reversed(pages) for one in page]
        await self._prepend(document, oldest, outlines, has_older)

    async def _prepend(
        self,
        document: Document,
        oldest: Run | RunOutline,
        outlines: Sequence[RunOutline],
        has_older: bool,
    ) -> None:
        if document.oldest is not oldest:
            # They were read meanwhile, or another way is gone.
            return
        document.prepend(outlines, has_older=has_older)
        if unread := document.queue.unread:
            document.queue.read(await self.read_runs([*unread]))

    async def read_way(self, document: Document, *, before: int | None = None) -> None:
        """Read anew which way the conversation goes; what is on both ways is left as it
        is. `before`: runs of that sequence or later may have come between.

        No more is read than has changed, and a page. Errors: `StorageError`.
        """
        # One after the other: what was read first must not be shown last.
        async with self._reading_way:
            begun = -1
            while begun != document.begun:
                # What begins while it is read may go another way.
                begun = document.begun
                way, is_whole = await self._way(document, before)
                versions = await self._storage.get_versions(
                    document.session.session_id, user_id=self._user_id
                )
            document.go_through(way, is_whole=is_whole, before=before)
            document.note_versions(versions)
            document.way_changed()

    async def _way(
        self, document: Document, before: int | None
    ) -> tuple[list[Run | RunOutline], bool]:
        session_id = document.session.session_id
        runs = await self._storage.get_runs(
            session_id, user_id=self._user_id, limit=PAGE
        )
        live = self._runner.live(session_id)
        page: list[Run | RunOutline] = [
            live if live is not None and live.run_id == run.run_id else run
            for run in runs
        ]
        way, is_whole = page, len(page) < PAGE
        while not is_whole and document.last_common(page, before) is None:
            # Most ways part near the end: many are read only where they do not.
            limit = min(4 * len(way), OUTLINES)
            page = [*await self._outlines(document, way[0], limit)]
            way, is_whole = [*page, *way], len(page) < limit
        return way, is_whole

    async def _outlines(
        self, document: Document, before: Run | RunOutline, limit: int
    ) -> list[RunOutline]:
        return await self._storage.get_run_outlines(
            document.session.session_id,
            user_id=self._user_id,
            limit=limit,
            before=before,
        )

    async def choose(self, document: Document, run_id: str) -> bool:
        """Have the conversation go through a run; returns whether it went elsewhere
        before. Errors: `StorageError`, `SessionNotFoundError`."""
        has_moved = await asyncio.shield(
            self._storage.choose_run(run_id, user_id=self._user_id)
        )
        if has_moved or document.turn_of(run_id) is None:
            # Another window may have chosen it.
            await self.read_way(document)
        return has_moved

    async def note_window(self, document: Document) -> None:
        """Say in a document where begins what the model will see with the next message.

        Errors: `StorageError`, and `ToolsError` of the agent.
        """
        runs = await self._runner.agent.next_history(
            document.session.session_id, user_id=self._user_id, options=AS_CHOSEN
        )
        whole = (turn.status is RunStatus.COMPLETED for turn in document.turns)
        document.is_unseen = not runs and any(whole)
        first = document.turn_of(runs[0].run_id) if runs else None
        if first is None or first.before is None:
            document.note_window(None, None)
            return
        # Of a whole long session it takes a while.
        tokens = await asyncio.to_thread(_tokens_of, runs)
        document.note_window(first.run_id, Window(len(runs), tokens))

    async def read_runs(self, run_ids: Sequence[str]) -> list[Run]:
        """The runs of some turns, with all that was said. Errors: `StorageError`."""
        return await self._storage.get_runs_by_id(run_ids, user_id=self._user_id)

    async def reach(
        self, document: Document, run_id: str, *, may_turn: bool = False
    ) -> Reached:
        """Make room for older turns until a run is among them.

        `may_turn`: where the conversation goes another way, it goes through this run
        from now on. Errors: `StorageError`.
        """
        run = await self._storage.get_run(run_id, user_id=self._user_id)
        if run is None or run.session_id != document.session.session_id:
            return Reached.NOWHERE
        has_turned = False
        if may_turn and document.turn_of(run_id) is None:
            try:
                has_turned = await self.choose(document, run_id)
            except SessionNotFoundError:
                return Reached.NOWHERE
        while document.turn_of(run_id) is None and document.has_older:
            await self._make_room_for(document, run)
            if document.oldest is None or document.oldest.sequence <= run.sequence:
                # It would be here, were it on this way.
                break
        document.read([run])
        if document.turn_of(run_id) is None:
            return Reached.NOWHERE
        return Reached.ELSEWHERE if has_turned else Reached.HERE

    def apply(self, event: RunEvent) -> None:
        """Take an event into the document of its session, where that is open."""
        for documents in (self._documents, self._loading):
            if document := documents.get(event.session_id):
                document.apply(event)

    def known(self, session_id: str) -> Document | None:
        """A session's document, where it is open."""
        return self._documents.get(session_id)

    def rename(self, session_id: str, name: str) -> None:
        """Give an open session its new name."""
        for documents in (self._documents, self._loading):
            if document := documents.get(session_id):
                document.session.name = name

    def forget(self, session_id: str) -> None:
        """Drop a session's document."""
        self._documents.pop(session_id, None)

    async def keep_draft(self, session: Session, text: str) -> bool:
        """Keep what was typed and not sent; returns whether anything was new.

        Errors: `StorageError`.
        """
        if session.draft == text:
            return False
        await asyncio.shield(
            self._storage.set_draft(session.session_id, text, user_id=self._user_id)
        )
        session.draft = text
        return True

    def _keep(self, document: Document) -> Document:
        self._documents[document.session.session_id] = document
        self._drop_oldest()
        return document

    def _drop_oldest(self) -> None:
        for session_id in list(self._documents)[:-MOST_DOCUMENTS]:
            if self._runner.live(session_id) is None:
                del self._documents[session_id]


def _tokens_of(runs: Sequence[Run]) -> int:
    return sum(tokens_of(replayable(run)) for run in runs)
