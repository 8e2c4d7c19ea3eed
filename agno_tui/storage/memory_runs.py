"""The runs of a storage in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agno_tui.session import Message, Question, Role, Run, RunOutline, RunStatus, now
from agno_tui.storage.copies import answering, copied
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.storage.memory_kept import Kept, alone
from agno_tui.storage.memory_places import MemoryPlaces
from agno_tui.storage.outlines import outlined
from agno_tui.storage.questions import first_of_each
from agno_tui.text import repair


class MemoryRuns(MemoryPlaces):
    """Keeps runs and their messages; see `Runs`."""

    @alone
    async def start_run(
        self, run: Run, *, name: str = "", temporary: bool = False
    ) -> None:
        """Keep a new run. Errors: `SessionNotFoundError`."""
        known = self._runs.get(run.run_id)
        if known is not None and known.session_id != run.session_id:
            raise SessionNotFoundError(run.session_id)
        self._check_parent(run)
        kept = self._need_or_make(run.session_id, run.user_id)
        if kept.deleted:
            raise SessionNotFoundError(run.session_id)
        session = kept.session
        session.updated_at = now()
        if run.retry_of is None:
            session.draft = ""
        if not session.name and not session.named_by_user:
            session.name = repair(name)
        # A draft or a value of the state may have made the session: it is still new.
        session.temporary |= temporary and not kept.runs
        was_waiting = known is None or known.status is RunStatus.PENDING
        copy = self._put(kept, run)
        self._give_parent(kept, copy)
        if was_waiting and copy.status is not RunStatus.PENDING:
            self._begin(kept, copy)
        run.sequence, run.parent_run_id = copy.sequence, copy.parent_run_id

    @alone
    async def claim_run(self, run: Run) -> bool:
        """Take a waiting run. Errors: `SessionNotFoundError`."""
        known = self._need_run(run)
        kept = self._need(run.session_id, run.user_id)
        if known.status is not RunStatus.PENDING:
            return False
        known.status = RunStatus.RUNNING
        self._begin(kept, known)
        run.sequence, run.parent_run_id = known.sequence, known.parent_run_id
        return True

    @alone
    async def withdraw_run(self, run: Run) -> bool:
        """Erase a waiting run."""
        found = self._waiting(run)
        if found is None:
            return False
        kept, known = found
        kept.runs = [each for each in kept.runs if each is not known]
        del self._runs[known.run_id], kept.standing[known.run_id]
        return True

    @alone
    async def order_waiting(self, runs: Sequence[Run]) -> None:
        """Put waiting runs in order."""
        for run in runs:
            if found := self._waiting(run):
                self._put_last(*found)
                run.sequence = found[1].sequence

    def _waiting(self, run: Run) -> tuple[Kept, Run] | None:
        """A waiting run of this user's session, with that; or None."""
        known = self._runs.get(run.run_id)
        kept = self._find(run.session_id, run.user_id, trashed=True)
        if kept is None or known is None or known.session_id != run.session_id:
            return None
        return (kept, known) if known.status is RunStatus.PENDING else None

    @alone
    async def append_content(
        self, run: Run, *, content: str = "", reasoning_content: str = ""
    ) -> None:
        """Keep a piece of the answer. Errors: `SessionNotFoundError`."""
        known = self._need_run(run)
        if not content and not reasoning_content:
            return
        answer = answering(known.messages)
        if answer is None:
            answer = Message(role=Role.ASSISTANT, content="", created_at=now())
            known.messages.append(answer)
        answer.content += repair(content)
        answer.reasoning_content += repair(reasoning_content)

    @alone
    async def update_run(self, run: Run) -> None:
        """Keep a run as it now is. Errors: `SessionNotFoundError`."""
        known = self._need_run(run)
        was_waiting = known.status is RunStatus.PENDING
        kept = self._need(run.session_id, run.user_id, trashed=True)
        copy = self._put(kept, run)
        if was_waiting and copy.status is not RunStatus.PENDING:
            self._begin(kept, copy)

    @alone
    async def get_run(self, run_id: str, *, user_id: str) -> Run | None:
        """One run, or None."""
        run = self._runs.get(run_id)
        return None if run is None or not self._is_there(run, user_id) else copied(run)

    @alone
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
        runs = self._runs_before(session_id, user_id, before)
        runs = [run for run in runs if status in (None, run.status)]
        return [copied(run) for run in _last(runs, limit)]

    @alone
    async def get_run_outlines(
        self,
        session_id: str,
        *,
        user_id: str,
        limit: int | None = None,
        before: RunOutline | Run | None = None,
    ) -> list[RunOutline]:
        """The outlines of the last runs of a session, oldest first."""
        runs = self._runs_before(session_id, user_id, before)
        return [outlined(run) for run in _last(runs, limit)]

    @alone
    async def get_runs_by_id(
        self, run_ids: Sequence[str], *, user_id: str
    ) -> list[Run]:
        """Those of these runs that this user has, in the order they were made."""
        runs = [
            copied(run)
            for run in map(self._runs.get, dict.fromkeys(run_ids))
            if run is not None and self._is_there(run, user_id)
        ]
        return sorted(runs, key=lambda run: run.sequence)

    @alone
    async def get_questions(
        self,
        *,
        user_id: str,
        session_id: str | None = None,
        limit: int,
        before: Question | None = None,
    ) -> list[Question]:
        """What the user asked, the newest first."""
        return first_of_each(self._questions(user_id, session_id, before), limit)

    def _questions(
        self, user_id: str, session_id: str | None, before: Question | None
    ) -> Iterator[Question]:
        runs = sorted(self._runs.values(), key=lambda run: run.sequence, reverse=True)
        for run in runs:
            kept = self._find(run.session_id, user_id)
            if kept is None or kept.standing[run.run_id].deleted:
                continue
            if before and run.sequence >= before.sequence:
                continue
            is_here = session_id == run.session_id
            if is_here or (session_id is None and not kept.session.temporary):
                yield Question(run.question, run.session_id, run.sequence)

    @alone
    async def interrupt_abandoned(self) -> int:
        """Always 0: no run outlives its process here."""
        return 0

    def _runs_before(
        self, session_id: str, user_id: str, before: RunOutline | Run | None
    ) -> list[Run]:
        """The runs of this user's session; one that is not kept stands after all."""
        kept = self._find(session_id, user_id)
        if kept is None:
            return []
        known = None if before is None else self._runs.get(before.run_id)
        if known is None or known.session_id != session_id:
            return kept.shown
        return [run for run in kept.shown if run.sequence < known.sequence]

    def _is_there(self, run: Run, user_id: str) -> bool:
        kept = self._find(run.session_id, user_id)
        return kept is not None and not kept.standing[run.run_id].deleted


def _last(runs: list[Run], limit: int | None) -> list[Run]:
    return runs if limit is None else runs[max(0, len(runs) - limit) :]
