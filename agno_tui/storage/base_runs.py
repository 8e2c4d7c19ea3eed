"""What every storage offers for runs and their messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agno_tui.session import Question, Run, RunOutline, RunStatus


class Runs(Protocol):
    """The part of a storage that keeps runs and their messages."""

    async def start_run(
        self, run: Run, *, name: str = "", temporary: bool = False
    ) -> None:
        """Keep a new run and its messages, and its session where that is new.

        `temporary` counts for a session's first run only.

        It follows the run `run.parent_run_id`, empty for none; where that is None, what
        the run follows that it is another try of, else the last that the conversation
        goes through. That ends with it from then on: what stood behind the run it
        follows stands beside it now. One that waits takes its place when it is claimed,
        and keeps what it is to follow where that is known.

        One transaction, safe against power loss when it returns. Gives the session
        `name` if it has none, empties its draft (which is not what is asked again),
        counts as activity, sets `run.sequence` and `run.parent_run_id`. A run that is
        kept already stays where it stands. Errors: `SessionNotFoundError` where
        `run.session_id` is another user's or in the trash, or `run.parent_run_id` no
        run of it that was begun: nothing is written then.
        """
        ...

    async def claim_run(self, run: Run) -> bool:
        """Take a waiting run to answer it: PENDING becomes RUNNING, of this process.

        Where others were begun after it, it stands after them from now on, so that what
        was said meanwhile is its history, and it takes its place as `start_run` says;
        sets `run.sequence` and `run.parent_run_id`. One transaction, so that of all who
        ask only one is told yes; False where the run no longer waits, nothing is
        changed then. Errors: `SessionNotFoundError`, also where the session
        is in the trash.
        """
        ...

    async def withdraw_run(self, run: Run) -> bool:
        """Erase a waiting run, as if it had never been sent, at its user's own wish.

        Returns False where it does not wait (any more): nothing is changed then.
        """
        ...

    async def order_waiting(self, runs: Sequence[Run]) -> None:
        """Have waiting runs of a session wait in this order, behind all its others.

        One transaction; sets `run.sequence`. One that does not wait (any more) is left
        as it is.
        """
        ...

    async def append_content(
        self, run: Run, *, content: str = "", reasoning_content: str = ""
    ) -> None:
        """Keep a piece of the answer while it streams, and show that the run lives.

        A checkpoint: the piece is appended to the run's last message, where that is an
        assistant's without tool calls, else it begins a new assistant's message. Its
        cost does not grow with the answer. Both empty: only the sign of life.
        """
        ...

    async def update_run(self, run: Run) -> None:
        """Keep a run as it now is, ended or not: status, metrics, error, all messages.

        Replaces the checkpoints; writes only messages that are new or changed; safe
        against power loss when it returns. Where it stands in the tree does not change.
        Not counted as activity: a list in the order of activity must not move when an
        answer ends.
        Errors: `SessionNotFoundError`.
        """
        ...

    async def get_run(self, run_id: str, *, user_id: str) -> Run | None:
        """One run with its messages, checkpoints included, or None; wherever in its
        session it stands, but none that was deleted."""
        ...

    async def get_runs(
        self,
        session_id: str,
        *,
        user_id: str,
        limit: int | None = None,
        before: Run | None = None,
        status: RunStatus | None = None,
    ) -> list[Run]:
        """The last `limit` runs of a session before `before`, oldest first: those that
        the conversation goes through, and those that wait.

        With their messages, checkpoints included. Only those of `status` where given.
        """
        ...

    async def get_run_outlines(
        self,
        session_id: str,
        *,
        user_id: str,
        limit: int | None = None,
        before: RunOutline | Run | None = None,
    ) -> list[RunOutline]:
        """The outlines of the last `limit` runs of a session before `before`.

        Oldest first, the same runs as `get_runs` gives. What was said stays where it is
        kept: this costs little for thousands of runs.
        """
        ...

    async def get_runs_by_id(
        self, run_ids: Sequence[str], *, user_id: str
    ) -> list[Run]:
        """Those of these runs that this user has, in the order they were made.

        Of any of their sessions that are not in the trash, with their messages,
        checkpoints included. Any number of ids; one given twice counts once, one that
        is unknown is left out.
        """
        ...

    async def get_questions(
        self,
        *,
        user_id: str,
        session_id: str | None = None,
        limit: int,
        before: Question | None = None,
    ) -> list[Question]:
        """What the user asked, the newest first, before `before` where given.

        In one session, or in all that are neither temporary nor in the trash. Each text
        once, where it was asked last; one that is on an earlier page may come again. No
        more than `limit`, fewer where they are long; none at all is the end. Reads no
        answer.
        """
        ...

    async def interrupt_abandoned(self) -> int:
        """Mark runs whose process is gone as INTERRUPTED; returns how many.

        Of all users: it reads no content. A run that another living process answers is
        left alone, so is what still waits (PENDING).
        """
        ...
