from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agno_tui.ui.lines import Line
from agno_tui.ui.markdown.blocks import Code, Part
from agno_tui.ui.markdown.layout import lay_out
from agno_tui.ui.markdown.parser import MarkdownParser
from tests.ui.markdown.test_growing import markdown

PARSER = MarkdownParser()

EVERYTHING = """# A heading that is long enough to be wrapped 你好你好你好

Some words, a `code word`, a [link](https://example.org/a/very/long/address/that/goes/on)
and 中文字符不用空格 👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧 e\u0301e\u0301e\u0301.

> > > > deep quote with several words in it
> - list in a quote

1. one
   - two
     - three
       - four with words
         1. five with words
100. last

| Name | What it is | 数量 |
|:-----|:----------:|-----:|
| a | some longer words here that need room | 1,000 |
| 你好你好你好 | **x** | 2 |

```python
def f(x): return "a string that is long enough to be folded twice on a narrow screen"
```

---
"""


def lines_of(text: str, width: int) -> list[Line]:
    return lay_out(PARSER.parse(text), width)


@pytest.mark.parametrize("width", range(10, 101))
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    for line in lines_of(EVERYTHING, width):
        assert line.content.cell_length <= width, line.content.plain


@settings(max_examples=300, deadline=None)
@given(markdown, st.integers(10, 100))
def test_no_line_of_any_text_is_wider_than_the_screen(text: str, width: int) -> None:
    for line in lines_of(text.replace("\x1b", "").replace("\x00", ""), width):
        assert line.content.cell_length <= width, line.content.plain


code_text = st.text(alphabet="ab =\"'(){}#\\你e\u0301👨\u200d👩|", max_size=120)


@settings(max_examples=300, deadline=None)
@given(code_text, st.sampled_from(["", "python", "json", "no-such-language"]))
def test_code_is_verbatim_but_for_folding(code: str, language: str) -> None:
    lines = lay_out([Part(0, 1, Code(language, code))], 20)
    lines = lines[1:] if language else lines
    assert "".join(line.content.plain[1:] for line in lines) == code


def test_code_behind_combining_marks_is_not_lost() -> None:
    code = "e\u0301" * 60 + "end"
    lines = lay_out([Part(0, 1, Code("", code))], 20)
    assert "".join(line.content.plain[1:] for line in lines) == code


def test_code_lines_are_filled_and_running_text_is_not() -> None:
    lines = lines_of("a\n\n```\nb\n\nc\n```", 20)
    assert [line.fill for line in lines] == ["", "", *["code-block"] * 3]


def test_a_label_longer_than_the_screen_is_cut() -> None:
    label = lay_out([Part(0, 1, Code("x" * 500, "a"))], 20)[0]
    assert label.content.cell_length <= 20


def test_tabs_in_code_are_four_wide() -> None:
    assert lay_out([Part(0, 1, Code("", "\tx"))], 20)[0].content.plain == "     x"
