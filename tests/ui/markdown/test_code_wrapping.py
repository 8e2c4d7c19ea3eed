"""Code that is wider than the screen: where it is broken, and that this is seen."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content, Span

from agno_tui.ui.markdown.code_lines import LONGEST_LINE, lay_out_code
from agno_tui.ui.markdown.code_wrapping import WRAPPED, folded
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.markdown.parser import MarkdownParser

code = st.text(st.sampled_from("ab ,.(\u0301你👨\u200d🇩🇪\u200b"), max_size=80)


@given(code, st.integers(2, 12))
@example("\u200d\u200d你a", 2)
def test_pieces_fit_and_nothing_is_lost(text: str, width: int) -> None:
    pieces = [piece.plain for piece in folded(Content(text), width)]
    assert "".join(pieces) == text
    assert all(cell_len(piece) <= width for piece in pieces)


def pieces(text: str, width: int) -> list[str]:
    return [piece.plain for piece in folded(Content(text), width)]


def test_it_breaks_behind_spaces_then_marks_then_anywhere() -> None:
    assert pieces("def call(one, two): pass", 20) == ["def call(one, two): ", "pass"]
    assert pieces("dict[str, list[int]]", 18) == ["dict[str, list[", "int]]"]
    assert pieces("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_a_break_far_from_the_end_is_no_better_than_none() -> None:
    assert pieces("ab " + "x" * 20, 12)[0] == "ab xxxxxxxxx"


def test_a_wrapped_line_is_marked_where_no_text_is() -> None:
    first, second = lay_out_code("", "dict[str, list[int]] = {}", 22)
    assert first.joint is None and first.content.plain[0] == " "
    assert second.joint == "" and second.content.plain[0] == WRAPPED
    assert second.content.spans[0] == Span(0, 1, "quiet")
    assert first.text + second.text == "dict[str, list[int]] = {}"
    assert WRAPPED not in second.text


def test_overlong_lines_are_marked_too() -> None:
    lines = lay_out_code("", "x" * LONGEST_LINE + "\ny", 62)
    assert [line.content.plain[0] for line in lines] == [
        *(" ", *[WRAPPED] * (len(lines) - 2), " ")
    ]


def test_it_is_so_in_a_list_and_while_it_comes() -> None:
    answer, text = GrowingMarkdown(MarkdownParser()), "- a\n  ```\n  " + "word " * 9
    answer.set_text(text, whole=False)
    lines = answer.lines(30)
    assert [line.content.plain[2] for line in lines] == ["a", " ", WRAPPED]
    assert lines[2].text == "word " * 4
