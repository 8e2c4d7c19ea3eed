"""The dialogs, each imported when it is first opened."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from agno_tui.ui.prompted import PromptedApp

if TYPE_CHECKING:
    from agno_tui.models.menu import ModelMenu
    from agno_tui.runner import Runner
    from agno_tui.storage.base import Storage
    from agno_tui.ui.desk import Desk
    from agno_tui.ui.links_dialog import LinkChoice
    from agno_tui.ui.memory_switch import MemorySwitch
    from agno_tui.ui.model_watch import ModelWatch
    from agno_tui.ui.transcript.transcript import Transcript

NOT_OPEN = "The conversations are not open."

WHOLE = "The conversation"
"""What is copied where all of it is."""


class DialogApp(PromptedApp):
    """An application with a desk, and with dialogs over it."""

    runner: Runner
    storage: Storage
    user_id: str
    about: str
    menu: ModelMenu | None
    model_watch: ModelWatch
    memory_switch: MemorySwitch

    @property
    def desk(self) -> Desk:
        """The sessions."""
        raise NotImplementedError

    def choose_model(self, menu: ModelMenu, name: str) -> None:
        """Answer with another model from now on."""
        raise NotImplementedError

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

    def action_context(self) -> None:
        """Show what will be sent with the next message, and change how much of it."""
        document = self.desk.document
        if document is None:
            self.notify(NOT_OPEN, markup=False)
            return
        from agno_tui.ui.context_dialog import ContextDialog
        from agno_tui.ui.context_facts import ContextFacts

        draft = self.desk.chat.prompt.text
        facts = ContextFacts(self.runner, document.session, draft)
        self.push_screen(ContextDialog(facts, self.desk.pages.window_changed))

    def action_tree(self) -> None:
        """Show the branches of the session on the screen, and go to one of them."""
        document, forks = self.desk.document, self.desk.forks
        if document is None:
            self.notify(NOT_OPEN, markup=False)
            return
        from agno_tui.ui.forks_shown import follow_turns
        from agno_tui.ui.tree_dialog import TreeDialog

        session = document.session
        follow = partial(follow_turns, self.runner, session.session_id)
        read = partial(forks.tree, session)
        self.push_screen(TreeDialog(read, follow, here=forks.here), forks.go_to)

    def action_search_all(self) -> None:
        """Search all conversations."""
        if self.desk.document is None:
            self.notify(NOT_OPEN, markup=False)
        else:
            self.desk.everywhere.ask()

    async def use_window(self, runs: str) -> str:
        """Have so many earlier runs of the open session go along: a number, or `all`.
        Returns what is wrong with that, or nothing. Errors: `StorageError`."""
        document = self.desk.document
        if document is None:
            return NOT_OPEN
        from agno_tui.agent.windows import HistoryWindow, window_from

        try:
            window = HistoryWindow(window_from(runs), is_own=True)
        except ValueError as error:
            return str(error)
        session = document.session
        await self.runner.agent.set_window(
            session.session_id, window, user_id=session.user_id
        )
        self.desk.pages.window_changed()
        return ""

    def action_help(self) -> None:
        """Show all keys."""
        from agno_tui.ui.help import Help

        self.push_screen(Help(self.about))

    # What the transcript asks for

    def on_transcript_find_wanted(self, message: Transcript.FindWanted) -> None:
        """The next place found is wanted, or the one before."""
        self.desk.searching.move(message.step)

    def on_transcript_links_wanted(self, message: Transcript.LinksWanted) -> None:
        """Links were chosen: ask which one, and whether it is to be opened."""
        from agno_tui.ui.links_dialog import LinksDialog

        def follow(choice: LinkChoice | None) -> None:
            if choice is None:
                return
            if choice.copy:
                self.copy(choice.address, "The address")
            else:
                self.run_worker(self._open(choice.address), exit_on_error=False)

        self.push_screen(LinksDialog(message.links), follow)

    async def _open(self, address: str) -> None:
        from agno_tui.ui.opening import open_address

        if not await open_address(address):
            self.copy(address, "There is no browser here: the address")

    def on_transcript_copy_wanted(self, message: Transcript.CopyWanted) -> None:
        """A message was chosen to be copied, or a block of code."""
        if message.text:
            self.copy(message.text, message.what)
        else:
            self.notify("There is nothing to copy here.", markup=False)

    def action_copy_session(self) -> None:
        """Copy the whole session as Markdown."""
        self.run_worker(self._copy_session(), exit_on_error=False)

    async def _copy_session(self) -> None:
        document = self.desk.document
        if document is None or not document.turns:
            self.notify("There is nothing to copy yet.", markup=False)
            return
        from agno_tui.ui.transcript.as_markdown import session_as_markdown

        runs = [run async for page in self.desk.pages.runs(document) for run in page]
        text = await asyncio.to_thread(session_as_markdown, document.session, runs)
        self.copy(text, WHOLE)
