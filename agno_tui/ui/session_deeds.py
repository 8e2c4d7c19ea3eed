"""What is done to the sessions of the list: pinned, put away, deleted, named anew."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agno_tui.agent import Agent
from agno_tui.session import Run, Session
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.ui.list_deeds import Deed
from agno_tui.ui.list_writing import ListWriting
from agno_tui.ui.toasts import take_back
from agno_tui.ui.trash import Trash

if TYPE_CHECKING:
    from agno_tui.ui.desk import Desk
    from agno_tui.ui.transcript.document import Document

RUNS = 200
"""Runs read at a time for a file."""

ANSWERING = "It is still answering. Stop the answer first."
NOTHING_DELETED = "There is nothing to bring back."


class SessionDeeds(ListWriting):
    """Does it in the storage, one after the other, and says how to take it back."""

    def __init__(
        self, desk: Desk, storage: Storage, agent: Agent, user_id: str
    ) -> None:
        super().__init__(desk)
        self._storage = storage
        self._agent = agent
        self._user_id = user_id
        self._trash = Trash(storage, user_id)
        self._in_turn = asyncio.Lock()
        self._shown_when_deleted: set[str] = set()
        self._said = ""
        self.exports: Path | None = None
        """Where files are written; None: where the program keeps its own."""

    # What the list asks for

    def do(self, deed: Deed, sessions: Sequence[Session]) -> None:
        """Do it to these."""
        match deed:
            case Deed.PIN:
                self.begin(self._pin(sessions))
            case Deed.ARCHIVE:
                self.begin(self._archive(sessions))
            case Deed.DELETE:
                shown = self._desk.document
                # What is typed from here on is no longer for what is deleted.
                draft = self._desk.chat.prompt.draft
                self.begin(self._delete(sessions, shown, draft))
            case Deed.FORK:
                self.begin(self._fork(sessions[0]))
            case Deed.EXPORT:
                self._desk._do(self._export(sessions))

    def undo(self) -> None:
        """Take the last deletion back."""
        self.begin(self._restore())

    def show_archive(self) -> None:
        """Show what is put away, or all the rest again."""
        self.leave_filter()
        archive = not self._desk.sessions.shows_archive
        self.begin(self._desk.list_pages.fill(archive=archive))

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Do something after what was asked for before."""
        # Deletions are undone in their order, whatever is typed how fast.
        self._desk._do(self._after_others(work))

    async def _after_others(self, work: Coroutine[None, None, None]) -> None:
        try:
            async with self._in_turn:
                await work
        finally:
            work.close()

    async def _pin(self, sessions: Sequence[Session]) -> None:
        on = not all(session.pinned for session in sessions)
        for session in sessions:
            await self._storage.pin_session(
                session.session_id, on, user_id=self._user_id
            )
            await self._desk.refresh_session(session.session_id)

    async def _archive(self, sessions: Sequence[Session]) -> None:
        on = not self._desk.sessions.shows_archive
        for session in sessions:
            await self._storage.archive_session(
                session.session_id, on, user_id=self._user_id
            )
            await self._desk.refresh_session(session.session_id)
        what = _many(len(sessions), "Archived")
        way_back = "A shows the archive." if on else ""
        self._say(f"{what} {way_back}" if on else "Back in the list.")

    async def _delete(
        self, sessions: Sequence[Session], before: Document | None, draft: str
    ) -> None:
        """`before`: what was on the screen when it was asked for, `draft`: in its
        prompt."""
        ids = [session.session_id for session in sessions]
        answering = [one for one in ids if self._desk.is_answering(one)]
        if len(answering) == len(ids):
            self._desk.notify(ANSWERING, severity="warning", markup=False)
            return
        document = self._desk.document
        shown = document.session.session_id if document is not None else ""
        is_other = document is not before
        if shown in ids:
            await self._desk.keep_everything(None if is_other else draft)
        rest = [one for one in ids if one not in answering]
        deleted = await self._trash.delete(rest)
        if shown in deleted:
            self._shown_when_deleted.add(shown)
        now = self._desk.chat.prompt.draft
        self._desk.drop_sessions(rest, now if is_other else now.removeprefix(draft))
        them = "it" if len(deleted) == 1 else "them"
        what = _many(len(deleted), "Deleted")
        words = f"{what} Press u in the list to bring {them} back."
        if answering:
            words += f" {len(answering)} still answers: stop it first."
        self._say(words)

    async def _restore(self) -> None:
        restored = await self._trash.restore_last()
        if not restored:
            self._say(NOTHING_DELETED)
            return
        for session_id in restored:
            await self._desk.refresh_session(session_id)
        self._desk.list_pages.look_again()
        shown = self._shown_when_deleted.intersection(restored)
        self._shown_when_deleted -= shown
        if len(restored) == 1 or shown:
            await self._desk.open_session(shown.pop() if shown else restored[0])
        self._say(_many(len(restored), "Brought back"))

    async def _fork(self, session: Session) -> None:
        fork = await self._storage.fork_session(
            session.session_id, user_id=self._user_id
        )
        await self._desk.refresh_session(fork.session_id)
        if await self._desk.open_session(fork.session_id):
            self._desk.chat.prompt.focus()
        self._say("Forked. This is the copy; the first stays as it is.")

    async def _export(self, sessions: Sequence[Session]) -> None:
        from agno_tui.ui.exports import exports_folder, write_session

        folder = self.exports or exports_folder()
        files: list[Path] = []
        try:
            for session in sessions:
                runs = await self._runs(session)
                file = await asyncio.to_thread(write_session, folder, session, runs)
                files.append(file)
        except OSError as error:
            words = f"Not written: {error.strerror or error}. {len(files)} were."
            self._desk.notify(words, severity="error", markup=False)
            return
        where = str(files[0]) if len(files) == 1 else f"{len(files)} files in {folder}"
        self._desk.notify(where, title="Written as Markdown", markup=False)

    async def _runs(self, session: Session) -> list[Run]:
        """All runs of a session, oldest first."""
        runs: list[Run] = []
        while True:
            page = await self._storage.get_runs(
                session.session_id,
                user_id=self._user_id,
                limit=RUNS,
                before=runs[0] if runs else None,
            )
            runs = page + runs
            if len(page) < RUNS:
                return runs

    def _say(self, words: str) -> None:
        """Say what was done; what was said of the deed before is out of date."""
        if self._said:
            take_back(self._desk.app, self._said)
        self._said = words
        self._desk.notify(words, markup=False)

    async def rename(self, session: Session, name: str) -> None:
        """Give a session another name, which the user chose."""
        try:
            name = await self._agent.aset_session_name(
                session.session_id, name, user_id=self._user_id
            )
        except (StorageError, SessionNotFoundError) as error:
            words = f"“{name}” is not kept as its name. {error.words}"
            self._desk.notify(words, severity="error", markup=False)
            return
        self._desk.session_named(session.session_id, name)


def _many(number: int, deed: str) -> str:
    return f"{deed}." if number == 1 else f"{deed} {number} conversations."
