"""Commands for what is true of the whole program: model, user, context, help."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress

from agno_tui.agent.options import AS_CHOSEN
from agno_tui.agent.preparing import ToolsError
from agno_tui.agent.windows import HistoryWindow, window_from
from agno_tui.models.base import Model, ModelError
from agno_tui.models.menu import ModelMenu
from agno_tui.plain.command import COMMANDS, command_named
from agno_tui.plain.place import Place, RefusedError
from agno_tui.plain.words import KEEPING_ERRORS, counted, listed, user_words
from agno_tui.storage.errors import StorageError
from agno_tui.text import one_line
from agno_tui.user_names import NAMELESS, meant

MEMORY, ON = "memory", "on"
"""The user's setting that lets the agent remember, and its value for yes."""

_log = logging.getLogger(__name__)


class Settings:
    """Changes the model and the user, says what goes out and what can be done."""

    def __init__(
        self,
        place: Place,
        model: Model,
        menu: ModelMenu | None,
        *,
        memory: bool,
        arrived: Callable[[], Awaitable[None]],
    ) -> None:
        """`memory`: whether to remember what users say who have not chosen. `arrived`
        is called when another user is here."""
        self._place = place
        self._menu = menu
        self._memory = memory
        self._arrived = arrived
        self.model = model
        self.models_used = [model]
        """Every model that answered or may still: whoever made them closes them."""
        self.models: list[str] = []
        """Names that were found last."""
        self._preparing: set[asyncio.Task[None]] = set()

    # The model

    def begin(self) -> None:
        """Make the model ready, and say how that goes."""
        task = asyncio.create_task(self._prepare(self.model), name="prepare the model")
        self._preparing.add(task)
        task.add_done_callback(self._preparing.discard)

    async def finish(self) -> None:
        """Stop making models ready."""
        tasks = list(self._preparing)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _prepare(self, model: Model) -> None:
        said, before = "", model.label
        try:
            async with aclosing(model.prepare()) as steps:
                async for step in steps:
                    if model is not self.model:
                        return
                    if step.total and step.words != said:
                        said = step.words
                        self._aside(f"{said}, {step.total / 1e6:,.0f} MB.")
        except ModelError as error:
            if model is self.model:
                self._aside(f"Error: {one_line(error.words)}")
            return
        except Exception:
            _log.exception("a model did not get ready")
            self._aside("Error: the model is not ready. The log has the details.")
            return
        if model is self.model and model.label != before:
            self._aside(f"Model: {self.model_words()}.")

    def _aside(self, text: str) -> None:
        place = self._place
        place.keyboard.aside(lambda: place.voice.say(text))

    def model_words(self) -> str:
        """The model, and why it is this one."""
        reason = one_line(str(getattr(self.model, "reason", "")))
        label = one_line(self.model.label).rstrip("…")
        return f"{label} ({reason})" if reason else label

    def model_sentence(self) -> str:
        """The same as a sentence; or that there is none yet."""
        label = one_line(self.model.label)
        if label.endswith("…"):
            return f"{label[:1].upper()}{label[1:-1]}."
        return f"Model: {self.model_words()}."

    async def change_model(self, words: str) -> None:
        """List the models that are there, or answer with another from now on."""
        say = self._place.voice.say
        if not words:
            say(self.model_sentence())
            self.models = await self._menu.names() if self._menu is not None else []
            for number, name in enumerate(self.models, 1):
                say(f"{number}. {one_line(name)}")
            if self.models:
                say("/model and a number or a name changes it.")
            return
        if self._menu is None:
            raise RefusedError("There is no other model here.")
        if (
            words.isascii()
            and words.isdigit()
            and 0 < int(words[:9]) <= len(self.models)
        ):
            words = self.models[int(words[:9]) - 1]
        model = self._menu.choose(words)
        if model not in self.models_used:
            self.models_used.append(model)
        # Answers under way go on with the model that began them.
        self.model = self._place.runner.agent.model = model
        with suppress(OSError):
            self._menu.remember(words)
        say(f"From now on {one_line(words)} answers.")
        self.begin()

    # The user

    async def arrive(self) -> None:
        """Open this user's conversations. Errors: `StorageError`."""
        place = self._place
        try:
            kept = await place.storage.get_setting(MEMORY, user_id=place.user_id)
            on = self._memory if kept is None else kept == ON
        except StorageError:
            _log.warning("whether to remember is not known", exc_info=True)
            on = False
        agent = place.runner.agent
        agent.enable_agentic_memory = on
        agent.memory_of_users[place.user_id] = on
        await place.start()
        await self._arrived()

    async def change_user(self, name: str) -> None:
        """List the users, or open another one's conversations."""
        place = self._place
        if not name:
            known = await place.storage.get_users()
            names = [user_words(one) for one in known]
            way_back = f"You have no name: /user {NAMELESS} comes back to you."
            you = f"You are {user_words(place.user_id)}."
            place.voice.say(you if place.user_id else way_back)
            if names:
                place.voice.say(f"With conversations: {listed(names)}.")
                place.voice.say("/user and a name opens theirs.")
            return
        try:
            name = meant(name, ["", *await place.storage.get_users()])
        except ValueError as error:
            raise RefusedError(str(error)) from None
        if place.unsent:
            raise RefusedError("Your last message is not kept yet: /draft send first.")
        before, place.user_id = (place.user_id, place.session), name
        try:
            await self.arrive()
        except KEEPING_ERRORS:
            place.user_id, place.session = before
            raise
        place.voice.say(f"User {user_words(name)}, conversation {place.title()}.")
        await place.say_where()

    # The rest

    async def context(self, words: str) -> None:
        """Say what goes out with the next message; a number changes how many earlier
        turns that is."""
        place = self._place
        agent = place.runner.agent
        if words:
            try:
                window = HistoryWindow(window_from(words), is_own=True)
            except ValueError as error:
                raise RefusedError(str(error)) from None
            await agent.set_window(place.session_id, window, user_id=place.user_id)
        try:
            made = await agent.next_request(
                place.session_id, user_id=place.user_id, options=AS_CHOSEN
            )
        except ToolsError as error:
            raise RefusedError(error.words) from error
        counts = await asyncio.to_thread(made.counts)
        history = len(made.request.history)
        parts = [f"{counted(history, 'earlier turn')} ({counts.history:,} tokens)"]
        if counts.instructions:
            parts.append(f"instructions ({counts.instructions:,})")
        if counts.told:
            parts.append(f"what it knows about you ({counts.told:,})")
        if made.request.tools:
            tools = counted(len(made.request.tools), "tool")
            parts.append(f"{tools} ({counts.tools:,})")
        room = f" (about {counts.question:,})" if counts.question else ""
        parts.append(f"your message{room}")
        runs = made.window.runs
        most = "all turns" if runs is None else counted(runs, "turn")
        place.voice.say(f"Next goes out: {listed(parts)}.")
        place.voice.say(
            f"About {counts.total:,} tokens. At most {most} of this conversation go "
            "along; /context and a number changes that."
        )

    async def details(self, _: str) -> None:
        """Say what each answer took, or no longer."""
        place = self._place
        place.details = not place.details
        words = (
            "What each answer took is said." if place.details else "No more figures."
        )
        place.voice.say(words)

    async def help(self, words: str) -> None:
        """Say what can be done."""
        say = self._place.voice.say
        if words:
            one = command_named(words.removeprefix("/").lower())
            if one is None:
                raise RefusedError(f"There is no /{one_line(words)}.")
            others = [f"/{name}" for name in one.name_list[1:]]
            also = f" Also: {listed(others)}." if others else ""
            say(f"{one.usage}: {one.title}.{also}")
            return
        for one in COMMANDS:
            say(f"{one.usage}: {one.title}.")
        say("Everything else you type is sent. // at the beginning sends a slash.")
        say(r"A line that ends with \ goes on. Tab completes, arrow up goes back.")
        say("Ctrl+C stops the answer, or puts the line away; Ctrl+D quits.")
