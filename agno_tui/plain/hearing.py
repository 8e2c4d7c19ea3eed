"""What comes by itself: answers here and elsewhere, as they are said."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine

from agno_tui.events import RunEnded, RunEvent, RunPending, RunStarted, SessionNamed
from agno_tui.plain.answer import Answer
from agno_tui.plain.place import Place, Target
from agno_tui.plain.shortened import brief
from agno_tui.plain.words import outcome, title_of
from agno_tui.session import Run, RunStatus

_log = logging.getLogger(__name__)


class Hearing:
    """Follows all runs, and says those of the open conversation as they come."""

    def __init__(self, place: Place, note_busy: Callable[[], None]) -> None:
        self.just_typed = ""
        """What was typed last and is about to be answered: it need not be said."""
        self.has_failed = False
        """Whether an answer here failed."""
        self._place = place
        self._note_busy = note_busy
        self._unfollow = place.runner.follow(self._hear)
        self._beside: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """Say what is left of the answer, and listen no more."""
        self._unfollow()
        if self._place.answer is not None:
            self._place.answer.flush()

    async def finish(self) -> None:
        """Wait until what was begun beside the answers is done."""
        if self._beside:
            await asyncio.wait(list(self._beside))

    def _hear(self, event: RunEvent | SessionNamed) -> None:
        place = self._place
        is_here = event.session_id == place.session_id
        if isinstance(event, SessionNamed):
            if is_here:
                place.session.name = event.name
        elif is_here:
            self._hear_here(event)
            # What waited behind it is begun right after this event.
            asyncio.get_running_loop().call_soon(self._note_busy)
        elif isinstance(event, RunEnded) and event.run.user_id == place.user_id:
            self._do(self._say_elsewhere(event.run))

    def _hear_here(self, event: RunEvent) -> None:
        place, voice = self._place, self._place.voice
        match event:
            case RunPending():
                self.just_typed = ""
                voice.say("Queued: it is sent after this answer. /queue lists.")
            case RunStarted():
                if event.run.question != self.just_typed:
                    voice.speak("You", brief(event.run.question))
                self.just_typed = ""
                place.answer = Answer(event.run, voice, details=place.details)
            case _ if place.answer is not None and place.answer.run_id == event.run_id:
                place.answer.hear(event)
            case RunEnded():
                # It ended before it began.
                voice.say(outcome(event.run) or "It was answered elsewhere. /read 1")
        if isinstance(event, RunEnded):
            place.answer = None
            self.has_failed |= event.run.status.failed
            self._say_held(event.run)
            self._do(
                place.storage.mark_read(event.session_id, user_id=event.run.user_id)
            )

    def _say_held(self, ended: Run) -> None:
        """An answer broke off: what waits behind it is not sent by itself."""
        line = self._place.runner.line
        if ended.status is not RunStatus.COMPLETED and line.goes_on(ended.session_id):
            self._place.voice.say(
                "What waits is paused: /retry, or /queue send, goes on with it."
            )

    async def _say_elsewhere(self, run: Run) -> None:
        place = self._place
        session = await place.storage.get_session(run.session_id, user_id=run.user_id)
        if session is None or run.user_id != place.user_id:
            return
        number = place.number(Target(run.session_id))
        did = "answered" if run.status is RunStatus.COMPLETED else "stopped"
        did = "failed" if run.status.failed else did
        line = f"Agent {did} in “{title_of(session)}”: /open {number}"
        place.keyboard.aside(lambda: place.voice.say(line))

    def _do(self, work: Coroutine[None, None, None]) -> None:
        """Do something that nobody waits for; where it fails, the log says so."""
        task = asyncio.create_task(_logged(work))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)


async def _logged(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except Exception:
        _log.warning("something beside an answer failed", exc_info=True)
