"""What was taken out of the list in this window, into the trash or the archive, and the
way back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial

from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError


class Kind(Enum):
    """What was done to sessions in one go."""

    DELETED = auto()
    ARCHIVED = auto()
    UNARCHIVED = auto()


@dataclass(slots=True)
class Batch:
    """What was done in one go."""

    kind: Kind
    session_ids: list[str] = field(default_factory=list)
    """In the order it was done to them."""


class Trash:
    """Remembers what was done, the last first; the storage keeps it all."""

    def __init__(self, storage: Storage, user_id: str) -> None:
        self._storage = storage
        self._user_id = user_id
        self._batches: list[Batch] = []

    async def delete(self, session_ids: Sequence[str]) -> list[str]:
        """Put sessions into the trash in one go; twice is as good as once. Returns
        which of them were there to be deleted.

        Errors: `StorageError`; what was deleted before it can be brought back.
        """
        delete = partial(self._storage.delete_session, user_id=self._user_id)
        return await self._do(Kind.DELETED, session_ids, delete)

    async def archive(self, session_ids: Sequence[str], on: bool) -> list[str]:
        """Put sessions into the archive in one go, or `on` is False: bring them back.
        Returns which of them were there.

        Errors: `StorageError`; what was done before it can be undone.
        """
        kind = Kind.ARCHIVED if on else Kind.UNARCHIVED
        return await self._do(kind, session_ids, self._archiving(on))

    async def undo_last(self) -> Batch | None:
        """Take back what was done last, all of it; returns what that was, with those
        that are still there; None where nothing was done. Once more: what was done
        before that.

        Errors: `StorageError`; what is not undone can be asked for again.
        """
        if not self._batches:
            return None
        batch = self._batches[-1]
        undo = self._undoing(batch.kind)
        undone = [one for one in batch.session_ids if await _was_there(undo(one))]
        # (Not by what it is equal to: the same may have been done before.)
        self._batches.pop()
        return Batch(batch.kind, undone)

    async def _do(
        self,
        kind: Kind,
        session_ids: Sequence[str],
        deed: Callable[[str], Awaitable[None]],
    ) -> list[str]:
        batch = Batch(kind)
        for session_id in session_ids:
            if await _was_there(deed(session_id)):
                if not batch.session_ids:
                    self._batches.append(batch)
                batch.session_ids.append(session_id)
        return batch.session_ids

    def _undoing(self, kind: Kind) -> Callable[[str], Awaitable[None]]:
        if kind is Kind.DELETED:
            return partial(self._storage.restore_session, user_id=self._user_id)
        return self._archiving(kind is Kind.UNARCHIVED)

    def _archiving(self, on: bool) -> Callable[[str], Awaitable[None]]:
        def archive(session_id: str) -> Awaitable[None]:
            return self._storage.archive_session(session_id, on, user_id=self._user_id)

        return archive


async def _was_there(deed: Awaitable[None]) -> bool:
    """Do it; False where somebody else has erased the session for good."""
    try:
        await deed
    except SessionNotFoundError:
        return False
    return True
