"""Another width: the line that is read stays, wherever it is wrapped now."""

from __future__ import annotations

import pytest

from tests.ui.conftest import a_run
from tests.ui.transcript.reader import HEIGHT, Reader, uneven
from tests.ui.transcript.turns import document_of

WORDS = " ".join(f"w{n}" + "x" * (n * 7 % 11) for n in range(3_000))


def reading_inside(width: int, *, above: str = "") -> Reader:
    """Somewhere in the middle of one long answer, between others."""
    runs = [*uneven(10), a_run("s", "long", above + WORDS), *uneven(10)]
    for n, run in enumerate(runs):
        run.run_id = f"r{n}"
    document = document_of(*runs)
    reader = Reader(document, width)
    reader.go(reader.placement.start(document.turns[10]) + 117)
    reader.settle()
    return reader


def word(line: str) -> int:
    """The number of the first word of a line."""
    return int(line.split()[0][1:].rstrip("x"))


def assert_near(reader: Reader, number: int) -> None:
    """A word is on the first line of the screen, or on the one beside it."""
    placement, top = reader.placement, reader.top
    found = placement.lines(top - 1, 3)
    lines = [one[2].content.plain for one in found if one]
    assert number in [int(w[1:].rstrip("x")) for line in lines for w in line.split()]


@pytest.mark.parametrize("start", [60, 100, 140])
def test_another_width_keeps_the_line_that_is_read(start: int) -> None:
    reader = reading_inside(start)
    number = word(reader.shown[0])
    assert number > 500
    for width in (60, 100, 140, 100, 60, start):
        reader.resize(width)
        assert_near(reader, number)


@pytest.mark.parametrize(
    "above",
    [
        "|a|b|\n|-|-|\n" + f"|{'words ' * 9}|{'more ' * 20}|\n" * 9 + "\n",
        "a\n\n---\n\n" * 6,
        "```\n" + "long line " * 30 + "\n```\n\n",
        "- " * 9 + "item " * 60 + "\n\n",
        "> " * 5 + "quoted " * 60 + "\n\n",
    ],
    ids=["table", "rules", "code", "list", "quote"],
)
def test_what_looks_otherwise_at_another_width_above_it_does_not_move_the_line(
    above: str,
) -> None:
    reader = reading_inside(60, above=above)
    reader.scroll(60)
    number = word(reader.shown[0])
    for width in (100, 140, 60):
        reader.resize(width)
        assert_near(reader, number)


def test_a_window_that_is_dragged_wider_and_narrower_keeps_the_line() -> None:
    reader = reading_inside(60)
    number = word(reader.shown[0])
    for width in (*range(60, 101), *range(100, 30, -1), *range(30, 61)):
        reader.resize(width)
        assert_near(reader, number)
    assert word(reader.shown[0]) == number


def test_after_a_scroll_another_width_keeps_the_new_line() -> None:
    reader = reading_inside(60)
    reader.resize(100)
    reader.scroll(40)
    number = word(reader.shown[0])
    reader.resize(60)
    assert_near(reader, number)


def test_another_width_above_a_turn_keeps_the_turn_at_its_place() -> None:
    document = document_of(*uneven(20))
    reader = Reader(document)
    reader.go(reader.placement.start(document.turns[12]) - 1)
    reader.settle()
    for width in (100, 30, 60):
        reader.resize(width)
        assert "▌ question 12" in reader.shown[:4]


def test_a_document_is_found_where_it_was_left_also_at_another_width() -> None:
    reader = reading_inside(60)
    number = word(reader.shown[0])
    document = reader.placement.document
    document.reading.anchor = reader.placement.anchor(reader.top, HEIGHT, 60)
    again = Reader(document, 60)
    assert word(again.shown[0]) == number
