"""Finding words in what this process keeps: reads everything, there is not much."""

from __future__ import annotations

from agno_tui.session import Found, Message, Role, Run
from agno_tui.storage.memory_kept import Kept, MemoryKept, alone
from agno_tui.storage.query import Query, fold
from agno_tui.storage.ranking import LOOKED_AT, NEWEST, Candidate, best, excerpt

_SEARCHED = (Role.USER, Role.ASSISTANT)


class MemorySearch(MemoryKept):
    """Finds words; see `Search`."""

    @alone
    async def search(
        self,
        query: str,
        *,
        user_id: str,
        limit: int = 20,
        excluding: str | None = None,
    ) -> list[Found]:
        """Where the words are, best first, among the newest of this user's matches."""
        asked = Query(query)
        sessions = [
            kept
            for kept in self._sessions.values()
            if kept.session.user_id == user_id
            and kept.session.session_id != excluding
            and not (kept.deleted or kept.session.temporary)
        ]
        candidates = [*_in_messages(asked, sessions), *_in_names(asked, sessions)]
        return [
            candidate.found(excerpt(asked, candidate.whole) or "")
            for candidate in best(asked, candidates, limit)
        ]


def _in_messages(query: Query, sessions: list[Kept]) -> list[Candidate]:
    """The newest messages that hold the words."""
    said = [
        (run.sequence, position, kept, run, message)
        for kept in sessions
        for run in kept.runs
        if run.status.ended and not kept.standing[run.run_id].deleted
        for position, message in enumerate(run.messages)
        if message.role in _SEARCHED and query.is_in(fold(message.content))
    ]
    said.sort(key=lambda place: place[:2], reverse=True)
    return [_message(kept, run, message) for *_, kept, run, message in said[:NEWEST]]


def _message(kept: Kept, run: Run, message: Message) -> Candidate:
    return Candidate(
        session_id=kept.session.session_id,
        session_name=kept.session.name,
        run_id=run.run_id,
        role=message.role,
        created_at=message.created_at,
        text=message.content[:LOOKED_AT],
        whole=message.content,
    )


def _in_names(query: Query, sessions: list[Kept]) -> list[Candidate]:
    """The newest sessions whose names hold the words."""
    return [
        Candidate(
            session_id=kept.session.session_id,
            session_name=kept.session.name,
            run_id=None,
            role="",
            created_at=kept.session.updated_at,
            text=kept.session.name[:LOOKED_AT],
            whole=kept.session.name,
        )
        for kept in sorted(sessions, key=lambda kept: kept.sequence, reverse=True)
        if query.is_in(fold(kept.session.name))
    ][:NEWEST]
