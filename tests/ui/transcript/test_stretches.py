"""What is found is what is seen: in tables, formulas, links and notes, at any width."""

from __future__ import annotations

import random

import pytest

from agno_tui.session import Role
from agno_tui.ui.lines import Line
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.markdown.parser import MarkdownParser
from agno_tui.ui.transcript.found_marks import FoundMarks
from agno_tui.ui.transcript.hits import Hit
from agno_tui.ui.transcript.sections import Section, Sections
from agno_tui.ui.transcript.sought import Sought
from tests.ui.transcript.markdown_texts import random_markdown

TABLE = """\
| Name | Where *it* is |
|:--|--:|
| a very/long/path/to/somewhere | quite **long** words with `code`, a https://x.y/z |
| b | short<br>words |
"""
NESTED = (
    "- item\n\n  "
    + TABLE.replace("\n", "\n  ").rstrip()
    + "\n\n> "
    + (TABLE.replace("\n", "\n> ").rstrip("> \n"))
)


def seen(markdown: str, query: str, width: int) -> list[str]:
    """What is marked, without the bars between two lines of a cell."""
    lines = list(GrowingMarkdown(MarkdownParser(), markdown).lines(width))
    marks = Sought(query).in_lines(lines, markdown)
    return ["".join(_marked(lines, *one) for one in mark) for mark in marks]


def _marked(lines: list[Line], row: int, start: int, end: int) -> str:
    return lines[row].content.plain[start:end]


def counted(markdown: str, query: str) -> int:
    return sum(Sought(query).counts_in_source(markdown))


@pytest.mark.parametrize("width", [20, 30, 44, 120])
@pytest.mark.parametrize("markdown", [TABLE, NESTED], ids=["table", "nested"])
@pytest.mark.parametrize(
    "query", ["very/long", "quite long", "quite long words with", "long words", "name"]
)
def test_what_is_wrapped_in_a_cell_is_found(
    markdown: str, query: str, width: int
) -> None:
    found = seen(markdown, query, width)
    assert len(found) == counted(markdown, query) == (1 + (markdown == NESTED))
    bare = query.replace(" ", "")
    assert {one.replace(" ", "").lower() for one in found} == {bare}


@pytest.mark.parametrize("width", [20, 30, 44, 120])
@pytest.mark.parametrize(
    "query", ["path quite", "short words", "│", "─", "path ", ": "]
)
def test_cells_are_apart_and_what_is_drawn_is_no_text(query: str, width: int) -> None:
    assert seen(TABLE, query, width) == []
    assert counted(TABLE, query) == 0


@pytest.mark.parametrize(
    ("markdown", "query", "count"),
    [
        (r"so $\sqrt{\pi}$ and \(\sqrt{\pi}\)", "√π", 2),
        (r"so $\sqrt{\pi}$ and \(\sqrt{\pi}\)", "sqrt", 0),
        ("$$\n\\sqrt{x_*} = *y*\n$$\n\n*a*", "√", 1),
        ("- $$\\frac{a}{b}$$", "frac", 0),
        ("> \\[ \\sqrt{x} \\]\n> after *it*", "after it", 1),
        ("`$x$` costs $5 or $6 *or* 7", "$6 or", 1),
        ("a [link text](https://x.y/z) after", "text after", 1),
        ("a [link text](https://x.y/z) after", "text (https://x.y", 1),
        ("see[^long]\n\n[^long]: a note with `code`", "note with code", 1),
        ("see[^1] and[^long]\n\n[^1]: one\n[^long]: two", "and²", 1),
        ("H<sub>2</sub>O, <kbd>Esc</kbd>", "h₂o, esc", 1),
    ],
)
def test_what_is_searched_is_what_is_shown(
    markdown: str, query: str, count: int
) -> None:
    assert counted(markdown, query) == len(seen(markdown, query, 60)) == count


def test_as_much_is_counted_as_is_marked() -> None:
    wrong: list[tuple[str, str]] = []
    for seed in range(250):
        chance = random.Random(seed)
        markdown, query = random_markdown(chance), ""
        width = chance.choice([24, 40, 60, 90, 140])
        lines = GrowingMarkdown(MarkdownParser(), markdown).lines(width)
        words = [word for line in lines for word in line.text.split() if word.isalnum()]
        query = " ".join(words[(at := chance.randrange(len(words) or 1)) : at + 2])
        if counted(markdown, query) != len(seen(markdown, query, width)):
            wrong.append((markdown, query))
    assert not wrong


def test_what_is_counted_and_not_marked_leads_to_its_block() -> None:
    # An indented block of code is text to what counts, so its emphasis is gone.
    markdown = "first\n\n    *co*de\n\nlast"
    lines = GrowingMarkdown(MarkdownParser(), markdown).lines(40)
    said = Section(lines, markdown, Role.ASSISTANT)
    sections = Sections([Section([lines[0]], role=Role.ASSISTANT), said])
    marks = FoundMarks(Sought("code"))
    assert counted(markdown, "code") == 1 and not seen(markdown, "code", 40)
    from tests.ui.conftest import a_run
    from tests.ui.transcript.turns import turn_of

    turn = turn_of(a_run("s", "q", markdown))
    marks.of(turn, sections)
    rows = marks.rows_of(Hit(turn.run_id, True, 0), sections)
    assert any("*co*de" in sections[row].text for row in rows)
    rows = marks.rows_of(Hit(turn.run_id, True, 9), sections)
    assert list(rows) == list(range(len(sections)))
