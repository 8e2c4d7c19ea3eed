"""The search through all conversations: what is read for it, and how one goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agno_tui.session import Session
    from agno_tui.storage.base import Storage
    from agno_tui.ui.desk import Desk
    from agno_tui.ui.places import Place
    from agno_tui.ui.search_rows import Findings

MOST = 60
"""Places that are shown, the best."""

NEWEST = 50
"""Sessions that are shown before anything is looked for."""


class Everywhere:
    """Looks through a user's conversations, and knows what was looked for last."""

    def __init__(self, desk: Desk, storage: Storage, user_id: str) -> None:
        self._desk = desk
        self._storage = storage
        self._user_id = user_id
        self.words = ""
        """What was looked for last, in this window."""
        self.place: Place | None = None
        """Where the user went from there last."""

    def ask(self, words: str = "") -> None:
        """Ask what to look for: these words first, none: what was looked for last."""
        from agno_tui.ui.search_dialog import SearchDialog

        self._desk.app.push_screen(SearchDialog(self, words))

    async def find(self, words: str) -> Findings:
        """Where the words are; without any the newest sessions. Errors:
        `StorageError`."""
        from agno_tui.ui.search_rows import Findings, findings, newest_rows

        storage, user_id = self._storage, self._user_id
        if not words.strip():
            newest = await storage.get_sessions(user_id=user_id, limit=NEWEST)
            rows = newest_rows(newest)
            return Findings(rows, len(rows), len(rows))
        found = await storage.search(words, user_id=user_id, limit=MOST)
        sessions: dict[str, Session] = {}
        for session_id in dict.fromkeys(one.session_id for one in found):
            session = await storage.get_session(session_id, user_id=user_id)
            if session is not None:
                sessions[session_id] = session
        return findings(found, sessions, words, limit=MOST)

    async def go_to(self, place: Place) -> None:
        """Open a session at a place, with a way back, and the keyboard there."""
        desk = self._desk
        self.place = place
        await desk.journey.go_to(place)
        document = desk.document
        if document is None or document.session.session_id != place.session_id:
            return
        desk.deeds.leave_filter()
        transcript = desk.chat.transcript
        # A title leads to where its conversation was left.
        desk.screen.set_focus(transcript if place.run_id else desk.chat.prompt)
