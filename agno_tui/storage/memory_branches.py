"""The branches of the sessions of a storage in this process."""

from __future__ import annotations

from agno_tui.branches import QUESTION_LENGTH, RunNode
from agno_tui.session import Run, RunStatus, Session
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.memory_kept import Kept, alone
from agno_tui.storage.memory_places import MemoryPlaces


class MemoryBranches(MemoryPlaces):
    """Knows which way a conversation goes; see `Branches`."""

    @alone
    async def choose_run(self, run_id: str, *, user_id: str) -> bool:
        """Have the conversation go through it. Errors: `SessionNotFoundError`."""
        kept, run = self._begun(run_id, user_id)
        if kept.standing[run_id].deleted:
            raise SessionNotFoundError(run.session_id)
        return self._choose(kept, run)

    @alone
    async def get_versions(self, session_id: str, *, user_id: str) -> list[list[str]]:
        """The turns that have several versions."""
        kept = self._find(session_id, user_id)
        if kept is None:
            return []
        turns: dict[str | None, list[str]] = {}
        for run in kept.runs:
            standing = kept.standing[run.run_id]
            if run.status is not RunStatus.PENDING and not standing.deleted:
                turns.setdefault(run.parent_run_id, []).append(run.run_id)
        return [versions for versions in turns.values() if len(versions) > 1]

    @alone
    async def get_run_tree(self, session_id: str, *, user_id: str) -> list[RunNode]:
        """All runs that were begun."""
        kept = self._find(session_id, user_id)
        if kept is None:
            return []
        return [
            _node(kept, run) for run in kept.runs if run.status is not RunStatus.PENDING
        ]

    @alone
    async def delete_run(self, run_id: str, *, user_id: str) -> None:
        """Mark it. Errors: `SessionNotFoundError`."""
        kept, run = self._begun(run_id, user_id)
        standing = kept.standing[run_id]
        if not run.status.ended or standing.deleted:
            raise SessionNotFoundError(run.session_id)
        standing.deleted = True

    @alone
    async def restore_run(self, run_id: str, *, user_id: str) -> None:
        """Put it back; no error where it is there. Errors: `SessionNotFoundError`."""
        kept, _ = self._begun(run_id, user_id)
        kept.standing[run_id].deleted = False

    @alone
    async def get_forks(self, session_id: str, *, user_id: str) -> list[Session]:
        """The sessions that were forked from it."""
        return [
            kept.seen()
            for kept in self._sessions.values()
            if kept.session.forked_from == session_id
            and kept.session.user_id == user_id
            and not kept.deleted
        ]

    def _begun(self, run_id: str, user_id: str) -> tuple[Kept, Run]:
        """A run of this user that does not wait, deleted or not, with its session.

        Errors: `SessionNotFoundError`.
        """
        run = self._runs.get(run_id)
        if run is None or run.status is RunStatus.PENDING:
            raise SessionNotFoundError(run_id)
        return self._need(run.session_id, user_id), run


def _node(kept: Kept, run: Run) -> RunNode:
    standing = kept.standing[run.run_id]
    return RunNode(
        run_id=run.run_id,
        parent_run_id=run.parent_run_id or "",
        sequence=run.sequence,
        status=run.status,
        retry_of=run.retry_of,
        created_at=run.created_at,
        active=standing.active,
        deleted=standing.deleted,
        question=run.question[:QUESTION_LENGTH],
    )
