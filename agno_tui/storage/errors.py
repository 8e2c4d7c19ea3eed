"""What goes wrong with a storage, in words for the user."""

from __future__ import annotations

from enum import StrEnum


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


class MemoryNotFoundError(Exception):
    """This user has no such memory. Another user's is not found."""

    words = "That memory is no longer there."
    """For the user, as in `StorageError`."""
