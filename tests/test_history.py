"""Which runs the model sees."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agno_tui.history import (
    estimate_tokens,
    fitting,
    history_budget,
    read_history,
    replayable,
    tokens_of,
)
from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.storage.memory import MemoryStorage


def a_run(text: str, status: RunStatus = RunStatus.COMPLETED, user: str = "") -> Run:
    return Run("s", user, status=status, messages=[Message(Role.USER, text)])


@given(st.text(st.characters(codec=None)))
def test_an_estimate_is_positive_and_no_more_than_the_bytes(text: str) -> None:
    size = len(text.encode("utf-8", "replace"))
    assert 1 <= estimate_tokens(text) <= size + 1


def test_wide_text_counts_about_one_token_a_character() -> None:
    assert estimate_tokens("漢字" * 50) == 101
    assert estimate_tokens("word " * 80) == 101


def test_system_messages_and_nothing_else_stay_behind() -> None:
    messages = [Message(role, role) for role in (Role.SYSTEM, Role.USER, "tool", "odd")]
    run = Run("s", messages=messages)
    assert [m.role for m in replayable(run)] == ["user", "tool", "odd"]


def test_without_a_context_window_everything_fits() -> None:
    runs = [a_run("x" * 1000) for _ in range(3)]
    assert history_budget(None, []) is None
    assert fitting(runs, None) == runs


@given(st.lists(st.integers(0, 400), max_size=12), st.integers(-50, 600))
def test_what_fits_is_the_longest_end_of_the_runs_within_the_budget(
    sizes: list[int], budget: int
) -> None:
    runs = [a_run("x" * size) for size in sizes]
    kept = fitting(runs, budget)
    assert kept == runs[len(runs) - len(kept) :]
    assert sum(tokens_of(r.messages) for r in kept) <= max(budget, 0)
    if len(kept) < len(runs):
        one_more = runs[len(runs) - len(kept) - 1 :]
        assert sum(tokens_of(r.messages) for r in one_more) > budget


def test_the_budget_leaves_room_for_the_present_and_the_answer() -> None:
    present = [Message(Role.USER, "x" * 400)]
    assert history_budget(1000, present) == 750 - tokens_of(present)


async def test_history_is_read_before_the_run_and_of_its_user_only() -> None:
    storage = MemoryStorage()
    runs = [a_run(text) for text in "abc"]
    for run in runs:
        await storage.start_run(run)
    before_c = await read_history(storage, runs[2], None)
    assert [r.question for r in before_c] == ["a", "b"]
    assert [r.question for r in await read_history(storage, runs[2], 1)] == ["b"]
    assert await read_history(storage, runs[2], 0) == []
    assert await read_history(storage, a_run("d", user="eve"), None) == []
