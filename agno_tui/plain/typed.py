"""What comes from the keyboard, and what a keyboard has to be able to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

PROMPT = "> "
"""What stands before the line that is typed."""


@dataclass(slots=True, frozen=True)
class Line:
    """A line, without its end; or a pasted block of several."""

    text: str


@dataclass(slots=True, frozen=True)
class Interrupted:
    """Ctrl+C; `text` is what stood in the line, as far as that is known."""

    text: str = ""


@dataclass(slots=True, frozen=True)
class Ended:
    """Nothing more will come: the end of the input, or a signal."""

    text: str = ""
    """What stood in the line."""
    code: int = 0
    """The exit code that a signal asks for, 128 and its number; 0: it just ended."""


Typed = Line | Interrupted | Ended


class Keyboard(Protocol):
    """Where lines come from. All of it is called on the event loop."""

    @property
    def is_interactive(self) -> bool:
        """Whether somebody sits there; else it is a file or a pipe."""
        ...

    async def read(self) -> Typed:
        """The next that is typed."""
        ...

    @property
    def line(self) -> str | None:
        """What stands in the line that is being typed, as of now; None where that is
        never known."""
        ...

    def set_busy(self, busy: bool) -> None:
        """Whether an answer is under way: there is no prompt then, and what is typed
        meanwhile is read all the same."""
        ...

    def aside(self, say: Callable[[], None]) -> None:
        """Say something while a line may be being typed, which stands again after."""
        ...

    def prefill(self, text: str) -> bool:
        """Begin the next line with this text; returns whether that is possible."""
        ...

    def remember(self, questions: Sequence[str]) -> None:
        """Offer these when the user goes back, the last one first."""
        ...

    def complete(self, offers: Callable[[str], Sequence[str]]) -> None:
        """Offer these whole lines for the beginning of one. Called in another thread:
        must not wait."""
        ...

    def on_signal(self, leave: Callable[[int], None]) -> None:
        """Call `leave` on the event loop with the exit code that a signal asks for."""
        ...
