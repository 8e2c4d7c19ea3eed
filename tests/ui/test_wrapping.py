"""Where running text is broken: never too wide, never inside what is one."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from agno_tui.ui.wrapping import breaks

WHOLE = (
    *"abcdefgh.,-/([",
    *"你好世界ガー。、」",
    *"éßжا",
    "e\u0301",
    "a\u0308\u0323",
    "か\u3099",
    "葛\U000e0100",
    "👍🏽",
    "👨‍👩‍👧",
    "🇩🇪",
    "❤️",
    "한",
)
"""What a reader sees as one character each."""

pieces = st.lists(st.sampled_from((*WHOLE, " ", " ", " ", "\u00a0")), max_size=60)
widths = st.integers(2, 24)


def cut(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in breaks(text, width)]


@given(pieces, widths)
def test_no_line_is_too_wide_and_only_white_space_is_left_out(
    said: list[str], width: int
) -> None:
    text = "".join(said)
    at = 0
    for start, end in breaks(text, width):
        assert not text[at:start].strip()
        assert at <= start <= end
        assert cell_len(text[start:end]) <= width
        at = end
    assert not text[at:].strip()


@given(pieces, widths)
def test_what_is_one_for_the_reader_is_never_cut(said: list[str], width: int) -> None:
    ends, at = {0}, 0
    for piece in said:
        at += len(piece)
        ends.add(at)
    assert {cut for bound in breaks("".join(said), width) for cut in bound} <= ends


@given(st.lists(st.text("abcXYZ.,-", min_size=1, max_size=9), max_size=30), widths)
def test_words_that_fit_are_whole_and_lines_as_full_as_can_be(
    words: list[str], width: int
) -> None:
    text = " ".join(word[:width] for word in words)
    wanted = textwrap.wrap(text, width, break_on_hyphens=False)
    assert cut(text, width) == (wanted or [""])


@given(st.lists(st.text("abéжßX", min_size=1, max_size=9), max_size=30), widths)
def test_words_with_accents_are_broken_like_words_without(
    words: list[str], width: int
) -> None:
    text = " ".join(word[:width] for word in words)
    wanted = textwrap.wrap(text, width, break_on_hyphens=False)
    assert cut(text, width) == (wanted or [""])


said_in_japanese = st.lists(
    st.sampled_from(("你", "好。", "世、", "ガー", "a", " ", "b！ ", "と」。"))
)


@given(said_in_japanese, st.integers(6, 20))
def test_no_line_begins_with_a_mark_that_closes(said: list[str], width: int) -> None:
    lines = cut("".join(said).lstrip(), width)
    assert not [line for line in lines if line[:1] in tuple("。、！ー」")]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("   ", 5, ["   "]),
        ("one two", 7, ["one two"]),
        ("one two", 6, ["one", "two"]),
        ("one    two", 4, ["one", "two"]),
        ("  one two", 5, ["  one", "two"]),
        ("ab abcdefgh", 5, ["ab", "abcde", "fgh"]),
        ("你好世界", 4, ["你好", "世界"]),
        ("你好世界", 5, ["你好", "世界"]),
        ("你好，世界", 4, ["你", "好，", "世界"]),
        ("ab你好", 4, ["ab你", "好"]),
        ("ééé éé", 4, ["ééé", "éé"]),
        ("10\u00a0km to go", 5, ["10\u00a0km", "to go"]),
        ("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 4, ["👨‍👩‍👧👨‍👩‍👧", "👨‍👩‍👧"]),
        ("葛\U000e0100ab", 3, ["葛\U000e0100", "ab"]),
        ("aa🇩🇪🇫🇷", 3, ["aa", "🇩🇪", "🇫🇷"]),
        ("e\u0301" * 5, 3, ["e\u0301" * 3, "e\u0301" * 2]),
    ],
)
def test_examples(text: str, width: int, lines: list[str]) -> None:
    assert cut(text, width) == lines


@pytest.mark.parametrize("text", ["x" * 200_000, "é" * 200_000, "你" * 200_000])
def test_a_word_without_end_is_cut_in_no_time(text: str) -> None:
    started = time.process_time()
    lines = cut(text, 80)
    assert time.process_time() - started < 2.0
    assert "".join(lines) == text
