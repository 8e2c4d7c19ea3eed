"""The desk: where the user's messages go to the runner, and the answers come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from agno_tui.events import ReasoningContent, RunContent, RunEnded, RunEvent, RunStarted
from agno_tui.runner import Runner
from agno_tui.session import Run
from agno_tui.storage.base import SessionNotFoundError, Storage, StorageError
from agno_tui.ui.model_watch import ModelWatch
from agno_tui.ui.prompt import Prompt
from agno_tui.ui.reading_desk import ReadingDesk
from agno_tui.ui.session_list import SessionList
from agno_tui.ui.ticker import Ticker
from agno_tui.ui.transcript import Transcript

if TYPE_CHECKING:
    from agno_tui.ui.document import Document
    from agno_tui.ui.open_sessions import OpenSessions


class Desk(ReadingDesk):
    """A reading desk whose sessions are answered: speaks through the runner only."""

    def __init__(
        self,
        *,
        runner: Runner,
        storage: Storage,
        model_watch: ModelWatch,
        user_id: str,
        id: str | None = None,
    ) -> None:
        super().__init__(storage=storage, user_id=user_id, id=id)
        self._runner = runner
        self._model_watch = model_watch
        self._sending = asyncio.Lock()
        self._trashed: list[str] = []
        self._unfollow: Callable[[], None] | None = None
        self.ticker = Ticker(self, runner)

    async def start(self, open_sessions: OpenSessions) -> None:
        """Fill the desk from an opened storage, and follow every run from now on."""
        self._unfollow = self._runner.follow(self._follow)
        await super().start(open_sessions)

    def on_unmount(self) -> None:
        """Textual: the screen is gone, the runs may still be ending."""
        if self._unfollow is not None:
            self._unfollow()

    def model_changed(self) -> None:
        """The model is ready, or on its way, or in trouble: say so where it shows."""
        watch = self._model_watch
        self.chat.say_model(watch.label)
        self.chat.welcome.say(
            watch.label,
            reason=watch.reason,
            progress=watch.progress,
            trouble=watch.trouble,
            is_missing=watch.is_missing,
        )
        self.ticker.redraw()

    # Sending and answering

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        """A message was sent: it leaves the prompt, and comes back if not kept."""
        self.chat.prompt.clear()
        self._do(self._send(message.text, self._document))

    async def _send(self, text: str, document: Document | None) -> None:
        await self._ready.wait()
        document = document or self._document
        if document is None:
            self.chat.prompt.put(text)
            self.notify(f"Not sent. {self._trouble}", severity="error", markup=False)
            return
        session_id = document.session.session_id
        try:
            async with self._sending:
                await self._runner.send(
                    text, session_id=session_id, user_id=self._user_id
                )
        except (StorageError, SessionNotFoundError) as error:
            await self._take_back(text, document)
            words = getattr(error, "words", "This conversation is no longer there.")
            self.notify(
                f"Not sent. {words} Your text is back in the prompt.",
                severity="error",
                timeout=20,
                markup=False,
            )
            return
        document.session.draft = ""
        await self._remember_open(document)

    async def _take_back(self, text: str, document: Document) -> None:
        shown = document is self._document
        meanwhile = self.chat.prompt.text if shown else document.session.draft
        draft = f"{text}\n{meanwhile}" if meanwhile else text
        if shown:
            self.chat.prompt.put(draft)
        else:
            await self._keep_draft(document, draft)

    def on_transcript_retry_wanted(self, message: Transcript.RetryWanted) -> None:
        """A run's question is sent again."""
        self.chat.prompt.focus()
        self._do(self._retry(message.run))

    async def _retry(self, run: Run) -> None:
        try:
            await self._runner.retry(run)
        except (StorageError, SessionNotFoundError) as error:
            words = getattr(error, "words", "This conversation is no longer there.")
            self.notify(f"Not sent. {words}", severity="error", markup=False)

    def toggle_details(self) -> None:
        """Show or hide the reasoning of every answer in the open session."""
        if self._document is not None:
            self._document.toggle_details()
            self.chat.transcript.content_changed()

    def stop_answer(self) -> bool:
        """Stop the answer in the open session; returns whether there was one."""
        document = self._document
        return document is not None and self._runner.stop(document.session.session_id)

    def _follow(self, event: RunEvent) -> None:
        """Take in an event of any run, on the screen or not."""
        if self._open is not None:
            self._open.apply(event)
        document = self._document
        shown = document is not None and document.session.session_id == event.session_id
        if isinstance(event, RunContent | ReasoningContent):
            self.ticker.text_came(shown)
            return
        if shown and document is not None:
            if not isinstance(event, RunEnded):
                document.following = True
            self.chat.update_view()
            self.chat.transcript.content_changed()
            if isinstance(event, RunEnded):
                self._offer_retry(event.run)
        self.ticker.run_changed()
        self._watch_model(event)
        self._do(self._after_event(event, document if shown else None))

    def _watch_model(self, event: RunEvent) -> None:
        """A run makes the model ready by itself: show how far it is, if it was not."""
        if isinstance(event, RunStarted) and self._model_watch.trouble:
            self._do(self._model_watch.prepare())
        elif isinstance(event, RunEnded):
            self.model_changed()

    async def _after_event(self, event: RunEvent, shown: Document | None) -> None:
        if shown is not None and isinstance(event, RunEnded):
            await self._mark_read(shown)
        await self._refresh_session(event.session_id)

    def _offer_retry(self, run: Run) -> None:
        """After a failure mark the turn, so that `r` is at hand; not while the user
        is writing."""
        prompt = self.chat.prompt
        if not run.status.failed or not prompt.has_focus or prompt.text:
            return
        if self._document is not None:
            self._document.select(run.run_id)
        self.chat.transcript.focus()

    # The trash

    def on_session_list_delete_wanted(self, message: SessionList.DeleteWanted) -> None:
        """A session goes into the trash."""
        self._do(self._delete(message.session_id))

    async def _delete(self, session_id: str) -> None:
        if self._runner.live(session_id) is not None:
            words = "It is still answering. Stop the answer first."
            self.notify(words, severity="warning", markup=False)
            return
        await self._storage.delete_session(session_id, user_id=self._user_id)
        self._trashed.append(session_id)
        self.sessions.remove_session(session_id)
        if self._open is not None:
            self._open.forget(session_id)
            if self._document and self._document.session.session_id == session_id:
                self._document = None
                self._show(self._open.new())
        self.notify("Deleted. Press u in the list to bring it back.", markup=False)

    def on_session_list_undo_wanted(self) -> None:
        """The last deletion is taken back."""
        if self._trashed:
            self._do(self._restore(self._trashed.pop()))

    async def _restore(self, session_id: str) -> None:
        await self._storage.restore_session(session_id, user_id=self._user_id)
        await self._refresh_session(session_id)
        self.open_session(session_id)
