"""Sessions, runs and messages in this process only, gone when it ends.

For a chat that leaves no trace, and for tests. No call waits for anything, so each is
whole by itself, and a run's process is always this one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from agno_tui.session import Message, Role, Run, RunStatus, Session, now
from agno_tui.storage.copies import copied
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.text import repair


@dataclass(slots=True)
class _Kept:
    """A session with what the storage alone knows of it."""

    session: Session
    sequence: int
    runs: list[Run]
    name_by_user: bool = False
    read_at: int = 0
    deleted: bool = False

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the list."""
        return self.session.updated_at, self.sequence

    def seen(self) -> Session:
        """The caller's own copy, with what comes from the runs."""
        return replace(
            self.session,
            last_status=self.runs[-1].status if self.runs else None,
            unread=any((run.ended_at or 0) > self.read_at for run in self.runs),
        )


class MemoryStorage:
    """Keeps everything in the process that made it."""

    def __init__(self) -> None:
        self._sessions: dict[str, _Kept] = {}
        self._runs: dict[str, Run] = {}
        self._open_sessions: dict[str, str] = {}

    async def open(self) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """Nothing to disconnect from; what was kept stays while the object does."""

    async def get_sessions(
        self, *, user_id: str, limit: int = 200, before: Session | None = None
    ) -> list[Session]:
        """A page of the list."""
        own = [
            kept
            for kept in self._sessions.values()
            if kept.session.user_id == user_id
            and not kept.deleted
            and (kept.session.draft or kept.runs)
        ]
        if before is not None:
            last = self._sessions.get(before.session_id)
            place = (before.updated_at, last.sequence if last else 0)
            own = [kept for kept in own if kept.place < place]
        own.sort(key=lambda kept: kept.place, reverse=True)
        return [kept.seen() for kept in own[:limit]]

    async def get_session(self, session_id: str, *, user_id: str) -> Session | None:
        """One session, or None."""
        kept = self._find(session_id, user_id)
        return None if kept is None or kept.deleted else kept.seen()

    async def rename_session(self, session_id: str, name: str, *, user_id: str) -> None:
        """Another name, which no run will change."""
        kept = self._need(session_id, user_id)
        kept.session.name = repair(name)
        kept.name_by_user = True

    async def delete_session(self, session_id: str, *, user_id: str) -> None:
        """Into the trash."""
        self._need(session_id, user_id).deleted = True

    async def restore_session(self, session_id: str, *, user_id: str) -> None:
        """Out of the trash; no error where it was not in it."""
        self._need(session_id, user_id, trashed=True).deleted = False

    async def set_draft(self, session_id: str, draft: str, *, user_id: str) -> None:
        """What is typed and not sent."""
        self._need_or_make(session_id, user_id).session.draft = repair(draft)

    async def mark_read(self, session_id: str, *, user_id: str) -> None:
        """All that ended so far is seen."""
        kept = self._need(session_id, user_id)
        kept.read_at = max(now(), *(run.ended_at or 0 for run in kept.runs), 0)

    async def get_open_session(self, *, user_id: str) -> str | None:
        """What the user last had on the screen."""
        session_id = self._open_sessions.get(user_id, "")
        kept = self._find(session_id, user_id)
        return None if kept is None or kept.deleted else session_id

    async def set_open_session(self, session_id: str, *, user_id: str) -> None:
        """What the user has on the screen."""
        self._open_sessions[user_id] = session_id

    async def start_run(self, run: Run, *, name: str = "") -> None:
        """Keep a new run."""
        kept = self._find(run.session_id, run.user_id)
        known = self._runs.get(run.run_id)
        if (kept is not None and kept.deleted) or (
            known is not None and known.session_id != run.session_id
        ):
            raise SessionNotFoundError(run.session_id)
        kept = self._need_or_make(run.session_id, run.user_id)
        session = kept.session
        session.updated_at = now()
        session.draft = ""
        if not session.name and not kept.name_by_user:
            session.name = repair(name)
        run.sequence = known.sequence if known else len(self._runs) + 1
        self._put(kept, run)

    async def claim_run(self, run: Run) -> bool:
        """Take a waiting run. Errors: `SessionNotFoundError`."""
        known = self._need_run(run)
        self._need(run.session_id, run.user_id)
        if known.status is not RunStatus.PENDING:
            return False
        known.status = RunStatus.RUNNING
        return True

    async def append_content(
        self, run: Run, *, content: str = "", reasoning_content: str = ""
    ) -> None:
        """Keep a piece of the answer. Errors: `SessionNotFoundError`."""
        known = self._need_run(run)
        if not content and not reasoning_content:
            return
        answers = [m for m in known.messages if m.role == Role.ASSISTANT]
        if not answers:
            answers = [Message(role=Role.ASSISTANT, content="")]
            known.messages += answers
        answers[-1].content += repair(content)
        answers[-1].reasoning_content += repair(reasoning_content)

    async def update_run(self, run: Run) -> None:
        """Keep a run as it now is."""
        self._need_run(run)
        kept = self._need(run.session_id, run.user_id, trashed=True)
        self._put(kept, run)

    async def get_run(self, run_id: str, *, user_id: str) -> Run | None:
        """One run, or None."""
        run = self._runs.get(run_id)
        if run is None or run.user_id != user_id:
            return None
        return None if self._sessions[run.session_id].deleted else copied(run)

    async def get_runs(
        self,
        session_id: str,
        *,
        user_id: str,
        limit: int | None = None,
        before: Run | None = None,
        status: RunStatus | None = None,
    ) -> list[Run]:
        """The last runs of a session, oldest first."""
        kept = self._find(session_id, user_id)
        if kept is None or kept.deleted:
            return []
        ids = [run.run_id for run in kept.runs]
        end = len(ids)
        if before is not None and before.run_id in ids:
            end = ids.index(before.run_id)
        runs = [run for run in kept.runs[:end] if status in (None, run.status)]
        first = 0 if limit is None else max(0, len(runs) - limit)
        return [copied(run) for run in runs[first:]]

    async def interrupt_abandoned(self) -> int:
        """Always 0: no run outlives its process here."""
        return 0

    def _find(self, session_id: str, user_id: str) -> _Kept | None:
        """This user's session, in the trash or not."""
        kept = self._sessions.get(session_id)
        return kept if kept is not None and kept.session.user_id == user_id else None

    def _need(self, session_id: str, user_id: str, *, trashed: bool = False) -> _Kept:
        """This user's session. Errors: `SessionNotFoundError`."""
        kept = self._find(session_id, user_id)
        if kept is None or (kept.deleted and not trashed):
            raise SessionNotFoundError(session_id)
        return kept

    def _need_or_make(self, session_id: str, user_id: str) -> _Kept:
        """This user's session, made where the id is new."""
        if session_id not in self._sessions:
            at = now()
            self._sessions[session_id] = _Kept(
                session=Session(
                    session_id=session_id, user_id=user_id, created_at=at, updated_at=at
                ),
                sequence=len(self._sessions) + 1,
                runs=[],
            )
        return self._need(session_id, user_id, trashed=True)

    def _need_run(self, run: Run) -> Run:
        """The kept run. Errors: `SessionNotFoundError`."""
        known = self._runs.get(run.run_id)
        owner = (run.session_id, run.user_id)
        if known is None or (known.session_id, known.user_id) != owner:
            raise SessionNotFoundError(run.session_id)
        return known

    def _put(self, kept: _Kept, run: Run) -> None:
        """Keep a copy in the run's place, or after all others."""
        known = self._runs.get(run.run_id)
        copy = _repaired(copied(run))
        if copy.status.ended and copy.ended_at is None:
            copy.ended_at = now()
        if known is None:
            kept.runs.append(copy)
        else:
            copy.sequence = known.sequence
            kept.runs[kept.runs.index(known)] = copy
        self._runs[run.run_id] = copy


def _repaired(run: Run) -> Run:
    """The same run, every text of it valid Unicode."""
    run.model, run.provider = repair(run.model), repair(run.provider)
    run.finish_reason, run.error = repair(run.finish_reason), repair(run.error)
    for message in run.messages:
        message.role = repair(message.role)
        message.content = repair(message.content)
        message.reasoning_content = repair(message.reasoning_content)
    return run
