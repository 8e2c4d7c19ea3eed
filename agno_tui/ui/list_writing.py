"""What the user writes in the sidebar: which titles to show, and names."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from textual.geometry import Offset

from agno_tui.session import Session
from agno_tui.ui.reading_desk import OPEN_SECONDS
from agno_tui.ui.sidebar import Sidebar

if TYPE_CHECKING:
    from agno_tui.ui.desk import Desk
    from agno_tui.ui.list_lines import FilterLine, NameLine

TITLE_AT = 3
"""The column in which titles begin."""


class ListWriting:
    """Opens the lines to write in, and does what is written."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._filter: FilterLine | None = None
        self._name: NameLine | None = None

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Do something after what was asked for before."""
        raise NotImplementedError

    async def rename(self, session: Session, name: str) -> None:
        """Give a session another name, which the user chose."""
        raise NotImplementedError

    async def write_filter(self) -> None:
        """Let the user write which titles to show."""
        if self._filter is None:
            from agno_tui.ui.list_lines import FilterLine

            self._filter = FilterLine(self)
            sidebar = self._desk.query_one(Sidebar)
            await sidebar.mount(self._filter, before="#sessions")
        self._filter.display = True
        self._desk.screen.set_focus(self._filter)

    def look_for(self, words: str) -> None:
        """Show only these titles."""
        self._desk.list_pages.look_for(words)

    def move(self, step: int) -> None:
        """Move the cursor of the list."""
        self._desk.sessions.move_cursor(step)

    async def open(self) -> None:
        """Open the session under the cursor, of those last looked for, and take the
        keyboard to its prompt."""
        await self._desk.list_pages.settle()
        session = self._desk.sessions.at_cursor
        if session is None:
            return
        # The keys after this one wait for it, where the storage is not slow.
        opening = asyncio.create_task(self._desk.open_session(session.session_id))
        await asyncio.wait([opening], timeout=OPEN_SECONDS)
        self.leave_filter()
        self._desk.screen.set_focus(self._desk.chat.prompt)

    def stay(self) -> None:
        """Take the keyboard to the list."""
        self._desk.screen.set_focus(self._desk.sessions)

    def search(self, words: str) -> None:
        """Search all that was said for these words."""
        self.look_for(words)
        self._desk.everywhere.ask(words.strip())

    def left(self) -> None:
        """The keyboard went elsewhere, or titles were found meanwhile: no empty list is
        left behind."""
        focused = self._desk.screen.focused
        if focused is not self._filter and focused is not self._desk.sessions:
            self.leave_vain_filter()

    def leave_vain_filter(self) -> None:
        """Show all titles again where none has the words."""
        if self._desk.sessions.found_nothing:
            self.leave_filter()

    def leave_filter(self) -> bool:
        """Show all titles again; returns whether some were left out."""
        line = self._filter
        if line is None or not line.display:
            return False
        if line.has_focus:
            self._desk.screen.set_focus(self._desk.sessions)
        line.display = False
        line.value = ""
        self._desk.list_pages.look_for("")
        return True

    async def write_name(self, session: Session) -> None:
        """Let the user write another name for a session, where it stands."""
        sidebar, sessions = self._desk.query_one(Sidebar), self._desk.sessions
        if self._name is None:
            from agno_tui.ui.list_lines import NameLine

            self._name = NameLine()
            await sidebar.mount(self._name)
        top = sessions.region.y - sidebar.content_region.y + sessions.cursor_row

        async def done(name: str | None) -> None:
            if self._desk.screen.focused in (None, self._name):
                self._desk.screen.set_focus(sessions)
            if name is not None and name.strip() not in ("", session.name):
                self.begin(self.rename(session, name.strip()))

        self._name.open(session.name, Offset(TITLE_AT, top), done)
