"""What the app does for the prompt: safe pastes, the editor, the search."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from textual.app import App, SuspendNotSupported
from textual.driver import Driver

from agno_tui.ui.copying import CopyingApp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agno_tui.storage.base import Storage
    from agno_tui.ui.desk import Desk

KEPT = "Your draft is as it was."


def is_lent(app: App[object]) -> bool:
    """Whether another program has the terminal. Nobody writes what is written then:
    after thirty pieces of it Textual (8.2.8) would wait for ever."""
    return isinstance(app, PromptedApp) and app.is_lent


def write_to_terminal(app: App[object], text: str) -> None:
    """Send a text to the terminal as it is, if there is one and it is ours."""
    driver = app._driver
    if driver is not None and not app.is_headless and not is_lent(app):
        driver.write(text)
        driver.flush()


class PromptedApp(CopyingApp):
    """An application with a prompt in which more is done than typing."""

    storage: Storage
    user_id: str

    @property
    def desk(self) -> Desk:
        """The sessions."""
        raise NotImplementedError

    def get_driver_class(self) -> type[Driver]:
        """Textual: what reads the keys; on Unix one with which a paste stays one."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from agno_tui.ui.terminal_input import PasteDriver

        return PasteDriver

    def action_edit_prompt(self) -> None:
        """Open the user's editor on what is written."""
        if len(self.screen_stack) == 1:
            self.run_worker(
                self._edit_prompt(), group="editor", exclusive=True, exit_on_error=False
            )

    async def _edit_prompt(self) -> None:
        from agno_tui.ui.editor import edited, editor_command

        prompt, document = self.desk.chat.prompt, self.desk.document
        # At once: a panel above the prompt closes where the keyboard leaves it.
        self.screen.set_focus(prompt)
        before = prompt.text

        async def take(text: str) -> bool:
            if document is not None and self.desk.document is not document:
                await self.desk.drafts.keep(document, text)
                return document.session.draft == text
            meanwhile = prompt.text
            typed = meanwhile.removeprefix(before) if meanwhile != before else ""
            prompt.rewrite(text + typed)
            return True

        try:
            command = editor_command(os.environ)
            result = await edited(before, command, self.run_outside, take)
        except LookupError as error:
            self._say_trouble(str(error))
            return
        if result.text is None:
            self._say_trouble(result.trouble)

    def _say_trouble(self, words: str) -> None:
        self.notify(f"{words} {KEPT}", severity="warning", timeout=30, markup=False)

    async def run_outside(self, command: Sequence[str]) -> int:
        """Run a command that has the terminal to itself; returns its exit code.

        What happens meanwhile goes on, and is drawn afterwards.
        Errors: `OSError`.
        """
        from agno_tui.ui.editor import run_here

        self.is_lent = True
        try:
            # Nothing is drawn either (see `is_lent`).
            with self.batch_update(), self.suspend():
                return await run_here(command)
        except SuspendNotSupported as error:
            words = "the terminal can't be lent to it"
            raise OSError(errno.ENOTTY, words) from error
        finally:
            self.terminal_is_back()
            if self.desk.is_attached:
                self.desk.attention.say_again()

    async def action_search_prompts(self) -> None:
        """Search all that the user ever asked."""
        chat = self.desk.chat
        if len(self.screen_stack) > 1 or chat.prompt.earlier is None:
            return
        from agno_tui.ui.prompt_search import PromptSearch

        search = next(iter(chat.query(PromptSearch)), None)
        if search is None:
            search = PromptSearch(chat.prompt, self.storage, self.user_id)
            await chat.mount(search, before=chat.prompt)
        search.open()
