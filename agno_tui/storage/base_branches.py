"""What every storage offers for the branches of a session."""

from __future__ import annotations

from typing import Protocol

from agno_tui.branches import RunNode
from agno_tui.session import Session


class Branches(Protocol):
    """The part of a storage that knows which way a conversation goes.

    Wherever a session's runs are read in a row (`get_runs`, `get_run_outlines`), they
    are those the conversation goes through, and those that wait: what follows another
    version of a turn, and what was deleted, is not among them.
    """

    async def choose_run(self, run_id: str, *, user_id: str) -> bool:
        """Have the conversation go through a run, through all that it follows, and on
        through what followed it when that was chosen last.

        A replaced answer that is chosen counts again (COMPLETED). Returns whether the
        conversation went elsewhere before. Runs that wait, wait on. Does not count as
        activity. Errors: `SessionNotFoundError` where this user has no such run, where
        it waits or was deleted.
        """
        ...

    async def get_versions(self, session_id: str, *, user_id: str) -> list[list[str]]:
        """The turns of a session that have several versions, also those beside the
        path: for each, the `run_id` of every version, in the order they were made; the
        turns in the order of their first versions.

        Without deleted ones, and those that wait. Costs little where there are none.
        """
        ...

    async def get_run_tree(self, session_id: str, *, user_id: str) -> list[RunNode]:
        """All runs of a session that were begun, in the order they were made, deleted
        ones too. Costs little for thousands of runs."""
        ...

    async def delete_run(self, run_id: str, *, user_id: str) -> None:
        """Take a turn out of its session: marked, not erased. What follows it stays.

        It is no longer read in a row, by its id, found, or replayed; it still counts in
        what the session took. Errors: `SessionNotFoundError` where this user has no
        such run, it is under way, waits, or was deleted before.
        """
        ...

    async def restore_run(self, run_id: str, *, user_id: str) -> None:
        """Put a deleted turn back where it was, if it was deleted. Errors:
        `SessionNotFoundError`."""
        ...

    async def get_forks(self, session_id: str, *, user_id: str) -> list[Session]:
        """The sessions that were forked from this one and are not in the trash, oldest
        first; `forked_at` of each says where."""
        ...
