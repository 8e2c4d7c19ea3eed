"""What the terminal sends, cut anywhere: a paste is one paste, and presses no key."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

if sys.platform == "win32":
    pytest.skip("needs a Unix terminal", allow_module_level=True)

from agno_tui.ui.pastes import LONGEST
from agno_tui.ui.terminal_input import QUIET_SECONDS, PasteParser

START, END = "\x1b[200~", "\x1b[201~"
LOG = "raw \x1b[31mred\x1b[0m end\n"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def heard(tokens: list[Message]) -> list[str]:
    """Pastes as `<text>`, keys by name."""
    said: list[str] = []
    for token in tokens:
        if isinstance(token, events.Paste):
            said.append(f"<{token.text}>")
        elif isinstance(token, events.Key):
            said.append(token.key)
    return said


def fed(*pieces: str, parser: PasteParser | None = None) -> list[str]:
    parser = parser or PasteParser()
    return heard([token for piece in pieces for token in parser.feed(piece)])


@pytest.mark.parametrize(
    "text",
    [
        LOG,
        "\x1b",
        "\x1b\x1b\r",
        "\x1b[",
        "\x1b[20",
        "\x1b[201\r",
        "\x1b[201;5~\r",
        START + "x\r",
        "\x1b[A\x1b[13u\x1bOM\r\n",
        "\x03\x11\x00\x7f",
        "plain",
    ],
)
def test_whatever_is_pasted_presses_no_key(text: str) -> None:
    data = f"a{START}{text}{END}b"
    assert fed(data) == ["a", f"<{text}>", "b"]
    assert fed(*data) == ["a", f"<{text}>", "b"]
    for cut in range(1, len(data)):
        assert fed(data[:cut], data[cut:]) == ["a", f"<{text}>", "b"]


@given(st.text("\x1b[]~0123ab\r\n"), st.lists(st.integers(0, 60), max_size=4))
def test_any_text_cut_anywhere_is_one_paste(text: str, cuts: list[int]) -> None:
    text = text.replace(END, "").replace(START, "") + "."
    data = f"{START}{text}{END}"
    places = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(places) if data[a:b]]
    if END not in text:
        assert fed(*pieces) == [f"<{text}>"]


def test_two_pastes_and_the_keys_between_them_stay_apart() -> None:
    data = f"{START}one\x1b{END}x\r{START}two{END}\x1b[A"
    expected = ["<one\x1b>", "x", "enter", "<two>", "up"]
    assert fed(data) == expected
    assert fed(*data) == expected


def test_an_end_within_what_is_pasted_presses_nothing() -> None:
    text = f"before{END}\rrm -rf\r"
    assert fed(f"{START}{text}{END}") == [f"<{text}>"]


def test_nothing_pasted_is_nothing() -> None:
    assert fed(f"{START}{END}x") == ["x"]


def test_keys_are_what_they_were() -> None:
    keys = "a\r\x1b[A\x1b[1;3B\x1b[13;2u\x1bOPä漢\t\x7f\x03x\x1b[I\x1b[<0;3;4M"
    plain = [*XTermParser().feed(keys)]
    assert len(plain) > 10
    assert [repr(one) for one in PasteParser().feed(keys)] == [*map(repr, plain)]


def test_a_paste_without_an_end_is_shown_and_gives_the_keys_back() -> None:
    clock = Clock()
    parser = PasteParser(clock=clock)
    assert fed(f"{START}half\r", parser=parser) == []
    assert heard(list(parser.tick())) == []
    clock.now = QUIET_SECONDS
    assert heard(list(parser.tick())) == ["<half\r>"]
    # It may go on all the same.
    assert fed("more\r", parser=parser) == []
    assert heard(list(parser.tick())) == ["<more\r>"]
    assert fed("\x03", parser=parser) == ["ctrl+c"]
    assert fed("\r", parser=parser) == ["enter"]


def test_a_paste_that_goes_on_after_a_silence_ends_where_it_ends() -> None:
    clock = Clock()
    parser = PasteParser(clock=clock)
    assert fed(f"{START}half", parser=parser) == []
    clock.now = QUIET_SECONDS
    assert heard(list(parser.tick())) == ["<half>"]
    assert fed(f"\r{END}x", parser=parser) == ["<\r>", "x"]


def test_of_a_paste_without_measure_no_more_is_held_than_says_so() -> None:
    parser = PasteParser()
    piece = "x" * 1_000_000
    assert fed(START, *[piece] * 12, parser=parser) == []
    assert sum(map(len, parser._held)) == LONGEST + 1
    (paste,) = [t for t in parser.feed(END) if isinstance(t, events.Paste)]
    assert len(paste.text) == LONGEST + 1
    assert fed("y", parser=parser) == ["y"]


def test_alt_and_a_letter_held_down_is_that_key_each_time() -> None:
    assert fed("\x1bn\x1bn\x1bn") == ["alt+n"] * 3
    assert fed("\x1bn", "\x1bn", "x") == ["alt+n", "alt+n", "x"]
    assert fed("a\x1bqb\x1b[A\x1bn") == ["a", "alt+q", "b", "up", "alt+n"]
    keys = "\x1b[1;3A\x1bOP\x1b[27;5;106~"
    assert fed(keys) == heard([*XTermParser().feed(keys)])


def test_esc_right_before_alt_and_a_letter_is_esc() -> None:
    assert fed("\x1b\x1bmy") == ["escape", "alt+m", "y"]
