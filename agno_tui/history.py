"""Which earlier runs the model sees: the window, and what fits into its context."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agno_tui.session import Message, Role, Run, RunStatus, results_after
from agno_tui.storage.base import Storage

ANSWER_SHARE = 0.25
"""Share of a model's context that is left free for its answer."""

MESSAGE_OVERHEAD = 6
"""Tokens a chat template adds around each message, rounded up."""

MOST_RUNS = 2**31
"""More runs than any session has: a larger number would not fit a statement."""

_SIGNS = bytes(b for b in range(33, 127) if not chr(b).isalpha())
_WIDE = bytes(range(128, 256))


def estimate_tokens(text: str) -> int:
    """About how many tokens a text is, on the safe side of most texts.

    A token for every digit and sign, for three bytes of other ASCII, and for one and a
    half of anything wider. Source: measured with the tokenizer of SmolLM2, whose 49,152
    words are few. From a fifth too low (shouted or German text) over right (digits,
    Chinese) to two thirds too high (code, English). Hexadecimal and base64 are worse.
    """
    data = text.encode("utf-8", "replace")
    narrow = data.translate(None, _WIDE)
    rest = narrow.translate(None, _SIGNS)
    wide = len(data) - len(narrow)
    return len(narrow) - len(rest) + len(rest) // 3 + wide * 2 // 3 + 1


def tokens_of(messages: Iterable[Message]) -> int:
    """About how many tokens these messages take in a request."""
    return sum(_tokens_of(message) + MESSAGE_OVERHEAD for message in messages)


def _tokens_of(message: Message) -> int:
    calls = sum(estimate_tokens(c.name + c.arguments) for c in message.tool_calls)
    return estimate_tokens(message.content) + calls


NO_RESULT = "It was interrupted: there is no result."
"""What the model is told of a call whose result is missing. Source: OpenAI answers 400
to a request in which a call stands without one."""


def replayable(run: Run) -> list[Message]:
    """The messages of a run that go along as history: all but system ones, and a
    result for every call of a tool."""
    said = [m for m in run.messages if m.role != Role.SYSTEM]
    for place in range(len(said) - 1, -1, -1):
        if said[place].tool_calls:
            results = list(results_after(said, place))
            known = {message.tool_call_id for message in results}
            after = place + 1 + len(results)
            said[after:after] = [
                Message(
                    Role.TOOL,
                    NO_RESULT,
                    tool_call_id=call.id,
                    tool_name=call.name,
                    tool_error=True,
                )
                for call in said[place].tool_calls
                if call.id not in known
            ]
    return said


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
    context_window: int | None, present: Sequence[Message], tools: int = 0
) -> int | None:
    """Tokens left for history beside the present messages, what the tools offered
    take, and an answer's share."""
    if context_window is None:
        return None
    return int(context_window * (1 - ANSWER_SHARE)) - tokens_of(present) - tools


def is_answered(run: Run) -> bool:
    """Whether a run ends with words of the model: chat templates want the roles to
    alternate, so that one without an answer can't be replayed."""
    if not run.messages:
        return False
    last = run.messages[-1]
    return last.role == Role.ASSISTANT and bool(last.content.strip())


async def read_history(
    storage: Storage,
    run: Run,
    num_history_runs: int | None,
    *,
    before: Run | None = None,
) -> list[Run]:
    """The last answered runs of the run's session, before `before`, oldest first.

    `num_history_runs`: None for the whole session, 0 for none. Of several tries of one
    question only the last answered one, and none of the question that is asked now.
    """
    if num_history_runs is not None:
        num_history_runs = min(num_history_runs, MOST_RUNS)
    found: list[Run] = []
    seen = {run.first_try}
    oldest = before
    more = num_history_runs != 0
    while more:
        page = await storage.get_runs(
            run.session_id,
            user_id=run.user_id,
            limit=num_history_runs,
            before=oldest,
            status=RunStatus.COMPLETED,
        )
        for earlier in reversed(page):
            if earlier.first_try not in seen and is_answered(earlier):
                seen.add(earlier.first_try)
                found.append(earlier)
        more = len(page) == num_history_runs and len(found) < num_history_runs
        oldest = page[0] if page else None
    return found[:num_history_runs][::-1]
