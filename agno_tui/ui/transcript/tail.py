"""The newest turns of a session: what is offered there, and whether one answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agno_tui.session import Run, RunStatus

if TYPE_CHECKING:
    from agno_tui.ui.transcript.outcome import Offer
    from agno_tui.ui.transcript.queue import Queue
    from agno_tui.ui.transcript.turn import Turn

LONGEST_TAIL = 20
"""Turns at the end that may still change where they stand."""


def is_answering(turns: Sequence[Turn]) -> bool:
    """Whether one of the newest turns is under way."""
    return any(turn.status is RunStatus.RUNNING for turn in turns[-LONGEST_TAIL:])


def retryable(turns: Sequence[Turn], queue: Queue) -> Run | None:
    """The run that a lone `r` sends again, if there is one."""
    tail = turns[-LONGEST_TAIL:]
    found = (turn.run for turn in reversed(tail) if turn.standing.offers_retry)
    return next(found, None) or (None if is_answering(turns) else queue.first)


def note_ends(turns: Sequence[Turn], offer: Offer) -> None:
    """Tell the newest turns where they stand: their quiet lines depend on it."""
    tail = turns[-LONGEST_TAIL:]
    answering = is_answering(tail)
    offered = None if answering else _to_retry(tail)
    for turn in tail:
        standing = replace(
            turn.standing,
            offers_retry=turn is offered,
            offer=offer,
            is_behind=answering,
        )
        turn.note_place(standing)


def _to_retry(tail: Sequence[Turn]) -> Turn | None:
    """The newest turn that was begun, where it failed; else the first that waits, also
    above that one: a failed one may have been sent again meanwhile."""
    waiting = [turn for turn in tail if turn.status is RunStatus.PENDING]
    said = (turn for turn in reversed(tail) if turn.status is not RunStatus.PENDING)
    newest = next(said, None)
    if newest is not None and newest.status.failed:
        return newest
    return waiting[0] if waiting else None
