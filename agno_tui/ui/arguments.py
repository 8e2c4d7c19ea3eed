"""What commands do with the words after them, and what can be chosen there."""

from __future__ import annotations

import logging
import os

from textual.widgets import Input

from agno_tui.config import THEMES, ConfigError
from agno_tui.storage.errors import StorageError
from agno_tui.text import one_line
from agno_tui.ui.dialogs import NOT_OPEN, DialogApp
from agno_tui.ui.slash import Choice
from agno_tui.ui.theme import theme_named
from agno_tui.user_names import LONGEST, shown

_log = logging.getLogger(__name__)


class ArgumentApp(DialogApp):
    """An application whose commands take words.

    Every `Argument.method` is here: each gives back what is wrong with the words, or
    the empty string.
    """

    # What can be chosen

    def themes(self) -> list[Choice]:
        """All themes by name, our own words for them first."""
        names = dict.fromkeys((*THEMES, *sorted(self.available_themes)))
        return [Choice(name, name) for name in names]

    async def models(self) -> list[Choice]:
        """The models that can be found now."""
        names = await self.menu.names() if self.menu is not None else []
        return [Choice(name, name) for name in dict.fromkeys(names)]

    def sessions_by_title(self) -> list[Choice]:
        """The sessions the list knows, newest activity first."""
        return [
            Choice(session.session_id, name)
            for session in self.desk.sessions.sessions
            if (name := one_line(session.name))
        ]

    async def find_titles(self, words: str, *, limit: int) -> list[Choice]:
        """Sessions with all these words in their title, newest activity first. Errors:
        `StorageError`."""
        sessions = await self.storage.find_sessions(
            words, user_id=self.user_id, limit=limit
        )
        return [
            Choice(session.session_id, name)
            for session in sessions
            if (name := one_line(session.name))
        ]

    async def users(self) -> list[Choice]:
        """Whose conversations there are, the one without a name among them."""
        names = dict.fromkeys(shown(one, LONGEST) for one in await self.known_users())
        return [Choice(name, name) for name in names]

    async def known_users(self) -> list[str]:
        """Every `user_id` there is, the present one and the empty one too."""
        try:
            known = await self.storage.get_users()
        except StorageError:
            _log.warning("who is there is not known", exc_info=True)
            known = []
        return list(dict.fromkeys(["", *known, self.user_id]))

    # What is done with it

    async def use_model(self, name: str) -> str:
        """Answer with this model from now on."""
        if self.menu is None:
            return "There is no other model here."
        self.choose_model(self.menu, name)
        return ""

    async def use_theme(self, name: str) -> str:
        """Wear other colours."""
        if name in self.available_themes:
            self.theme = name
            return ""
        try:
            self.theme = theme_named(name, os.environ)
        except ConfigError:
            return f"There is no theme {one_line(name)}. /theme lists them."
        return ""

    async def find_words(self, words: str) -> str:
        """Find these words in the session on the screen."""
        searching = self.desk.searching
        await searching.open()
        for line in self.screen.query("#find-input").results(Input):
            if searching.is_open:
                line.value = words
                line.cursor_position = len(words)
                searching.ask(words)
        return ""

    async def search_for(self, words: str) -> str:
        """Search all conversations for these words."""
        if self.desk.document is None:
            return NOT_OPEN
        self.desk.everywhere.ask(words)
        return ""

    async def open_titled(self, words: str) -> str:
        """Open a session by its `session_id`, or the newest with these words in its
        title; where none has them search what was said."""
        if self.desk.document is None:
            return NOT_OPEN
        if await self.storage.get_session(words, user_id=self.user_id):
            await self.desk.open_session(words)
            return ""
        fitting = await self.find_titles(words, limit=1)
        if not fitting:
            return await self.search_for(words)
        await self.desk.open_session(fitting[0].value)
        return ""
