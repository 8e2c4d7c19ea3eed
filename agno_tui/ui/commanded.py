"""What every command does: the actions behind the keys, the palette and the help."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from agno_tui.ui.command import Command, Where
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.keymap import BY_DEFAULT, UNBOUND, Keymap
from agno_tui.ui.session_actions import SessionActionsApp

_log = logging.getLogger(__name__)

OPEN_SECONDS = 2.0
"""How long a key that needs the sessions keeps the keys after it waiting, at most."""

PUT_AWAY = "Put away. {prompt.undo} brings it back."
QUITS = "Press {interrupt} again to quit."

_ANYWHERE = [command for command in COMMANDS if command.place is Where.ANYWHERE]


def _bound(command: Command) -> Command:
    """A command with a key to it, which the user's own may take the place of."""
    return command if command.keys else replace(command, keys=UNBOUND)


class CommandedApp(SessionActionsApp):
    """An application with a desk that does what the commands say."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(_bound(command).binding for command in _ANYWHERE),
        *(_bound(one).early_binding for one in _ANYWHERE if one.needs_sessions),
    ]

    keymap: Keymap = BY_DEFAULT
    """The keys in force."""
    _quit_asked = False

    def use_keys(self, keymap: Keymap) -> None:
        """Have these keys do what the commands say, from now on."""
        self.keymap = keymap
        self.set_keymap(keymap.for_textual)

    def say_key_troubles(self) -> None:
        """Say what is wrong with the keys the user chose, here and in the log."""
        for words in self.keymap.troubles:
            _log.warning("keys: %s", words)
        if self.keymap.troubles:
            self.notify(
                "\n".join(self.keymap.troubles),
                title="Keys in the settings",
                severity="warning",
                timeout=15,
                markup=False,
            )

    # Conversations

    def action_new_session(self) -> None:
        """Begin a new session."""
        self.desk.new_session()

    async def action_switch(self, step: int) -> None:
        """Open the session before or after this one."""
        await self.desk.switch(step)

    async def action_attention(self) -> None:
        """Open the next session that needs the user."""
        await self.desk.attention.next()

    async def action_go_back(self) -> None:
        """Go back to where the user was before going to a place in another session."""
        await self.desk.journey.back()

    def action_toggle_sidebar(self) -> None:
        """Show or hide the list."""
        self.desk.toggle_sidebar()

    def action_focus_list(self) -> None:
        """Go to the list."""
        self.desk.focus_list()

    # Answers

    def action_escape(self) -> None:
        """Stop the answer, else go back to the prompt; from the list only that. Never
        quits, never destroys."""
        desk, prompt = self.desk, self.desk.chat.prompt
        was_in_prompt = self.focused is prompt
        if self.focused is not desk.sessions:
            if desk.searching.leave():
                was_in_prompt = False
            elif (
                not (was_in_prompt and desk.editing.is_under_way) and desk.stop_answer()
            ):
                desk.editing.forget_escape()
                return
        desk.editing.escape(was_in_prompt=was_in_prompt)
        prompt.focus()

    async def on_event(self, event: events.Event) -> None:
        """Textual: a key counts as typed from here on, long before it has found its way
        to the prompt, so that what streams meanwhile makes room for it."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.desk.ticker.typed()
        await super().on_event(event)

    def action_details(self) -> None:
        """Show or hide the reasoning and the tool calls of the answers."""
        if self.desk.document is not None:
            self.desk.document.toggle_details()
            self.desk.chat.transcript.content_changed()
            self.desk.searching.details_changed()
            self.desk.kept_places.changed()

    def action_queue(self) -> None:
        """Go to the messages that wait."""
        self.desk.queueing.focus()

    def action_copy_last(self) -> None:
        """Copy the last answer as its source."""
        document = self.desk.document
        if document is not None and (answer := document.newest_answer):
            self.copy(answer, "The answer")
        else:
            self.notify("There is no answer to copy yet.", markup=False)

    def action_command_palette(self) -> None:
        """Textual: show all commands."""
        from agno_tui.ui.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    async def action_find(self) -> None:
        """Find words in the session on the screen."""
        await self.desk.searching.open()

    async def action_interrupt(self) -> None:
        """Copy what is selected, else stop the answer, else put the draft away, else
        say how to quit."""
        if selected := self.screen.get_selected_text():
            self.copy(selected)
            return
        if self.desk.stop_answer():
            return
        if self.desk.chat.prompt.text:
            self.desk.chat.prompt.put_away()
            self.notify(self.keymap.words(PUT_AWAY), markup=False)
            return
        if self._quit_asked:
            await self.action_quit()
            return
        self._quit_asked = True
        self.set_timer(3, self._forget_quit)
        self.notify(self.keymap.words(QUITS), markup=False)

    def _forget_quit(self) -> None:
        self._quit_asked = False

    def action_redraw(self) -> None:
        """Draw the whole screen anew."""
        self.refresh(layout=True)

    async def action_early(self, action: str) -> None:
        """Do something that needs the sessions while they are about to be opened: once
        they are, or after a while. The keys after this one wait for it."""
        if self.desk.ready.is_set() or len(self.screen_stack) > 1:
            raise SkipAction
        with suppress(TimeoutError):
            await asyncio.wait_for(self.desk.ready.wait(), OPEN_SECONDS)
        await self.run_action(action)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Textual: what the palette offers."""
        for command in self.keymap.commands:
            if command.place is not Where.ANYWHERE:
                continue
            if command.id in ("palette", "interrupt"):
                continue
            keys = self.keymap.name(command.id)
            yield SystemCommand(
                command.title, keys, partial(self.run_action, command.action)
            )
