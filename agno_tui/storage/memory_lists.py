"""The lists of sessions of a storage in this process."""

from __future__ import annotations

from collections.abc import Iterator

from agno_tui.session import RunStatus, Session
from agno_tui.storage.memory_kept import Kept, MemoryKept, alone
from agno_tui.storage.titles import Title


class MemoryLists(MemoryKept):
    """Arranges sessions; see `SessionLists`."""

    @alone
    async def get_sessions(
        self,
        *,
        user_id: str,
        limit: int = 200,
        before: Session | None = None,
        archived: bool = False,
        pinned: bool | None = None,
    ) -> list[Session]:
        """A page of a list."""
        page = [
            kept
            for kept in self._listed(user_id, archived)
            if pinned is None or kept.session.pinned == pinned
        ]
        return self._page(page, before, limit)

    @alone
    async def pin_session(self, session_id: str, pinned: bool, *, user_id: str) -> None:
        """On top of the list, or no longer."""
        self._need(session_id, user_id).session.pinned = pinned

    @alone
    async def archive_session(
        self, session_id: str, archived: bool, *, user_id: str
    ) -> None:
        """Put away, or brought back."""
        self._need(session_id, user_id).session.archived = archived

    @alone
    async def find_sessions(
        self,
        words: str,
        *,
        user_id: str,
        limit: int = 200,
        before: Session | None = None,
        archived: bool = False,
    ) -> list[Session]:
        """By their titles."""
        title = Title(words)
        page = [
            kept
            for kept in self._listed(user_id, archived)
            if title.is_in(kept.session.name or kept.session.draft)
        ]
        return self._page(page, before, limit)

    @alone
    async def get_attention(self, *, user_id: str, limit: int = 100) -> list[Session]:
        """The sessions that need the user."""
        own = [
            kept
            for kept in self._sessions.values()
            if kept.session.user_id == user_id
            and not kept.deleted
            and _needs_attention(kept)
        ]
        return self._page(own, None, limit)

    def _listed(self, user_id: str, archived: bool) -> Iterator[Kept]:
        for kept in self._sessions.values():
            session = kept.session
            if session.user_id != user_id or kept.deleted:
                continue
            if session.archived == archived and (session.draft or kept.runs):
                yield kept

    def _page(
        self, own: list[Kept], before: Session | None, limit: int
    ) -> list[Session]:
        if before is not None:
            last = self._sessions.get(before.session_id)
            place = (before.updated_at, last.sequence if last else 0)
            own = [kept for kept in own if kept.place < place]
        own.sort(key=lambda kept: kept.place, reverse=True)
        return [kept.seen() for kept in own[:limit]]


def _needs_attention(kept: Kept) -> bool:
    seen = kept.seen()
    if seen.unread:
        return True
    is_answering = any(run.status is RunStatus.RUNNING for run in kept.runs)
    return seen.last_status is RunStatus.PENDING and not is_answering
