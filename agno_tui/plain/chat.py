"""The program in plain lines: reads what is typed, has it done."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from agno_tui.models.base import Model, ModelError
from agno_tui.models.menu import ModelMenu
from agno_tui.plain.command import command_named, message_of, read_command
from agno_tui.plain.completion import offers
from agno_tui.plain.deeds import Deeds
from agno_tui.plain.drafting import Drafting
from agno_tui.plain.hearing import Hearing
from agno_tui.plain.lists import Lists
from agno_tui.plain.place import Place, RefusedError
from agno_tui.plain.settings import Settings
from agno_tui.plain.shortened import brief, is_long
from agno_tui.plain.turns import Turns
from agno_tui.plain.typed import Ended, Interrupted, Keyboard, Line, Typed
from agno_tui.plain.voice import Voice
from agno_tui.plain.way_out import WayOut
from agno_tui.plain.words import KEEPING_ERRORS, user_words
from agno_tui.runner import Runner
from agno_tui.storage.base import Storage

FAILED, BROKEN_PIPE = 1, 141
"""Exit codes: something failed; nobody listens any more (128 + SIGPIPE)."""

Deed = Callable[[str], Awaitable[None]]

_log = logging.getLogger(__name__)


class PlainChat:
    """A chat over a storage and a runner that are given to it, as `AgnoApp` is.

    `write` takes what is said. It opens the storage; whoever made it closes that, the
    runner and `models_used`. `run_async` returns the exit code.
    """

    def __init__(
        self,
        *,
        runner: Runner,
        storage: Storage,
        model: Model,
        keyboard: Keyboard,
        write: Callable[[str], None],
        user_id: str = "",
        menu: ModelMenu | None = None,
        memory: bool = False,
        exports: Path | None = None,
    ) -> None:
        self.runner, self.storage = runner, storage
        self.return_code: int | None = None
        self._keyboard = keyboard
        self._voice = voice = Voice(write)
        self._place = place = Place(storage, runner, voice, keyboard, user_id)
        place.changed = self._note_busy
        self._own = Deeds(place, exports)
        self._lists, self._turns, self._way_out = (
            Lists(place),
            Turns(place, self._send),
            WayOut(place),
        )
        self._settings = Settings(
            place, model, menu, memory=memory, arrived=self._arrived
        )
        self._drafting = Drafting(place, lambda: self._way_out.begun)
        self._hearing = Hearing(place, self._note_busy)
        self._deeds = self._table()
        self._rest = asyncio.Event()
        """Set while no answer is under way here."""
        self._code = 0

    @property
    def models_used(self) -> list[Model]:
        """Every model that answered or may still."""
        return self._settings.models_used

    def _table(self) -> dict[str, Deed]:
        """What does each command, by its id."""
        lists, own, turns, rest = self._lists, self._own, self._turns, self._settings
        return {
            "help": rest.help,
            "session.new": own.new,
            "session.list": lists.sessions,
            "plain.more": lists.more,
            "plain.archive": lists.archive,
            "plain.open": lists.open,
            "session.attention": lists.attention,
            "search": lists.search,
            "plain.read": lists.read,
            "session.rename": own.rename,
            "session.pin": own.pin,
            "session.archive": own.archive,
            "session.delete": own.delete,
            "session.undo": own.undo,
            "session.fork": own.fork,
            "session.export": own.export,
            "run.stop": turns.stop,
            "run.retry": turns.retry,
            "run.edit": turns.edit,
            "plain.versions": turns.versions,
            "plain.version": turns.version,
            "queue": turns.queue,
            "plain.draft": turns.draft,
            "context": rest.context,
            "run.details": rest.details,
            "model": rest.change_model,
            "user": rest.change_user,
            "quit": self._way_out.quit,
        }

    async def run_async(self) -> int:
        """Talk until the input ends or the user leaves; returns the exit code."""
        # (The front door turns collecting off while it imports.)
        gc.enable()
        self._keyboard.on_signal(self._way_out.signalled)
        is_open = False
        try:
            is_open = await self._begin()
            if is_open:
                await self._talk()
        finally:
            await self._settings.finish()
            self._hearing.stop()
            if is_open:
                await self._way_out.leave()
                await self._hearing.finish()
        self.return_code = self._way_out.code or self._code
        if self._hearing.has_failed and not self._keyboard.is_interactive:
            self.return_code = self.return_code or FAILED
        if self._voice.is_broken:
            self.return_code = BROKEN_PIPE
        return self.return_code

    async def _begin(self) -> bool:
        """Open the storage and say where one is; returns whether that was possible."""
        place = self._place
        try:
            await self.storage.open()
            await self.storage.interrupt_abandoned()
            await self._settings.arrive()
            named = f" User {user_words(place.user_id)}." if place.user_id else ""
            self._voice.say(
                f"agno-tui, conversation {place.title()}. "
                f"{self._settings.model_sentence()}{named} /help lists the commands."
            )
            if self._keyboard.is_interactive:
                await place.say_where()
        except Exception as error:
            _log.critical("the conversations can't be opened", exc_info=True)
            unknown = "The conversations can't be opened. The log has the details."
            self._voice.error(getattr(error, "words", unknown))
            self._code = FAILED
            return False
        self._keyboard.complete(
            lambda text: offers(text, place.titles, self._settings.models)
        )
        self._settings.begin()
        return True

    async def _arrived(self) -> None:
        """Another user is here: nothing that is known is theirs."""
        self._own.forget()
        self._lists.forget()
        await self._lists.know_titles()

    async def _talk(self) -> None:
        self._note_busy()
        while not (self._way_out.leaving.is_set() or self._voice.is_broken):
            async with self._drafting.watching():
                typed = await self._keyboard.read()
            try:
                await self._take(typed)
            except KEEPING_ERRORS as error:
                self._voice.error(f"{error.words} What was kept before is still there.")
            except (RefusedError, ModelError) as error:
                self._voice.say(error.words)
            except Exception:
                _log.exception("what was typed could not be done")
                self._voice.error("Something went wrong. The log has the details.")
            self._note_busy()
            if not self._keyboard.is_interactive:
                await self._until_rest()

    async def _until_rest(self) -> None:
        """Wait until nothing is under way here, or it is time to leave."""
        events = (self._rest, self._way_out.leaving)
        waits = [asyncio.create_task(event.wait()) for event in events]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()

    async def _take(self, typed: Typed) -> None:
        match typed:
            case Line():
                await self._take_line(typed.text)
            case Interrupted():
                await self._way_out.interrupted(typed.text)
            case Ended():
                await self._way_out.ended(typed.text, typed.code)

    async def _take_line(self, text: str) -> None:
        begun = self._way_out.begun
        if (len(text) - len(text.rstrip("\\"))) % 2:
            begun.append(text[:-1])
            return
        command = read_command(text) if not begun else None
        text = "\n".join([*begun, text])
        begun.clear()
        if command is not None:
            await self._drafting.settle()
            await self._do(*command)
        elif text.strip():
            await self._send(message_of(text))
        elif self._place.editing is not None:
            await self._drafting.settle()
            self._place.editing = None
            self._voice.say("The question stays as it was.")
        else:
            await self._drafting.settle()

    async def _do(self, word: str, rest: str) -> None:
        command = command_named(word)
        if command is None:
            self._voice.say(
                f"There is no /{word}. /help lists the commands; //{word} sends it as "
                "a message."
            )
        elif command.needs_words and not rest:
            self._voice.say(f"Say {command.usage}.")
        else:
            await self._deeds[command.id](rest)

    async def _send(self, text: str) -> None:
        place = self._place
        if not self._keyboard.is_interactive:
            self._voice.speak("You", text)
        elif is_long(text):
            self._voice.speak("You", brief(text))
        self._hearing.just_typed = text
        try:
            draft = await self._other_draft(text)
            if place.editing is not None:
                await self._turns.send_instead(place.editing, text)
            else:
                await self.runner.send(
                    text, session_id=place.session_id, user_id=place.user_id
                )
        except KEEPING_ERRORS as error:
            place.unsent, self._code = text, FAILED
            self._voice.error(f"Not sent. {error.words} /draft brings your text back.")
            return
        # Until it is kept again, as what it takes the place of is gone from the disk.
        place.unsent, has_typed = draft, place.put_away is not None
        place.put_away = None
        if draft or has_typed:
            await place.set_draft(draft)
            place.unsent = ""
        await self._note_kept()

    async def _other_draft(self, text: str) -> str:
        """The draft, where it is another text: what is sent takes its place."""
        place = self._place
        draft = await place.draft_beside()
        lifted, place.lifted = place.lifted, ""
        is_in_it = lifted == draft and draft.strip() in text
        return "" if is_in_it or draft.strip() == text.strip() else draft

    async def _note_kept(self) -> None:
        """Something was said in the open conversation: it is kept by now."""
        place = self._place
        user_id = place.user_id
        await self.storage.set_open_session(place.session_id, user_id=user_id)
        if not place.session.name:
            kept = await self.storage.get_session(place.session_id, user_id=user_id)
            place.session = kept or place.session
            await self._lists.know_titles()

    def _note_busy(self) -> None:
        is_busy = self._place.live is not None
        if is_busy:
            self._rest.clear()
        else:
            self._rest.set()
        self._keyboard.set_busy(is_busy)
