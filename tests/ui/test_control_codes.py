from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import ControlType, Segment
from textual.color import Color

from agno_tui.ui.control_codes import NoControlCodes

BLACK = Color.parse("black")


@given(st.lists(st.text(), max_size=4))
def test_no_control_code_of_a_text_passes(texts: list[str]) -> None:
    passed = NoControlCodes().apply([Segment(t) for t in texts], BLACK)
    for before, after in zip(texts, passed, strict=True):
        assert len(after.text) == len(before)
        assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in after.text)


def test_clean_lines_and_real_controls_pass_untouched() -> None:
    segments = [Segment("hello"), Segment("\x07", control=[(ControlType.BELL,)])]
    assert NoControlCodes().apply(segments, BLACK) is segments
    mixed = [Segment("a\x1bb"), segments[1]]
    assert NoControlCodes().apply(mixed, BLACK) == [Segment("a b"), segments[1]]
