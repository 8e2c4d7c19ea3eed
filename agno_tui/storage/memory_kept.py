"""What a storage in this process keeps, and how its calls find it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from agno_tui.session import (
    Message,
    Run,
    Session,
    ToolCall,
    UserMemory,
    now,
)
from agno_tui.storage.copies import copied
from agno_tui.storage.errors import SessionNotFoundError
from agno_tui.text import repair


@dataclass(slots=True)
class Standing:
    """What the storage alone knows of a run; see `places.Place`."""

    active: bool = True
    chosen: int = 0
    deleted: bool = False


@dataclass(slots=True)
class Kept:
    """A session with what the storage alone knows of it."""

    session: Session
    sequence: int
    runs: list[Run]
    standing: dict[str, Standing] = field(default_factory=dict)
    """By `run_id`, of all runs."""
    read_at: int = 0
    deleted: bool = False
    state: str = "{}"
    """A JSON object as text: nothing in it can be shared with a caller."""
    summary: str | None = None
    """A JSON object as text, as well."""

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the list."""
        return self.session.updated_at, self.sequence

    @property
    def shown(self) -> list[Run]:
        """The runs the conversation goes through, and those that wait."""
        return [run for run in self.runs if self.is_shown(run)]

    def is_shown(self, run: Run) -> bool:
        """Whether the run is read in a row with the others."""
        standing = self.standing[run.run_id]
        return standing.active and not standing.deleted

    def seen(self) -> Session:
        """The caller's own copy, with what comes from the runs."""
        last = next((run for run in reversed(self.runs) if self.is_shown(run)), None)
        return replace(
            self.session,
            last_status=None if last is None else last.status,
            unread=any((run.ended_at or 0) > self.read_at for run in self.runs),
        )


class MemoryKept:
    """What is kept, by its ids: the ground that the parts of the storage stand on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        """Held through each call: loops of several threads may call at once."""
        self._sessions: dict[str, Kept] = {}
        self._runs: dict[str, Run] = {}
        self._last_sequence = 0
        self._open_sessions: dict[str, str] = {}
        self._memories: dict[tuple[str, str], UserMemory] = {}
        """By (`user_id`, `memory_id`), in the order they were kept."""
        self._settings: dict[tuple[str, str], str] = {}
        """By (`user_id`, name)."""

    def _find(
        self, session_id: str, user_id: str, *, trashed: bool = False
    ) -> Kept | None:
        """This user's session, or None; one in the trash only where asked for."""
        kept = self._sessions.get(session_id)
        if kept is None or kept.session.user_id != user_id:
            return None
        return kept if trashed or not kept.deleted else None

    def _need(self, session_id: str, user_id: str, *, trashed: bool = False) -> Kept:
        """This user's session. Errors: `SessionNotFoundError`."""
        kept = self._find(session_id, user_id, trashed=trashed)
        if kept is None:
            raise SessionNotFoundError(session_id)
        return kept

    def _need_or_make(self, session_id: str, user_id: str) -> Kept:
        """This user's session, in the trash or not, made where the id is new.

        Errors: `SessionNotFoundError` where it is another user's.
        """
        if session_id not in self._sessions:
            at = now()
            self._add(Session(session_id, user_id, created_at=at, updated_at=at))
        return self._need(session_id, user_id, trashed=True)

    def _add(self, session: Session) -> Kept:
        """Keep a session that is new."""
        kept = Kept(session=session, sequence=len(self._sessions) + 1, runs=[])
        self._sessions[session.session_id] = kept
        return kept

    def _need_run(self, run: Run) -> Run:
        """The kept run. Errors: `SessionNotFoundError`."""
        known = self._runs.get(run.run_id)
        owner = (run.session_id, run.user_id)
        if known is None or (known.session_id, known.user_id) != owner:
            raise SessionNotFoundError(run.session_id)
        return known

    def _put(self, kept: Kept, run: Run) -> Run:
        """Keep a copy in the run's place, or after all others; returns the copy."""
        known = self._runs.get(run.run_id)
        copy = _repaired(copied(run))
        if copy.status.ended and copy.ended_at is None:
            copy.ended_at = now()
        if known is None:
            self._put_last(kept, copy)
            kept.standing[run.run_id] = Standing()
        else:
            copy.sequence = known.sequence
            copy.parent_run_id = known.parent_run_id
            kept.runs[_index(kept.runs, known)] = copy
        self._runs[run.run_id] = copy
        return copy

    def _put_last(self, kept: Kept, run: Run) -> None:
        """Have a run stand after all others."""
        if run.run_id in self._runs:
            kept.runs = [each for each in kept.runs if each is not run]
        kept.runs.append(run)
        self._last_sequence += 1
        run.sequence = self._last_sequence


def _index(runs: list[Run], run: Run) -> int:
    """Where it stands, by its id: comparing whole runs would read every message."""
    return next(i for i, each in enumerate(runs) if each.run_id == run.run_id)


def _repaired(run: Run) -> Run:
    """The same run, every text of it valid Unicode."""
    run.model, run.provider = repair(run.model), repair(run.provider)
    run.finish_reason, run.error = repair(run.finish_reason), repair(run.error)
    for message in run.messages:
        _repair(message)
    return run


def _repair(message: Message) -> None:
    message.role = repair(message.role)
    message.content = repair(message.content)
    message.reasoning_content = repair(message.reasoning_content)
    message.tool_call_id = repair(message.tool_call_id)
    message.tool_name = repair(message.tool_name)
    message.tool_calls = [
        ToolCall(repair(call.id), repair(call.name), repair(call.arguments))
        for call in message.tool_calls
    ]


P = ParamSpec("P")
T = TypeVar("T")
K = TypeVar("K", bound=MemoryKept)

Call = Callable[Concatenate[K, P], Coroutine[Any, Any, T]]


def alone(call: Call[K, P, T]) -> Call[K, P, T]:
    """Have a call that waits for nothing done whole, whatever other threads call."""

    @wraps(call)
    async def done_alone(kept: K, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with kept._lock:
            return await call(kept, *args, **kwargs)

    return done_alone
