"""Links in lines: their words, wherever they were wrapped, and what they pretend."""

from __future__ import annotations

import pytest
from textual.content import Content

from agno_tui.ui.lines import Line
from agno_tui.ui.links_dialog import _row, deceit
from agno_tui.ui.links_of_lines import MOST_WORDS, Link, links_of
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.markdown.parser import MarkdownParser

A, B = "https://example.com/a", "https://example.com/b"


def links(text: str, width: int = 60) -> list[tuple[str, str]]:
    lines = GrowingMarkdown(MarkdownParser(), text).lines(width)
    return [(link.words, link.address) for link in links_of(lines)]


def test_words_are_those_that_lead_there() -> None:
    assert links(f"See [one **thing**]({A}) and [other]({B}), {A}") == [
        ("one thing", A),
        ("other", B),
    ]


def test_an_address_needs_no_words() -> None:
    assert links(f"{A} <m@x.org> www.x.org") == [
        *(("", A), ("", "mailto:m@x.org"), ("", "http://www.x.org"))
    ]


@pytest.mark.parametrize("width", [10, 14, 20, 33, 60])
def test_wrapped_words_are_put_together(width: int) -> None:
    words = "some words that are wrapped"
    assert links(f"- Look: [{words}]({A}) [{words}]({B})", width) == [
        *((words, A), (words, B))
    ]


def test_words_in_a_narrow_cell_are_put_together() -> None:
    rows = f"| a | [some words of a cell]({A}) |\n| b | [others]({B}) |\n"
    text = f"| x | y |\n|---|---|\n{rows}"
    assert links(text, 30) == [("some words of a cell", A), ("others", B)]


def test_the_same_address_further_down_adds_nothing() -> None:
    text = f"[one]({A})\n\nwords\n\n[some other words that are wrapped]({A})"
    assert links(text, 12) == [("one", A)]


def test_endless_words_are_cut() -> None:
    ((words, _),) = links(f"[{'word ' * 500}]({A})")
    assert len(words) == MOST_WORDS


def test_a_line_without_text_has_no_links() -> None:
    assert links_of([Line(Content("")), Line(Content("words"))]) == []


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("https://bank.com", "https://evil.org/"),
        ("Go to www.bank.com/login now", "https://evil.org/"),
        ("bank.com", "https://bank.com.evil.org/"),
        ("https://bücher.de", "https://xn--80ak6aa92e.com/"),
    ],
)
def test_words_that_name_another_place_are_told(words: str, address: str) -> None:
    assert deceit(words, address).startswith("Its words name another place: b")


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("Example.com", "https://www.example.com/x"),
        ("https://bücher.de", "https://xn--bcher-kva.de/"),
        ("setup.py", "https://example.com/setup.py"),
        ("x.org", "mailto:someone@x.org"),
        ("the bank", "https://evil.org/"),
        ("https://bank.com", "not an address"),
        ("", A),
    ],
)
def test_other_words_are_not(words: str, address: str) -> None:
    assert deceit(words, address) == ""


def test_the_place_stands_before_the_words() -> None:
    row = _row(Link("https://evil.org/x", "https://bank.com\u202e"))
    assert row.plain.split("\n") == [
        "evil.org  “https://bank.com⟨U+202E⟩”",
        "https://evil.org/x",
        "! Its words name another place: bank.com",
    ]
    assert [row.plain[s.start : s.end] for s in row.spans if s.style == "bold"] == [
        "evil.org"
    ]
    assert _row(Link("javascript:x", "click")).plain.startswith("“click”\njavascript:x")
