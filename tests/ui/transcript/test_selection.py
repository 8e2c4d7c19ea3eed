"""From selected lines to the text that is copied."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agno_tui.ui.lines import Line, Source, blank, role, wrapped
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.markdown.parser import MarkdownParser
from agno_tui.ui.transcript.sections import Section
from agno_tui.ui.transcript.selection import (
    END,
    Point,
    paragraph_around,
    selected_text,
    word_at,
)

PARSER = MarkdownParser()

PARAGRAPH = "It is **about** 300,000 km a second, `c` as [they](http://x.y) say."
CODE = "```py\nif x:\n\treturn 1\n\nprint(2)\n```"
LIST = "- one\n- two of them\n  - deep\n\n    more\n- [x] done"
QUOTE = "> said and\n>\n> - done"
TABLE = "| a | number |\n|---|-------:|\n| some words | 1 |\n|  | 20 |"
BLOCKS = (PARAGRAPH, "# Head", CODE, LIST, QUOTE, TABLE, "---", "    indented")


def message(*blocks: str, width: int = 30) -> Section:
    """An answer of these blocks, laid out."""
    lines: list[Line] = []
    text = "\n\n".join(blocks)
    at = 0
    for block in blocks:
        source = Source(at, at + len(block))
        at += len(block) + 2
        if lines:
            lines.append(blank())
        for line in GrowingMarkdown(PARSER, block).lines(width):
            line.source = source
            lines.append(line)
    return Section(lines, text)


def question(text: str, width: int = 30) -> Section:
    lines = [
        line.after(role("▌ ", "you-bar")) for line in wrapped(role(text, ""), width)
    ]
    source = Source(0, len(text))
    for line in lines:
        line.source = source
    return Section(lines, text)


def label(words: str) -> Section:
    return Section([Line(role("▌ ", "you-bar") + role(words, "you-label"), lead=2)])


def row_of(section: Section, words: str) -> int:
    rows = [n for n, li in enumerate(section.lines) if words in li.content.plain]
    assert rows, [line.content.plain for line in section.lines]
    return rows[0]


def of_rows(section: Section, first: str, last: str) -> str:
    start, end = row_of(section, first), row_of(section, last)
    return selected_text([section], Point(0, start), Point(0, end))


def conversation() -> list[Section]:
    return [
        *(label("You"), question("How fast?"), Section([blank()])),
        *(label("Agent"), message(PARAGRAPH, LIST)),
        *(Section([blank(), Line(role("gpt · 3 s", "quiet"))]), Section([blank()])),
    ]


def test_all_of_a_message_is_its_source() -> None:
    for last in (Point(1, 0, 99), Point(1, 0, END), Point(2, 0), Point(3, 0, 0)):
        assert selected_text(conversation(), Point(1, 0, 2), last) == "How fast?"


def test_between_messages_stands_an_empty_line_and_no_label() -> None:
    everything = selected_text(conversation(), Point(0, 0), Point(6, 0))
    assert everything == f"How fast?\n\n{PARAGRAPH}\n\n{LIST}"
    backwards = selected_text(conversation(), Point(6, 0), Point(0, 0))
    assert backwards == everything


def test_labels_and_quiet_lines_are_copied_where_nothing_else_is() -> None:
    sections = conversation()
    assert selected_text(sections, Point(0, 0), Point(0, 0)) == "You"
    assert selected_text(sections, Point(5, 0), Point(6, 0)) == "gpt · 3 s"
    assert selected_text(sections, Point(5, 1, 0), Point(5, 1, 3)) == "gpt"
    assert selected_text(sections, Point(2, 0), Point(3, 0)) == "Agent"


def test_only_the_text_of_the_sections_between_is_looked_at() -> None:
    class Unread(list[Line]):
        def __len__(self) -> int:
            raise AssertionError("laid out for nothing")

        __getitem__ = __iter__ = __len__  # type: ignore[assignment]

    sections = [question("a"), Section(Unread(), "b\n"), question("c")]
    assert selected_text(sections, Point(0, 0), Point(2, 0)) == "a\n\nb\n\nc"


def test_a_part_of_a_paragraph_is_joined_as_it_was_before_wrapping() -> None:
    section = message(PARAGRAPH, "end")
    taken = selected_text([section], Point(0, 0, 6), Point(0, 2, 3))
    shown = " ".join(line.content.plain for line in section.lines[:-2])
    assert len(taken) > 40 and "\n" not in taken and taken in shown
    second = section.lines[1].content.plain
    assert selected_text([section], Point(0, 0, END), Point(0, 1)) == second


def test_a_whole_block_is_source_and_its_neighbour_what_is_seen() -> None:
    section = message("first words", PARAGRAPH, LIST, "last words")
    end = Point(0, len(section.lines) - 1, 4)
    taken = selected_text([section], Point(0, 0, 6), end)
    assert taken == f"words\n\n{PARAGRAPH}\n\n{LIST}\n\nlast"


def test_what_is_not_shown_between_two_whole_blocks_is_kept() -> None:
    section = message("one", "two", "three")
    section.text = section.text.replace("two\n\n", "two\n\n\n[a]: b\n\n")
    section.lines[-1].source = Source(section.text.index("three"), len(section.text))
    assert of_rows(section, "two", "three") == "two\n\n\n[a]: b\n\nthree"


def test_code_alone_is_copied_without_its_fence() -> None:
    section = message("see", CODE)
    assert of_rows(section, "if x", "print") == "if x:\n\treturn 1\n\nprint(2)"
    assert of_rows(section, "return", "print") == "    return 1\n\nprint(2)"
    row = row_of(section, "print")
    assert selected_text([section], Point(0, row, 1), Point(0, row, 6)) == "print"
    assert of_rows(section, "py", "print") == CODE
    start, end = row_of(section, "py"), row_of(section, "print")
    behind_label = selected_text([section], Point(0, start, 99), Point(0, end))
    assert behind_label == "if x:\n\treturn 1\n\nprint(2)"
    assert of_rows(section, "see", "print") == f"see\n\n{CODE}"
    alone = message(CODE)
    assert of_rows(alone, "if x", "print") == "if x:\n\treturn 1\n\nprint(2)"
    assert of_rows(alone, "py", "print") == CODE


def test_a_folded_line_of_code_is_one_line() -> None:
    section = message(f"```\n{'x' * 70}\ny\n```", "end")
    taken = selected_text([section], Point(0, 0, 3), Point(0, 3))
    assert taken == f"{'x' * 68}\ny"


def test_code_in_a_list_comes_without_the_bullet() -> None:
    section = message("- ```\n  a\n    b\n  ```", "end")
    assert of_rows(section, "a", "b") == "a\n  b"
    assert of_rows(section, "a", "a") == "a"


def test_a_part_of_a_table_has_its_cells_and_no_padding() -> None:
    section = message(TABLE, "end")
    assert of_rows(section, "number", "some words") == "a | number\nsome words | 1"
    assert of_rows(section, "some words", "20") == "some words | 1\n | 20"
    row = row_of(section, "some words")
    assert selected_text([section], Point(0, row, 0), Point(0, row, 4)) == "some"
    assert of_rows(section, "number", "20") == TABLE


def test_a_part_of_a_quote_or_a_list_has_no_bars_and_indents() -> None:
    section = message(QUOTE, LIST)
    assert of_rows(section, "said", "said") == "said and"
    assert "▎" not in of_rows(section, "said", "one")
    assert of_rows(section, "deep", "more") == "◦ deep\n\nmore"


@pytest.mark.parametrize(
    "point", [Point(0, 99), Point(9, 0), Point(0, -5), Point(-3, 0)]
)
def test_places_that_are_not_there_do_no_harm(point: Point) -> None:
    section = message(PARAGRAPH)
    assert selected_text([section], point, Point(0, 0, 0)) in ("", PARAGRAPH)
    assert selected_text([], point, point) == ""


words = st.text("ab cé你👍 ", min_size=1, max_size=60).map(lambda t: f"x{t.strip()}")
blocks = st.lists(st.one_of(st.sampled_from(BLOCKS), words), min_size=1, max_size=5)
widths = st.sampled_from([12, 20, 40, 100])


@settings(max_examples=200, deadline=None)
@given(blocks, widths)
def test_selecting_all_of_a_message_gives_its_source(
    parts: list[str], width: int
) -> None:
    section = message(*parts, width=width)
    end = Point(0, len(section.lines) - 1, END)
    assert selected_text([section], Point(0, 0, 0), end) == section.text


@settings(max_examples=400, deadline=None)
@given(st.data(), blocks, widths)
def test_nothing_that_was_drawn_is_ever_copied(
    data: st.DataObject, parts: list[str], width: int
) -> None:
    sections = [label("You"), question(parts[0]), message(*parts, width=width)]
    at = st.builds(Point, st.integers(0, 2), st.integers(0, 20), st.integers(-1, 50))
    taken = selected_text(sections, data.draw(at), data.draw(at))
    assert not any(bar in taken for bar in "▌▎┃│─┼")
    assert not any(line.endswith(" ") for line in taken.split("\n"))


@settings(max_examples=300, deadline=None)
@given(st.data(), words, widths)
def test_a_part_of_a_paragraph_is_a_part_of_its_text(
    data: st.DataObject, text: str, width: int
) -> None:
    section = message(text, width=width)
    at = st.builds(
        Point, st.just(0), st.integers(0, len(section.lines)), st.integers(0, 30)
    )
    assert selected_text([section], data.draw(at), data.draw(at)) in text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("open ^src/agno-tui/cli.py:12, then", "src/agno-tui/cli.py:12"),
        ("(see ^https://x.org/a?b=c&d=%20#e).", "https://x.org/a?b=c&d=%20#e"),
        ("say ^snake_case.", "snake_case"),
        ("say so^.", "."),
        ("run ^--help now", "--help"),
        ("a^  b", "  "),
        ("f^((x))", "(("),
        ("我在^东京タワーにいる", "我在东京"),
        ("東京^タワーにいる", "タワー"),
        ("Gr^üße, cafe\u0301", "Grüße"),
        ("^cafe\u0301!", "cafe\u0301"),
        ("^हिन्दी है", "हिन्दी"),
        ("a ^👨\u200d👩\u200d👧 b", "👨\u200d👩\u200d👧"),
        ("end^", "end"),
    ],
)
def test_a_double_click_takes_a_word(text: str, word: str) -> None:
    column, plain = text.index("^"), text.replace("^", "")
    start, end = word_at(plain, column)
    assert plain[start:end] == word
    assert word_at(plain, start) == (start, end)


def test_an_empty_line_has_no_word() -> None:
    assert word_at("", 3) == (0, 0)


def test_a_triple_click_takes_what_was_one_line() -> None:
    section = message(PARAGRAPH, CODE)
    assert paragraph_around(section.lines, 1) == (0, row_of(section, "py") - 2)
    row = row_of(section, "return")
    assert paragraph_around(section.lines, row) == (row, row)
