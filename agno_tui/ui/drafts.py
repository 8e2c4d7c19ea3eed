"""Drafts: what is typed and not sent is kept, soon after the last key."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from agno_tui.storage.errors import SessionNotFoundError, StorageError

if TYPE_CHECKING:
    from textual.timer import Timer

    from agno_tui.ui.open_sessions import OpenSessions
    from agno_tui.ui.reading_desk import ReadingDesk
    from agno_tui.ui.transcript.document import Document

DRAFT_SECONDS = 0.4
"""How long after the last key a draft is kept."""

_log = logging.getLogger(__name__)


class Drafts:
    """Keeps drafts in the storage, and says once where that fails."""

    def __init__(self, desk: ReadingDesk) -> None:
        self.open_sessions: OpenSessions | None = None
        """Where drafts go; None until the storage is open."""
        self._desk = desk
        self._timer: Timer | None = None
        self._has_said = False

    def changed(self) -> None:
        """The prompt changed: keep it soon, not at every key."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._desk.set_timer(DRAFT_SECONDS, self._settled)

    async def _settled(self) -> None:
        if self._desk.document is not None:
            await self.keep(self._desk.document, self._desk.chat.prompt.draft)

    async def keep(self, document: Document, text: str) -> bool:
        """Keep a session's draft now; where it can't be, say so. Returns whether it is
        kept."""
        is_kept, is_first = False, not document.session.draft
        if self.open_sessions is None:
            return is_kept
        try:
            is_new = await self.open_sessions.keep_draft(document.session, text)
            is_kept = True
            if document.typed == text:
                document.typed = None
            if is_new:
                await self._desk.refresh_session(document.session.session_id)
            if is_new and is_first and self._desk.document is document:
                # It may not be in the list: the way back is that it is the open one.
                await self._desk._remember_open(document)
        except (StorageError, SessionNotFoundError) as error:
            _log.warning("a draft was not kept, or not shown", exc_info=True)
            if not is_kept and not self._has_said:
                self._has_said = True
                self._desk.notify(
                    f"What you write is not kept yet. {error.words}",
                    severity="warning",
                    markup=False,
                )
        else:
            self._has_said = False
        return is_kept
