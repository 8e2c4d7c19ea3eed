"""What a storage offers to those who keep many sessions in order."""

from __future__ import annotations

from typing import Protocol

from agno_tui.session import Session


class SessionLists(Protocol):
    """The part of a storage that arranges sessions and finds those that are wanted."""

    async def pin_session(self, session_id: str, pinned: bool, *, user_id: str) -> None:
        """Keep a session on top of the list, or no longer. Does not count as activity.
        Errors: `SessionNotFoundError`."""
        ...

    async def archive_session(
        self, session_id: str, archived: bool, *, user_id: str
    ) -> None:
        """Put a session away, or bring it back. It stays where it was put, whatever is
        answered in it. Does not count as activity. Errors: `SessionNotFoundError`."""
        ...

    async def find_sessions(
        self,
        words: str,
        *,
        user_id: str,
        limit: int = 200,
        before: Session | None = None,
        archived: bool = False,
    ) -> list[Session]:
        """A page of the sessions that `get_sessions` lists whose titles hold all of
        these words, wherever in the title; in its order, pinned or not.

        A title is the name, or the beginning of the draft where there is none. Words
        are separated by white space; case and accents make no difference
        (`folding.alike`). Nothing in them is an operator. No words: all sessions.
        """
        ...

    async def get_attention(self, *, user_id: str, limit: int = 100) -> list[Session]:
        """The sessions that need the user, archived ones too, last activity first.

        Those in which a run ended, well or badly, since the user last looked; and those
        whose newest run waits to be sent while no other is under way.
        """
        ...
