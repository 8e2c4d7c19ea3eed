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
        ("a\u034fb", "a⟨U+034F⟩b"),
        ("\U0001d173\u2800", "⟨U+1D173⟩⟨U+2800⟩"),
        ("x\u180b", "x⟨U+180B⟩"),
        ("ᠠ\u180b\u180c", "ᠠ\u180b⟨U+180C⟩"),
        ("\u2800\u2800 \u2800\n⠿", "⟨U+2800⟩⟨U+2800⟩ ⟨U+2800⟩\n⠿"),
    ],
)
def test_what_is_hidden_is_shown_as_a_sign(text: str, shown: str) -> None:
    assert printable(text) == shown


def ignorable() -> list[str]:
    """Default_Ignorable_Code_Point of Unicode 16, without U+200C and U+200D."""
    ranges = (
        "00AD 034F 061C 115F-1160 17B4-17B5 180B-180F 200B 200E-200F 202A-202E"
        " 2060-206F 3164 FE00-FE0F FEFF FFA0 FFF0-FFF8 1BCA0-1BCA3 1D173-1D17A"
        " E0000-E0FFF"
    )
    bounds = (one.partition("-") for one in ranges.split())
    return [
        chr(code)
        for first, _, last in bounds
        for code in range(int(first, 16), int(last or first, 16) + 1)
    ]


def test_nothing_that_is_not_seen_is_left_but_a_mark_on_a_letter() -> None:
    hidden = [*ignorable(), "\u2800"]
    # The second of two marks in a row is always shown.
    assert [c for c in hidden if c in printable(f"x{c}{c}")[2:]] == []


@pytest.mark.parametrize(
    "text",
    [
        "👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3 🏳\ufe0f\u200d🌈",
        "می\u200cخواهم क्\u200dष",
        "ᠠ\u180b ᠭ\u180d",
        "⠿\u2800\u2800⠿\n\u2800⠿\u2800",
        "𝄞𝅘𝅥𝅮 \U0001bc9f\U0001bca4\U0001d172\U0001d17b",
        "한글 ភាសាខ្មែរ",
    ],
)
def test_scripts_emoji_and_pictures_keep_what_they_need(text: str) -> None:
    assert printable(text) == text


def test_a_long_run_of_hidden_characters_takes_no_longer_than_any() -> None:
    began = time.perf_counter()
    for hidden in ("\u2800", "\u180b", "\u034f"):
        assert len(printable(hidden * 50_000)) == 400_000
    assert time.perf_counter() - began < 1


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
