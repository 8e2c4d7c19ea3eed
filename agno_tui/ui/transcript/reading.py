"""Where the user is reading in a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from agno_tui.ui.lines import CodeBlock
    from agno_tui.ui.transcript.turn import Turn


class InSection(NamedTuple):
    """A line of a turn, by the section that it is in, or stands above."""

    name: str
    offset: int
    """Lines below the section's first one; above: negative."""


@dataclass(slots=True, frozen=True)
class Anchor:
    """A line on the screen that must not move."""

    turn: Turn
    offset: int
    """How many lines below the turn's first one the screen begins (above: negative)."""
    letters: int | None = None
    """How many letters of the turn stand above the screen, which holds at any width."""
    within: InSection | None = None
    """The same line, from where the section around it begins: what comes or goes above
    that in the same turn does not move it either."""


@dataclass(slots=True)
class Reading:
    """Whether the view stays at the end, and where it stands if not."""

    following: bool = True
    """Whether the view stays at the end as text arrives."""
    has_unseen: bool = False
    """Whether text came below the screen while not following."""
    anchor: Anchor | None = None
    """What the user left at the top of the screen, while not following."""

    def follow(self, following: bool = True) -> None:
        """Stay at the end from now on, or let go of it."""
        self.following = following
        if following:
            self.has_unseen = False

    def note_unseen(self) -> None:
        """Text came at the end."""
        self.has_unseen = not self.following


@dataclass(slots=True, frozen=True)
class Marked:
    """The message that is marked: a turn's question, or its answer."""

    index: int
    """The turn's number in the document."""
    role: str
    """Whose words they are (`session.Role`)."""
    nth: int | None = None
    """Which of the turn's blocks of code is marked, counted from 0, if one is."""
    code: CodeBlock | None = field(default=None, compare=False, repr=False)
    """That block, as it was laid out last: another object whenever it is laid out
    anew."""
