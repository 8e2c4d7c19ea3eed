"""Which earlier runs the model sees: the window, and what fits into its context."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.storage.base import Storage

ANSWER_SHARE = 0.25
"""Share of a model's context that is left free for its answer."""

MESSAGE_OVERHEAD = 6
"""Tokens a chat template adds around each message, rounded up."""


def estimate_tokens(text: str) -> int:
    """About how many tokens a text is, on the safe side.

    Four UTF-8 bytes a token for Latin prose and code (OpenAI's rule of thumb), three
    for everything wider, so that CJK counts about one token a character.
    """
    size = len(text.encode("utf-8", "replace"))
    return size // (4 if size == len(text) else 3) + 1


def tokens_of(messages: Iterable[Message]) -> int:
    """About how many tokens these messages take in a request."""
    return sum(estimate_tokens(m.content) + MESSAGE_OVERHEAD for m in messages)


def replayable(run: Run) -> list[Message]:
    """The messages of a run that go along as history: all but system ones."""
    return [m for m in run.messages if m.role != Role.SYSTEM]


def fitting(runs: Sequence[Run], budget: int | None) -> list[Run]:
    """The newest of `runs` whose messages fit into `budget` tokens, oldest first.

    None: no limit. Whole runs only: half a turn confuses a model.
    """
    if budget is None:
        return list(runs)
    kept: list[Run] = []
    for run in reversed(runs):
        budget -= tokens_of(replayable(run))
        if budget < 0:
            break
        kept.append(run)
    return kept[::-1]


def history_budget(
    context_window: int | None, present: Sequence[Message]
) -> int | None:
    """Tokens left for history beside the present messages and an answer's share."""
    if context_window is None:
        return None
    return int(context_window * (1 - ANSWER_SHARE)) - tokens_of(present)


async def read_history(
    storage: Storage, run: Run, num_history_runs: int | None
) -> list[Run]:
    """The last completed runs of the run's session before it, oldest first.

    `num_history_runs`: None for the whole session, 0 for none.
    """
    if num_history_runs == 0:
        return []
    return await storage.get_runs(
        run.session_id,
        user_id=run.user_id,
        limit=num_history_runs,
        before=run,
        status=RunStatus.COMPLETED,
    )
