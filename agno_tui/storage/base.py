"""What every storage offers. All of them pass one contract suite in the tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from agno_tui.session import (
    Found,
    Session,
    SessionMetrics,
    SessionSummary,
    UserMemory,
)
from agno_tui.storage.base_branches import Branches
from agno_tui.storage.base_lists import SessionLists
from agno_tui.storage.base_runs import Runs


class Sessions(Protocol):
    """The part of a storage that keeps sessions."""

    async def get_sessions(
        self,
        *,
        user_id: str,
        limit: int = 200,
        before: Session | None = None,
        archived: bool = False,
        pinned: bool | None = None,
    ) -> list[Session]:
        """A page of the user's sessions, last activity first, after `before`.

        Ordered by (`updated_at`, the order they were made), newest first. A session in
        which nothing was said and nothing is drafted is not listed. `archived`: those
        the user has put away, instead of the others. `pinned`: only those that are, or
        only those that are not.
        """
        ...

    async def get_session(self, session_id: str, *, user_id: str) -> Session | None:
        """One session, or None where this user has none of that id."""
        ...

    async def rename_session(
        self, session_id: str, name: str, *, user_id: str, by_user: bool = True
    ) -> bool:
        """Give a session another name; returns whether it took.

        Not `by_user`: a name made up by us, which never replaces one the user chose.
        Errors: `SessionNotFoundError`.
        """
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

    async def fork_session(
        self, session_id: str, *, user_id: str, through: str | None = None
    ) -> Session:
        """Make a new session of this user that begins as a copy of one of theirs.

        Copied are the runs that have ended and were not deleted, on the way from the
        beginning to the one whose `run_id` is `through`, that included, whether the
        conversation goes through it or not; else all that it goes through. With ids of
        their own and their times; the state; not the draft nor the summary. A replaced
        answer counts again (COMPLETED) where the one that replaced it is not copied.
        The new session knows where it came from (`forked_from`, `forked_at`), counts as
        active now, is named as the first, and so is its being temporary. One
        transaction. Errors: `SessionNotFoundError`, also where `through` is not a run
        of the session, or was deleted.
        """
        ...

    async def get_session_state(
        self, session_id: str, *, user_id: str
    ) -> dict[str, object]:
        """A session's state: JSON values by name. Empty where there is no session."""
        ...

    async def update_session_state(
        self,
        session_id: str,
        *,
        user_id: str,
        changed: Mapping[str, object],
        removed: Collection[str] = (),
    ) -> dict[str, object]:
        """Set some values of a session's state, take others away; returns all of it.

        One transaction, so that two who change different values both have their way.
        Makes the session where it is new (it is not listed while nothing is said). Does
        not count as activity. Errors: `SessionNotFoundError` where the id is another
        user's, `ValueError` for what is not JSON; nothing is written then.
        """
        ...

    async def get_session_summary(
        self, session_id: str, *, user_id: str
    ) -> SessionSummary | None:
        """What the session was about, where somebody asked for it to be summed up."""
        ...

    async def set_session_summary(
        self, session_id: str, summary: SessionSummary, *, user_id: str
    ) -> None:
        """Keep a summary in place of an earlier one. Errors: `SessionNotFoundError`."""
        ...

    async def get_session_metrics(
        self, session_id: str, *, user_id: str
    ) -> SessionMetrics:
        """What all its runs took together; all empty where there is no session."""
        ...


class UserMemories(Protocol):
    """The part of a storage that keeps what the agent knows about its users."""

    async def add_memory(self, memory: UserMemory) -> None:
        """Keep something about the user `memory.user_id`."""
        ...

    async def get_memories(
        self, *, user_id: str, limit: int | None = None
    ) -> list[UserMemory]:
        """What is known about a user, oldest first; the newest `limit` of it."""
        ...

    async def update_memory(self, memory_id: str, memory: str, *, user_id: str) -> None:
        """Put it in other words. Errors: `MemoryNotFoundError`."""
        ...

    async def delete_memory(self, memory_id: str, *, user_id: str) -> None:
        """Erase it, for good. Errors: `MemoryNotFoundError`."""
        ...


class UserSettings(Protocol):
    """The part of a storage that keeps what a user has switched on or off."""

    async def get_users(self) -> list[str]:
        """Every `user_id` that has a session outside the trash, in the order of their
        code points; the empty one where the user without a name has any."""
        ...

    async def get_setting(self, name: str, *, user_id: str) -> str | None:
        """A setting's value, or None where the user never set it."""
        ...

    async def set_setting(self, name: str, value: str, *, user_id: str) -> None:
        """Keep a setting."""
        ...


class Search(Protocol):
    """The part of a storage that finds words."""

    async def search(
        self,
        query: str,
        *,
        user_id: str,
        limit: int = 20,
        excluding: str | None = None,
    ) -> list[Found]:
        """Where the user's sessions hold all words of `query`, best first.

        Looks into session names, and into what users and models said in runs that have
        ended; one find a run. Not into temporary sessions, the trash, or the session
        `excluding`. Words are found by their beginnings, whatever their case and
        accents, "in quotes" as they follow each other; scripts without spaces between
        words are found too. Whatever else is in the query is data: nothing in it is an
        operator, and no query is an error. Empty: finds nothing.

        Not to be counted on, right beside a script without spaces (Han, Thai): a single
        letter or digit of another script, and a word typed without its accents. Signs
        only divide words: none is ever found.
        """
        ...


class Storage(
    Sessions, SessionLists, Runs, Branches, UserMemories, UserSettings, Search, Protocol
):
    """Sessions, runs and messages, kept by user.

    Every method that takes `user_id` sees that user's rows only. Objects given are not
    kept by reference, objects returned are the caller's own. Errors: `StorageError`;
    `SessionNotFoundError` where named. A call that returned has been committed whole; a
    call that was cancelled has been committed whole or not at all.
    """

    async def open(self) -> None:
        """Connect and bring the schema up to date. Nothing else works before.

        Costs nothing where it is open. May be called from any event loop.
        """
        ...

    async def close(self) -> None:
        """Finish what is under way and disconnect. Safe to call twice."""
        ...
