"""The trash: sessions that were deleted in this window, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError


@dataclass(slots=True)
class Deletion:
    """What was deleted in one go."""

    session_ids: list[str] = field(default_factory=list)
    """In the order they were deleted."""


class Trash:
    """Remembers what was deleted, the last first; the storage keeps it all."""

    def __init__(self, storage: Storage, user_id: str) -> None:
        self._storage = storage
        self._user_id = user_id
        self._deletions: list[Deletion] = []

    async def delete(self, session_ids: Sequence[str]) -> list[str]:
        """Put sessions into the trash in one go; twice is as good as once. Returns
        which of them were there to be deleted.

        Errors: `StorageError`; what was deleted before it can be brought back.
        """
        deletion = Deletion()
        for session_id in session_ids:
            try:
                await self._storage.delete_session(session_id, user_id=self._user_id)
            except SessionNotFoundError:
                continue
            if not deletion.session_ids:
                self._deletions.append(deletion)
            deletion.session_ids.append(session_id)
        return deletion.session_ids

    async def restore_last(self) -> list[str]:
        """Bring back what was deleted last, all of it; returns the ids, none where
        nothing was deleted. Once more: what was deleted before that.

        Errors: `StorageError`; what is still in the trash can be asked for again.
        """
        if not self._deletions:
            return []
        deletion = self._deletions[-1]
        restored: list[str] = []
        for session_id in deletion.session_ids:
            try:
                await self._storage.restore_session(session_id, user_id=self._user_id)
            except SessionNotFoundError:
                continue  # Erased for good by somebody else.
            restored.append(session_id)
        self._deletions.remove(deletion)
        return restored
