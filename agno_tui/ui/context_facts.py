"""What goes out with the next message of a session: asked of the agent, which would
make it the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from agno_tui.agent.next_request import Counts, NextRequest
from agno_tui.agent.options import AS_CHOSEN
from agno_tui.agent.windows import HistoryWindow
from agno_tui.events import RunEnded, RunEvent, RunPending, RunStarted, SessionNamed
from agno_tui.runner import Runner
from agno_tui.session import Session


class ContextFacts:
    """What is known of the next request. Errors of all: `StorageError`, `ToolsError`.

    `draft`: what is written and not sent.
    """

    def __init__(self, runner: Runner, session: Session, draft: str) -> None:
        self.draft = draft
        self.wish: HistoryWindow | None = None
        """The number of runs that was wished for last; None: what is kept."""
        self.next: NextRequest | None = None
        """None until it was read."""
        self.counts: Counts | None = None
        self._runner = runner
        self._ids = (session.session_id, session.user_id)

    @property
    def is_answering(self) -> bool:
        """Whether an answer is under way, which goes along once it is whole."""
        return self._runner.live(self._ids[0]) is not None

    @property
    def window(self) -> HistoryWindow:
        """How many runs go along at most, as it is wished now."""
        if self.wish is not None:
            return self.wish
        return self.next.window if self.next is not None else HistoryWindow(0)

    @property
    def has_all(self) -> bool:
        """Whether the session has no more runs than the window lets through."""
        if self.next is None:
            return False
        runs = self.next.window.runs
        return runs is None or self.next.found < runs

    def follow(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` on the event loop whenever more may go along, until what is
        returned is called."""

        def hear(event: RunEvent | SessionNamed) -> None:
            if event.session_id == self._ids[0] and isinstance(
                event, RunPending | RunStarted | RunEnded
            ):
                changed()

        return self._runner.follow(hear)

    async def read(self) -> None:
        """See what would go out now."""
        session_id, user_id = self._ids
        made = await self._runner.agent.next_request(
            session_id, user_id=user_id, text=self.draft, options=AS_CHOSEN
        )
        self.counts = await asyncio.to_thread(made.counts)
        self.next = made

    def change(self, step: int) -> bool:
        """Wish for one run more or less than now; returns whether that is another
        number. More than there are: all of them, also those to come."""
        if self.next is None:
            return False
        before, found = self.window.runs, self.next.found
        if step > 0 and (before is None or (self.has_all and before > found)):
            return self.choose(None)
        there = found if before is None else before
        if step < 0 and self.has_all:
            # Else the key would do nothing that can be seen.
            there = min(there, found)
        return self.choose(max(0, there + step))

    def choose(self, runs: int | None, *, is_own: bool = True) -> bool:
        """Wish for a number of runs, None for all; not `is_own`: for as many as
        everywhere. Returns whether that is another number."""
        if self.next is None:
            return False
        wish = HistoryWindow(runs if is_own else self._everywhere, is_own)
        if wish == self.window:
            return False
        self.wish = wish
        return True

    @property
    def _everywhere(self) -> int | None:
        return self._runner.agent.num_history_runs

    async def keep(self) -> bool:
        """Have the agent do as was wished last; returns whether there was a wish."""
        session_id, user_id = self._ids
        wish = self.wish
        if wish is None:
            return False
        try:
            await self._runner.agent.set_window(session_id, wish, user_id=user_id)
            await self.read()
        finally:
            # Another may have been wished for meanwhile.
            if self.wish == wish:
                self.wish = None
        return True

    async def as_json(self) -> str:
        """The request itself, as it would go out."""
        if self.next is None:
            await self.read()
        return await asyncio.to_thread(self.next.as_json) if self.next else ""
