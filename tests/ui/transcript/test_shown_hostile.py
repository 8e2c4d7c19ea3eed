"""What a hostile text will say is told in steps that grow with its length only."""

from __future__ import annotations

import re

import pytest

from agno_tui.ui.transcript import shown as patterns
from agno_tui.ui.transcript import shown_inline as inline
from agno_tui.ui.transcript.shown import shown

_REPEATS = re.compile(r"(?:\\s|\[[^\]]*\])[*+](?![+])")
"""A class of characters that is repeated and given back again."""


@pytest.mark.parametrize("pattern", [patterns._UNDER_HEADER, patterns._NOTHING.pattern])
def test_blanks_that_were_taken_are_not_given_back(pattern: str) -> None:
    assert not _REPEATS.findall(pattern)


def test_the_end_of_a_link_is_looked_for_once() -> None:
    link = inline._INLINE.pattern.split("(?P<target>")[1].split("(?P<address>")[0]
    assert not _REPEATS.findall(link)
    assert not re.search(r"\\s\*(?!\+)", inline._INLINE.pattern)


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0"])
def test_a_long_run_of_blanks_stays_as_it_is(blank: str) -> None:
    for text in (f"[a]({blank * 8_000}", f"hello|x\n{blank * 8_000}y"):
        assert shown(text) == text


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("[a](  b  'c'  )", "a (b)"),
        ('[a]( <b> "c" ) [d](e(f)g)', "a (b) d (e(f)g)"),
        ("[a](b 'c' d)", "[a](b 'c' d)"),
        ("a|b\n  | :-: | --  \n1|2", "\n\na\n\nb\n\n\n\n1\n\n2\n\n"),
        ("a|b\n-|-\n1|2", "\n\na\n\nb\n\n\n\n1\n\n2\n\n"),
        ("a|b\n - \n1|2", "a|b\n\n1|2"),
        ("> - [ ] # a", "a"),
        ("- - - -\n[a]: b c", "\n"),
    ],
)
def test_what_is_well_formed_is_read(markdown: str, said: str) -> None:
    assert shown(markdown) == said
