"""What is looked for: found in a visible text, counted in Markdown, marked on lines."""

from __future__ import annotations

import time

import pytest
from textual.content import Content

from agno_tui.ui.lines import Line, wrapped
from agno_tui.ui.markdown.layout import lay_out
from agno_tui.ui.markdown.parser import MarkdownParser
from agno_tui.ui.transcript.shown import fence_after, shown
from agno_tui.ui.transcript.sought import Mark, Sought


def in_lines(lines: list[Line], query: str) -> list[Mark]:
    return Sought(query).in_lines(lines)


def count_in_source(markdown: str, query: str) -> int:
    return sum(Sought(query).counts_in_source(markdown))


def found(plain: str, *queries: str) -> list[str]:
    """What is marked of a text that is one line, or several."""
    lines = [Line(Content(line)) for line in plain.split("\n")]
    return marked(lines, Sought(*queries).in_lines(lines))


@pytest.mark.parametrize(
    ("plain", "query", "places"),
    [
        ("The other the", "the", ["The", "the", "the"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("Café, cafe\u0301!", "CAFE", ["Café", "cafe\u0301"]),
        ("Straße", "ss", ["ß"]),
        ("Straße", "strasse", ["Straße"]),
        ("“So”", '"so"', ["“So”"]),
        ("two \t\u00a0 words", "two words", ["two \t\u00a0 words"]),
        ("two\nwords", "two words", []),
        ("in a din in", " in", [" in"]),
        ("日本語の文章", "本語", ["本語"]),
        ("がか", "か", ["か"]),
        ("a.b a+b a*b", ".", ["."]),
        ("a.b a+b", "a+b", ["a+b"]),
        (r"\d [x] (y", r"\d [x] (Y", [r"\d [x] (y"]),
        ("…", "...", ["…"]),
        ("x\u0301\u0302y", "x", ["x\u0301\u0302"]),
        ("👩\u200d👧", "👩", ["👩\u200d"]),
        ("anything", "", []),
        ("any thing", " ", []),
        ("any\u3000thing", "\n\u00a0", []),
        ("", "x", []),
    ],
)
def test_matches_are_places_of_the_visible_text(
    plain: str, query: str, places: list[str]
) -> None:
    assert found(plain, query) == places
    assert sum(Sought(query).counts(plain)) == len(places)


def test_of_several_queries_the_longest_that_begins_somewhere_is_found() -> None:
    queries = ("tea", "Teapot", "milk tea", " ", "")
    text = "teapot, tea; milk tea, milk"
    assert found(text, *queries) == ["teapot", "tea", "milk tea"]
    assert sum(Sought(*queries).counts(text)) == 3
    assert sum(Sought(*queries).counts_in_source(text)) == 3
    assert not Sought("", " ") and not Sought()


def test_signs_that_stand_for_control_codes_are_counted() -> None:
    assert sum(Sought("U+200B").counts("a\u200bb")) == 1
    assert sum(Sought("a b").counts("a\x1b b")) == 0


TEXTS = [
    "**bo**ld, *it*alic, ~~str~~uck, `co``de`, snake_case_word, 2 * 3 * 4, a*b*c",
    "***both** and*, **not closed, _under_ __score__, * alone *, 5*3 and `tick",
    r"an \*escaped\* star, &amp; &lt;b&gt; &#42; <b>raw</b>, a \| b",
    "# Heading *one*\n\nSetext\n===\n\n> quoted *words*\n>> deeper\n\n---\n\n- a\n* b",
    "1. one\n2. two\n   - [ ] task\n   - [x] done *task*\n\n10) ten",
    "[words *here*](https://x.y/a_b_c) and <https://x.y/z> and [a@b.c](mailto:a@b.c)",
    "[a](x 'title') ![alt](src.png) [not a link] [a](b(c)d) [empty]() a](b",
    "| a | b *c* |\n|---|:-:|\n| words | here |\n| 1 | 2 |\n\nno | table",
    "```python\ndef f(*a): return `a` # **b**\n```\nafter *it*",
    "~~~\n```\n*a*\n```\n~~~\nafter\n\n- in a list:\n  ```\n  *code*\n  ```\n",
    "> ```\n> *code*\n> ```\n\nand\n\n```\nnot closed *a*",
    "``a ` b`` and ` c` *d `e* f` g*",
    "Wörter *über* **Größe**, “quoted”, 日本語の**文章**です、と。",
]

QUERIES = (
    *("a", "b", "it", "words", "here", "code", "*", "*a*", "`", "**", "task", "_"),
    *("case_w", "x.y/a_b_c", "(", "bold", "italic", "words here", "b c", "b c", "&"),
    *("<b>", "a | b", "python", "uber", "groesse", "grosse", '"', "文章", "本", "- a"),
    *("[", "]", "heading one", "after", "both and", "a*b", "e* f", "3 *", "1", "|"),
)


def laid_out(markdown: str, width: int) -> list[Line]:
    return lay_out(MarkdownParser().parse(markdown), width)


@pytest.mark.parametrize("query", dict.fromkeys(QUERIES))
@pytest.mark.parametrize("markdown", TEXTS)
def test_counting_in_the_source_tells_what_will_be_seen(
    markdown: str, query: str
) -> None:
    seen = len(in_lines(laid_out(markdown, 200), query))
    assert count_in_source(markdown, query) == seen, shown(markdown)


@pytest.mark.parametrize("width", [10, 16, 23, 80])
def test_wrapping_loses_no_match(width: int) -> None:
    text = (
        "Words that are **wrapped** over several lines of *many* widths, 漢字漢字漢字."
    )
    for query in ("a", "that are wrapped", "over several lines of many", "漢字漢"):
        marks = in_lines(laid_out(text, width), query)
        assert len(marks) == count_in_source(text, query) > 0, query


def marked(lines: list[Line], marks: list[Mark]) -> list[str]:
    return [
        "|".join(lines[index].content.plain[start:end] for index, start, end in mark)
        for mark in marks
    ]


def test_a_match_is_marked_on_every_line_it_is_wrapped_over() -> None:
    lines = [line.after(Content("▎ ")) for line in wrapped(Content("on two lines"), 4)]
    assert [line.content.plain for line in lines] == ["▎ on", "▎ two", "▎ line", "▎ s"]
    marks = in_lines(lines, "n  two LINES")
    assert marks == [((0, 3, 4), (1, 2, 5), (2, 2, 6), (3, 2, 3))]
    assert marked(lines, in_lines(lines, "n")) == ["n", "n"]
    assert marked(lines, in_lines(lines, "on ")) == ["on"]
    assert in_lines(lines, "▎") == [], "no text"


def test_a_match_does_not_go_on_in_another_line_of_text() -> None:
    lines = wrapped(Content("one two\nthree"), 20)
    assert in_lines(lines, "two three") == []
    assert in_lines(lines, "twothree") == []
    assert in_lines(lines, "") == in_lines(lines, " ") == in_lines([], "x") == []


def test_a_first_line_may_go_on_from_one_that_is_not_given() -> None:
    lines = wrapped(Content("one two three"), 4)[1:]
    assert marked(lines, in_lines(lines, "two")) == ["two"]


def test_a_long_text_is_looked_at_in_pieces_that_are_cut_at_lines() -> None:
    code = "```\n" + "*code* words\n" * 3_000 + "```\n" + "*more* words\n" * 3_000
    counts = list(Sought("*code* w").counts_in_source(code))
    assert len(counts) > 5 and sum(counts) == 3_000
    assert count_in_source(code, "more words") == 3_000
    assert count_in_source(code, "*more* words") == 0
    assert len(list(Sought("x").counts("x" * 100_000))) > 5
    assert sum(Sought("x").counts("x" * 100_000)) == 100_000


def test_a_fence_is_open_until_one_like_it() -> None:
    assert fence_after("text") == fence_after("```\n```") == ""
    assert fence_after("a\n````py\n```\n") == "````"
    assert fence_after("`````\n", "````") == ""
    assert fence_after("~~~\n```py\n", "```") == "```"
    assert fence_after("``` not `a` fence\n") == ""
    assert shown("*a*\n```\n*b*", "```") == "*a*\n\nb"


def test_what_is_not_there_is_told_at_once() -> None:
    text = "Plain *words* with `code` and [a link](https://x.y), over and over.\n" * 100
    sought, began = Sought("xylophone music"), time.process_time()
    for _ in range(300):
        assert sum(sought.counts_in_source(text)) == 0
    assert time.process_time() - began < 300 * len(text) / 5e6, "far from 5 MB/s"


@pytest.mark.parametrize(
    "piece",
    ["*a ", "_a*", "`", "` ``", "[", "[a](", '[a](b "', "<a", "> ", "- ", "| ", "\\"],
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    for query in ("a", "*", piece, f"  {piece} x"):
        count_in_source(text, query)
        in_lines([Line(Content(text + "é"))], query)
    assert time.process_time() - began < 5
