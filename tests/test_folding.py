"""Texts as people compare them when they search."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agno_tui import folding
from agno_tui.folding import alike, alike_with_offsets, fold, folded_with_offsets


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Straße", "STRASSE"),
        ("ẞ", "ß"),
        ("Crème Brûlée", "creme brulee"),
        ("e\u0301", "é"),
        ("Việt Nam đồng", "viet nam dong"),
        ("Łódź, Ærø, Œuvre", "lodz, aero, oeuvre"),
        ("İstanbul ısı", "istanbul isi"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("ЁЛКА", "елка"),
        ("за\u0301мок", "замок"),
        ("и\u0306", "й"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ！", "full width!"),
        ("ｶﾞｷﾞｸﾞ", "ガギグ"),
        ("か\u3099", "が"),
        ("\u1112\u1161\u11ab", "한"),
        ("ﬁne oﬃce", "fine office"),
        ("x² ½ ™ №…", "x2 1⁄2 tm no..."),
        ("“quoted” ‘it’s’ it´s", "\"quoted\" 'it's' it's"),
        ("1–2 non‑breaking", "1-2 non-breaking"),
        ("a\u00a0b\u202fc\u3000d \t\r\n\u2003 e", "a b c d e"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد محمـــد", "محمد محمد"),
        ("می\u200cخواهم ❤\ufe0f", "میخواهم ❤"),
    ],
)
def test_what_people_take_for_the_same_is(text: str, same: str) -> None:
    assert fold(text) == fold(same)
    assert fold(same) == fold(fold(text))


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ("и", "й"),
        ("か", "が"),
        ("は", "ぱ"),
        ("하", "한"),
        ("か", "カ"),
        ("क", "कि"),
        ("ก", "กิ"),
        ("ا", "أ"),
        ("a — b", "a - b"),
        ("foo\u200bbar", "foobar"),
        ("¨", " "),
        ("¨", ""),
    ],
)
def test_what_are_different_letters_stays_different(text: str, another: str) -> None:
    assert fold(text) != fold(another)


def test_white_space_is_joined_only_where_asked_for() -> None:
    assert alike("A \t\n b") == "a \t\n b"
    assert alike("É \t\n b") == "e \t\n b"
    assert fold("\n É \t\n b ") == " e b "


@pytest.mark.parametrize(
    ("text", "folded", "offsets"),
    [
        ("", "", []),
        ("A  b", "a b", [0, 1, 3]),
        ("Straße!", "strasse!", [0, 1, 2, 3, 4, 4, 5, 6]),
        ("xe\u0301\u0302y", "xey", [0, 1, 4]),
        ("é \n\n x", "e x", [0, 1, 5]),
        ("漢字か\u3099A", "漢字がa", [0, 1, 2, 4]),
        ("\u1112\u1161\u11abx", "한x", [0, 3]),
        ("ｶﾞ…", "ガ...", [0, 2, 2, 2]),
        ("a\u200db", "ab", [0, 2]),
        ("\u0301", "", []),
    ],
)
def test_each_folded_character_knows_where_it_comes_from(
    text: str, folded: str, offsets: list[int]
) -> None:
    assert folded_with_offsets(text) == (folded, offsets)


LETTERS = (
    "aÉe\u0301\u0300ßŒœ \t\n\u00a0İıﬁｶﾞかがゞ漢하한\u1112\u1161\u11abㅎㅏй\u0306и"
    "Ёΐᾳςשָׁأ\u0655क़ि¨…“\u200dक👩\ufe0f½"
)

TEXTS = st.text(st.sampled_from(LETTERS) | st.characters(codec="utf-8"), max_size=30)


@given(TEXTS)
def test_both_ways_of_folding_agree(text: str) -> None:
    folded, offsets = folded_with_offsets(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded) and offsets == sorted(offsets)
    assert alike_with_offsets(text)[0] == alike(text)
    assert all(0 <= offset < len(text) for offset in offsets)


@given(TEXTS)
def test_case_and_the_form_of_accents_do_not_matter(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(unicodedata.normalize("NFC", text)) == fold(text)
    assert fold(text.casefold()) == fold(text)


def test_characters_that_are_not_looked_at_need_not_be() -> None:
    for code in range(0x80, 0x20000):
        character = chr(code)
        if folding._SINGLE.match(character):
            assert folding._alike(character) == character.casefold() == character
            assert not folding._joins(character)


def test_any_character_folds() -> None:
    for code in range(0x10000):
        assert alike_with_offsets(chr(code))[0] == alike(chr(code)), hex(code)


@pytest.mark.parametrize("marks", ["\u0301\u0316", "\u3099\u0316", "\uff9e\u0316"])
@pytest.mark.parametrize("before", ["", "a", "か", "•", "⣿", " "])
def test_no_character_has_many_marks_to_be_put_in_order(
    marks: str, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 0

    ordered = unicodedata.normalize

    def normalize(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
        nonlocal most
        runs = "".join("m" if unicodedata.combining(one) else " " for one in text)
        most = max(most, 0, *map(len, runs.split()))
        return ordered(form, text)

    text = before + marks * 1_000 + "b" + marks * 10
    monkeypatch.setattr(unicodedata, "normalize", normalize)
    folded, offsets = alike_with_offsets(text)
    assert folded == alike(text)
    assert 0 < most <= folding.MOST_MARKS + 2
    assert set(offsets) <= {0, len(before), len(before) + 2_000, len(text)}
    assert folded[offsets.index(len(before) + 2_000)] == "b"


def test_every_mark_that_is_put_in_order_may_be_one_too_many() -> None:
    for code in range(0x110000):
        first = unicodedata.normalize("NFKD", chr(code))[0]
        if unicodedata.combining(first):
            assert folding._CROWD.fullmatch(chr(code) * 31), hex(code)
            assert folding._joins(chr(code)), hex(code)


@given(TEXTS, st.integers(0, 30))
def test_a_text_can_be_cut_where_nothing_joins(text: str, index: int) -> None:
    at = folding.cut_at(text, min(index, len(text)))
    assert alike(text[:at]) + alike(text[at:]) == alike(text)
