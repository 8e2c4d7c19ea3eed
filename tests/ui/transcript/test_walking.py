"""Walking: message by message, and from one block of code to the next."""

from __future__ import annotations

from agno_tui.session import Role, Run
from agno_tui.ui.transcript.document import Document
from agno_tui.ui.transcript.reading import Marked
from agno_tui.ui.transcript.walking import (
    code_blocks,
    code_of,
    first_message,
    last_message,
    next_code,
    next_message,
)
from tests.ui.conftest import a_run
from tests.ui.transcript.turns import document_of, outlines_of, turn_of

WIDTH = 60
CODE = "one\n\n```py\nfirst\nline\n```\n\ntwo\n\n```\nsecond\n```\n\n    third\n\nend"


def walked(document: Document, start: Marked, step: int, count: int) -> list[str]:
    """Where so many steps lead: `0u 0a 1u`."""
    places, marked = [], start
    for _ in range(count):
        marked = next_message(document.turns, marked, step, WIDTH)
        places.append(f"{marked.index}{marked.role[0]}")
    return places


# Messages


def test_the_walk_goes_from_question_to_answer_to_question_and_stops() -> None:
    document = document_of(a_run("s", "0"), a_run("s", "1"))
    first, last = Marked(0, Role.USER), Marked(1, Role.ASSISTANT)
    assert first_message(document.turns, WIDTH) == first
    assert last_message(document.turns, WIDTH) == last
    assert walked(document, first, 1, 4) == ["0a", "1u", "1a", "1a"]
    assert walked(document, last, -1, 4) == ["1u", "0a", "0u", "0u"]


def test_turns_that_are_not_read_are_walked_too() -> None:
    document = document_of(a_run("s", "2"), has_older=True)
    document.prepend(outlines_of(a_run("s", "0"), a_run("s", "1")), has_older=False)
    assert first_message(document.turns, WIDTH) == Marked(0, Role.USER)
    way = walked(document, Marked(0, Role.USER), 1, 6)
    assert way == ["0a", "1u", "1a", "2u", "2a", "2a"]


def test_from_a_block_of_code_the_walk_goes_on_by_message() -> None:
    document = document_of(a_run("s", "q", CODE), a_run("s", "next"))
    inside = Marked(0, Role.ASSISTANT, 0)
    assert next_message(document.turns, inside, 1, WIDTH) == Marked(1, Role.USER)
    assert next_message(document.turns, inside, -1, WIDTH) == Marked(0, Role.USER)


def test_there_is_nothing_to_mark_where_there_is_nothing() -> None:
    assert first_message([], WIDTH) is last_message([], WIDTH) is None


# Code


def code_walk(run: Run, start: Marked | None, step: int, count: int) -> list[str]:
    turn, marked = turn_of(run), start
    codes: list[str] = []
    for _ in range(count):
        nth = next_code(turn, marked, step, WIDTH)
        if nth is None:
            return [*codes, "-"]
        code = code_of(turn, nth, WIDTH)
        assert code is not None
        codes.append(code.code.strip())
        marked = Marked(0, Role.ASSISTANT, nth)
    return codes


def test_blocks_of_code_know_their_lines() -> None:
    turn = turn_of(a_run("s", "q", CODE))
    lines = turn.lines(WIDTH)
    found = code_blocks(lines)
    assert [block.code.strip() for block, _ in found] == [
        "first\nline",
        "second",
        "third",
    ]
    for block, rows in found:
        shown = "\n".join(lines[row].text for row in rows)
        assert block.code.strip().split("\n")[0] in shown
        assert all(lines[row].code is block for row in rows)


def test_code_is_walked_down_and_up_and_ends() -> None:
    run = a_run("s", "q", CODE)
    all_of_it = ["first\nline", "second", "third"]
    assert code_walk(run, None, 1, 4) == [*all_of_it, "-"]
    assert code_walk(run, None, -1, 4) == [*reversed(all_of_it), "-"]
    assert code_walk(run, Marked(7, Role.USER), 1, 1) == ["first\nline"]


def test_from_a_message_code_lies_below_its_beginning_or_above() -> None:
    run = a_run("s", "q", CODE)
    assert code_walk(run, Marked(0, Role.USER), 1, 1) == ["first\nline"]
    assert code_walk(run, Marked(0, Role.ASSISTANT), 1, 1) == ["first\nline"]
    assert code_walk(run, Marked(0, Role.USER), -1, 1) == ["-"]
    assert code_walk(run, Marked(0, Role.ASSISTANT), -1, 1) == ["-"]


def test_a_question_is_plain_text_and_has_no_code() -> None:
    assert code_walk(a_run("s", CODE, "answer"), None, 1, 1) == ["-"]


def test_a_marked_block_that_was_laid_out_anew_is_known_by_its_number() -> None:
    run = a_run("s", "q", "```\nsame\n```\n\n```\nsame\n```\n\n```\nlast\n```")
    turn = turn_of(run)
    old = code_of(turn, 1, WIDTH)
    turn.forget_lines()
    new = code_of(turn, 1, 40)
    assert old is not None and new is not None and new is not old
    assert next_code(turn, Marked(0, Role.ASSISTANT, 1, old), 1, 40) == 2
    assert next_code(turn, Marked(0, Role.ASSISTANT, 1, old), -1, 40) == 0
    assert code_of(turn, 3, 40) is None


def test_of_two_blocks_with_the_same_text_each_is_visited() -> None:
    run = a_run("s", "q", "```\nsame\n```\n\n```\nsame\n```\n\n```\nlast\n```")
    assert code_walk(run, None, 1, 4) == ["same", "same", "last", "-"]
    assert code_walk(run, None, -1, 4) == ["last", "same", "same", "-"]
