"""The trash: sessions that were deleted in this window, and the way back."""

from __future__ import annotations

from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError


class Trash:
    """Remembers what was deleted, the last first; the storage keeps it all."""

    def __init__(self, storage: Storage, user_id: str) -> None:
        self._storage = storage
        self._user_id = user_id
        self._session_ids: list[str] = []

    async def delete(self, session_id: str) -> None:
        """Put a session into the trash; twice is as good as once.

        Errors: `StorageError`.
        """
        try:
            await self._storage.delete_session(session_id, user_id=self._user_id)
        except SessionNotFoundError:
            return
        self._session_ids.append(session_id)

    async def restore_last(self) -> str | None:
        """Bring back what was deleted last; returns its id, None where nothing was.

        Errors: `StorageError`, `SessionNotFoundError`.
        """
        if not self._session_ids:
            return None
        session_id = self._session_ids[-1]
        await self._storage.restore_session(session_id, user_id=self._user_id)
        self._session_ids.remove(session_id)
        return session_id
