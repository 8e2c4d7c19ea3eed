"""Edits: an earlier message in the prompt, to be sent again in other words."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.ui.slash import as_written

if TYPE_CHECKING:
    from agno_tui.session import Session
    from agno_tui.storage.base import Storage

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Edit:
    """What the prompt is there for while it is not for a new message."""

    run_id: str
    """The run whose question is put in other words."""
    question: str
    """That question, as it is written in the prompt."""
    draft: str = ""
    """What was in the prompt before; it comes back afterwards."""


class Edits:
    """Keeps the edits of one user as settings, `editing:<session_id>`, beside the
    drafts, which have what is written."""

    def __init__(self, storage: Storage, user_id: str) -> None:
        self._storage = storage
        self._user_id = user_id

    async def read(self, session: Session) -> Edit | None:
        """The edit that a session was left with, if it was. Where the message is gone,
        what was written and the draft before it are one draft.

        The session's draft is made what the prompt is to show.
        """
        try:
            text = await self._storage.get_setting(
                _name(session.session_id), user_id=self._user_id
            )
            found = _read(text)
            if found is None:
                return None
            run_id, draft = found
            run = await self._storage.get_run(run_id, user_id=self._user_id)
        except StorageError:
            _log.warning("an edit was not found again", exc_info=True)
            return None
        if run is None or run.session_id != session.session_id:
            if draft != session.draft:
                both = filter(None, (session.draft, draft))
                session.draft = "\n".join(both)
            return None
        if session.draft == draft:
            # It ended before the first word of it was kept.
            session.draft = as_written(run.question)
        return Edit(run_id, as_written(run.question), draft)

    async def keep(self, session: Session, edit: Edit | None) -> None:
        """Keep what a session's prompt is there for. Errors: `StorageError`."""
        text = ""
        if edit is not None:
            text = json.dumps({"run": edit.run_id, "draft": edit.draft})
        await self._storage.set_setting(
            _name(session.session_id), text, user_id=self._user_id
        )

    async def parent_of(self, edit: Edit) -> str | None:
        """The run that the edited one follows; None where that was deleted.
        Errors: `StorageError`."""
        try:
            run = await self._storage.get_run(edit.run_id, user_id=self._user_id)
        except SessionNotFoundError:
            return None
        return None if run is None else run.parent_run_id or ""


def _name(session_id: str) -> str:
    return f"editing:{session_id}"


def _read(text: str | None) -> tuple[str, str] | None:
    try:
        found = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    match found:
        case {"run": str(run_id), "draft": str(draft)}:
            return run_id, draft
    return None
