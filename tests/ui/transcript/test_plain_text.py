from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agno_tui.ui.transcript.plain_text import PlainText

words = st.text(st.sampled_from("ab \n你\t\x1b\r"), max_size=60)


def plain(text: PlainText, said: str, width: int) -> list[str]:
    return [line.content.plain for line in text.lines(said, width)]


@given(st.data(), words)
def test_text_in_pieces_gives_the_lines_of_the_whole_text(
    data: st.DataObject, said: str
) -> None:
    growing, at = PlainText(prefix="▌ "), 0
    while at < len(said):
        at += data.draw(st.integers(1, 9))
        growing.lines(said[:at], 12)
    assert plain(growing, said, 12) == plain(PlainText(prefix="▌ "), said, 12)


def test_finished_lines_are_not_wrapped_again() -> None:
    text = PlainText()
    before = text.lines("one\ntwo\nthr", 20)
    after = text.lines("one\ntwo\nthree\n", 20)
    assert after[0] is before[0]
    assert after[1] is before[1]
    assert plain(text, "one\ntwo\nthree", 20) == ["one", "two", "three"]


def test_another_width_or_another_text_begins_anew() -> None:
    text = PlainText(prefix="▌ ")
    assert plain(text, "one two\nthree", 20) == ["▌ one two", "▌ three"]
    assert plain(text, "one two\nthree", 6) == ["▌ one", "▌ two", "▌ thre", "▌ e"]
    assert plain(text, "other", 20) == ["▌ other"]


def test_line_ends_of_other_systems_are_line_ends() -> None:
    text = PlainText()
    assert plain(text, "one\r\n", 20) == ["one", ""]
    assert plain(text, "one\r\ntwo\r\n", 20) == ["one", "two", ""]


def test_tabs_are_as_wide_as_in_code() -> None:
    text = PlainText(prefix="▌ ")
    said = "def f():\n\treturn\n\t\tx\nab\tc"
    expected = ["▌ def f():", "▌     return", "▌         x", "▌ ab  c"]
    assert plain(text, said, 20) == expected
