"""Untrusted text: repaired where it is kept, made visible where it is drawn."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agno_tui.text import LONGEST_LINE, clipped, one_line, printable, repair

HOSTILE = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from("\x00\x1b\x7f\x9b\r\n\t\ud83d\ude00\u202e\u2066\u200b\ufeff"),
    )
)
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(HOSTILE)
def test_repaired_text_is_valid_utf8(text: str) -> None:
    assert repair(text).encode("utf-8").decode("utf-8") == repair(text)


@given(st.text())
def test_valid_text_is_left_alone(text: str) -> None:
    assert repair(text) == text


@given(st.text(), st.text())
def test_a_lone_half_is_replaced_and_its_neighbours_stay(a: str, b: str) -> None:
    assert repair(f"{a}\ud800{b}") == repair(f"{a}\udfff{b}") == f"{a}\ufffd{b}"


def test_surrogate_pairs_are_joined() -> None:
    assert repair("\ud83d\ude00") == "😀"


@given(HOSTILE)
def test_printable_text_holds_no_control_or_bidi_characters(text: str) -> None:
    shown = printable(text)
    assert {c for c in shown if unicodedata.category(c) == "Cc"} <= {"\n", "\t"}
    assert not set(shown) & set(BIDI)
    assert not any(0xD800 <= ord(c) <= 0xDFFF for c in shown)


@given(HOSTILE)
def test_printable_text_keeps_its_lines(text: str) -> None:
    assert printable(text).count("\n") == text.count("\n")


@given(HOSTILE)
def test_printing_twice_changes_nothing(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "␛[31m"),
        ("a\r\nb\rc", "a\nb␍c"),
        ("\x7f\x00", "␡␀"),
        ("\x9b", "⟨U+009B⟩"),
        ("\u202e", "⟨U+202E⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("tab\tstays", "tab\tstays"),
        ("❤\ufe0f 漢\U000e0100", "❤\ufe0f 漢\U000e0100"),
        ("x\ufe01\U000e0142\U000e0143", "x\ufe01⟨U+E0142⟩⟨U+E0143⟩"),
        ("\u3164", "⟨U+3164⟩"),
    ],
)
def test_what_is_hidden_is_shown_as_a_sign(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(HOSTILE)
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert "\t" not in line and line == line.strip()


@given(HOSTILE, st.integers(1, 60))
def test_clipped_text_is_within_its_limit(text: str, limit: int) -> None:
    cut = clipped(text, limit)
    assert len(cut) <= limit
    assert cut == text if len(text) <= limit else cut.endswith("…")


def test_one_line_of_a_huge_text_is_its_head() -> None:
    began = time.perf_counter()
    assert len(one_line("word \n" * 1_000_000)) <= LONGEST_LINE
    assert clipped("x" * 5_000_000, 9) == "xxxxxxxx…"
    assert time.perf_counter() - began < 0.05


def test_text_is_clipped_at_a_word_where_one_is_near() -> None:
    assert clipped("one two three four", 14) == "one two three…"
    assert clipped("one two, three", 10) == "one two…"
    assert clipped("a bcdefghijklmnop", 10) == "a bcdefgh…"
