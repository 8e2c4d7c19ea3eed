"""What is done to the session on the screen by slash command or palette, as the list
does it to the one at its cursor."""

from __future__ import annotations

from agno_tui.session import Session
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.ui.arguments import ArgumentApp
from agno_tui.ui.list_deeds import Deed
from agno_tui.ui.transcript.transcript import Transcript

NOTHING_YET = "Nothing was said in this conversation yet."


class SessionActionsApp(ArgumentApp):
    """An application that does to the open session what its list can do."""

    async def action_session_deed(self, deed: str) -> None:
        """Do something to the session on the screen; the name of a `Deed` says what."""
        session, deeds = await self._kept(), self.desk.sessions.deeds
        if session is None or deeds is None:
            self.notify(NOTHING_YET, markup=False)
        else:
            deeds.do(Deed[deed], [session])

    async def action_fork_here(self) -> None:
        """Go on in a copy of the session that ends with the marked turn."""
        turn = self.desk.chat.transcript.marked_turn
        session, deeds = await self._kept(), self.desk.sessions.deeds
        if turn is not None and session is not None and deeds is not None:
            deeds.fork(session, through=turn.run_id)

    async def action_origin(self) -> None:
        """Go to where the session on the screen was forked from."""
        try:
            words = await self.desk.forks.go_to_origin()
        except StorageError as error:
            words = error.words
        if words:
            self.notify(words, markup=False)

    def action_undo_deletion(self) -> None:
        """Take the last deletion back."""
        if (deeds := self.desk.sessions.deeds) is not None:
            deeds.undo()

    def action_retry_last(self) -> None:
        """Send again what failed, or what waits; else the newest question."""
        document = self.desk.document
        run = document.retryable if document is not None else None
        if run is None and document is not None and document.turns:
            run = document.turns[-1].run
        if run is None:
            self.notify(NOTHING_YET, markup=False)
        else:
            self.desk.post_message(Transcript.RetryWanted(run))

    def action_edit_last(self) -> None:
        """Edit the newest question."""
        self.desk.editing.begin_with_last()

    def action_undelete(self) -> None:
        """Bring back the message that was deleted last."""
        self.desk.versions.undelete()

    async def rename_session(self, name: str) -> str:
        """Give the session on the screen another name."""
        session = await self._kept()
        if session is None:
            return NOTHING_YET
        session_id, user_id = session.session_id, session.user_id
        try:
            kept = await self.runner.agent.aset_session_name(
                session_id, name, user_id=user_id
            )
        except (StorageError, SessionNotFoundError) as error:
            return f"Not renamed. {error.words}"
        self.desk.session_named(session_id, kept)
        return ""

    async def _kept(self) -> Session | None:
        """What is kept of the session on the screen, if anything is."""
        document = self.desk.document
        if document is None:
            return None
        session = document.session
        try:
            return await self.storage.get_session(
                session.session_id, user_id=session.user_id
            )
        except StorageError as error:
            self.notify(error.words, severity="error", markup=False)
            return None
