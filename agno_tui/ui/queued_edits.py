"""Messages that waited and are edited in the prompt: Esc puts each back as it was."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agno_tui.ui.desk import Desk
    from agno_tui.ui.queue_gaps import Gap
    from agno_tui.ui.transcript.document import Document


@dataclass(slots=True, eq=False)
class QueuedEdit:
    """A message that waited and is in the prompt."""

    gap: Gap
    draft: str
    """What was in the prompt before."""
    is_taken: bool = False
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is known whether it was taken out."""


class QueuedEdits:
    """What the prompt of one desk has of messages that waited, by session."""

    def __init__(
        self, desk: Desk, put_back: Callable[[Document, Gap], Awaitable[None]]
    ) -> None:
        """`put_back`: has a message wait where it stood."""
        self._desk = desk
        self._put_back = put_back
        self._edits: defaultdict[str, list[QueuedEdit]] = defaultdict(list)
        """The last one last."""

    def begin(
        self,
        document: Document,
        gap: Gap,
        draft: str,
        taking: Coroutine[None, None, bool],
    ) -> Coroutine[None, None, None]:
        """A message is in the prompt; returns what takes it out by `taking`, which
        tells whether it did."""
        edit = QueuedEdit(gap, draft)
        self._of(document).append(edit)
        self._desk.editing.shown(document)
        return self._take(document, edit, taking)

    async def _take(
        self, document: Document, edit: QueuedEdit, taking: Coroutine[None, None, bool]
    ) -> None:
        try:
            edit.is_taken = await taking
        finally:
            edit.settled.set()
            edits = self._of(document)
            if not edit.is_taken and edit in edits:
                edits.remove(edit)
                self._say_again(document)

    def are_in(self, document: Document) -> bool:
        """Whether one of a session's messages is in its prompt."""
        return bool(self._of(document))

    def sent(self, document: Document) -> None:
        """What is in the prompt of a session is sent."""
        if self._of(document):
            self._of(document).clear()
            self._say_again(document)

    def leave(self) -> bool:
        """Put the last one back unchanged, and what was in the prompt before into it;
        what is there now comes back with an undo. Returns whether there was one."""
        document, prompt = self._desk.document, self._desk.chat.prompt
        if document is None or not self._of(document):
            return False
        edit = self._of(document).pop()
        written = prompt.draft
        if prompt.earlier is not None:
            prompt.earlier.leave(edit.draft)
            # The undo is gone with the next message; ↑ finds it then.
            prompt.earlier.note(written, document.session.session_id)
        prompt.rewrite(edit.draft)
        self._say_again(document)
        self._desk._do(self._back(document, edit))
        return True

    async def _back(self, document: Document, edit: QueuedEdit) -> None:
        await edit.settled.wait()
        if edit.is_taken:
            await self._put_back(document, edit.gap)

    def _of(self, document: Document) -> list[QueuedEdit]:
        return self._edits[document.session.session_id]

    def _say_again(self, document: Document) -> None:
        if document is self._desk.document:
            self._desk.editing.shown(document)
