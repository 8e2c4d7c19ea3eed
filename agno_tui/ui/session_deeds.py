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
from agno_tui.ui.forked_windows import keep_window_of
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.list_deeds import Deed
from agno_tui.ui.list_writing import ListWriting
from agno_tui.ui.toasts import LONGER_SECONDS, take_back
from agno_tui.ui.trash import Kind, Trash

if TYPE_CHECKING:
    from agno_tui.ui.desk import Desk
    from agno_tui.ui.transcript.document import Document

RUNS = 200
"""Runs read at a time for a file."""

ANSWERING = "It is still answering. Stop the answer first."
NOTHING_TO_UNDO = "There is nothing to bring back."
DELETED = "Press {list.undo} in the list to bring %s back."
ARCHIVED = "{list.undo} brings %s back, {list.archive_view} shows the archive."
BACK = "Back in the list. {list.undo} archives %s again."


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
                on = not self._desk.sessions.shows_archive
                self._leave_list(sessions)
                self.begin(self._safely(sessions, self._archive(sessions, on)))
            case Deed.DELETE:
                shown = self._desk.document
                # What is typed from here on is no longer for what is deleted.
                draft = self._desk.chat.prompt.draft
                going = [
                    one
                    for one in sessions
                    if not self._desk.is_answering(one.session_id)
                ]
                self._leave_list(going)
                self.begin(self._safely(going, self._delete(sessions, shown, draft)))
            case Deed.FORK:
                self.fork(sessions[0])
            case Deed.EXPORT:
                self._desk._do(self._export(sessions))

    def fork(self, session: Session, *, through: str | None = None) -> None:
        """Go on in a copy of a session, of all or `through` one of its runs."""
        self.begin(self._fork(session, through))

    def undo(self) -> None:
        """Take back what was deleted or archived last."""
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

    def _leave_list(self, sessions: Sequence[Session]) -> None:
        """At once, so that the next key means the next one."""
        for session in sessions:
            self._desk.sessions.remove_session(session.session_id)

    async def _safely(
        self, sessions: Sequence[Session], work: Coroutine[None, None, None]
    ) -> None:
        """Do something; where it fails show again what is there still."""
        try:
            await work
        except Exception:
            for session in sessions:
                await self._desk.refresh_session(session.session_id)
            raise
        finally:
            work.close()

    async def _archive(self, sessions: Sequence[Session], on: bool) -> None:
        ids = [session.session_id for session in sessions]
        moved = await self._trash.archive(ids, on)
        for session_id in moved:
            await self._desk.refresh_session(session_id)
        if not moved:
            return
        words = ARCHIVED if on else BACK
        what = f"{_many(len(moved), 'Archived')} " if on else ""
        words = what + self._keyed(words, len(moved))
        self._say(words, seconds=LONGER_SECONDS)

    def _keyed(self, words: str, number: int) -> str:
        them = "it" if number == 1 else "them"
        return keymap_of(self._desk.app).words(words % them)

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
        what = _many(len(deleted), "Deleted")
        words = f"{what} {self._keyed(DELETED, len(deleted))}".strip()
        if answering:
            words += f" {len(answering)} still answers: stop it first."
        self._say(words, seconds=LONGER_SECONDS)

    async def _restore(self) -> None:
        undone = await self._trash.undo_last()
        if undone is None or not undone.session_ids:
            self._say(NOTHING_TO_UNDO)
            return
        restored = undone.session_ids
        for session_id in restored:
            await self._desk.refresh_session(session_id)
        self._desk.list_pages.look_again()
        if undone.kind is Kind.DELETED:
            await self._show_restored(restored)
        archived = undone.kind is Kind.UNARCHIVED
        self._say(_many(len(restored), "Archived" if archived else "Brought back"))

    async def _show_restored(self, restored: Sequence[str]) -> None:
        """What was on the screen when it went is there again; the rest disturbs nobody
        who reads something else."""
        shown = self._shown_when_deleted.intersection(restored)
        self._shown_when_deleted -= shown
        if shown:
            await self._desk.open_session(shown.pop())

    async def _fork(self, session: Session, through: str | None) -> None:
        fork = await self._storage.fork_session(
            session.session_id, user_id=self._user_id, through=through
        )
        await keep_window_of(session, fork, self._agent)
        await self._desk.refresh_session(fork.session_id)
        if await self._desk.journey.open(fork.session_id):
            self._desk.chat.prompt.focus()
        self._say("Forked. This is the copy; /origin goes back to the first.")

    async def _export(self, sessions: Sequence[Session]) -> None:
        from agno_tui.exported import exports_folder
        from agno_tui.ui.exports import write_session

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

    def _say(self, words: str, *, seconds: float | None = None) -> None:
        """Say what was done; what was said of the deed before is out of date."""
        if self._said:
            take_back(self._desk.app, self._said)
        self._said = words
        self._desk.notify(words, timeout=seconds, markup=False)

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
