"""What becomes of runs where a fork copies them: their ids, and which answer counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agno_tui.session import RunStatus, new_id


@dataclass(slots=True)
class CopiedRun:
    """What a run is called in the fork, and which run there it is another try of."""

    original: str
    """The `run_id` of the run it is a copy of."""
    run_id: str
    retry_of: str | None
    parent_run_id: str
    """The copy before it: a fork has one way only."""
    status: str
    """Not the original's, where what took its place is not in the fork."""

    @property
    def question(self) -> str:
        """The `run_id` of the first try of its question."""
        return self.retry_of or self.run_id


def copied_runs(runs: Iterable[tuple[str, str | None, str]]) -> list[CopiedRun]:
    """What copies of runs are: each given as (`run_id`, `retry_of`, `status`), oldest
    first.

    Tries of one question stay tries of one question. Where the first of them is not
    copied, the next one takes its place: no copy names a run that is not in the fork.
    Where the answer that replaced another is not copied, the other one counts again.
    """
    first_tries: dict[str, str] = {}
    copies: list[CopiedRun] = []
    for original, retry_of, status in runs:
        run_id = new_id()
        first = first_tries.setdefault(retry_of or original, run_id)
        first_tries.setdefault(original, first)
        retry = None if first == run_id else first
        parent = copies[-1].run_id if copies else ""
        copies.append(CopiedRun(original, run_id, retry, parent, status))
    _let_answers_count(copies)
    return copies


def _let_answers_count(copies: list[CopiedRun]) -> None:
    """The newest replaced answer to each question that has no other."""
    answered = {copy.question for copy in copies if copy.status == RunStatus.COMPLETED}
    for copy in reversed(copies):
        if copy.status == RunStatus.REGENERATED and copy.question not in answered:
            copy.status = RunStatus.COMPLETED
            answered.add(copy.question)
