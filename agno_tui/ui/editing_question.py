"""Editing a question: an earlier one in the prompt, sent as another version of its
turn."""

from __future__ import annotations

import logging
from time import monotonic
from typing import TYPE_CHECKING

from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.ui.edits import Edit
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.slash import as_written

if TYPE_CHECKING:
    from agno_tui.ui.desk import Desk
    from agno_tui.ui.open_sessions import OpenSessions
    from agno_tui.ui.transcript.document import Document
    from agno_tui.ui.transcript.turn import Turn

EDITING = "Editing an earlier message · {prompt.send} sends it · {run.stop} leaves"
WHAT_STAYS = "The first version and all that follows it stay"
EDITING_QUEUED = (
    "Editing a message that waits · {prompt.send} sends it · {run.stop} puts it back"
)
ANSWER_UNDER_WAY = (
    "An answer is under way here. Wait for its end; {interrupt} stops it."
)
NOT_READ = "This message is still being read."
NOTHING_TO_EDIT = "Nothing was said in this conversation yet."
OTHER_EDIT = "You are editing another message. Send it first; {run.stop} leaves it."
DELETED = "The message you edited was deleted: this was sent as a new one."

TWICE_SECONDS = 0.4
"""How soon Esc has to come again to edit the last question: two that were meant as
one wish, not two to be sure."""

_log = logging.getLogger(__name__)


