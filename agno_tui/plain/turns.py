"""Commands for the turns of the open conversation: again, otherwise, later, not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from agno_tui.plain.answer import say_exchange
from agno_tui.plain.place import Place, RefusedError
from agno_tui.plain.words import counted
from agno_tui.session import Run, RunStatus
from agno_tui.text import clipped, one_line

LONGEST_LOOK = 200
"""Characters of a message that are said where several are listed."""


class Turns:
    """Sends questions again, and chooses among their answers."""

    def __init__(self, place: Place, send: Callable[[str], Awaitable[None]]) -> None:
        """`send` sends a message in the open conversation."""
        self._place = place
        self._send_text = send

    async def stop(self, _: str) -> None:
        """Stop the answer."""
        if not self._place.runner.stop(self._place.session_id):
            self._place.voice.say("Nothing is being answered here.")

    async def retry(self, _: str) -> None:
        """Send the last question again."""
        self._refuse_while_answering()
        await self._place.runner.retry(await self._last_ended())

    async def edit(self, words: str) -> None:
        """Ask the last question in other words: as another version of its turn."""
        self._refuse_while_answering()
        place = self._place
        run = await self._last_ended()
        place.editing = run
        if words:
            await self._send_text(words)
            return
        if place.keyboard.prefill(run.question):
            place.voice.say("Change the question. Ctrl+C leaves it as it was.")
            return
        place.voice.speak("Your last question", run.question)
        place.voice.say("Type it in other words. An empty line leaves it as it was.")

    async def send_instead(self, run: Run, words: str) -> None:
        """Send another question in the place of a run's."""
        place = self._place
        await place.runner.send(
            words,
            session_id=run.session_id,
            user_id=run.user_id,
            parent_run_id=run.parent_run_id or "",
        )
        # Where it could not be kept, it is still to stand there.
        place.editing = None

    async def versions(self, _: str) -> None:
        """List the versions of the last turn that has several."""
        place = self._place
        versions, chosen = await self._versions()
        runs = await place.storage.get_runs_by_id(versions, user_id=place.user_id)
        by_id = {run.run_id: run for run in runs}
        for number, run_id in enumerate(versions, 1):
            if (run := by_id.get(run_id)) is not None:
                here = ", the one you are in" if run_id == chosen else ""
                asked = clipped(one_line(run.question), LONGEST_LOOK)
                said = clipped(one_line(run.answer), LONGEST_LOOK) or "no answer"
                place.voice.say(f"{number}{here}. You: {asked} Agent: {said}")
        place.voice.say("/version and a number goes on with that one.")

    async def version(self, words: str) -> None:
        """Go on with another version of the last turn that has several."""
        self._refuse_while_answering()
        place = self._place
        versions, chosen = await self._versions()
        is_number = words.isascii() and words.isdigit()
        number = int(words[:9]) if is_number else 0
        if not 0 < number <= len(versions):
            raise RefusedError(f"Say a number from 1 to {len(versions)}.")
        wanted = versions[number - 1]
        if wanted != chosen:
            await place.storage.choose_run(wanted, user_id=place.user_id)
        place.voice.say(f"Version {number} of {len(versions)}:")
        run = await place.storage.get_run(wanted, user_id=place.user_id)
        if run is not None:
            say_exchange(place.voice, run)

    async def _versions(self) -> tuple[list[str], str]:
        """The versions of the last turn on the way that has several, and the one the
        conversation goes through."""
        place = self._place
        await place.kept()
        turns = await place.storage.get_versions(
            place.session_id, user_id=place.user_id
        )
        outlines = await place.storage.get_run_outlines(
            place.session_id, user_id=place.user_id
        )
        for outline in reversed(outlines):
            for versions in turns:
                if outline.run_id in versions:
                    return versions, outline.run_id
        raise RefusedError("No turn here has another version. /edit makes one.")

    async def _last_ended(self) -> Run:
        """The last turn, whose answer has come. Errors: `RefusedError`."""
        place = self._place
        run = await place.last_run()
        if run.status is RunStatus.RUNNING:
            # Its program may have ended since ours began.
            await place.storage.interrupt_abandoned()
            run = await place.last_run()
        if run.status is RunStatus.RUNNING:
            raise RefusedError("It is being answered in another window.")
        return run

    def _refuse_while_answering(self) -> None:
        if self._place.live is not None:
            raise RefusedError("It is still answering. /stop stops the answer first.")

    # What waits

    async def queue(self, words: str) -> None:
        """List what waits, send what is paused, or take a message out."""
        word, _, number = words.partition(" ")
        waiting = await self._waiting()
        if not waiting:
            self._place.voice.say(
                "Nothing waits. What you send while an answer comes waits for its turn."
            )
        elif not words:
            self._list(waiting)
        elif word == "send":
            await self._send(waiting)
        elif word == "remove" and number.strip().isdecimal():
            await self._remove(waiting, int(number.strip()[:9]))
        else:
            raise RefusedError("Say /queue, /queue send, or /queue remove 1.")

    async def _waiting(self) -> list[Run]:
        return await self._place.storage.get_runs(
            self._place.session_id,
            user_id=self._place.user_id,
            status=RunStatus.PENDING,
        )

    def _list(self, waiting: list[Run]) -> None:
        say, line = self._place.voice.say, self._place.runner.line
        for number, run in enumerate(waiting, 1):
            held = "" if line.has(run) else ", paused"
            words = clipped(one_line(run.question), LONGEST_LOOK)
            say(f"{number}{held}. {words}")
        paused = any(not line.has(run) for run in waiting)
        send = "/queue send sends what is paused; " if paused else ""
        say(f"{send}/queue remove 1 takes the first one out.")

    async def _send(self, waiting: list[Run]) -> None:
        runner = self._place.runner
        held = [run for run in waiting if not runner.line.has(run)]
        if not held:
            self._place.voice.say("Nothing is paused: they are sent by themselves.")
            return
        await runner.resume(held[0])
        if self._place.live is not None and self._place.live.run_id != held[0].run_id:
            self._place.voice.say("They are sent when this answer is whole.")

    async def _remove(self, waiting: list[Run], number: int) -> None:
        if not 0 < number <= len(waiting):
            raise RefusedError(f"{counted(len(waiting), 'message')} waiting here.")
        run = waiting[number - 1]
        place = self._place
        before = (await place.kept()).draft
        # Until it is kept as a draft, it waits.
        await place.keep_draft(run.question)
        if await place.runner.line.take_back(run):
            place.voice.say("Taken out. It is your draft now: /draft.")
            return
        await place.set_draft(before)
        place.voice.say("Too late: it was sent already.")

    # What is not sent

    async def draft(self, words: str) -> None:
        """Put the draft back into the line, send it, or drop it."""
        place = self._place
        session = await place.storage.get_session(
            place.session_id, user_id=place.user_id
        )
        text = place.unsent or (session.draft if session is not None else "")
        if not text.strip():
            raise RefusedError("There is no draft here.")
        if words == "drop":
            place.unsent = ""
            await place.set_draft("")
            place.voice.say("Dropped the draft.")
        elif words == "send":
            await self._send_text(text)
        elif words:
            raise RefusedError("Say /draft, /draft send, or /draft drop.")
        elif place.keyboard.prefill(text):
            place.lifted = text
            place.voice.say("Your draft is in the line.")
        else:
            place.voice.speak("Draft", text)
            place.voice.say("/draft send sends it.")
