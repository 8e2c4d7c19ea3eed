"""Finding words in a whole session, most of which is not on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Sequence,
)
from time import perf_counter
from typing import TYPE_CHECKING, Final, TypeAlias

from agno_tui.session import Run
from agno_tui.ui.transcript.found_texts import texts_of
from agno_tui.ui.transcript.hits import Hit, Hits

if TYPE_CHECKING:
    from agno_tui.ui.transcript.sought import Sought

Reader: TypeAlias = Callable[[Sequence[str]], Awaitable[list[Run]]]
"""Fetches runs with their messages by `run_id`; those that are gone are left out."""

AT_ONCE: Final = 200
"""Runs that are read at once."""

_SLICE: Final = 0.002
"""Seconds of work before others have their turn."""


class Find:
    """Looks for words in all turns of a session, and walks from hit to hit."""

    def __init__(
        self,
        sought: Sought,
        run_ids: Iterable[str],
        read: Reader,
        *,
        details: bool = False,
    ) -> None:
        """`run_ids`: of all the session's turns, oldest first. `details`: whether
        reasoning and tool calls are shown in full."""
        self.sought = sought
        self.hits = Hits(run_ids, details=details)
        self.current: Hit | None = None
        """The hit one is at."""
        self.is_scanning = False
        """Whether there may be more hits than are known."""
        self._read = read
        self._known: set[str] = set()
        """Turns that were looked through."""

    async def scan(
        self,
        outward_from: str | None = None,
        progress: Callable[[], None] | None = None,
    ) -> None:
        """Look through all turns, from the newest backwards or from one outwards.

        `progress` is called whenever more is known. May be cancelled, and goes on where
        it was when it is called again. Errors: what the reader raises.
        """
        if not self.sought:
            return
        self.is_scanning = True
        try:
            for wanted in self._pages(outward_from):
                await self._look_through(wanted, await self._read(wanted))
                self._known.update(wanted)
                if progress is not None:
                    progress()
        finally:
            self.is_scanning = False

    async def rescan(self, run: Run) -> None:
        """Look again through a run whose text has changed; a new one is the newest."""
        if not self.sought:
            return
        self.hits.add_turn(run.run_id)
        # What the storage has of it is older.
        self._known.add(run.run_id)
        await self._count(run, _Pace())

    def keep_only(self, run_ids: Collection[str]) -> None:
        """Look for nothing in any other turn: those have left the conversation."""
        self._known.update(self.hits.keep_only(run_ids))

    @property
    def position(self) -> int | None:
        """The index of the hit one is at, among those that are known."""
        return None if self.current is None else self.hits.place_of(self.current)

    def next(self, step: int = 1) -> Hit | None:
        """Go `step` hits on (negative: back), around the ends; None: there is none."""
        total, position = len(self.hits), self.position
        if not total:
            self.current = None
        elif position is None:
            self.current = self.hits[(step - 1 if step > 0 else step) % total]
        else:
            self.current = self.hits[(position + step) % total]
        return self.current

    def reaches(self, step: int) -> bool:
        """Whether one gets so many hits on without going around an end."""
        position = self.position
        return position is not None and 0 <= position + step < len(self.hits)

    def show_details(self, details: bool) -> None:
        """Reasoning and tool calls are shown in full from now on, or folded. What one
        is at is the same place, or where that is folded another one near it."""
        self.current = self.hits.show_details(details, self.current)

    def near(self, run_id: str) -> Hit | None:
        """The first hit at or after a turn, else the last before it. Goes nowhere."""
        index = self.hits.at_or_after(run_id)
        return None if index is None else self.hits[index]

    @property
    def label(self) -> str:
        """Where one is: `3/17`; `17+` while it may be more; empty without a query. Then
        what is folded: `3/17 · 4 in details: {run.details}`, as `Keymap.words` reads
        it."""
        total, position = len(self.hits), self.position
        if not self.sought:
            return ""
        if self.is_scanning:
            return f"{total}+" if total else "…"
        said = str(total) if position is None else f"{position + 1}/{total}"
        hidden = self.hits.hidden
        more = f" · {hidden:,} in details: {{run.details}}" if hidden else ""
        return (said if total else "no match") + more

    def _pages(self, outward_from: str | None) -> Iterator[list[str]]:
        """The turns that are not known yet, some at a time."""
        turns = self.hits.turns_from(outward_from)
        for first in range(0, len(turns), AT_ONCE):
            page = turns[first : first + AT_ONCE]
            if wanted := [run_id for run_id in page if run_id not in self._known]:
                yield wanted

    async def _look_through(self, wanted: Sequence[str], runs: Iterable[Run]) -> None:
        pace, asked = _Pace(), set(wanted)
        for run in runs:
            # It may have been looked through while it was read.
            if run.run_id in asked and run.run_id not in self._known:
                await self._count(run, pace)

    async def _count(self, run: Run, pace: _Pace) -> None:
        in_question = 0
        for count in self.sought.counts(run.question):
            in_question += count
            await pace.keep()
        in_answer = [0]
        for one in texts_of(run):
            await pace.keep()
            if one.is_detail != (len(in_answer) % 2 == 0):
                in_answer.append(0)
            counted = (
                self.sought.counts if one.is_detail else self.sought.counts_in_source
            )
            for count in counted(one.text):
                in_answer[-1] += count
                await pace.keep()
        self.hits.put(run.run_id, in_question, *in_answer)


class _Pace:
    """Lets others have their turn, often enough that nobody notices."""

    def __init__(self) -> None:
        self._since = perf_counter()

    async def keep(self) -> None:
        """Pause if it is time."""
        if perf_counter() - self._since > _SLICE:
            await asyncio.sleep(0)
            self._since = perf_counter()
