"""Rows of the screen: margins, marks, what is found and selected; painted once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from rich.style import Style
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip

from agno_tui.session import Role
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.paint import Paint
from agno_tui.ui.transcript.found_marks import Found, FoundMarks
from agno_tui.ui.transcript.reading import Marked
from agno_tui.ui.transcript.roles import ROLES
from agno_tui.ui.transcript.rows import MARGIN, Rows
from agno_tui.ui.transcript.sections import Sections
from agno_tui.ui.transcript.sought import Sought
from agno_tui.ui.transcript.turn import Turn
from agno_tui.ui.transcript.walking import code_blocks
from tests.ui.conftest import a_run, ready
from tests.ui.transcript.turns import turn_of

WIDTH = 40
SELECTED = Style(color="#010203", bgcolor="#040506")


@pytest.fixture
async def rows(app: AgnoApp) -> AsyncIterator[Rows]:
    """Rows with the colours of a real app."""
    async with app.run_test() as pilot:
        await ready(pilot)
        rows = Rows()
        rows.paint = Paint(app.desk.chat.transcript, "transcript", ROLES)
        rows.selected_style = SELECTED
        yield rows


def painted(rows: Rows, turn: Turn, row: int, *, at: int | None = None) -> Strip:
    line = turn.lines(WIDTH)[row]
    at = row if at is None else at
    return rows.strip(turn, row, line, at, (WIDTH, WIDTH + 2 * MARGIN))


def margins(rows: Rows, turn: Turn) -> list[bool]:
    """For each line, whether it has the mark."""
    count = len(turn.lines(WIDTH))
    return [painted(rows, turn, row).text[:MARGIN] == "┃ " for row in range(count)]


def selected(strip: Strip) -> str:
    """The text of the cells that look selected."""
    colours = (SELECTED.color, SELECTED.bgcolor)
    return "".join(
        s.text for s in strip if s.style and (s.style.color, s.style.bgcolor) == colours
    )


def row_of(turn: Turn, words: str) -> int:
    lines = turn.lines(WIDTH)
    return next(n for n, line in enumerate(lines) if words in line.content.plain)


async def test_a_row_is_as_wide_as_the_screen_with_its_text_behind_a_margin(
    rows: Rows,
) -> None:
    turn = turn_of(a_run("s", "你好 and 👨‍👩‍👧", "answer"))
    for row, line in enumerate(turn.lines(WIDTH)):
        strip = painted(rows, turn, row)
        assert strip.cell_length == WIDTH + 2 * MARGIN
        assert strip.text.rstrip() == (" " * MARGIN + line.content.plain).rstrip()


async def test_without_colours_a_row_is_blank(rows: Rows) -> None:
    rows.paint = None
    strip = painted(rows, turn_of(a_run("s")), 1)
    assert strip.text == " " * (WIDTH + 2 * MARGIN)


async def test_a_row_is_painted_once_until_something_about_it_changes(
    rows: Rows,
) -> None:
    turn = turn_of(a_run("s"))
    strip = painted(rows, turn, 1)
    assert painted(rows, turn, 1) is strip
    assert painted(rows, turn, 1, at=7) is strip
    strip = painted(rows, turn, 1)
    rows.marked = Marked(0, Role.USER)
    marked = painted(rows, turn, 1)
    assert marked is not strip and painted(rows, turn, 1) is marked
    rows.marked = Marked(0, Role.ASSISTANT)
    assert painted(rows, turn, 1) == strip
    rows.selection = Selection(Offset(0, 1), Offset(3, 1))
    assert painted(rows, turn, 1) != strip
    rows.selection = None
    assert painted(rows, turn, 1) == strip


async def test_the_mark_stands_beside_one_message(rows: Rows) -> None:
    turn = turn_of(a_run("s", "q1\nq2", "a1\n\na2"))
    count = len(turn.lines(WIDTH))
    answer = row_of(turn, "Agent")
    assert margins(rows, turn) == [False] * count
    rows.marked = Marked(0, Role.USER)
    assert margins(rows, turn) == [n < answer - 1 for n in range(count)]
    rows.marked = Marked(0, Role.ASSISTANT)
    assert margins(rows, turn) == [answer <= n < count - 1 for n in range(count)]
    rows.marked = Marked(1, Role.ASSISTANT)
    assert margins(rows, turn) == [False] * count


async def test_the_mark_stands_beside_one_block_of_code(rows: Rows) -> None:
    turn = turn_of(a_run("s", "q", "text\n\n```\none\ntwo\n```\n\n```\nother\n```"))
    code, lines = code_blocks(turn.lines(WIDTH))[0]
    rows.marked = Marked(0, Role.ASSISTANT, 0, code)
    shown = margins(rows, turn)
    assert [n for n, is_marked in enumerate(shown) if is_marked] == list(lines)


async def test_what_is_selected_is_styled_and_nothing_else(rows: Rows) -> None:
    turn = turn_of(a_run("s", "q", "first words\n\nmiddle\n\nlast words"))
    first, last = row_of(turn, "first"), row_of(turn, "last words")
    rows.selection = Selection(Offset(6, first), Offset(4, last))
    chosen = [selected(painted(rows, turn, row)) for row in range(first, last + 1)]
    assert chosen == ["words", "", "middle", "", "last"]
    assert not selected(painted(rows, turn, first - 1))
    assert not selected(painted(rows, turn, last + 1))


async def test_wide_characters_are_selected_with_all_their_cells(rows: Rows) -> None:
    turn = turn_of(a_run("s", "q", "你好世界 and 👨‍👩‍👧 there"))
    row = row_of(turn, "你好")
    plain = turn.lines(WIDTH)[row].content.plain
    for words in ("好世", "👨‍👩‍👧", "界 a"):
        start = plain.index(words)
        rows.selection = Selection(Offset(start, row), Offset(start + len(words), row))
        assert selected(painted(rows, turn, row)) == words


class Marks(FoundMarks):
    """Marks on one turn."""

    def __init__(self, turn: Turn, found: Found) -> None:
        super().__init__(Sought())
        self._found_in = {turn.run_id: found}

    def of(self, turn: Turn, lines: Sections) -> Found:
        return self._found_in.get(turn.run_id, {})


async def test_what_was_found_is_styled_in_its_turn(rows: Rows) -> None:
    turn, other = (turn_of(a_run("s", "q", "a 你好 b")) for _ in range(2))
    assert rows.paint is not None
    row, found = row_of(turn, "你好"), rows.paint.style("found").rich_style
    before = painted(rows, turn, row)
    rows.found = Marks(turn, {row: [(2, 4, "found")]})
    after = painted(rows, turn, row)
    assert after.text == before.text
    looks = [s.text for s in after if s.style and s.style.bgcolor == found.bgcolor]
    assert looks == ["你好"]
    assert painted(rows, other, row) == before
