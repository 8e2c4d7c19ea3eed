"""The sessions of a storage in this process."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from agno_tui.session import RunStatus, Session, SessionMetrics, SessionSummary, now
from agno_tui.storage.forks import copied_runs
from agno_tui.storage.json_text import (
    json_object,
    json_text,
    merged,
    summary_from,
    summary_text,
)
from agno_tui.storage.memory_kept import Kept, alone
from agno_tui.storage.memory_metrics import metrics_of
from agno_tui.storage.memory_places import MemoryPlaces
from agno_tui.text import repair


class MemorySessions(MemoryPlaces):
    """Keeps sessions; see `Sessions`."""

    @alone
    async def get_session(self, session_id: str, *, user_id: str) -> Session | None:
        """One session, or None."""
        kept = self._find(session_id, user_id)
        return None if kept is None else kept.seen()

    @alone
    async def rename_session(
        self, session_id: str, name: str, *, user_id: str, by_user: bool = True
    ) -> bool:
        """Another name, which no run will change where it is the user's."""
        session = self._need(session_id, user_id).session
        if session.named_by_user and not by_user:
            return False
        session.name = repair(name)
        session.named_by_user = by_user
        return True

    @alone
    async def delete_session(self, session_id: str, *, user_id: str) -> None:
        """Into the trash."""
        self._need(session_id, user_id).deleted = True

    @alone
    async def restore_session(self, session_id: str, *, user_id: str) -> None:
        """Out of the trash; no error where it was not in it."""
        self._need(session_id, user_id, trashed=True).deleted = False

    @alone
    async def set_draft(self, session_id: str, draft: str, *, user_id: str) -> None:
        """What is typed and not sent."""
        self._need_or_make(session_id, user_id).session.draft = repair(draft)

    @alone
    async def mark_read(self, session_id: str, *, user_id: str) -> None:
        """All that ended so far is seen."""
        kept = self._need(session_id, user_id)
        kept.read_at = _now_and_all_ends(kept)

    @alone
    async def get_open_session(self, *, user_id: str) -> str | None:
        """What the user last had on the screen."""
        session_id = self._open_sessions.get(user_id, "")
        return None if self._find(session_id, user_id) is None else session_id

    @alone
    async def set_open_session(self, session_id: str, *, user_id: str) -> None:
        """What the user has on the screen."""
        self._open_sessions[user_id] = session_id

    @alone
    async def fork_session(
        self, session_id: str, *, user_id: str, through: str | None = None
    ) -> Session:
        """A copy of what has ended. Errors: `SessionNotFoundError`."""
        kept = self._need(session_id, user_id)
        runs = [run for run in self._way(kept, through) if run.status.ended]
        at = now()
        fork = self._add(
            Session(
                user_id=user_id,
                name=kept.session.name,
                created_at=at,
                updated_at=at,
                named_by_user=kept.session.named_by_user,
                temporary=kept.session.temporary,
                forked_from=session_id,
                forked_at=runs[-1].run_id if runs else None,
            )
        )
        fork.state = kept.state
        copies = copied_runs((run.run_id, run.retry_of, run.status) for run in runs)
        for run, copy in zip(runs, copies, strict=True):
            new = replace(run, session_id=fork.session.session_id)
            new.run_id, new.retry_of = copy.run_id, copy.retry_of
            new.parent_run_id = copy.parent_run_id
            new.status = RunStatus(copy.status)
            self._put(fork, new)
        fork.read_at = _now_and_all_ends(fork)
        return fork.seen()

    @alone
    async def get_session_state(
        self, session_id: str, *, user_id: str
    ) -> dict[str, object]:
        """Its state, made anew from text."""
        kept = self._find(session_id, user_id)
        return {} if kept is None else json_object(kept.state)

    @alone
    async def update_session_state(
        self,
        session_id: str,
        *,
        user_id: str,
        changed: Mapping[str, object],
        removed: Collection[str] = (),
    ) -> dict[str, object]:
        """Set some values, take others away. Errors: as `Sessions` says."""
        text = json_text(changed)
        kept = self._need_or_make(session_id, user_id)
        kept.state = merged(kept.state, text, removed)
        return json_object(kept.state)

    @alone
    async def get_session_summary(
        self, session_id: str, *, user_id: str
    ) -> SessionSummary | None:
        """What it was about, if that is known."""
        kept = self._find(session_id, user_id)
        return None if kept is None else summary_from(kept.summary)

    @alone
    async def set_session_summary(
        self, session_id: str, summary: SessionSummary, *, user_id: str
    ) -> None:
        """Keep a summary. Errors: `SessionNotFoundError`."""
        self._need(session_id, user_id).summary = summary_text(summary)

    @alone
    async def get_session_metrics(
        self, session_id: str, *, user_id: str
    ) -> SessionMetrics:
        """What all its runs took."""
        kept = self._find(session_id, user_id)
        return SessionMetrics() if kept is None else metrics_of(kept.runs)


def _now_and_all_ends(kept: Kept) -> int:
    """The present, or the last run's end: another host's clock may be ahead."""
    return max([now(), *(run.ended_at or 0 for run in kept.runs)])
