"""The user's earlier questions, one after the other: of this session, then of all."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from agno_tui.storage.errors import StorageError
from agno_tui.ui.slash import as_written

if TYPE_CHECKING:
    from agno_tui.session import Question
    from agno_tui.storage.base import Storage

PAGE: Final = 50
"""Questions read from the storage at a time."""

AHEAD: Final = 10
"""How near to the last one that was read more of them are read."""

_log = logging.getLogger(__name__)


class PromptHistory:
    """A walk from what is written now (place 0) to earlier and earlier questions.

    What was changed at a place stays there for as long as the walk goes on, and is the
    newest of the session's questions after that, until the program ends.
    """

    def __init__(self, storage: Storage, user_id: str) -> None:
        self._storage = storage
        self._user_id = user_id
        self._session_id = ""
        self._place = 0
        self._undone_place = 0
        """Where the user was before undo brought place 0 back."""
        self._changed: dict[int, str] = {}
        self._texts: list[str] = []
        self._known: set[str] = set()
        self._noted: list[tuple[str, str]] = []
        """Sessions and texts, the newest first, which the storage need not know."""
        self._is_stale = True
        self._last: Question | None = None
        self._of_all = False
        self._is_whole = False
        self._reading: asyncio.Task[None] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever asked, as far as is known."""
        return not self._texts

    def begin(self, session_id: str) -> None:
        """A walk may begin, in this session."""
        if self._place or not (self._is_stale or session_id != self._session_id):
            return
        # What was changed in the walk before stands at places that are no more.
        self.leave(self._changed.get(0, ""))
        self._session_id = session_id
        self._is_stale = self._of_all = self._is_whole = False
        self._last = None
        self._texts.clear()
        self._known.clear()
        self._take([text for place, text in self._noted if place == session_id])
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    async def reach_older(self) -> None:
        """Read until there is a question before the one that is shown, if there is one.

        Errors: `StorageError`.
        """
        while len(self._texts) <= self._place and not self._is_whole:
            await asyncio.shield(self._read())

    def older(self, text: str) -> str | None:
        """Go one further back from `text`; what stands there, or None."""
        if self._place >= len(self._texts):
            return None
        found = self._go(1, text)
        if len(self._texts) - self._place < AHEAD and not self._is_whole:
            self._read().add_done_callback(_said)
        return found

    def newer(self, text: str) -> str | None:
        """Come one nearer again; what stands there, or None."""
        return self._go(-1, text) if self._place else None

    def take(self, text: str, question: str) -> None:
        """Go from `text` to a question that was found elsewhere: it stands one further
        back until the walk is over."""
        self._changed[self._place] = text
        self._changed = {
            place + (place > self._place): changed
            for place, changed in self._changed.items()
        }
        self._texts.insert(self._place, question)
        self._place += 1
        self._is_stale = True

    def undone(self, text: str) -> None:
        """Undo or redo made this the text: go where it stands."""
        place = self._undone_place
        if self._place and text == self._changed.get(0):
            self._place, self._undone_place = 0, self._place
        elif place and not self._place and text == self._texts[place - 1]:
            self._place = place

    def draft(self, text: str) -> str:
        """What is the user's own of what is shown: `text`, if it is no question as it
        was asked, else what was written before."""
        if self._place and text == self._texts[self._place - 1]:
            return self._changed.get(0, "")
        return text

    def sent(self, text: str, session_id: str) -> str:
        """A text was sent in a session; returns what was written before the walk."""
        draft = self._changed.pop(0, "") if self._place else ""
        self.leave(text)
        self.note(text, session_id)
        return draft

    def leave(self, text: str) -> None:
        """The walk is over; `text` is shown, and is kept by whoever shows it."""
        session_id, kept = self._session_id, self.draft(text)
        for place, changed in sorted(self._changed.items(), reverse=True):
            own = place == 0 or changed != self._texts[place - 1]
            if own and changed not in (kept, text):
                self.note(changed, session_id)
        self._place = self._undone_place = 0
        self._changed.clear()

    def note(self, text: str, session_id: str) -> None:
        """Remember a text as the newest of a session's."""
        if text.strip():
            noted = session_id, text
            self._noted = [noted, *(one for one in self._noted if one != noted)][:PAGE]
        self._is_stale = True

    def _go(self, step: int, text: str) -> str:
        self._changed[self._place] = text
        self._place += step
        asked = self._texts[self._place - 1] if self._place else ""
        return self._changed.get(self._place, asked)

    def _read(self) -> asyncio.Task[None]:
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_page())
        return self._reading

    async def _read_page(self) -> None:
        page = await self._storage.get_questions(
            user_id=self._user_id,
            session_id=None if self._of_all else self._session_id,
            limit=PAGE,
            before=self._last,
        )
        if page:
            self._last = page[-1]
            self._take([as_written(question.text) for question in page])
        elif self._of_all:
            self._is_whole = True
        else:
            self._of_all = True
            self._last = None

    def _take(self, texts: list[str]) -> None:
        for text in texts:
            if text not in self._known:
                self._known.add(text)
                self._texts.append(text)


def _said(reading: asyncio.Task[None]) -> None:
    """What was read ahead may fail: it is said when it is needed."""
    if not reading.cancelled() and isinstance(reading.exception(), StorageError):
        _log.warning("earlier questions were not read", exc_info=reading.exception())
