from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.markdown.parser import MarkdownParser
from agno_tui.ui.markdown.table import SEGMENT, lay_out_table, share

PARSER = MarkdownParser()


def lines_of(text: str, width: int) -> list[str]:
    lines = GrowingMarkdown(PARSER, text).lines(width)
    return [line.content.plain for line in lines]


def test_a_table_that_fits_has_bars_and_a_rule() -> None:
    rows = [[Content("a"), Content("bb")], [Content("1"), Content("2")]]
    lines = [line.content.plain for line in lay_out_table(rows, "lr", 40)]
    assert lines == ["a │ bb", "──┼───", "1 │  2"]


def test_a_table_shares_a_narrow_screen() -> None:
    rows = [[Content("name"), Content("words " * 10)]] * 2
    lines = lay_out_table(rows, "ll", 30)
    assert all(line.content.cell_length <= 30 for line in lines)
    assert all("│" in line.content.plain or "┼" in line.content.plain for line in lines)


def test_a_table_too_wide_becomes_records() -> None:
    rows = [
        [Content(f"column {i}") for i in range(8)],
        [Content(f"cell {i}") for i in range(8)],
    ]
    lines = [line.content.plain for line in lay_out_table(rows, "l" * 8, 30)]
    assert lines == [f"column {i}: cell {i}" for i in range(8)]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(0, 120))
def test_columns_never_take_more_than_there_is(natural: list[int], room: int) -> None:
    widths = share(natural, room)
    assert all(1 <= w <= n for w, n in zip(widths, natural, strict=True))
    assert sum(widths) <= max(room, len(natural))


def test_a_table_without_rows_that_is_too_wide_still_says_its_header() -> None:
    header = "|" + " name |" * 30 + "\n|" + "---|" * 30 + "\n"
    assert " ".join(lines_of(header, 60)).count("name") == 30


def test_later_rows_make_only_their_own_segment_wider() -> None:
    rows = "| x | y |\n" * SEGMENT + "| a long cell | y |\n"
    lines = lines_of("| a | b |\n|---|---|\n" + rows, 60)
    assert lines[2 : SEGMENT + 2] == ["x │ y"] * SEGMENT
    assert lines[SEGMENT + 2] == "a long cell │ y"


def test_a_row_that_would_be_too_tall_is_a_record() -> None:
    lines = lines_of(f"| a | b |\n|---|---|\n| {'word ' * 500} | y |\n", 60)
    assert "b: y" in lines
    assert len(lines) < 60


def test_wide_tables_repeat_their_header_for_each_record() -> None:
    header = "|" + "".join(f" c{n} |" for n in range(300)) + "\n|" + "---|" * 300
    row = "\n|" + " x |" * 300
    lines = lines_of(header + row * 3, 80)
    assert lines.count("c299: x") == 3
    assert lines.count("─" * 80) == 2


def test_finished_rows_keep_their_lines() -> None:
    text = "| a | b |\n|---|---|\n| x | y |\n| z | w |\n| q"
    answer = GrowingMarkdown(PARSER)
    answer.set_text(text, whole=False)
    before = list(answer.lines(40))
    answer.set_text(text + " | r", whole=False)
    assert all(a is b for a, b in zip(before[:4], answer.lines(40), strict=False))
