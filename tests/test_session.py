"""Sessions, runs and messages."""

from __future__ import annotations

import time

import pytest

from agno_tui.session import (
    TITLE_LENGTH,
    Message,
    Metrics,
    Role,
    Run,
    RunStatus,
    new_id,
    now,
    title_from,
)


def test_ids_are_fresh_and_time_runs_in_microseconds() -> None:
    assert len({new_id() for _ in range(100)}) == 100
    assert now() > 1_600_000_000_000_000


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("What is a monad?", "What is a monad?"),
        ("# Plan\n\n- one\n- two", "Plan - one - two"),
        ("  \n\t", ""),
        ("```\x1b[2J", "␛[2J"),
        ("[brackets] stay", "[brackets] stay"),
    ],
)
def test_a_title_is_the_first_words_on_one_line(text: str, title: str) -> None:
    assert title_from(text) == title


def test_a_title_is_short() -> None:
    assert len(title_from("word " * 1000)) <= TITLE_LENGTH


def test_a_title_costs_the_same_whatever_follows() -> None:
    assert title_from("\n" * 50_000 + "Why?\n" + "x" * 99) == f"Why? {'x' * 42}…"
    began = time.perf_counter()
    title_from("word " * 1_000_000)
    assert time.perf_counter() - began < 0.02


def test_tries_share_their_first() -> None:
    first = Run("s")
    assert first.first_try == Run("s", retry_of=first.run_id).first_try


def test_a_run_becomes_what_another_object_says_of_it() -> None:
    run = Run("s", "u")
    other = Run("s", "u", run.run_id, RunStatus.ERROR, error="No.", sequence=4)
    run.become(other)
    assert run == other


@pytest.mark.parametrize(
    ("status", "ended", "failed"),
    [
        (RunStatus.PENDING, False, False),
        (RunStatus.RUNNING, False, False),
        (RunStatus.COMPLETED, True, False),
        (RunStatus.CANCELLED, True, False),
        (RunStatus.ERROR, True, True),
        (RunStatus.INTERRUPTED, True, True),
    ],
)
def test_what_a_status_says(status: RunStatus, ended: bool, failed: bool) -> None:
    assert (status.ended, status.failed) == (ended, failed)


def test_question_and_answer_are_what_each_side_said() -> None:
    run = Run("s")
    assert (run.question, run.answer) == ("", "")
    run.messages = [
        Message(Role.SYSTEM, "be"),
        Message("user", "a"),
        Message(Role.ASSISTANT, "b", "hm"),
        Message(Role.ASSISTANT, "c"),
    ]
    assert (run.question, run.answer) == ("a", "b\nc")


@pytest.mark.parametrize(
    ("metrics", "speed"),
    [
        (Metrics(output_tokens=10, duration=3.0, time_to_first_token=1.0), 5.0),
        (Metrics(output_tokens=10, duration=2.0), 5.0),
        (Metrics(output_tokens=10, duration=1.0, time_to_first_token=1.0), None),
        (Metrics(output_tokens=10), None),
        (Metrics(duration=1.0), None),
    ],
)
def test_speed_counts_from_the_first_token(
    metrics: Metrics, speed: float | None
) -> None:
    assert metrics.tokens_per_second == speed
