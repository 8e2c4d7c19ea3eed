"""What is being typed, kept as the draft while it is: nothing else outlives a kill."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from agno_tui.plain.command import read_command
from agno_tui.plain.place import Place
from agno_tui.plain.words import KEEPING_ERRORS

OFTEN = 0.4
"""Seconds between two looks at a line that is being typed."""

RARELY = 2.0
"""The same, where nobody has typed for a while."""

PATIENCE = 30.0
"""Seconds without a key after which it is looked at rarely."""

_log = logging.getLogger(__name__)


class Drafting:
    """Looks at the line while it is typed: the editor does not tell of its keys."""

    def __init__(self, place: Place, begun: Callable[[], list[str]]) -> None:
        """`begun`: the lines before it that belong to the same message."""
        self._place = place
        self._begun = begun
        self._kept: str | None = None
        """The line as it was when it was kept last."""
        self.pause = OFTEN
        """Seconds until it is looked at again."""

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """While it lasts, what stands in the line is kept as the draft."""
        if self._place.keyboard.line is None:
            yield
            return
        done = asyncio.Event()
        self._kept = None
        task = asyncio.create_task(self._watch(done), name="keep what is typed")
        try:
            yield
        finally:
            # What is being written is written: nothing comes after what is sent.
            done.set()
            await task

    async def _watch(self, done: asyncio.Event) -> None:
        seen, quiet = "", 0.0
        while True:
            self.pause = OFTEN if quiet < PATIENCE else RARELY
            try:
                async with asyncio.timeout(self.pause):
                    await done.wait()
                return
            except TimeoutError:
                quiet += self.pause
            typed = self._place.keyboard.line or ""
            if typed != seen:
                seen, quiet = typed, 0.0
            if typed != self._kept:
                await self._keep(typed)

    async def settle(self) -> None:
        """Nothing of the line that was typed is a draft: it was a command."""
        try:
            await self._place.drop_typed()
        except KEEPING_ERRORS:
            _log.warning("the draft could not be kept", exc_info=True)

    async def _keep(self, typed: str) -> None:
        place, begun = self._place, self._begun()
        is_command = not begun and read_command(typed) is not None
        text = "" if is_command else "\n".join([*begun, typed])
        editing = place.editing
        if editing is not None and text.strip() == editing.question.strip():
            text = ""
        try:
            if text.strip() or place.put_away is not None:
                await place.keep_typed(text)
            self._kept = typed
        except KEEPING_ERRORS:
            _log.warning("what is being typed could not be kept", exc_info=True)
        except Exception:  # Nobody is kept from typing by it.
            _log.exception("what is being typed could not be kept")
