"""Tries of one question: which of how many, which of them still counts, who asks."""

from __future__ import annotations

from agno_tui.events import RunPending, RunStarted
from agno_tui.session import Run, RunStatus
from agno_tui.ui.transcript.document import Document
from agno_tui.ui.transcript.tries import Tries
from agno_tui.ui.transcript.turn import Turn, outlined
from tests.ui.conftest import a_run
from tests.ui.transcript.turns import document_of, outlines_of, said


def failed(question: str = "q", of: Run | None = None) -> Run:
    first = of.run_id if of else None
    return a_run("s", question, "", status=RunStatus.ERROR, retry_of=first)


def answered(question: str = "q", of: Run | None = None) -> Run:
    return a_run("s", question, "yes", retry_of=of.run_id if of else None)


def numbers(document: Document) -> list[str]:
    return [f"{t.standing.number}/{t.standing.tries}" for t in document.turns]


def superseded(document: Document) -> list[bool]:
    return [turn.standing.superseded for turn in document.turns]


def asks(document: Document) -> list[bool]:
    return [turn.standing.asks for turn in document.turns]


def labels(document: Document) -> list[str]:
    return [
        line for turn in document.turns for line in said(turn) if line[:5] == "Agent"
    ]


def test_tries_below_each_other_are_numbered_and_ask_once() -> None:
    first = failed()
    document = document_of(first, failed(of=first), answered(of=first))
    assert numbers(document) == ["1/3", "2/3", "3/3"]
    assert superseded(document) == [True, True, False]
    assert asks(document) == [True, False, False]


def test_the_label_says_which_try_it_is_where_there_are_several() -> None:
    first = answered()
    document = document_of(first, answered("other"), answered(of=first))
    assert labels(document) == ["Agent · 1/2", "Agent", "Agent · 2/2"]


def test_a_try_further_down_says_the_question_again() -> None:
    first = failed()
    document = document_of(first, answered("other"), answered(of=first))
    assert asks(document) == [True, True, True]
    assert superseded(document) == [True, False, False]


def test_a_try_that_comes_now_changes_those_before_it() -> None:
    first = answered()
    document = document_of(first, answered("other"))
    assert labels(document) == ["Agent", "Agent"]
    again = a_run("s", "q", "", status=RunStatus.PENDING, retry_of=first.run_id)
    document.apply(RunPending(again))
    again.status = RunStatus.RUNNING
    document.apply(RunStarted(again))
    assert numbers(document) == ["1/2", "1/1", "2/2"]
    assert superseded(document) == [True, False, False]
    assert labels(document)[0] == "Agent · 1/2"


def test_a_first_try_that_comes_later_is_the_first() -> None:
    first = failed()
    second, third = failed(of=first), answered(of=first)
    document = document_of(second, third, has_older=True)
    assert numbers(document) == ["1/2", "2/2"]
    assert asks(document) == [True, False]
    assert document.prepend(outlines_of(first), has_older=False) == 1
    assert numbers(document) == ["1/3", "2/3", "3/3"]
    assert asks(document) == [True, False, False]
    assert superseded(document) == [True, True, False]
    assert said(document.turns[1])[:1] != ["▌ You"]
    assert said(document.turns[2])[:2] == ["Agent · 3/3", "yes"]


def test_what_comes_between_two_tries_has_the_later_one_ask_again() -> None:
    first = failed()
    second = answered(of=first)
    document = document_of(second, has_older=True)
    document.prepend(outlines_of(first, answered("other")), has_older=False)
    assert asks(document) == [True, True, True]
    assert said(document.turns[2])[:2] == ["▌ You", "▌ q"]


def test_tries_that_are_not_read_are_counted_too() -> None:
    first = failed()
    last = answered(of=first)
    document = document_of(last, has_older=True)
    older = [first, *(failed(of=first) for _ in range(8))]
    document.prepend(outlines_of(*older), has_older=False)
    assert numbers(document)[-1] == "10/10"
    assert labels(document)[-1] == "Agent · 10/10"
    assert all(turn.run is None for turn in document.turns[:-1])


def test_many_tries_of_one_question_take_no_longer_than_as_many_questions() -> None:
    first, count = failed(), 4_000
    tries = [first, *(failed(of=first) for _ in range(count))]
    changes = 0

    class Counting(Turn):
        __slots__ = ()

        def changed(self) -> None:
            nonlocal changes
            changes += 1
            super().changed()

    document = document_of(has_older=True)
    known, above = Tries(), None
    for run in tries:
        turn = Counting(document._presentation, outlined(run), run)
        turn.before, above = above, turn
        known.add(turn)
    assert above is not None
    assert (above.standing.number, above.standing.tries) == (count + 1, count + 1)
    assert changes <= 4 * count


def test_tries_that_were_laid_out_are_told_after_others_were_put_above() -> None:
    first, old = failed(), answered("other")
    second = answered(of=first)
    document = document_of(second, has_older=True)
    assert labels(document) == ["Agent"]
    document.prepend(outlines_of(old), has_older=True)
    third = a_run("s", "q", "", status=RunStatus.PENDING, retry_of=first.run_id)
    document.apply(RunPending(third))
    third.status = RunStatus.RUNNING
    document.apply(RunStarted(third))
    assert labels(document) == ["Agent · 1/2", "Agent · 2/2"]
    document.prepend(outlines_of(first), has_older=False)
    assert labels(document) == ["Agent · 2/3", "Agent · 3/3"]
