"""Ctrl+C, the end of the input, signals: the ways to stop and to leave."""

from __future__ import annotations

import asyncio
import logging

from agno_tui.plain.place import Place
from agno_tui.plain.words import KEEPING_ERRORS, counted

QUIT_SECONDS = 3.0
"""How soon after the first ctrl+c a second one quits."""

_log = logging.getLogger(__name__)


class WayOut:
    """Leaves without losing anything that was typed or has arrived."""

    def __init__(self, place: Place) -> None:
        self.leaving = asyncio.Event()
        self.code = 0
        """The exit code that was asked for."""
        self.begun: list[str] = []
        """Lines that were typed and go on: each ended with a backslash."""
        self._place = place
        self._quit_asked = -QUIT_SECONDS

    async def quit(self, _: str = "") -> None:
        """Leave."""
        self.leaving.set()

    def signalled(self, code: int) -> None:
        """Leave because of a signal."""
        self.code = code
        self.leaving.set()

    async def interrupted(self, text: str) -> None:
        """Ctrl+C: put the line away, else leave the question as it was, else stop the
        answer, else say how to quit, else quit."""
        place, voice = self._place, self._place.voice
        if await self.put_away(text):
            voice.say("Put away. /draft puts it back.")
        elif place.editing is not None:
            place.editing = None
            voice.say("The question stays as it was.")
        elif place.runner.stop(place.session_id):
            pass  # How it ended is said when it has.
        elif asyncio.get_running_loop().time() - self._quit_asked < QUIT_SECONDS:
            self.leaving.set()
        else:
            self._quit_asked = asyncio.get_running_loop().time()
            voice.say("Press Ctrl+C again to quit, or Ctrl+D.")

    async def ended(self, text: str, code: int) -> None:
        """Nothing more will be typed."""
        self.code = code or self.code
        self.leaving.set()
        await self.put_away(text)

    async def put_away(self, text: str) -> bool:
        """Keep what was typed and not sent as the draft; returns whether there was
        any. Errors: `StorageError`; it can be asked for again with `/draft` then."""
        place = self._place
        if place.editing is not None and text.strip() == place.editing.question.strip():
            text = ""
        text, self.begun = "\n".join([*self.begun, text]).strip("\n"), []
        if not text.strip():
            await place.drop_typed()
            return False
        place.editing = None
        try:
            await place.keep_draft(text)
        except KEEPING_ERRORS:
            place.unsent = text
            raise
        return True

    async def leave(self) -> None:
        """Keep what is under way, and say the way back."""
        place = self._place
        cut_short = await place.runner.close()
        try:
            await self.put_away("")
            if place.unsent and await place.keep_draft(place.unsent):
                place.unsent = ""
        except KEEPING_ERRORS:
            _log.warning("a message was not kept on the way out", exc_info=True)
        if cut_short:
            were = counted(len(cut_short), "answer was", "answers were")
            place.voice.say(
                f"{were} cut short; what had arrived is kept. "
                "agno-tui --plain opens it again."
            )
        if place.unsent:
            place.voice.speak("This message could not be kept", f"\n{place.unsent}")
