"""What is looked through for words: the runs of one session; and for which words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agno_tui.session import Run
    from agno_tui.ui.pages import Pages
    from agno_tui.ui.transcript.document import Document

MOST_WORDS, LONGEST_WORDS = 16, 1_000
"""Words, and characters, of what was looked for elsewhere that are marked."""


@dataclass(slots=True, frozen=True)
class FoundRuns:
    """The runs of one document, from where they are: in it, or in the storage."""

    document: Document
    pages: Pages

    async def read(self, run_ids: Sequence[str]) -> list[Run]:
        """Those of these runs that are there. Errors: `StorageError`."""
        sessions = self.pages.open_sessions
        if sessions is None:
            return []
        turns = [self.document.turn_of(run_id) for run_id in run_ids]
        here = [turn.run for turn in turns if turn is not None and turn.run is not None]
        known = {run.run_id for run in here}
        rest = [run_id for run_id in run_ids if run_id not in known]
        return [*here, *(await sessions.read_runs(rest) if rest else [])]


def words_in(text: str) -> list[str]:
    """The words to mark of what was looked for elsewhere, maybe by a model."""
    pieces = [one for one in re.split(r'[\s"“”„«»]+', text[:LONGEST_WORDS]) if one]
    # Of short ones every other word would have a piece marked: "a", "in", "de".
    telling = [one for one in pieces if len(one) > 2 or not one.isascii()]
    return list(dict.fromkeys(telling or pieces))[:MOST_WORDS]
