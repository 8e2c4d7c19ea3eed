"""The desk: where the user's messages go to the runner, and the answers come back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from agno_tui.events import (
    ReasoningContent,
    RunContent,
    RunEnded,
    RunEvent,
    RunStarted,
    SessionNamed,
    ToolCallCompleted,
    ToolCallStarted,
)
from agno_tui.runner import Runner
from agno_tui.session import Run, RunStatus
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.ui.editing_question import (
    AnswerUnderWay,
    EditingQuestion,
)
from agno_tui.ui.everywhere import Everywhere
from agno_tui.ui.lone_letter import LoneLetter
from agno_tui.ui.model_watch import ModelWatch
from agno_tui.ui.notifying import Notices
from agno_tui.ui.queueing import Queueing
from agno_tui.ui.reading_desk import OPEN_SECONDS, ReadingDesk
from agno_tui.ui.session_deeds import SessionDeeds
from agno_tui.ui.ticker import Ticker
from agno_tui.ui.transcript.transcript import Transcript
from agno_tui.ui.versions import TurnVersions

if TYPE_CHECKING:
    from agno_tui.ui.edits import Edit
    from agno_tui.ui.open_sessions import OpenSessions
    from agno_tui.ui.transcript.document import Document

PIECES = (RunContent, ReasoningContent, ToolCallStarted, ToolCallCompleted)
"""Events of an answer on its way: what they bring is drawn with the next frame."""

_log = logging.getLogger(__name__)


class Desk(ReadingDesk):
    """A reading desk whose sessions are answered: speaks through the runner only."""

    def __init__(
        self,
        *,
        runner: Runner,
        storage: Storage,
        model_watch: ModelWatch,
        user_id: str,
        notify_by: str = "auto",
        id: str | None = None,
    ) -> None:
        super().__init__(storage=storage, user_id=user_id, id=id)
        self._runner = runner
        self._model_watch = model_watch
        self._sending = asyncio.Lock()
        self._sends: dict[asyncio.Task[None], str] = {}
        self.deeds = SessionDeeds(self, storage, runner.agent, user_id)
        self.lone_letter = LoneLetter(self)
        self._unfollow: Callable[[], None] = lambda: None
        self.ticker = Ticker(self, runner)
        self.queueing = Queueing(self, runner)
        self.versions = TurnVersions(self, storage, user_id)
        self.editing = EditingQuestion(self)
        self.everywhere = Everywhere(self, storage, user_id)
        self.notices = Notices(self, runner, storage, user_id, notify_by)

    async def start(self, open_sessions: OpenSessions) -> None:
        """Fill the desk from an opened storage, and follow every run from now on."""
        self._unfollow = self._runner.follow(self._follow)
        self.chat.transcript.pace = self.ticker
        self.sessions.deeds = self.deeds
        self.versions.open_sessions = self.editing.open_sessions = open_sessions
        self.chat.transcript.edit = self.editing.begin
        self.chat.transcript.choose_version = self.versions.choose
        self.chat.transcript.delete = self.versions.delete
        self.went_another_way = self.versions.say_other
        await super().start(open_sessions)

    def on_unmount(self) -> None:
        """Textual: the screen is gone, the runs may still be ending."""
        self._unfollow()
        self.attention.leave()

    def model_changed(self) -> None:
        """The model is ready, or on its way, or in trouble: say so where it shows."""
        watch = self._model_watch
        self.chat.say("model", watch.label)
        self.chat.welcome.say(
            watch.label,
            reason=watch.reason,
            progress=watch.progress,
            trouble=watch.trouble,
            is_missing=watch.is_missing,
        )
        self.ticker.redraw()

    def _show(self, document: Document) -> None:
        self.lone_letter.forget()
        super()._show(document)
        self.deeds.leave_vain_filter()
        self.queueing.shown(document)
        self.ticker.session_shown()
        self.editing.shown(document)
        self.lone_letter.changed()

    # Sending and answering

    def on_mount(self) -> None:
        """Textual: what is sent in the prompt comes here."""
        self.chat.prompt.send = self._begin_sending
        self.chat.prompt.may_send = self._may_send
        self.chat.prompt.key_came = self.lone_letter.key_came

    def _may_send(self) -> bool:
        """Whether what is in the prompt is a message, and can be sent now."""
        return not self.lone_letter.send() and self.editing.may_send()

    def _begin_sending(self, text: str, document: Document | None) -> None:
        """A message has left the prompt; it comes back if it can't be kept."""
        edit = self.editing.take(document)
        if document is not None:
            self.queueing.edits.sent(document)
        sending = asyncio.create_task(self._send(text, document, edit))
        self._sends[sending] = text
        sending.add_done_callback(lambda task: self._sends.pop(task, None))

    async def switch(self, step: int) -> None:
        """Open the session before or after this one, once the list knows what was sent
        just now."""
        await self.finish_sending(OPEN_SECONDS)
        await super().switch(step)

    async def finish_sending(self, seconds: float) -> list[str]:
        """Wait a while until all that was sent is kept; returns what is not."""
        if self._sends:
            await asyncio.wait(list(self._sends), timeout=seconds)
        return list(self._sends.values())

    async def _send(
        self, text: str, document: Document | None, edit: Edit | None
    ) -> None:
        await self.ready.wait()
        document = document or self.document
        if document is None:
            self.chat.give_back(text, self._trouble)
            return
        session_id = document.session.session_id
        document.reading.follow()
        await self.versions.settled()
        try:
            async with self._sending:
                if edit is not None and self.is_answering(session_id):
                    raise AnswerUnderWay
                await self._runner.send(
                    text,
                    session_id=session_id,
                    user_id=self._user_id,
                    parent_run_id=await self.editing.parent_of(edit),
                )
            document.session.draft = ""
            await self.editing.sent(document, edit)
            await self.refresh_session(session_id)
            await self._remember_open(document)
        except Exception as error:
            _log.warning("a message was not kept", exc_info=True)
            if edit is not None:
                await self.editing.give_back(document, text, edit, error)
                return
            words = getattr(error, "words", "The log has the details.")
            is_gone = isinstance(error, SessionNotFoundError)
            if document is not self.document and not is_gone:
                draft = document.typed or document.session.draft
                document.typed = "\n".join(filter(None, (text, draft)))
                if await self.drafts.keep(document, document.typed):
                    return
            self.chat.give_back(text, words)

    def on_transcript_retry_wanted(self, message: Transcript.RetryWanted) -> None:
        """A run's question is sent again."""
        if self._may_retry(message.run):
            self.chat.prompt.focus()
            self._do(self.retry(message.run))

    def _may_retry(self, run: Run) -> bool:
        """Whether a run can be sent again now; else says why not. Two answers at once
        would follow the same."""
        is_sent = run.status is not RunStatus.PENDING
        if is_sent and self.is_answering(run.session_id):
            self.editing.say_under_way()
            return False
        return True

    def on_text_area_changed(self) -> None:
        """The prompt changed: its draft is kept soon."""
        self.drafts.changed()
        self.ticker.typed()
        self.lone_letter.changed()

    async def retry(self, run: Run) -> None:
        """Send a run's question again, or let one go on that waits."""
        if self.document is not None:
            self.document.reading.follow()
        try:
            sent = await self._runner.retry(run)
        except (StorageError, SessionNotFoundError) as error:
            self.notify(f"Not sent. {error.words}", severity="error", markup=False)
        else:
            self.versions.retried(run, sent)

    def stop_answer(self) -> bool:
        """Stop the answer in the open session; returns whether there was one."""
        document = self.document
        return document is not None and self._runner.stop(document.session.session_id)

    def _follow(self, event: RunEvent | SessionNamed) -> None:
        """Take in an event of any run, on the screen or not."""
        if isinstance(event, SessionNamed):
            self.session_named(event.session_id, event.name)
            return
        if self._open is not None:
            self._open.apply(event)
        document = self.document
        shown = document is not None and document.session.session_id == event.session_id
        if isinstance(event, PIECES):
            self.ticker.text_came(shown)
            return
        if shown and document is not None:
            self.queueing.changed()
            self.chat.update_view()
            self.chat.transcript.content_changed()
        self.ticker.run_changed()
        if isinstance(event, RunEnded):
            self._model_watch.run_ended(event.run)
            self.notices.run_ended(event.run)
        elif isinstance(event, RunStarted) and self._model_watch.trouble:
            # A run makes the model ready by itself: show how far it is.
            self._do(self._model_watch.prepare())
        self._do(self._after_event(event, document if shown else None))

    async def _after_event(self, event: RunEvent, shown: Document | None) -> None:
        await self.versions.after_event(event)
        if shown is not None and isinstance(event, RunEnded):
            await self._mark_read(shown)
        await self.refresh_session(event.session_id)
        if shown is not None:
            await self.pages.read_window(shown)
            run = shown.turn_of(event.run_id)
            if run is not None and run.run is not None:
                await self.searching.run_ended(shown, run.run)

    def is_answering(self, session_id: str) -> bool:
        """Whether an answer is under way in a session, here."""
        return self._runner.live(session_id) is not None
