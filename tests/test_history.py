"""Which runs the model sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agno_tui.history import (
    NO_RESULT,
    estimate_tokens,
    fitting,
    history_budget,
    read_history,
    replayable,
    tokens_of,
)
from agno_tui.session import Message, Role, Run, RunStatus, ToolCall
from agno_tui.storage.memory import MemoryStorage


def a_run(text: str, status: RunStatus = RunStatus.COMPLETED, user: str = "") -> Run:
    return Run("s", user, status=status, messages=[Message(Role.USER, text)])


@given(st.text(st.characters(codec=None)))
def test_an_estimate_is_positive_and_no_more_than_the_bytes(text: str) -> None:
    size = len(text.encode("utf-8", "replace"))
    assert 1 <= estimate_tokens(text) <= size + 1


@pytest.mark.parametrize(
    ("text", "real"),
    [
        ("3141592653" * 20, 200),
        ("    if kept[i] is None: return {'a': (x, y[0]), **rest}\n" * 20, 461),
        ("今天天气很好，我们去公园散步吧。你觉得怎么样？" * 30, 1350),
        ("Привет, как дела? Сегодня хорошая погода. " * 20, 621),
        ("The quick brown fox jumps over the lazy dog. " * 20, 201),
    ],
)
def test_an_estimate_is_on_the_safe_side_and_not_far_off(text: str, real: int) -> None:
    """Counted by SmolLM2's own tokenizer."""
    assert real <= estimate_tokens(text) <= real * 2


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


def answered(question: str, answer: str = "So.", retry_of: str = "") -> Run:
    messages = [Message(Role.USER, question), Message(Role.ASSISTANT, answer)]
    return Run(
        "s", status=RunStatus.COMPLETED, messages=messages, retry_of=retry_of or None
    )


async def read(
    runs: list[Run], run: Run | None = None, number: int | None = None
) -> str:
    """Questions of the history, where the runs stand in a row, tries as well."""
    storage = MemoryStorage()
    last = ""
    for one in runs:
        one.parent_run_id = last
        await storage.start_run(one)
        last = one.run_id
    found = await read_history(storage, run or Run("s"), number)
    return " ".join(one.question for one in found)


async def test_history_is_all_else_that_was_answered_in_the_session() -> None:
    runs = [answered(text) for text in "abc"]
    assert await read(runs, runs[1]) == "a c"
    assert await read(runs, runs[1], 1) == "c"
    assert await read(runs, runs[1], 0) == ""
    assert await read(runs, Run("s", "eve")) == ""
    assert await read(runs, Run("elsewhere")) == ""


async def test_of_all_tries_only_the_last_answered_one_is_read() -> None:
    a, b = answered("a1"), answered("b")
    a2, a3 = answered("a2", retry_of=a.run_id), answered("a3", retry_of=a.run_id)
    a3.status = RunStatus.ERROR
    runs = [a, b, a2, a3]
    assert await read(runs) == "b a2"
    assert await read(runs, Run("s", retry_of=a.run_id)) == "b"
    assert await read(runs, a) == "b"


async def test_what_is_left_out_does_not_count() -> None:
    first = answered("first")
    tries = [answered(f"try {n}", retry_of=first.run_id) for n in range(5)]
    runs = [answered("a"), answered("b"), answered("empty", " \n"), first, *tries]
    assert await read(runs, number=2) == "b try 4"
    assert await read(runs, number=9) == "a b try 4"
    assert await read(runs, first, number=1) == "b"


async def test_a_run_without_an_answer_is_not_read() -> None:
    mute = Run("s", status=RunStatus.COMPLETED, messages=[Message(Role.USER, "mute")])
    thought = Message(Role.ASSISTANT, "", reasoning_content="hm")
    only = Run("s", status=RunStatus.COMPLETED, messages=[thought])
    assert await read([answered("a"), mute, only]) == "a"


def test_a_call_without_a_result_gets_one_before_it_is_replayed() -> None:
    calls = [ToolCall("1", "look", "{}"), ToolCall("2", "look", "{}")]
    messages = [
        Message(Role.USER, "Hi"),
        Message(Role.ASSISTANT, "", tool_calls=calls),
        Message(Role.TOOL, "Seen.", tool_call_id="1"),
        Message(Role.ASSISTANT, "Done."),
    ]
    replayed = replayable(Run(session_id="s", messages=messages))
    assert [(m.role, m.content, m.tool_call_id) for m in replayed] == [
        (Role.USER, "Hi", ""),
        (Role.ASSISTANT, "", ""),
        (Role.TOOL, "Seen.", "1"),
        (Role.TOOL, NO_RESULT, "2"),
        (Role.ASSISTANT, "Done.", ""),
    ]
    assert len(messages) == 4
