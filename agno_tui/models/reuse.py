"""A request that went to a connection its server had just closed."""

from __future__ import annotations

from time import monotonic

from agno_tui.models.loops import KEPT_SECONDS
from agno_tui.models.wire.errors import was_disconnected


class Reuse:
    """Whether a request may have been lost that way: never read, it is sent
    again, once. A server may close what it kept at any time, also as a request comes.
    """

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until = 0.0

    def answered(self) -> None:
        """An answer is whole: its connection is kept for the next request."""
        self._until = monotonic() + KEPT_SECONDS

    def explains(self, error: BaseException) -> bool:
        """Whether it may be why a request had no answer; not twice in a row."""
        until, self._until = self._until, 0.0
        return monotonic() < until and was_disconnected(error)
