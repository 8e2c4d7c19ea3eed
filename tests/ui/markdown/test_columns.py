"""How wide columns are: by what stands in them, and never broken without need."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agno_tui.ui.markdown.columns import (
    UNBROKEN,
    are_readable,
    fitted,
    longest_word,
)
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.markdown.parser import MarkdownParser

PARSER = MarkdownParser()
HEAD = "| ID | Link | What |\n|---|---|---|\n"
PAGE = "https://example.com/a/page/of/some/length"
WORDS = "some words that go on for a while, and need many lines of a narrow screen"

columns = st.lists(
    st.tuples(st.integers(1, 400), st.integers(1, 60)), min_size=1, max_size=8
)


def lines_of(text: str, width: int) -> list[str]:
    lines = GrowingMarkdown(PARSER, text).lines(width)
    return [line.content.plain for line in lines]


@given(columns, st.integers(0, 200))
def test_columns_fill_the_room_and_take_no_more(
    of_columns: list[tuple[int, int]], room: int
) -> None:
    natural = [max(pair) for pair in of_columns]
    words = [min(pair) for pair in of_columns]
    widths = fitted(natural, words, room)
    assert all(1 <= w <= n for w, n in zip(widths, natural, strict=True))
    assert sum(widths) <= max(room, len(natural))
    least = [min(n, max(16, w)) for n, w in zip(natural, words, strict=True)]
    if sum(least) <= room:
        assert sum(widths) == min(room, sum(natural))
        assert all(w >= need for w, need in zip(widths, words, strict=True))


def test_short_columns_keep_their_width_and_words_stay_whole() -> None:
    lines = lines_of(f"{HEAD}| 12345 | {PAGE} | {WORDS} |\n", 80)
    assert lines[0].index("│") == 6
    assert any(PAGE in line for line in lines)
    assert max(map(len, lines)) == 80


def test_others_are_not_squeezed_for_one_long_word() -> None:
    lines = lines_of(f"{HEAD}| 12345 | {PAGE} | {WORDS} |\n", 56)
    assert len(lines) <= 7
    assert all("│" in line or "┼" in line for line in lines)


def test_what_is_left_is_shared_by_need() -> None:
    short, long = fitted([60, 200], [8, 8], 80)
    assert long > 1.9 * short > 40
    assert fitted([40, 100_000], [8, 8], 80)[0] > 20


def test_records_come_before_broken_words() -> None:
    row = "| " + " | ".join(["implementer"] * 5) + " |\n"
    text = row + "|---" * 5 + "|\n" + row
    assert "┼" in lines_of(text, 11 * 5 + 3 * 4)[1]
    assert lines_of(text, 11 * 5 + 3 * 4 - 1) == ["implementer: implementer"] * 5


def test_wide_characters_are_no_long_word() -> None:
    assert longest_word("很长的文字 and word, 很长word") == 5
    assert longest_word("two words\nlonger-one") == 10
    assert longest_word("") == longest_word("字字") == 0


def test_a_long_word_needs_a_column_of_some_width() -> None:
    assert are_readable([UNBROKEN], [90], [60])
    assert not are_readable([UNBROKEN - 1], [90], [60])
    assert are_readable([5], [5], [5])


def test_an_open_row_changes_nothing_that_stays() -> None:
    answer = GrowingMarkdown(PARSER)
    text = f"{HEAD}| 1 | {PAGE} | {WORDS} |\n"
    for end in range(1, len(text)):
        answer.set_text(text[:end], whole=False)
        answer.lines(60)
    answer.set_text(text + "| 2 | x | y |\n")
    expected = lines_of(text + "| 2 | x | y |\n", 60)
    assert [line.content.plain for line in answer.lines(60)] == expected
