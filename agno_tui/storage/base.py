"""What every storage offers. All of them pass one contract suite in the tests."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from agno_tui.session import Run, RunStatus, Session


class StorageErrorKind(StrEnum):
    """What kind of failure it was; the words for the user are in the error itself."""

    FULL = "full"
    READ_ONLY = "read-only"
    BUSY = "busy"
    CORRUPT = "corrupt"
    FOREIGN = "foreign"
    NEWER = "newer"
    GONE = "gone"
    OTHER = "other"


class StorageError(Exception):
    """Something could not be kept or read. `words` says what and what to do, for the
    user, in one or two short sentences."""

    def __init__(self, kind: StorageErrorKind, words: str) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = words


class SessionNotFoundError(Exception):
    """No such session, run or message *of this user*. Another user's is not found."""

    words = "This conversation is no longer there."
    """For the user, as in `StorageError`."""


class Storage(Protocol):
    """Sessions, runs and messages, kept by user.

    Every method that takes `user_id` sees that user's rows only. Objects given are not
    kept by reference, objects returned are the caller's own. Errors: `StorageError`;
    `SessionNotFoundError` where named. A call that returned has been committed whole; a
    call that was cancelled has been committed whole or not at all.
    """

    async def open(self) -> None:
        """Connect and bring the schema up to date. Nothing else works before."""
        ...

    async def close(self) -> None:
        """Finish what is under way and disconnect. Safe to call twice."""
        ...

    async def get_sessions(
        self, *, user_id: str, limit: int = 200, before: Session | None = None
    ) -> list[Session]:
        """A page of the user's sessions, last activity first, after `before`.

        Ordered by (`updated_at`, the order they were made), newest first. A session in
        which nothing was said and nothing is drafted is not listed.
        """
        ...

    async def get_session(self, session_id: str, *, user_id: str) -> Session | None:
        """One session, or None where this user has none of that id."""
        ...

    async def rename_session(self, session_id: str, name: str, *, user_id: str) -> None:
        """Give a session another name. Errors: `SessionNotFoundError`."""
        ...

    async def delete_session(self, session_id: str, *, user_id: str) -> None:
        """Put a session into the trash: marked, not erased, and no longer listed or
        found. Errors: `SessionNotFoundError`."""
        ...

    async def restore_session(self, session_id: str, *, user_id: str) -> None:
        """Take a session out of the trash. Errors: `SessionNotFoundError`."""
        ...

    async def set_draft(self, session_id: str, draft: str, *, user_id: str) -> None:
        """Keep what the user has typed and not sent; makes the session where it is
        new, does not count as activity. Errors: `SessionNotFoundError` where the id is
        another user's."""
        ...

    async def mark_read(self, session_id: str, *, user_id: str) -> None:
        """The user has seen all that ended so far. Errors: `SessionNotFoundError`."""
        ...

    async def get_open_session(self, *, user_id: str) -> str | None:
        """The `session_id` this user last had on the screen, where it still is."""
        ...

    async def set_open_session(self, session_id: str, *, user_id: str) -> None:
        """Remember which session the user has on the screen."""
        ...

    async def start_run(self, run: Run, *, name: str = "") -> None:
        """Keep a new run and its messages, and its session where that is new.

        One transaction, safe against power loss when it returns. Gives the session
        `name` if it has none, empties its draft, counts as activity, sets
        `run.sequence`. Errors: `SessionNotFoundError` where `run.session_id` is another
        user's or in the trash: nothing is written then.
        """
        ...

    async def claim_run(self, run: Run) -> bool:
        """Take a waiting run to answer it: PENDING becomes RUNNING, of this process.

        One transaction, so that of all who ask only one is told yes; False where the
        run no longer waits, nothing is changed then. Errors: `SessionNotFoundError`,
        also where the session is in the trash.
        """
        ...

    async def append_content(
        self, run: Run, *, content: str = "", reasoning_content: str = ""
    ) -> None:
        """Keep a piece of the answer while it streams, and show that the run lives.

        A checkpoint: the piece is appended to the run's last assistant message, which
        is made where there is none. Its cost does not grow with the answer. Both empty:
        only the sign of life.
        """
        ...

    async def update_run(self, run: Run) -> None:
        """Keep a run as it now is: status, metrics, error, all messages.

        Replaces the checkpoints; safe against power loss when it returns. Not counted
        as activity: a list in the order of activity must not move when an answer ends.
        Errors: `SessionNotFoundError`.
        """
        ...

    async def get_run(self, run_id: str, *, user_id: str) -> Run | None:
        """One run with its messages, checkpoints included, or None."""
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
        """The last `limit` runs of a session before `before`, oldest first.

        With their messages, checkpoints included. Only those of `status` where given.
        """
        ...

    async def interrupt_abandoned(self) -> int:
        """Mark runs whose process is gone as INTERRUPTED; returns how many.

        Of all users: it reads no content. A run that another living process answers is
        left alone, so is what still waits (PENDING).
        """
        ...
