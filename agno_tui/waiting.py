"""The messages that wait behind the run of their session."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from agno_tui.agent import Agent
from agno_tui.events import RunEvent, RunPending, RunWithdrawn, event_of
from agno_tui.session import Run, RunStatus, title_from
from agno_tui.storage.errors import SessionNotFoundError


class Waiting:
    """Runs that are kept and not sent yet, by session: next in line, or held.

    Those next in line are sent one by one. Those held wait for the user: the run before
    them failed or was stopped.
    """

    def __init__(self) -> None:
        self._next: dict[str, deque[Run]] = {}
        self._held: dict[str, deque[Run]] = {}
        self._withdrawn: set[str] = set()

    def add(self, run: Run) -> None:
        """Put a run at the end of its session's line."""
        self._next.setdefault(run.session_id, deque()).append(run)

    def take(self, session_id: str) -> Run | None:
        """The run that is next in line, which is then no longer in it."""
        line = self._next.get(session_id)
        return line.popleft() if line else None

    def has(self, run: Run) -> bool:
        """Whether a run is in line."""
        line = self._next.get(run.session_id, ())
        return any(other.run_id == run.run_id for other in line)

    def is_next(self, session_id: str) -> bool:
        """Whether any run of a session is in line."""
        return bool(self._next.get(session_id))

    def note_sequence(self, run: Run) -> None:
        """A run is kept at another place now."""
        for lines in (self._next, self._held):
            for other in lines.get(run.session_id, ()):
                if other.run_id == run.run_id:
                    other.sequence = run.sequence

    def hold(self, session_id: str) -> None:
        """Hold all that are in line."""
        if line := self._next.pop(session_id, None):
            self._held.setdefault(session_id, deque()).extend(line)

    def let_go(self, runs: Sequence[Run]) -> None:
        """Put runs in line, in this order, also those that were not known before."""
        for run in runs:
            # Who read it as waiting may have done so before it was taken back.
            if not self.has(run) and run.run_id not in self._withdrawn:
                self.add(self.drop(run) or run)

    def drop(self, run: Run) -> Run | None:
        """Forget a run; returns what was known of it, None where nothing was."""
        for lines in (self._next, self._held):
            for other in lines.get(run.session_id, ()):
                if other.run_id == run.run_id:
                    lines[run.session_id].remove(other)
                    return other
        return None

    def put_back(self, run: Run, *, in_line: bool) -> None:
        """A run that was dropped waits after all, unless it does again already."""
        session_id = run.session_id
        lines = self._next if in_line else self._held
        known = (*self._next.get(session_id, ()), *self._held.get(session_id, ()))
        if all(other.run_id != run.run_id for other in known):
            lines.setdefault(session_id, deque()).append(run)
            self.sort(session_id)

    def forget(self, run: Run) -> None:
        """A run was taken back: it is never in line again."""
        self.drop(run)
        self._withdrawn.add(run.run_id)

    def sort(self, session_id: str) -> None:
        """Have a session's runs stand as they are kept."""
        for lines in (self._next, self._held):
            if line := lines.get(session_id):
                lines[session_id] = deque(sorted(line, key=lambda run: run.sequence))


class Line:
    """The messages that wait, for whoever shows them and lets the user change them."""

    def __init__(
        self,
        agent: Agent,
        waiting: Waiting,
        live: Callable[[str], Run | None],
        emit: Callable[[RunEvent], None],
    ) -> None:
        self._agent = agent
        self._waiting = waiting
        self._live = live
        self._emit = emit

    def has(self, run: Run) -> bool:
        """Whether a run is sent by itself when its turn comes; else it is held until
        somebody lets it go."""
        return self._waiting.has(run)

    def goes_on(self, session_id: str) -> bool:
        """Whether another message of a session is sent as soon as this answer is
        whole."""
        return self._waiting.is_next(session_id)

    async def behind(self, first: Run) -> list[Run]:
        """The runs that are kept as waiting behind a kept one, or behind the first try
        of its question. Errors: `StorageError`."""
        storage, user_id = self._agent.storage, first.user_id
        if first.retry_of is not None:
            tried = await storage.get_run(first.retry_of, user_id=user_id)
            first = tried or first
        waiting = await storage.get_runs(
            first.session_id, user_id=user_id, status=RunStatus.PENDING
        )
        return [run for run in waiting if run.sequence > first.sequence]

    async def take_back(self, run: Run) -> bool:
        """Take a waiting message back, as if it had never been sent.

        Returns False where it is too late: followers are told how it stands then.
        Errors: `StorageError`, `SessionNotFoundError`; it waits on then.
        """
        live = self._live(run.session_id)
        if live is not None and live.run_id == run.run_id:
            return False
        was_in_line, known = self._waiting.has(run), self._waiting.drop(run)
        try:
            taken = await asyncio.shield(self._agent.storage.withdraw_run(run))
            if not taken and not (taken := await self.is_withdrawn(run)):
                self._emit(event_of(await self._agent.kept(run)))
        except BaseException:
            if known is not None:
                # What nothing is ahead of any more would never get its turn.
                in_line = was_in_line and self._live(run.session_id) is not None
                self._waiting.put_back(known, in_line=in_line)
            raise
        if taken:
            self.withdrawn(run)
        return taken

    async def put_back(self, run: Run, *, in_line: bool) -> None:
        """Keep a message as the last that waits, without sending it now; `in_line`: it
        is sent when its turn comes, if an answer is still under way.

        Errors: `StorageError`, `SessionNotFoundError`; nothing is kept then.
        """
        run.status = RunStatus.PENDING
        name = title_from(run.question)
        await asyncio.shield(self._agent.storage.start_run(run, name=name))
        if in_line and self._live(run.session_id) is not None:
            self._waiting.let_go([run])
        self._emit(RunPending(run))

    async def is_withdrawn(self, run: Run) -> bool:
        """Whether a kept run was taken back, here or by another process: its session is
        there without it. Errors: `StorageError`."""
        storage, user_id = self._agent.storage, run.user_id
        if await storage.get_run(run.run_id, user_id=user_id) is not None:
            return False
        return await storage.get_session(run.session_id, user_id=user_id) is not None

    async def kept(self, run: Run) -> Run | None:
        """A run as it is kept now, None where it was taken back; followers are told
        then. Errors: `StorageError`, `SessionNotFoundError`."""
        try:
            return await self._agent.kept(run)
        except SessionNotFoundError:
            if not await self.is_withdrawn(run):
                raise
        self.withdrawn(run)
        return None

    def withdrawn(self, run: Run) -> None:
        """A run was taken back: tell followers."""
        self._waiting.forget(run)
        run.status = RunStatus.PENDING
        self._emit(RunWithdrawn(run))

    async def order(self, runs: Sequence[Run]) -> None:
        """Have waiting messages of one session wait in this order. Errors:
        `StorageError`."""
        await asyncio.shield(self._agent.storage.order_waiting(runs))
        for run in runs:
            self._waiting.note_sequence(run)
            self._waiting.sort(run.session_id)
