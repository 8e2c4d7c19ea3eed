from __future__ import annotations

import pytest

from agno_tui.agent.keeping import NOT_KEPT
from agno_tui.session import Message, Metrics, Run, RunStatus
from agno_tui.ui.transcript.outcome import Standing
from tests.ui.conftest import a_run
from tests.ui.transcript.turns import said as text_of
from tests.ui.transcript.turns import turn_of


def below(run: Run) -> str:
    turn = turn_of(run)
    turn.note_place(Standing(offers_retry=True))
    return text_of(turn)[-2]


def test_a_whole_turn_reads_from_question_to_metrics() -> None:
    assert text_of(turn_of(a_run("s", "Why?", "Because."))) == [
        "▌ You",
        "▌ Why?",
        "",
        "Agent",
        "Because.",
        "",
        "test-model · 412 tokens · 3.6 s · 133 tok/s",
        "",
    ]


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (RunStatus.PENDING, "", "◌ not sent yet · r to send"),
        (RunStatus.RUNNING, "", "⠋ thinking"),
        (RunStatus.CANCELLED, "", "■ stopped · r to retry"),
        (RunStatus.CANCELLED, "one two", "■ stopped · 2 words kept · r to retry"),
        (RunStatus.INTERRUPTED, "one", "✗ interrupted · 1 word kept · r to retry"),
        (RunStatus.ERROR, "", "✗ No network. · r to retry"),
        (RunStatus.ERROR, "one", "✗ No network. · 1 word kept · r to retry"),
    ],
)
def test_every_status_says_how_it_went(
    status: RunStatus, answer: str, words: str
) -> None:
    run = a_run("s", "q", answer, status=status)
    run.error = "No network." if status is RunStatus.ERROR else ""
    assert below(run) == words


def test_a_failure_without_words_still_says_something() -> None:
    run = a_run("s", "q", "", status=RunStatus.ERROR)
    assert below(run) == "✗ It failed. · r to retry"


def test_a_message_behind_an_answer_waits_for_its_turn() -> None:
    turn = turn_of(a_run("s", "q", "", status=RunStatus.PENDING))
    turn.note_place(Standing(is_behind=True))
    assert text_of(turn)[-2] == "◌ waits for its turn"


def test_an_answer_that_is_not_kept_does_not_count_its_kept_words() -> None:
    run = a_run("s", "q", "one two", status=RunStatus.ERROR)
    run.error = f"{NOT_KEPT}: The disk is full."
    assert below(run) == "✗ This answer is not kept: The disk is full. · r to retry"


def test_a_streaming_answer_has_no_line_below() -> None:
    run = a_run("s", "q", "so far", status=RunStatus.RUNNING)
    assert text_of(turn_of(run))[-2:] == ["so far", ""]


def test_the_length_limit_is_said_and_estimates_are_marked() -> None:
    run = a_run("s", finish_reason="length")
    run.metrics = Metrics(output_tokens=9, estimated=True)
    assert below(run) == "test-model · ~9 tokens · cut at the model's length limit"


def test_reasoning_is_folded_until_asked_for() -> None:
    run = a_run("s", "q", "answer")
    run.messages[-1].reasoning_content = "first this\nthen that"
    folded = text_of(turn_of(run))
    assert "▸ thought · 4 words" in folded
    assert "  then that" not in folded
    shown = text_of(turn_of(run, details=True))
    assert shown[shown.index("▾ thought · 4 words") :][1:3] == [
        "  first this",
        "  then that",
    ]


def test_the_height_is_guessed_then_counted_then_stays_until_laid_out_again() -> None:
    run = a_run("s", "q", "word " * 100)
    turn = turn_of(run)
    assert not turn.is_counted(40)
    assert turn.height(40) == pytest.approx(len(turn_of(run).lines(40)), abs=6)
    counted = len(turn.lines(40))
    assert turn.is_counted(40)
    run.messages[-1].content += "more " * 100
    turn.changed()
    assert turn.height(40) == counted
    assert turn.height(40) != len(turn.lines(40)) == turn.height(40)
    assert not turn.is_counted(20)


def test_lines_are_kept_until_something_changes() -> None:
    turn = turn_of(a_run("s"))
    assert turn.lines(40) is turn.lines(40)
    kept = turn.lines(40)
    turn.changed()
    assert turn.lines(40) is not kept


def test_an_unknown_role_is_shown_raw() -> None:
    run = a_run("s", "q", "answer")
    run.messages.insert(1, Message("judge", "so be it"))
    text = text_of(turn_of(run))
    assert {"judge", "so be it", "answer"} <= set(text)


@pytest.mark.parametrize("width", [8, 10, 20, 60, 100])
def test_no_line_of_a_turn_is_too_wide(width: int) -> None:
    run = a_run("s", "你好 " * 30 + "x" * 200, "y" * 300, status=RunStatus.ERROR)
    run.error = "words " * 20 + "z" * 200
    run.messages[-1].reasoning_content = "r" * 200
    turn = turn_of(run, details=True)
    assert all(line.content.cell_length <= width for line in turn.lines(width))


def test_hostile_words_are_shown_not_obeyed() -> None:
    run = a_run("s", "\x1b[2J\u202e", "", status=RunStatus.ERROR)
    run.error = "\x9b31m\x07\nsecond line"
    text = "\n".join(text_of(turn_of(run)))
    assert "␛[2J⟨U+202E⟩" in text
    assert "⟨U+009B⟩31m␇ second line" in text