class EditingQuestion:
    """What the prompt of one desk is there for, if not for a new message."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._escaped_at = 0.0
        self._has_said = False
        self.open_sessions: OpenSessions | None = None
        """None until the storage is open."""

    # Beginning and end

    @property
    def is_under_way(self) -> bool:
        """Whether the prompt is there for a message that was sent already."""
        document = self._desk.document
        return document is not None and (
            document.edit is not None or self._desk.queueing.edits.are_in(document)
        )

    def begin(self, turn: Turn) -> None:
        """Put a turn's question into the prompt. The next key is for it already."""
        document, prompt = self._desk.document, self._desk.chat.prompt
        if document is None or document.turn_of(turn.run_id) is not turn:
            return
        if turn.run is None:
            self._desk.notify(NOT_READ, markup=False)
            return
        edit = document.edit
        is_other = edit is None or edit.run_id != turn.run_id
        is_changed = edit is not None and prompt.text != edit.question
        if is_other and edit is not None and is_changed:
            self._say(OTHER_EDIT)
        elif is_other:
            draft = prompt.draft if edit is None else edit.draft
            question = as_written(turn.run.question)
            document.edit = Edit(turn.run_id, question, draft)
            prompt.put(question)
            self._changed(document)
        prompt.screen.set_focus(prompt)

    def begin_with_last(self) -> None:
        """Put the question of the last turn into the prompt."""
        document = self._desk.document
        if document is None or not document.turns:
            self._desk.notify(NOTHING_TO_EDIT, markup=False)
        else:
            self.begin(document.turns[-1])

    def leave(self) -> bool:
        """Leave the question as it is; what was in the prompt before comes back, and
        what is there now with an undo. Returns whether one was edited."""
        if self._desk.queueing.edits.leave():
            return True
        document, prompt = self._desk.document, self._desk.chat.prompt
        if document is None or document.edit is None:
            return False
        edit, document.edit = document.edit, None
        # In a walk among earlier questions: what was written before it.
        written = prompt.draft
        is_changed = written not in (edit.question, edit.draft)
        if prompt.earlier is not None:
            prompt.earlier.leave(edit.draft)
            if is_changed:
                # The undo is gone with the next message; ↑ finds it then.
                prompt.earlier.note(written, document.session.session_id)
        prompt.rewrite(edit.draft)
        self.shown(document)
        self._desk._do(self._keep_left(document, edit))
        if is_changed:
            self._say("Left as it is. {prompt.undo} brings back what you wrote.")
        return True

    def escape(self, *, was_in_prompt: bool) -> None:
        """Esc meant nothing else: leave the edit; twice in an empty prompt, edit the
        last question."""
        if not was_in_prompt or self.leave():
            self._escaped_at = 0.0
            return
        document = self._desk.document
        if self._desk.chat.prompt.text or document is None or not document.turns:
            return
        before, self._escaped_at = self._escaped_at, monotonic()
        if before and self._escaped_at - before < TWICE_SECONDS:
            self._escaped_at = 0.0
            self.begin_with_last()

    def forget_escape(self) -> None:
        """An Esc did something else: it is not the first of two."""
        self._escaped_at = 0.0

    # On the screen, and on disk

    def shown(self, document: Document) -> None:
        """Another session is on the screen, or its prompt is there for something
        else: say what for."""
        self._escaped_at = 0.0
        prompt, title, stays = self._desk.chat.prompt, "", ""
        if self._desk.queueing.edits.are_in(document):
            title = self._named(EDITING_QUEUED)
        elif document.edit is not None:
            title, stays = self._named(EDITING), WHAT_STAYS
        if prompt.border_title != title:
            prompt.border_title, prompt.border_subtitle = title, stays
            prompt.post_message(prompt.PurposeChanged())

    def _changed(self, document: Document) -> None:
        self.shown(document)
        self._desk._do(self._keep(document))

    async def _keep(self, document: Document) -> None:
        if self.open_sessions is None:
            return
        try:
            # What it is for first: words without it could be sent for something else.
            await self.open_sessions.edits.keep(document.session, document.edit)
        except StorageError as error:
            _log.warning("an edit was not kept", exc_info=True)
            if not self._has_said:
                self._has_said = True
                words = f"What you write is not kept yet. {error.words}"
                self._desk.notify(words, severity="warning", markup=False)
        else:
            self._has_said = False

    # Sending

    def may_send(self) -> bool:
        """Whether what is in the prompt can be sent now; else says why not."""
        document = self._desk.document
        if document is None or document.edit is None:
            return True
        if not self._desk.is_answering(document.session.session_id):
            return True
        self.say_under_way()
        return False

    def say_under_way(self) -> None:
        """Say why nothing can be sent again now."""
        self._say(ANSWER_UNDER_WAY)

    def _say(self, words: str) -> None:
        self._desk.notify(self._named(words), markup=False)

    def _named(self, words: str) -> str:
        return keymap_of(self._desk.app).words(words)

    def take(self, document: Document | None) -> Edit | None:
        """The edit that is sent, if it is one: what was in the prompt before comes back
        into it."""
        if document is None or document.edit is None:
            return None
        edit, document.edit = document.edit, None
        if document is self._desk.document:
            prompt = self._desk.chat.prompt
            # What was written before a walk among earlier questions is there already.
            edit.draft = "\n".join(filter(None, (edit.draft, prompt.text)))
            prompt.put(edit.draft)
            self.shown(document)
        return edit

    async def parent_of(self, edit: Edit | None) -> str | None:
        """The run that an edited message is to follow; None for the last one.
        Errors: `StorageError`."""
        if edit is None or self.open_sessions is None:
            return None
        parent = await self.open_sessions.edits.parent_of(edit)
        if parent is None:
            self._desk.notify(DELETED, severity="warning", markup=False)
        return parent

    async def sent(self, document: Document, edit: Edit | None) -> None:
        """An edited message is kept: so is the draft that was there before."""
        if edit is None:
            return
        # Being sent emptied the draft that is kept.
        document.session.draft = ""
        await self._keep_left(document, edit)

    async def _keep_left(self, document: Document, edit: Edit) -> None:
        """Keep the draft that came back first: only the edit knows it as long."""
        if document is self._desk.document:
            draft = self._desk.chat.prompt.draft
        else:
            draft = edit.draft if document.typed is None else document.typed
        if await self._desk.drafts.keep(document, draft):
            await self._keep(document)

    async def give_back(
        self, document: Document, text: str, edit: Edit, error: Exception
    ) -> None:
        """An edited message was not sent: it is edited again."""
        words = self._named(getattr(error, "words", "The log has the details."))
        is_gone = isinstance(error, SessionNotFoundError)
        is_shown = document is self._desk.document
        if document.edit is not None or (is_gone and not is_shown):
            self._desk.chat.give_back(text, words)
            return
        document.edit = edit
        if is_shown:
            edit.draft = self._desk.chat.prompt.draft
            self._desk.chat.prompt.put("")
            self._desk.chat.give_back(text, words)
            self.shown(document)
        else:
            edit.draft = document.typed or document.session.draft
            document.typed = as_written(text)
            words = f"Not sent. {words} It is in the prompt of its conversation."
            self._desk.notify(words, severity="error", timeout=15, markup=False)
            await self._desk.drafts.keep(document, document.typed)
        await self._keep(document)


class AnswerUnderWay(Exception):
    """A message can't be edited while an answer is under way."""

    words = ANSWER_UNDER_WAY
