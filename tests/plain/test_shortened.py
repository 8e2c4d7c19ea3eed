"""Long texts told in few words."""

from __future__ import annotations

import pytest

from agno_tui.plain.hits import folded_hits, plain_words
from agno_tui.plain.shortened import REST, brief, open_fence, shortened
from agno_tui.session import Found

CODE = "```python\n" + "print(1)\n" * 40 + "```\n"


def test_a_text_is_cut_at_a_paragraph_and_never_within_code() -> None:
    first = "A paragraph of some words.\n" * 3
    for longest in range(90, 500):
        cut = shortened(f"{first}\n{CODE}And so on. " * 2, longest)
        head = cut.removesuffix(f"\n{REST}")
        assert head != cut and not open_fence(head)
        assert head.endswith((".", "```"))
    assert shortened(f"{first}\n{CODE}", 120) == f"{first}{REST}"


def test_code_that_is_too_long_itself_is_cut_at_a_line_and_closed() -> None:
    assert shortened(CODE, 50).endswith(f"print(1)\n```\n{REST}")


def test_words_alone_are_cut_at_a_word() -> None:
    assert shortened("word " * 30, 12) == f"word word\n{REST}"
    assert shortened("x" * 30, 12) == f"{'x' * 12}\n{REST}"
    assert shortened("short", 12) == "short"


def test_what_was_pasted_is_said_by_its_beginning_and_length() -> None:
    lines = "\n".join(f"line number {n}" for n in range(1, 5001))
    assert brief(lines) == "line number 1 … (5,000 lines)"
    assert brief("a\nb") == "a\nb"
    said = brief("word " * 400)
    assert said.endswith("… (2,000 characters)") and len(said) < 90


@pytest.mark.parametrize(
    ("excerpt", "words"),
    [
        (
            "…| how many | |------|---------:| | rows | 2 | > A **quotation**",
            "… how many rows 2 A quotation",
        ),
        ("## Title `code_x` see [the page](http://x/y) - 1 - 2", None),
        ("a __init__ and snake_case stay", "a __init__ and snake_case stay"),
    ],
)
def test_what_was_found_is_read_without_signs(excerpt: str, words: str | None) -> None:
    assert plain_words(excerpt) == (words or "Title code_x see the page - 1 - 2")


def found(session: str, run: str, excerpt: str) -> Found:
    return Found(session, session, run, "assistant", 0, excerpt)


def test_what_reads_the_same_in_one_conversation_is_said_once() -> None:
    places = [
        found("a", "1", "the temple"),
        found("a", "2", "**The** temple!"),
        found("b", "3", "the temple"),
        found("a", "4", "another temple"),
    ]
    hits = folded_hits(places)
    assert [one.found.run_id for one in hits] == ["1", "3", "4"]
    assert hits[0].line.endswith(": the temple (and 1 more like it)")
    assert "more like" not in hits[1].line
