"""The messages of a session that wait, in the order they will be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from agno_tui.session import Run, RunOutline, RunStatus


class Queue:
    """Waiting runs of one session. Some may be known of and not read yet."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self.unread: set[str] = set()
        """The `run_id`s of those that are not read yet."""
        self.changed: Callable[[], None] = lambda: None
        """Is called when others wait."""

    @property
    def runs(self) -> list[Run]:
        """All that are read, the next one first."""
        return sorted(self._runs.values(), key=lambda run: run.sequence)

    @property
    def first(self) -> Run | None:
        """The next one."""
        return min(self._runs.values(), key=lambda run: run.sequence, default=None)

    def __len__(self) -> int:
        return len(self._runs)

    def put(self, runs: Iterable[Run]) -> None:
        """These wait."""
        for run in runs:
            self._runs[run.run_id] = run
            self.unread.discard(run.run_id)
        self.changed()

    def read(self, runs: Iterable[Run]) -> None:
        """Those among these that were to be read, and still wait, are here."""
        wanted = {run.run_id: run for run in runs if run.run_id in self.unread}
        self.put(run for run in wanted.values() if run.status is RunStatus.PENDING)
        self.unread.clear()

    def drop(self, run_id: str) -> Run | None:
        """This one waits no longer; returns it where it was known."""
        self.unread.discard(run_id)
        run = self._runs.pop(run_id, None)
        if run is not None:
            self.changed()
        return run

    def knows(self, outline: RunOutline) -> bool:
        """Whether an older run waits, and therefore is here; it is to be read then."""
        if outline.status is not RunStatus.PENDING:
            return outline.run_id in self._runs
        if outline.run_id not in self._runs:
            self.unread.add(outline.run_id)
        return True
