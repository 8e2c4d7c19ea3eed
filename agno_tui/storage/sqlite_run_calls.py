"""The runs of a SQLite storage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from agno_tui.session import Question, Run, RunOutline, RunStatus
from agno_tui.storage import (
    sqlite_beginnings,
    sqlite_outlines,
    sqlite_questions,
    sqlite_runs,
    sqlite_waiting,
)
from agno_tui.storage.copies import copied
from agno_tui.storage.sqlite_calls import SqliteCalls


class SqliteRuns(SqliteCalls):
    """Keeps runs and their messages; see `Runs`."""

    async def start_run(
        self, run: Run, *, name: str = "", temporary: bool = False
    ) -> None:
        """Keep a new run; on the disk when this returns."""
        run.sequence, run.parent_run_id = await self._write(
            partial(
                sqlite_beginnings.start_run,
                run=copied(run),
                name=name,
                temporary=temporary,
                owner=self._owner,
            )
        )

    async def claim_run(self, run: Run) -> bool:
        """Take a waiting run; on the disk when this returns."""
        place = await self._write(
            partial(sqlite_beginnings.claim_run, run=run, owner=self._owner)
        )
        if place is None:
            return False
        run.sequence, run.parent_run_id = place
        return True

    async def withdraw_run(self, run: Run) -> bool:
        """Erase a waiting run; gone from the disk when this returns."""
        return await self._write(partial(sqlite_waiting.withdraw_run, run=run))

    async def order_waiting(self, runs: Sequence[Run]) -> None:
        """Put waiting runs in order; on the disk when this returns."""
        sequences = await self._write(
            partial(sqlite_waiting.order_waiting, runs=tuple(runs))
        )
        for run, sequence in zip(runs, sequences, strict=True):
            run.sequence = sequence or run.sequence

    async def append_content(
        self, run: Run, *, content: str = "", reasoning_content: str = ""
    ) -> None:
        """Keep a piece of the answer as a row of its own.

        Survives kill -9, not power loss. Errors: `SessionNotFoundError`.
        """
        await self._write(
            partial(
                sqlite_runs.append_content,
                run=run,  # Not copied: only its ids are read, which never change.
                content=content,
                reasoning_content=reasoning_content,
            ),
            durable=False,
        )

    async def update_run(self, run: Run) -> None:
        """Keep a run as it now is; on the disk when this returns."""
        await self._write(
            partial(sqlite_runs.update_run, run=copied(run), owner=self._owner)
        )

    async def get_run(self, run_id: str, *, user_id: str) -> Run | None:
        """One run, or None."""
        return await self._read(
            partial(sqlite_runs.get_run, run_id=run_id, user_id=user_id)
        )

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
        return await self._read(
            partial(
                sqlite_runs.get_runs,
                session_id=session_id,
                user_id=user_id,
                limit=limit,
                before=before,
                status=status,
            )
        )

    async def get_run_outlines(
        self,
        session_id: str,
        *,
        user_id: str,
        limit: int | None = None,
        before: RunOutline | Run | None = None,
    ) -> list[RunOutline]:
        """The outlines of the last runs of a session, oldest first."""
        return await self._read(
            partial(
                sqlite_outlines.get_run_outlines,
                session_id=session_id,
                user_id=user_id,
                limit=limit,
                before=before,
            )
        )

    async def get_runs_by_id(
        self, run_ids: Sequence[str], *, user_id: str
    ) -> list[Run]:
        """Those of these runs that this user has, in the order they were made."""
        return await self._read(
            partial(sqlite_runs.get_runs_by_id, run_ids=tuple(run_ids), user_id=user_id)
        )

    async def get_questions(
        self,
        *,
        user_id: str,
        session_id: str | None = None,
        limit: int,
        before: Question | None = None,
    ) -> list[Question]:
        """What the user asked, the newest first."""
        return await self._read(
            partial(
                sqlite_questions.get_questions,
                user_id=user_id,
                session_id=session_id,
                limit=limit,
                before=before,
            )
        )

    async def interrupt_abandoned(self) -> int:
        """End the runs whose process is gone; what had arrived is kept."""
        return await self._write(
            partial(sqlite_runs.interrupt_abandoned, owner=self._owner)
        )
