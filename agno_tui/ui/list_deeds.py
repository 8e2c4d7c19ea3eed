"""What the list of sessions asks for; whoever owns the sessions does it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Protocol

from agno_tui.session import Session


class Deed(Enum):
    """What is done to one or several sessions of the list."""

    PIN = auto()
    """Pinned, or no longer where all of them are."""
    ARCHIVE = auto()
    """Put away, or brought back where the list shows what is put away."""
    DELETE = auto()
    FORK = auto()
    EXPORT = auto()


class ListDeeds(Protocol):
    """Called, not told by messages: those would be read after the keys typed since."""

    def do(self, deed: Deed, sessions: Sequence[Session]) -> None:
        """Do it to these, in the order of the list."""

    def fork(self, session: Session, *, through: str | None = None) -> None:
        """Go on in a copy of a session, of all or `through` one of its runs."""

    def undo(self) -> None:
        """Take back what was deleted or archived last."""

    async def open(self) -> None:
        """Open the session under the cursor, and take the keyboard to its prompt."""

    def show_archive(self) -> None:
        """Show what is put away, or all the rest again."""

    async def write_filter(self) -> None:
        """Let the user write which titles to show."""

    async def write_name(self, session: Session) -> None:
        """Let the user write another name for a session, where it stands."""

    def leave_filter(self) -> bool:
        """Show all titles again; returns whether some were left out."""

    def left(self) -> None:
        """The keyboard went elsewhere, or titles were found meanwhile: no empty list is
        left behind."""
