"""What every command does: the actions behind the keys, the palette and the help."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.actions import SkipAction
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from agno_tui.ui.commands import COMMANDS, key_name

if TYPE_CHECKING:
    from agno_tui.models.menu import ModelMenu
    from agno_tui.runner import Runner
    from agno_tui.storage.base import Storage
    from agno_tui.ui.desk import Desk
    from agno_tui.ui.memory_switch import MemorySwitch
    from agno_tui.ui.model_watch import ModelWatch

OPEN_SECONDS = 2.0
"""How long a key that needs the sessions keeps the keys after it waiting, at most."""

NOT_OPEN = "The conversations are not open."


class CommandedApp(App[int]):
    """An application with a desk that does what the commands say."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(command.binding for command in COMMANDS),
        *(command.early_binding for command in COMMANDS if command.needs_sessions),
    ]

    runner: Runner
    storage: Storage
    user_id: str
    about: str
    menu: ModelMenu | None
    model_watch: ModelWatch
    memory_switch: MemorySwitch
    _quit_asked = False

    @property
    def desk(self) -> Desk:
        """The sessions."""
        raise NotImplementedError

    def choose_model(self, menu: ModelMenu, name: str) -> None:
        """Answer with another model from now on."""
        raise NotImplementedError

    # Conversations

    def action_new_session(self) -> None:
        """Begin a new session."""
        self.desk.new_session()

    async def action_switch(self, step: int) -> None:
        """Open the session before or after this one."""
        await self.desk.switch(step)

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
        """Stop the answer, else go back to the prompt. Never quits, never destroys."""
        if not self.desk.stop_answer():
            self.desk.chat.prompt.focus()

    def action_details(self) -> None:
        """Show or hide the reasoning and the tool calls of the answers."""
        if self.desk.document is not None:
            self.desk.document.toggle_details()
            self.desk.chat.transcript.content_changed()

    def action_copy_last(self) -> None:
        """Copy the last answer as its source."""
        document = self.desk.document
        answers = (
            [t.run.answer for t in document.turns if t.run.answer] if document else []
        )
        if answers:
            self.copy_to_clipboard(answers[-1])
            self.notify("Sent to the terminal's clipboard.", markup=False)

    async def action_interrupt(self) -> None:
        """Stop the answer, else put the draft away, else say how to quit."""
        if self.desk.stop_answer():
            return
        if self.desk.chat.prompt.text:
            self.desk.chat.prompt.clear()
            self.notify("Put away. ctrl+z brings it back.", markup=False)
            return
        if self._quit_asked:
            await self.action_quit()
            return
        self._quit_asked = True
        self.set_timer(3, self._forget_quit)
        self.notify("Press ctrl+c again to quit.", markup=False)

    def _forget_quit(self) -> None:
        self._quit_asked = False

    def action_redraw(self) -> None:
        """Draw the whole screen anew."""
        self.refresh(layout=True)

    # Dialogs, each imported when it is first opened

    def action_change_model(self) -> None:
        """Ask for another model."""
        menu = self.menu
        if menu is None:
            return
        from agno_tui.ui.model_dialog import ModelDialog

        def change(name: str | None) -> None:
            if name:
                self.choose_model(menu, name)

        self.push_screen(ModelDialog(self.model_watch.label, menu.names), change)

    async def action_early(self, action: str) -> None:
        """Do something that needs the sessions while they are about to be opened: once
        they are, or after a while. The keys after this one wait for it."""
        if self.desk.ready.is_set() or len(self.screen_stack) > 1:
            raise SkipAction
        with suppress(TimeoutError):
            await asyncio.wait_for(self.desk.ready.wait(), OPEN_SECONDS)
        await self.run_action(action)

    def action_memories(self) -> None:
        """Show what is remembered about the user."""
        if self.desk.document is None:
            self.notify(NOT_OPEN, markup=False)
            return
        from agno_tui.ui.memory_book import MemoryBook
        from agno_tui.ui.memory_dialog import MemoryDialog

        book = MemoryBook(self.storage, self.user_id)
        self.push_screen(MemoryDialog(book, self.memory_switch))

    def action_about(self) -> None:
        """Show what there is to know about the session on the screen."""
        if self.desk.document is None:
            self.notify(NOT_OPEN, markup=False)
            return
        from agno_tui.ui.session_dialog import SessionDialog
        from agno_tui.ui.session_facts import SessionFacts

        session = self.desk.document.session
        facts = SessionFacts(self.storage, self.runner, session)
        self.push_screen(SessionDialog(facts, self.desk.session_named))

    def action_help(self) -> None:
        """Show all keys."""
        from agno_tui.ui.help import Help

        self.push_screen(Help(self.about))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Textual: what the palette offers."""
        for command in COMMANDS:
            if command.id in ("palette", "interrupt"):
                continue
            keys = key_name(command.keys.split(",")[0])
            yield SystemCommand(
                command.title, keys, partial(self.run_action, command.action)
            )
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)
