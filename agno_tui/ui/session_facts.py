"""All there is to know about one session: read from the storage, made by the runner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from agno_tui.agent.writing import UnusableAnswerError
from agno_tui.events import RunEnded, RunEvent, RunPending, RunStarted, SessionNamed
from agno_tui.runner import Runner
from agno_tui.session import RunStatus, Session, SessionMetrics, SessionSummary
from agno_tui.storage.base import Storage
from agno_tui.storage.errors import SessionNotFoundError

GONE = "a conversation that is no longer there"
NO_SUMMARY_CAME = "The model did not come up with a summary."
NO_NAME_CAME = "The model did not come up with a name. You can write one yourself."
TRY_AGAIN = "Another try may do."
SMALL = "The model inside is small; another (/model) does better."


class SessionFacts:
    """What is known of a session now. Errors of all: `StorageError`; others where
    named."""

    def __init__(self, storage: Storage, runner: Runner, session: Session) -> None:
        self.session = session
        self.is_read = False
        """Whether it is known what is kept."""
        self.is_kept = False
        """Whether the storage has it: something was said in it, or drafted."""
        self.metrics = SessionMetrics()
        self.summary: SessionSummary | None = None
        self.state: dict[str, object] = {}
        self.forked_from = ""
        """The name of the session it is a fork of; empty where it is none."""
        self._storage = storage
        self._runner = runner

    @property
    def _ids(self) -> tuple[str, str]:
        return self.session.session_id, self.session.user_id

    @property
    def is_under_way(self) -> bool:
        """Whether an answer is under way in it, here or in another process."""
        live = self._runner.live(self.session.session_id)
        return live is not None or self.session.last_status is RunStatus.RUNNING

    def follow(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` on the event loop whenever there may be more to read, until
        what is returned is called."""

        def hear(event: RunEvent | SessionNamed) -> None:
            if event.session_id != self.session.session_id:
                return
            if isinstance(event, RunPending | RunStarted | RunEnded | SessionNamed):
                changed()

        return self._runner.follow(hear)

    async def read(self) -> None:
        """See what is kept now."""
        session_id, user_id = self._ids
        session = await self._storage.get_session(session_id, user_id=user_id)
        self.is_kept, self.is_read = session is not None, True
        if session is None:
            return
        self.session = session
        storage = self._storage
        self.metrics = await storage.get_session_metrics(session_id, user_id=user_id)
        self.summary = await storage.get_session_summary(session_id, user_id=user_id)
        self.state = await storage.get_session_state(session_id, user_id=user_id)
        if session.forked_from is not None:
            first = await storage.get_session(session.forked_from, user_id=user_id)
            self.forked_from = first.name if first is not None else GONE

    async def rename(self, name: str) -> None:
        """Give it another name, made short where it is long. Errors:
        `SessionNotFoundError`; `ValueError` for no name at all."""
        session_id, user_id = self._ids
        name = await self._runner.agent.aset_session_name(
            session_id, name, user_id=user_id
        )
        # A copy: the session may be the one that a document shows.
        self.session = replace(self.session, name=name, named_by_user=True)

    async def make_name(self) -> None:
        """Have the model name it; a name the user gave stays. Errors: `ModelError`,
        `SessionNotFoundError`, `ValueError`."""
        session_id, user_id = self._need()
        try:
            await self._runner.name_session(session_id, user_id=user_id)
        except UnusableAnswerError:
            raise ValueError(f"{NO_NAME_CAME} {self._advice}") from None
        # Read anew: the user may have named it elsewhere since it was read.
        session = await self._storage.get_session(session_id, user_id=user_id)
        if session is None:
            raise SessionNotFoundError(session_id)
        self.session = session

    async def summarize(self) -> None:
        """Have the model sum it up. Errors: as `make_name`."""
        session_id, user_id = self._need()
        try:
            self.summary = await self._runner.summarize(session_id, user_id=user_id)
        except UnusableAnswerError:
            raise ValueError(f"{NO_SUMMARY_CAME} {self._advice}") from None

    @property
    def _advice(self) -> str:
        is_inside = self._runner.agent.model.provider == "local"
        return SMALL if is_inside else TRY_AGAIN

    def _need(self) -> tuple[str, str]:
        if not self.is_kept:
            raise SessionNotFoundError(self.session.session_id)
        return self._ids
