from __future__ import annotations

import pytest

from agno_tui.ui.lines import Line
from agno_tui.ui.markdown.code import Colouring
from agno_tui.ui.markdown.code_lines import LONGEST_LINE, CodeLines, lay_out_code
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.markdown.parser import MarkdownParser

PARSER = MarkdownParser()


def roles(line: Line) -> set[object]:
    return {span.style for span in line.content.spans}


def text_of(lines: list[Line]) -> str:
    return "".join("\n" * (line.joint is None) + line.text for line in lines)[1:]


def test_known_languages_are_coloured_and_unknown_ones_are_not() -> None:
    (spans, _), _ = Colouring("py").spans("def f(): 1\n")
    assert any(span.style == "code-keyword" for span in spans)
    assert Colouring("nonsense").spans("def f(): 1")[0] == [[]]
    assert Colouring("").spans("def f(): 1")[0] == [[]]


@pytest.mark.parametrize(
    "language", ["python", "yaml", "json", "html", "c", "pycon", "php", "bash", "diff"]
)
def test_all_kinds_of_lexers_give_spans_within_their_lines(language: str) -> None:
    code = "a: b = '1'\n<p>x</p> # c\n>>> {'k': [1]}\n/* x\n$y */ + ü\n"
    lines, _ = Colouring(language).spans(code)
    for line, spans in zip(code.split("\n"), lines, strict=True):
        assert all(0 <= span.start < span.end <= len(line) for span in spans)


def test_a_string_goes_on_over_the_end_of_a_chunk() -> None:
    lines = lay_out_code("py", '"""' + "text\n" * 300 + '"""', 60)
    assert len(lines) == 302
    assert all(roles(line) & {"code-string", "code-comment"} for line in lines[1:])


def test_long_code_is_coloured_to_its_end() -> None:
    lines = lay_out_code("python", "def f(): pass\n" * 6_000, 60)
    assert "code-keyword" in roles(lines[5_999])


def test_an_overlong_line_is_folded_but_not_coloured() -> None:
    code = "x = 1\n" + "y = 2; " * LONGEST_LINE + "\n\nz = 3"
    lines = lay_out_code("python", code, 62)
    assert text_of(lines[1:]) == code
    assert all(len(line.text) == 60 for line in lines[2:-3])
    assert roles(lines[-1]) == {"code-number"}


def test_tabs_are_four_wide_and_colours_follow() -> None:
    (line,) = lay_out_code("", "\tx", 20)
    assert line.content.plain == "     x"
    name = lay_out_code("go", "\treturn x", 20)[1]
    spans = name.content.spans
    assert [name.content.plain[s.start : s.end].strip() for s in spans] == ["return"]


def test_lines_of_an_open_chunk_are_used_again() -> None:
    lines = CodeLines("python", 60)
    lines.add("x = 1")
    lines.add("y = 2")
    first = lines.growing("z")
    lines.add("z = 3")
    again = lines.growing(exact=True)
    assert all(a is b for a, b in zip(first[:2], again, strict=False))


def test_a_comment_that_is_closed_later_becomes_one() -> None:
    answer = GrowingMarkdown(PARSER)
    text = "```c\n/* first\nint x;\n"
    for piece in ("", "*/\n", "int y;\n", "```\n"):
        text += piece
        answer.set_text(text, whole=False)
        answer.lines(40)
    assert roles(answer.lines(40)[2]) == {"code-comment"}


def test_an_open_fence_has_the_code_that_came() -> None:
    answer = GrowingMarkdown(PARSER)
    answer.set_text("```py\na = 1\n\nb", whole=False)
    block = answer.lines(40)[0].code
    assert block is not None and block.code == "a = 1\n\nb"
    answer.set_text("```py\na = 1\n\nb = 2\n```\n", whole=False)
    assert answer.lines(40)[0].code is block
    assert block.code == "a = 1\n\nb = 2"


def test_empty_lines_at_the_end_are_not_shown() -> None:
    answer = GrowingMarkdown(PARSER, "```\na\n\n\n```\n")
    assert [line.text for line in answer.lines(40)] == ["a"]
    assert [line.text for line in GrowingMarkdown(PARSER, "```\n```").lines(9)] == [""]
