"""The ids that runs get where a fork copies them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agno_tui.session import new_id


@dataclass(slots=True, frozen=True)
class CopiedRun:
    """What a run is called in the fork, and which run there it is another try of."""

    original: str
    """The `run_id` of the run it is a copy of."""
    run_id: str
    retry_of: str | None


def copied_ids(runs: Iterable[tuple[str, str | None]]) -> list[CopiedRun]:
    """Ids for copies of runs, each given as (`run_id`, `retry_of`), oldest first.

    Tries of one question stay tries of one question. Where the first of them is not
    copied, the next one takes its place: no copy names a run that is not in the fork.
    """
    first_tries: dict[str, str] = {}
    copies: list[CopiedRun] = []
    for original, retry_of in runs:
        run_id = new_id()
        first = first_tries.setdefault(retry_of or original, run_id)
        first_tries.setdefault(original, first)
        copies.append(CopiedRun(original, run_id, None if first == run_id else first))
    return copies
