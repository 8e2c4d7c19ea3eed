"""The keys of slash commands in the prompt: choose, complete, do, or send after all."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from textual import events

from agno_tui.ui.command import Choices, Command, Where
from agno_tui.ui.failures import words_for
from agno_tui.ui.keymap import keymap_of, usual_key
from agno_tui.ui.slash import (
    Choice,
    Offer,
    Slash,
    command_named,
    offered_choices,
    offered_commands,
    read_slash,
)

if TYPE_CHECKING:
    from agno_tui.ui.arguments import ArgumentApp
    from agno_tui.ui.chat_pane import ChatPane
    from agno_tui.ui.slash_panel import SlashPanel

AGAIN = "Enter again sends it as a message."

_log = logging.getLogger(__name__)


class SlashKeys:
    """Is asked first about every key of a prompt. What it offers is found from the text
    itself when a key comes, however far behind the screen is."""

    def __init__(self, pane: ChatPane) -> None:
        self._pane = pane
        self._panel: SlashPanel | None = None
        self._closed = False
        self._step: tuple[str, int | None] = ("", None)
        """A text, and which of its offers the user went to."""
        self._asked = ""
        """The text that is sent if Enter comes again."""
        self._choices: dict[Choices, list[Choice]] = {}

    @property
    def _app(self) -> ArgumentApp:
        from agno_tui.ui.arguments import ArgumentApp

        app = self._pane.app
        assert isinstance(app, ArgumentApp)
        return app

    @property
    def _slash(self) -> Slash | None:
        """What is written, as a command."""
        prompt = self._pane.prompt
        # Asked at every key: a long text is not put together for it.
        if not prompt.document.get_line(0).startswith("/"):
            return None
        return read_slash(prompt.text)

    async def take(self, event: events.Key) -> bool:
        """Do what a key means while a slash command is written; False where the prompt
        is to do it."""
        key = usual_key(self._pane.app, event, Where.PROMPT)
        slash = self._slash
        if slash is None:
            return False
        offers = self._offers(slash)
        if key == "enter":
            taken = await self._enter(slash, offers)
        else:
            taken = bool(offers) and self._choose(key, slash, offers)
        if taken:
            event.stop()
            event.prevent_default()
            self.changed()
        return taken

    def changed(self) -> None:
        """The prompt has another text, or another line is marked, or the keyboard is
        elsewhere: show it."""
        slash = self._slash
        if slash is None:
            self._closed, self._asked = False, ""
            # A search that failed is made anew for the next command.
            self._choices = {kind: some for kind, some in self._choices.items() if some}
        elif self._pane.prompt.text != self._asked:
            self._asked = ""
        has_keyboard = self._pane.screen.focused is self._pane.prompt
        offers = self._offers(slash) if slash is not None and has_keyboard else []
        if self._panel is None:
            if not offers:
                return
            from agno_tui.ui.slash_panel import SlashPanel

            self._panel = SlashPanel(self._click)
            self._pane.query_one("#body").mount(self._panel)
        self._panel.show(offers, self._marked(slash, offers) if slash else None)

    # What is offered

    def _offers(self, slash: Slash) -> list[Offer]:
        if self._closed:
            return []
        commands = keymap_of(self._pane.app).commands
        if slash.rest is None:
            return offered_commands(slash.word, commands)
        command = command_named(slash.word, commands)
        if command is None or command.argument is None:
            return []
        choices = self._choices_of(command.argument.choices)
        return offered_choices(slash.rest, command, choices)

    def _choices_of(self, kind: Choices) -> list[Choice]:
        match kind:
            case Choices.NONE:
                return []
            case Choices.MODELS:
                if kind not in self._choices:
                    self._choices[kind] = []
                    self._pane.run_worker(self._find_models(), exit_on_error=False)
                return self._choices[kind]
            case Choices.USERS:
                if kind not in self._choices:
                    self._choices[kind] = []
                    self._pane.run_worker(self._find_users(), exit_on_error=False)
                return self._choices[kind]
            case Choices.THEMES:
                return self._app.themes()
            case Choices.SESSIONS:
                return self._app.sessions_by_title()

    async def _find_models(self) -> None:
        self._choices[Choices.MODELS] = await self._app.models()
        self.changed()

    async def _find_users(self) -> None:
        self._choices[Choices.USERS] = await self._app.users()
        self.changed()

    def _marked(self, slash: Slash, offers: list[Offer]) -> int | None:
        """The line that Enter takes: where the user went, else the first one, as soon
        as anything is typed that it fits."""
        text, at = self._step
        if text == self._pane.prompt.text and at is not None and at < len(offers):
            return at
        typed = slash.word if slash.rest is None else slash.rest
        if not offers or not typed:
            return None
        first = offers[0].command
        if slash.rest is not None and first and _may_be_new(slash.rest, offers[0]):
            return None
        is_half = slash.rest is None and first and slash.word not in first.names
        return None if is_half and first and first.is_destructive else 0

    # What the keys do

    def _choose(self, key: str, slash: Slash, offers: list[Offer]) -> bool:
        at = self._marked(slash, offers)
        match key:
            case "down":
                self._go((-1 if at is None else at) + 1, offers)
            case "up":
                self._go((0 if at is None else at) - 1, offers)
            case "tab":
                self._pane.prompt.put(offers[at or 0].text)
            case "escape":
                self._closed = True
            case _:
                return False
        return True

    def _go(self, at: int, offers: list[Offer]) -> None:
        self._step = (self._pane.prompt.text, at % len(offers))

    def _click(self, at: int) -> None:
        slash = self._slash
        offers = self._offers(slash) if slash is not None else []
        if slash is None or not at < len(offers):
            return
        self._go(at, offers)
        self._pane.prompt.focus()
        self._pane.run_worker(self._enter(slash, offers), exit_on_error=False)

    async def _enter(self, slash: Slash, offers: list[Offer]) -> bool:
        text = self._pane.prompt.text
        if text.endswith("\\"):
            # A new line, and so a message.
            return False
        if text == self._asked:
            self._asked = ""
            return False
        at = self._marked(slash, offers)
        offer = offers[at] if at is not None else None
        command = command_named(slash.word, keymap_of(self._pane.app).commands)
        if slash.rest is None and offer is not None:
            command = offer.command
        if command is None and offers and slash.word:
            # Destructive: its whole name is shown, and Enter again does it.
            self._pane.prompt.put(offers[0].text)
            return True
        if command is None:
            word = f"/{slash.word}" if slash.word else "command without a name"
            return self._ask(text, f"There is no {word}.")
        argument = command.argument
        if argument is None and slash.rest:
            return self._ask(text, f"/{slash.word} takes no words.")
        if argument is not None and argument.needed and not slash.rest:
            self._pane.prompt.put(f"/{command.names[0]} ")
            return True
        choice = offer.choice if offer is not None else None
        await self._do(command, choice.value if choice else slash.rest or "", text)
        return True

    def _ask(self, text: str, words: str) -> bool:
        self._asked = text
        self._pane.notify(f"{words} {AGAIN}", severity="warning", markup=False)
        return True

    async def _do(self, command: Command, words: str, text: str) -> None:
        """Do it, in the order of the keys; what can't be done comes back."""
        self._pane.prompt.put("")
        self.changed()
        try:
            trouble = await self._done(command, words)
        except Exception as error:
            _log.exception("a command failed")
            self._pane.prompt.put_back(text)
            self._pane.notify(words_for(error), severity="error", markup=False)
            return
        if trouble:
            self._pane.prompt.put_back(text)
            self._pane.notify(trouble, severity="warning", markup=False)

    async def _done(self, command: Command, words: str) -> str:
        """Do it; returns what is wrong with the words, or nothing."""
        argument = command.argument
        if argument is None or not words:
            await self._app.run_action(command.action)
            return ""
        trouble: str = await getattr(self._app, argument.method)(words)
        return trouble


def _may_be_new(typed: str, offer: Offer) -> bool:
    """Whether a name is more likely a new one than the beginning of one that is known:
    who has none yet is not to land in another's conversations."""
    argument = offer.command.argument if offer.command is not None else None
    is_user = argument is not None and argument.choices is Choices.USERS
    return is_user and offer.shown.casefold() != typed.casefold()
