"""Which of the texts that hold all words of a search come first, and what is shown.

The order is BM25's: words that are rare among the texts weigh more, a text that says
them often more, a long one less. All storages share it, so all give the same answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from agno_tui.session import Found, Role
from agno_tui.storage.query import Query, fold
from agno_tui.text import clipped, one_line

NEWEST: Final = 500
"""Texts that are ranked: with a common word there are too many to weigh all."""

LOOKED_AT: Final = 20_000
"""Characters of a text that are weighed."""

_EXCERPT: Final = 300
"""Characters of an excerpt."""

_BEFORE: Final = 80
"""Characters of an excerpt that stand before the first word found."""

_ENOUGH: Final = 8
"""Times a word is counted in one text."""

_K1: Final = 1.2
_B: Final = 0.75

_BY_ROLE: Final[dict[str, float]] = {"": 2.0, Role.USER: 1.5}
"""How much more a name or a question tells than an answer."""


@dataclass(slots=True)
class Candidate:
    """A text that holds all words, and where it is from."""

    session_id: str
    session_name: str
    run_id: str | None
    role: str
    created_at: int
    text: str
    """As far as it is weighed."""
    key: int = 0
    """The storage's own number of the text, where it has one."""
    whole: str = ""
    """All of it, where the storage has it at hand."""
    folded: str = field(init=False)

    def __post_init__(self) -> None:
        self.folded = fold(self.text)

    @property
    def place(self) -> tuple[str, str | None]:
        """What no two results share."""
        return self.session_id, self.run_id

    def found(self, excerpt: str) -> Found:
        """This text as a result."""
        return Found(
            session_id=self.session_id,
            session_name=self.session_name,
            run_id=self.run_id,
            role=self.role,
            created_at=self.created_at,
            excerpt=excerpt,
        )


def best(query: Query, candidates: list[Candidate], limit: int) -> list[Candidate]:
    """The `limit` best of them, one for a run, best first and newest of equals."""
    scores = _scores(query, candidates)
    order = sorted(
        range(len(candidates)),
        key=lambda number: (scores[number], candidates[number].created_at),
        reverse=True,
    )
    chosen: dict[tuple[str, str | None], Candidate] = {}
    for number in order:
        candidate = candidates[number]
        chosen.setdefault(candidate.place, candidate)
    return list(islice(chosen.values(), max(0, limit)))


def excerpt(query: Query, text: str) -> str | None:
    """The text around the first word found, on one line; None where none is found."""
    folded = fold(text)
    starts = [start for start in query.first_hits(folded) if start is not None]
    if not starts:
        return None
    start = max(0, _unfolded(text, folded, min(starts)) - _BEFORE)
    if start:
        space = text.find(" ", start, start + _BEFORE // 2)
        start = space + 1 if space >= 0 else start
    shown = one_line(text[start : start + _EXCERPT + 1])
    return clipped(f"…{shown}" if start else shown, _EXCERPT)


def beginning(text: str) -> str:
    """The beginning of a text, on one line: where its words cannot be pointed at."""
    return clipped(one_line(text[: _EXCERPT + 1]), _EXCERPT)


def _scores(query: Query, candidates: list[Candidate]) -> list[float]:
    # None is found where it is further on than is looked: it is there all the same.
    counts = [
        [count or 1.0 for count in query.counts(candidate.folded, _ENOUGH)]
        for candidate in candidates
    ]
    lengths = [len(candidate.folded) + 1 for candidate in candidates]
    total = sum(lengths)
    rarity = [math.log(1 + total / sum(column)) for column in zip(*counts, strict=True)]
    return [
        _BY_ROLE.get(candidate.role, 1.0)
        * _score(row, rarity, length * len(candidates) / total)
        for candidate, row, length in zip(candidates, counts, lengths, strict=True)
    ]


def _score(counts: list[float], rarity: list[float], length: float) -> float:
    """BM25 of one text; `length` in lengths of a middling one."""
    short = _K1 * (1 - _B + _B * length)
    return sum(
        weight * count * (_K1 + 1) / (count + short)
        for count, weight in zip(counts, rarity, strict=True)
    )


def _unfolded(text: str, folded: str, place: int) -> int:
    """Where in the text the place in its folded form is."""
    if len(text) == len(folded):
        return place
    before = 0
    for number, character in enumerate(text):
        if before >= place:
            return number
        before += len(fold(character))
    return len(text)
