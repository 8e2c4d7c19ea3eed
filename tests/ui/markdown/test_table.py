from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from agno_tui.ui.markdown import rules, table
from agno_tui.ui.markdown.blocks import Paragraph, Table
from agno_tui.ui.markdown.columns import share
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.markdown.parser import MarkdownParser
from agno_tui.ui.markdown.table import SEGMENT, lay_out_table

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


@pytest.mark.parametrize("width", [0, 1, 40, 997, 998, 1_200])
def test_a_table_of_very_many_columns_loses_no_cell(width: int) -> None:
    rows = [[Content(f"{name}{n}") for n in range(250)] for name in "axy"]
    lines = lay_out_table(rows, "l" * 250, width)
    text = "".join(line.content.plain for line in lines).replace(" ", "")
    assert [n for n in range(250) if not (f"x{n}" in text and f"y{n}" in text)] == []


def test_a_cell_of_a_record_keeps_its_looks() -> None:
    header = [Content.styled("h", "em"), *[Content("c" * 20)] * 3]
    row = [Content("a b").stylize("strong", 2, 3), *[Content("x")] * 3]
    line = lay_out_table([header, row], "llll", 20)[0].content
    assert line.plain == "h: a b"
    assert [(a, b, str(style)) for a, b, style in line.spans] == [
        (0, 1, "table-header"),
        (0, 1, "em"),
        (5, 6, "strong"),
    ]


def test_what_can_only_be_records_is_not_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured: list[Content] = []

    def widest(cell: Content) -> int:
        measured.append(cell)
        return cell.cell_length

    monkeypatch.setattr(table, "_widest", widest)
    rows = [[Content(f"{name}{n}") for n in range(2_000)] for name in "ax"]
    assert len(lay_out_table(rows, "l" * 2_000, 80)) == 2_000
    assert not measured
    lay_out_table([row[:3] for row in rows], "lll", 80)
    assert len(measured) == 6


def test_what_has_very_many_columns_is_no_table() -> None:
    count = rules.MOST_COLUMNS

    def source(columns: int) -> str:
        rows = ("a |" * columns, "-|" * columns, "b |" * columns)
        return "\n".join(f"|{row}" for row in rows)

    (part,) = PARSER.parse(source(count - 1))
    assert isinstance(part.block, Table) and len(part.block.aligns) == count - 1
    (part,) = PARSER.parse(source(count))
    assert isinstance(part.block, Paragraph)
    assert part.block.text.plain == source(count)
