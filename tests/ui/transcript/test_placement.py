"""Where turns stand: what is read does not move, however wrong the guesses were."""

from __future__ import annotations

import pytest

from agno_tui.events import RunContent, RunStarted
from agno_tui.session import Role, Run, RunStatus
from agno_tui.ui.transcript.placement import MOST_LAID_OUT, TOP
from agno_tui.ui.transcript.reading import Marked
from agno_tui.ui.transcript.tail import LONGEST_TAIL
from agno_tui.ui.transcript.walking import code_blocks
from tests.ui.conftest import a_run
from tests.ui.transcript.reader import (
    HEIGHT,
    WIDTH,
    Reader,
    outlined_document,
    uneven,
)
from tests.ui.transcript.turns import document_of, outlines_of

# Room for every turn


def test_turns_stand_below_each_other_with_a_line_above_all() -> None:
    document = document_of(*uneven(12))
    reader = Reader(document)
    placement = reader.placement
    placement.lay_out(0, placement.total)
    at = TOP
    for turn in document.turns:
        assert placement.start(turn) == at
        for row, line in enumerate(turn.lines(WIDTH)):
            assert placement.line_at(at) == (turn, row, line)
            at += 1
        assert placement.end(turn) == at
    assert placement.total == at
    assert (
        placement.line_at(at) is placement.line_at(-1) is placement.line_at(0) is None
    )


def test_turns_that_come_find_room_below() -> None:
    document = document_of(*uneven(3))
    reader = Reader(document)
    reader.go_to_end()
    before = reader.placement.total
    document.apply(RunStarted(a_run("s", "new", "", status=RunStatus.RUNNING)))
    reader.settle()
    assert reader.placement.total > before
    reader.go_to_end()
    assert "▌ new" in reader.shown


def test_words_of_one_role_and_blocks_of_code_are_found() -> None:
    document = document_of(a_run("s", "q", "text\n\n```\none\ntwo\n```\n\nend"))
    placement, (turn,) = Reader(document).placement, document.turns
    lines = turn.lines(WIDTH)
    asked = placement.rows_of(turn, role=Role.USER)
    assert [lines[row].text for row in asked] == ["You", "q"]
    ((code, rows),) = code_blocks(lines)
    assert placement.rows_of(turn, code=code) == rows
    assert placement.rows_of(turn) == range(len(lines))
    assert placement.rows_of(turn, role="nobody") == range(len(lines))


# Guesses


@pytest.mark.parametrize("step", [-1, -3, -HEIGHT])
def test_scrolling_up_moves_by_what_was_asked_and_by_nothing_else(step: int) -> None:
    document = document_of(*uneven(60))
    reader = Reader(document)
    reader.go_to_end()
    seen = [line for line in reader.shown if line.startswith("▌ question")]
    while reader.top > 0:
        before, was = reader.shown, reader.top
        reader.scroll(step)
        moved = min(-step, was) if reader.top == 0 else -step
        assert reader.shown[moved:] == before[: HEIGHT - moved]
        seen += [one for one in reader.shown[:moved] if one.startswith("▌ question")][
            ::-1
        ]
    assert seen[::-1][:3] == ["▌ question 0", "▌ question 1", "▌ question 2"]
    assert len(set(seen)) == 60
    assert reader.placement.total == TOP + sum(
        len(t.lines(WIDTH)) for t in document.turns
    )


def test_turns_that_come_above_move_nothing() -> None:
    runs = uneven(40)
    document = document_of(*runs[30:], has_older=True)
    reader = Reader(document)
    reader.go_to_end()
    reader.scroll(-7)
    before = reader.shown
    document.prepend(outlines_of(*runs[10:30]), has_older=True)
    reader.settle()
    assert reader.shown == before
    document.prepend(outlines_of(*runs[:10]), has_older=False)
    reader.settle()
    assert reader.shown == before


# Turns that are not read


def test_turns_on_the_screen_and_around_it_are_asked_for_and_no_others() -> None:
    runs = uneven(200)
    document = outlined_document(runs, read=10)
    reader = Reader(document)
    placement = reader.placement
    reader.go_to_end()
    # The ten that are read are more than three screens.
    assert not reader.read(runs)
    middle = document.turns[90]
    reader.go(placement.start(middle))
    wanted = placement.unread(reader.top, HEIGHT)
    assert middle in wanted
    assert len(wanted) < 30
    for turn in document.turns[:190]:
        far = 2 * HEIGHT
        is_near = (
            placement.end(turn) > reader.top - far
            and placement.start(turn) < reader.top + HEIGHT + far
        )
        assert (turn in wanted) == is_near or placement.start(turn) >= reader.top + far
    assert reader.read(runs)
    assert not placement.unread(reader.top, HEIGHT)


