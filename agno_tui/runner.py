"""The runs that are under way in this process, by session: start, follow, queue, stop.

Runs belong to the program, never to a widget: who looks elsewhere stops following, the
run goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from time import monotonic

from agno_tui.agent import Agent
from agno_tui.agent.options import AS_CHOSEN
from agno_tui.events import RunEnded, RunEvent, RunPending, SessionNamed, event_of
from agno_tui.naming import Naming
from agno_tui.session import Run, RunStatus, SessionSummary, title_from
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.waiting import Line, Waiting

Listener = Callable[[RunEvent | SessionNamed], None]
"""Is told every event of every run, in order, on the event loop. Must not block."""

SLICE_SECONDS = 0.001
"""How long a run may go on without letting others do something: a model that is faster
than we are never makes it wait by itself."""

_log = logging.getLogger(__name__)


class Runner:
    """Runs an agent in many sessions at the same time, one run a session at a time.

    A message sent while its session is answering is kept as PENDING and sent when the
    answer is whole. After an answer that failed or was stopped the rest waits until
    `resume` or a `retry` of that answer, so that nothing is fired by surprise.
    `name_sessions`: whether the model names a session after its first answer.
    """

    def __init__(self, agent: Agent, *, name_sessions: bool = False) -> None:
        self.agent = agent
        self.breath: Callable[[], float] = lambda: 0.0
        """Seconds that a run stands back whenever it has kept the others waiting."""
        self._naming = Naming(agent, self._emit, by_itself=name_sessions)
        self._live: dict[str, Run] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._waiting = Waiting()
        self.line = Line(agent, self._waiting, self.live, self._emit)
        """What waits in each session."""
        self._sending: set[asyncio.Task[Run]] = set()
        self._stopped: set[str] = set()
        self._listeners: list[Listener] = []
        self._closing = False

    def follow(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` every event from now on; call what is returned to stop."""
        self._listeners.append(listener)

        def unfollow() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return unfollow

    def live(self, session_id: str) -> Run | None:
        """The run under way in a session, as far as it has come, or None."""
        return self._live.get(session_id)

    @property
    def running(self) -> list[Run]:
        """All runs under way in this process."""
        return list(self._live.values())

    async def send(
        self,
        text: str,
        *,
        session_id: str,
        user_id: str,
        retry_of: str | None = None,
        parent_run_id: str | None = None,
    ) -> Run:
        """Keep a user's message, then answer it, at once or when its turn comes.

        `parent_run_id`: the run it is to follow, empty for none, else the last one.
        Returns when the message is safe on disk. Who is cancelled meanwhile stops
        waiting, the message is still kept and answered. Errors: `StorageError`,
        `SessionNotFoundError`; nothing is kept or sent then.
        """
        return await self._take(
            self.agent.new_run(
                text,
                session_id=session_id,
                user_id=user_id,
                retry_of=retry_of,
                parent_run_id=parent_run_id,
            )
        )

    async def _take(self, run: Run, behind: Sequence[Run] = ()) -> Run:
        """Send a run, and those `behind` it as soon as its answer is whole."""
        ahead = self._live.get(run.session_id)
        if ahead is None and not self._closing:
            self._live[run.session_id] = run
            self._waiting.let_go(behind)
            step = self._send_now(run)
        else:
            step = self._send_later(run, ahead, behind)
        sending = asyncio.create_task(step, name=f"send {run.run_id}")
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
        return await asyncio.shield(sending)

    async def _send_now(self, run: Run) -> Run:
        try:
            await self.agent.storage.start_run(run, name=title_from(run.question))
        except BaseException:
            self._release(run)
            self._waiting.hold(run.session_id)
            raise
        self._start(run)
        return run

    async def _send_later(
        self, run: Run, ahead: Run | None, behind: Sequence[Run]
    ) -> Run:
        session_id = run.session_id
        run.status = RunStatus.PENDING
        await self.agent.storage.start_run(run, name=title_from(run.question))
        self._waiting.let_go([run, *behind])
        self._emit(RunPending(run))
        if session_id not in self._live:
            # What it waited for ended while it was being kept.
            self._go_on(session_id, ahead)
        return run

    async def retry(self, run: Run) -> Run:
        """Send a run's message again: as a new try, or itself where it still waits.

        What counts is how it is kept: one that failed to begin waits. What was held
        because this answer broke off goes on when the new one is whole.
        """
        kept = await self.line.kept(run)
        if kept is None:
            return run
        if kept.status is RunStatus.PENDING or not run.status.ended:
            return await self.resume(run)
        is_broken = kept.status.failed or kept.status is RunStatus.CANCELLED
        behind = await self.line.behind(kept) if is_broken else []
        return await self._take(self.agent.another_try(kept), behind)

    async def resume(self, run: Run) -> Run:
        """Let a waiting run, and those that wait behind it, go on.

        Where another process has taken it, `run` becomes what is kept of it now, and
        followers are told; also where it was taken back: the others are held then.
        Errors: `StorageError`, `SessionNotFoundError`.
        """
        kept = await self.line.kept(run)
        if kept is None:
            return run
        behind = await self.line.behind(kept)
        live = self._live.get(run.session_id)
        if self._waiting.has(run) or (live is not None and live.run_id == run.run_id):
            return run
        run.become(kept)
        if run.status is not RunStatus.PENDING:
            self._emit(event_of(run))
            return run
        self._waiting.let_go([run, *behind])
        self._start_next(run.session_id)
        return run

    def stop(self, session_id: str) -> bool:
        """Stop the answer under way in a session, keeping what arrived.

        Returns whether there was one.
        """
        run, task = self._live.get(session_id), self._tasks.get(session_id)
        if run is None or run.status.ended:
            return False
        self._stopped.add(run.run_id)
        if task is not None:  # Else it is still being kept, and stops as it starts.
            _cancel(task)
        return True

    async def name_session(self, session_id: str, *, user_id: str) -> str:
        """Have the model name a session; followers are told.

        Errors: those of `Agent.aset_session_name`.
        """
        return await self._naming.name_session(session_id, user_id=user_id)

    async def summarize(self, session_id: str, *, user_id: str) -> SessionSummary:
        """Have the model sum a session up.

        Errors: those of `Agent.acreate_session_summary`.
        """
        return await self.agent.acreate_session_summary(session_id, user_id=user_id)

    async def close(self) -> list[Run]:
        """Stop all runs as INTERRUPTED, keeping what arrived; returns them.

        What is sent from now on is kept as PENDING.
        """
        self._closing = True
        await self._naming.close()
        if self._sending:
            await asyncio.wait(self._sending)
        await asyncio.sleep(0)  # Every task has taken its first step, see `stop`.
        runs = [run for run in self.running if not run.status.ended]
        tasks = list(self._tasks.values())
        for run in runs:
            run.status = RunStatus.INTERRUPTED
            run.error = "The program was closed before the answer was whole."
            self._tasks[run.session_id].cancel()
        if tasks:
            await asyncio.wait(tasks)
        return runs

    def _start(self, run: Run) -> None:
        self._live[run.session_id] = run
        task = asyncio.create_task(self._run(run), name=f"run {run.run_id}")
        self._tasks[run.session_id] = task
        if run.run_id in self._stopped:
            _cancel(task)

    def _start_next(self, session_id: str) -> None:
        if session_id in self._live or self._closing:
            return
        if (run := self._waiting.take(session_id)) is not None:
            self._start(run)

    def _go_on(self, session_id: str, ended: Run | None) -> None:
        """Send what waits next, or hold it where the answer before it is not whole."""
        if ended is not None and ended.status is RunStatus.COMPLETED:
            self._start_next(session_id)
        else:
            self._waiting.hold(session_id)

    def _release(self, run: Run) -> None:
        self._stopped.discard(run.run_id)
        if self._live.get(run.session_id) is run:
            del self._live[run.session_id]
            self._tasks.pop(run.session_id, None)

    async def _run(self, run: Run) -> None:
        is_withdrawn = False
        try:
            try:
                async with aclosing(self.agent.stream(run, AS_CHOSEN)) as events:
                    since = monotonic()
                    async for event in events:
                        if not isinstance(event, RunEnded):
                            self._emit(event)
                        if monotonic() - since > SLICE_SECONDS:
                            await asyncio.sleep(self.breath())
                            since = monotonic()
            except SessionNotFoundError:
                is_withdrawn = await self.line.is_withdrawn(run)
                if not is_withdrawn:
                    raise
        except asyncio.CancelledError:
            pass
        except Exception as error:
            _log.error("run %s could not begin", run.run_id, exc_info=error)
            run.status = RunStatus.ERROR
            run.error = "Something unexpected went wrong."
            if isinstance(error, StorageError | SessionNotFoundError):
                run.error = error.words
        finally:
            # Only a run that is no longer under way is said to have ended: a listener
            # may send the next message from within the event. So the agent's own last
            # event is not passed on; a run that was cancelled never gets one.
            self._release(run)
        if is_withdrawn:
            self.line.withdrawn(run)
            self._start_next(run.session_id)
            return
        self._emit(event_of(run))
        self._go_on(run.session_id, run)
        if not self._closing:
            self._naming.run_ended(run)

    def _emit(self, event: RunEvent | SessionNamed) -> None:
        for listener in list(self._listeners):
            try:
                listener(event)
            except Exception:
                _log.exception("a listener failed on %r", type(event).__name__)


def _cancel(task: asyncio.Task[None]) -> None:
    # Not at once: a task cancelled before its first step would never keep its end.
    asyncio.get_running_loop().call_soon(task.cancel)
