"""The quiet line below an answer: what it took, or what went wrong, or what it waits
for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from textual.content import Content

from agno_tui.agent.keeping import NOT_KEPT
from agno_tui.session import Metrics, Run, RunStatus
from agno_tui.text import one_line
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.dates import clock
from agno_tui.ui.lines import role


class Offer(StrEnum):
    """How what failed or waits can be sent again, as far as the prompt lets it."""

    LETTER = auto()
    """By a lone `r` in the empty prompt."""
    SOON = auto()
    """By itself: the `r` is there, and no other key came."""
    NAMED = auto()
    """By name only: something else is written in the prompt."""


SOON = "sends again in a moment · type on to write"

BY_NAME = f"/{next(one.names[0] for one in COMMANDS if one.id == 'run.retry')}"


@dataclass(slots=True, frozen=True)
class Standing:
    """Where a run stands among the turns of its session."""

    number: int = 1
    """Which version of its turn it is, from 1."""
    versions: int = 1
    """How many versions its turn has."""
    offers_retry: bool = False
    """Whether it is the one that is offered to be sent again."""
    offer: Offer = Offer.LETTER
    """How it is offered."""
    is_behind: bool = False
    """Whether another turn of its session is being answered."""


def outcome(run: Run, standing: Standing) -> Content | None:
    """How a run went, where it is not under way; None where nothing need be said."""
    match run.status:
        case RunStatus.RUNNING:
            return None
        case RunStatus.PENDING:
            words = "waits for its turn" if standing.is_behind else "not sent yet"
            return role(f"◌ {words}{_hint(standing, 'send')}", "quiet")
        case RunStatus.COMPLETED:
            return role(_summary(run), "quiet")
        case RunStatus.REGENERATED:
            return role("↻ replaced by a later answer", "quiet")
        case _:
            return _failure(run, standing)


def _hint(standing: Standing, deed: str) -> str:
    if not standing.offers_retry:
        return ""
    match standing.offer:
        case Offer.LETTER:
            return f" · r to {deed}"
        case Offer.SOON:
            return f" · {SOON}"
        case Offer.NAMED:
            return f" · {BY_NAME} sends it"


def _failure(run: Run, standing: Standing) -> Content:
    is_kept = run.answer and not run.error.startswith(NOT_KEPT)
    kept = f" · {count_words(run.answer)} kept" if is_kept else ""
    again = _hint(standing, "retry")
    match run.status:
        case RunStatus.CANCELLED:
            return role(f"■ stopped{kept}{again}", "quiet")
        case RunStatus.INTERRUPTED:
            at = clock(run.ended_at) if run.ended_at else ""
            text = role(f"✗ interrupted{at and ' '}{at}{kept}", "failed")
            return text + role(again, "quiet")
        case _:
            words = one_line(run.error) or "It failed."
            return role(f"✗ {words}", "failed") + role(f"{kept}{again}", "quiet")


def count_words(text: str) -> str:
    """How much a text is: `1 word`, `1,234 words`."""
    return words_said(len(text.split()))


def words_said(count: int) -> str:
    """The same of a number of words."""
    return "1 word" if count == 1 else f"{count:,} words"


def _summary(run: Run) -> str:
    """`gpt-4o-mini · 412 tokens · 3.1 s · 131 tok/s`, as far as it is known."""
    parts = [one_line(run.model), *_figures(run.metrics)]
    if run.finish_reason == "length":
        parts.append("cut at the model's length limit")
    return " · ".join(part for part in parts if part)


def _figures(metrics: Metrics) -> list[str]:
    figures: list[str] = []
    if metrics.output_tokens is not None:
        about = "~" if metrics.estimated else ""
        figures.append(f"{about}{metrics.output_tokens:,} tokens")
    if metrics.duration is not None:
        figures.append(f"{metrics.duration:.1f} s")
    speed = metrics.tokens_per_second
    if speed is not None and (metrics.output_tokens or 0) > 1:
        figures.append(f"{speed:,.0f} tok/s")
    return figures