def test_what_is_read_below_a_turn_of_which_the_text_comes_does_not_move() -> None:
    runs = uneven(60)
    reader = Reader(outlined_document(runs, read=10))
    reader.go_to_end()
    reader.scroll(-5)
    while reader.top > 0:
        reader.scroll(-3)
        before = reader.shown
        reader.read(runs)
        known = [n for n, line in enumerate(before) if line.startswith("▌ question")]
        assert (
            reader.shown[known[0] if known else HEIGHT :]
            == before[known[0] if known else HEIGHT :]
        )
    assert "▌ question 0" in reader.shown


def test_a_turn_that_is_not_read_is_as_good_as_empty() -> None:
    runs = uneven(30)
    document = outlined_document(runs, read=1)
    reader = Reader(document)
    reader.go(0)
    guessed = reader.placement.total
    assert set(reader.shown) == {"", "…"}
    assert reader.placement.total == guessed


# What is kept, and what is forgotten


def test_lines_seen_long_ago_are_forgotten_but_not_how_many_they_were() -> None:
    document = document_of(*uneven(MOST_LAID_OUT + 40))
    reader = Reader(document)
    first, lines = document.turns[0], document.turns[0].lines(WIDTH)
    assert first.lines(WIDTH) is lines
    while reader.top < reader.placement.total - HEIGHT:
        reader.scroll(HEIGHT)
    last = document.turns[-1]
    total, kept = reader.placement.total, last.lines(WIDTH)
    assert first.height(WIDTH) == len(lines)
    reader.settle()
    assert last.lines(WIDTH) is kept
    assert first.lines(WIDTH) is not lines
    reader.go(0)
    reader.settle()
    assert reader.placement.total == total


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """Few turns whose text is kept."""
    monkeypatch.setattr("agno_tui.ui.transcript.read_turns.MOST_READ", 100)
    return 100


def scrolled_through(reader: Reader, runs: list[Run]) -> None:
    """From the end to the beginning, reading what is wanted."""
    reader.go_to_end()
    reader.read(runs)
    while reader.top > 0:
        reader.scroll(-HEIGHT)
        reader.read(runs)


def test_text_seen_long_ago_is_forgotten_and_read_again(few: int) -> None:
    runs = uneven(200)
    document = outlined_document(runs, read=20)
    reader = Reader(document)
    scrolled_through(reader, runs)
    read = [turn for turn in document.turns if turn.run is not None]
    assert len(read) <= few + LONGEST_TAIL
    assert document.turns[100].run is None
    total = reader.placement.total
    assert total == TOP + sum(turn.height(WIDTH) for turn in document.turns)
    reader.go(reader.placement.start(document.turns[100]))
    assert "…" in reader.shown
    assert "r100" in reader.read(runs)
    assert reader.shown[:2] == ["▌ You", "▌ question 100"]
    assert reader.placement.total == total


def test_the_tail_and_what_is_under_way_are_never_forgotten(few: int) -> None:
    runs = uneven(200)
    running = runs[150]
    running.status = RunStatus.RUNNING
    document = outlined_document(runs, read=60)
    scrolled_through(Reader(document), runs)
    assert document.turns[150].run is running
    tail = document.turns[-LONGEST_TAIL:]
    assert [turn.run for turn in tail] == runs[-LONGEST_TAIL:]
    assert document.turns[160].run is None


def test_what_is_on_the_screen_or_marked_is_never_forgotten(few: int) -> None:
    runs = uneven(400)
    document = outlined_document(runs, read=20)
    document.read(runs[10:20])
    document.texts.near = document.turns[10:20]
    document.read([runs[50]])
    document.marked = Marked(50, Role.ASSISTANT)
    for first in range(100, 360, 20):
        document.read(runs[first : first + 20])
    assert all(turn.run is not None for turn in document.turns[10:20])
    assert document.turns[50].run is not None
    assert document.turns[100].run is None
    assert sum(turn.run is not None for turn in document.turns) <= few


def test_a_screen_of_more_turns_than_are_kept_keeps_them(few: int) -> None:
    runs = uneven(400)
    document = outlined_document(runs, read=20)
    document.texts.near = document.turns[100:300]
    document.read(runs[100:300])
    assert all(turn.run is not None for turn in document.texts.near)
    document.texts.near = ()
    document.read(runs[300:310])
    assert sum(turn.run is not None for turn in document.turns) < 200


# An answer under way


def test_an_answer_that_grows_above_or_below_moves_nothing() -> None:
    runs = uneven(8)
    live = a_run("s", "go", "line\n\n" * 60, status=RunStatus.RUNNING)
    waiting = [a_run("s", f"next {n}", "", status=RunStatus.PENDING) for n in range(9)]
    document = document_of(*runs, live, *waiting, live=live)
    reader = Reader(document)
    reader.go_to_end()
    for place in (reader.placement.start(document.turns[2]), reader.top):
        reader.go(place)
        reader.settle()
        before = reader.shown
        for _ in range(20):
            live.messages[-1].content += "and more\n\n" * 5
            document.apply(RunContent("s", live.run_id, "and more"))
            reader.settle()
            assert reader.shown == before
