from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.content import Content

from agno_tui.ui.markdown.blocks import (
    Block,
    Code,
    Heading,
    Items,
    Paragraph,
    Quote,
    Rule,
    Table,
)
from agno_tui.ui.markdown.layout import lay_out
from agno_tui.ui.markdown.parser import MarkdownParser

PARSER = MarkdownParser()


def blocks(text: str) -> list[Block]:
    return [part.block for part in PARSER.parse(text)]


def only(text: str) -> Block:
    (block,) = blocks(text)
    return block


def plain(text: str) -> str:
    return "\n".join(line.content.plain for line in lay_out(PARSER.parse(text), 60))


def test_every_kind_of_block_is_told_apart() -> None:
    text = "# H\n\np\n\n---\n\n> q\n\n- i\n\n```py\nx\n```\n\n|a|\n|-|\n|b|\n"
    kinds = [type(block) for block in blocks(text)]
    assert kinds == [Heading, Paragraph, Rule, Quote, Items, Code, Table]


def test_raw_html_stays_text() -> None:
    assert plain("<script>alert(1)</script>\n\na <b>c</b>") == (
        "<script>alert(1)</script>\n\na <b>c</b>"
    )


def test_a_link_says_where_it_leads() -> None:
    assert plain("[bank](http://evil.example/x)") == "bank (http://evil.example/x)"


def test_a_link_that_is_its_own_address_says_it_once() -> None:
    assert plain("<http://a.example>") == "http://a.example"
    assert plain("<me@a.example>") == "me@a.example"


def test_a_dangerous_link_stays_as_it_was_written() -> None:
    assert plain("[x](javascript:alert(1))") == "[x](javascript:alert(1))"


def test_an_image_is_words_and_an_address() -> None:
    assert plain("![cat](http://a/cat.png)").split() == [
        "🖼",
        "cat",
        "(http://a/cat.png)",
    ]


def test_inline_marks_become_roles_and_leave_the_text() -> None:
    block = only("**b** *e* ~~s~~ `c`")
    assert isinstance(block, Paragraph)
    assert block.text.plain == "b e s c"
    named = {(block.text.plain[s.start : s.end], s.style) for s in block.text.spans}
    assert named == {("b", "strong"), ("e", "em"), ("s", "strike"), ("c", "code")}


def test_markup_of_the_toolkit_means_nothing() -> None:
    assert plain("[bold]x[/bold] [@click=app.quit]y[/]") == (
        "[bold]x[/bold] [@click=app.quit]y[/]"
    )


def test_a_table_keeps_cells_and_alignment() -> None:
    table = only("|a|b|c|\n|:-|:-:|-:|\n|1|2|3|")
    assert isinstance(table, Table)
    assert table.aligns == ("l", "c", "r")
    assert [[c.plain for c in row] for row in table.rows] == [
        ["a", "b", "c"],
        ["1", "2", "3"],
    ]


def test_nested_lists_keep_their_depth_and_numbers() -> None:
    assert plain("3. a\n   - b\n     - c\n4. d") == "3. a\n   ◦ b\n     ▪ c\n4. d"


def test_task_lists_show_boxes() -> None:
    assert plain("- [ ] a\n- [x] b\n- c") == "☐ a\n☑ b\n• c"


def test_tasks_may_be_nested_and_numbered() -> None:
    text = "1. [x] a\n   - [ ] b\n     1. [X] c\n2. [ ]\n3. \\[ \\] d\n4. [x](http://e)"
    assert plain(text).split("\n") == [
        *("☑ a", "  ☐ b", "    ☑ c", "☐ ", "3. [ ] d", "4. x (http://e)")
    ]


def test_a_footnote_is_not_the_address_of_a_link() -> None:
    assert plain("a[^1]\n\n[^1]: http://x\n\n[1]: http://y") == "a¹\n\n¹ http://x"


def test_a_line_break_in_a_cell_is_one() -> None:
    table = only("|a|\n|-|\n|1 <br> $x^2$|")
    assert isinstance(table, Table)
    assert table.rows[1][0].plain == "1\nx²"


def test_code_keeps_its_language_and_every_character() -> None:
    code = only("```python title\n  x  = 1\n\n\ty\n```")
    assert code == Code("python", "  x  = 1\n\n\ty")


def test_a_fence_that_is_not_closed_is_code_already() -> None:
    assert only("```py\nx = 1") == Code("py", "x = 1")


def test_loose_lists_stand_apart_and_tight_ones_do_not() -> None:
    assert plain("- a\n- b") == "• a\n• b"
    assert plain("- a\n\n- b") == "• a\n\n• b"


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="ab \n\t>-*_#`~|[]()!<>&\\1.+:=\"'\r\x00\x1b\ud800你", max_size=80)
)
def test_no_text_is_too_broken(text: str) -> None:
    lay_out(PARSER.parse(text), 20)


def test_three_thousand_nested_quotes_are_survived() -> None:
    lay_out(PARSER.parse(">" * 3000 + " x"), 20)
    lay_out(PARSER.parse("[" * 3000 + "x" + "]" * 3000), 20)
    lay_out(PARSER.parse("*" * 3000 + "x"), 20)


def test_what_is_nested_too_deep_to_lay_out_is_shown_as_its_source() -> None:
    deep = "> " * 30 + "deep words"
    shown = blocks(f"{deep}\n\nafter")
    assert shown == [Paragraph(Content(deep)), Paragraph(Content("after"))]
    item = "\n".join("  " * depth + "- x" for depth in range(14))
    assert blocks(item) == [Paragraph(Content(item))]


FRAGMENTS = (
    *("a", "foo bar ", "\n", "\n", "\n\n", "- ", "1. ", "> ", "    ", "```", "# "),
    *("| a | b |\n", "|--|--|\n", "---", "===", "\\", "**", "$$", "$$\n", "\n$$\n"),
    *("$x^2$", "\\[", "\\]", "\\[\n", "\n\\]\n", "\\(", "\\)", "x_1", "=", "&"),
    *("\\begin{align}\n", "\\end{align}\n", "[^1]", "[^1]: ", "<br>", "https://a.b/"),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join))
def test_more_text_changes_no_block_that_is_finished(text: str) -> None:
    whole = PARSER.parse(text)
    for end in range(1, len(text)):
        open_line = text.count("\n", 0, end) - 1
        parts = PARSER.parse(text[:end])[:-1]
        done = [part for part in parts if part.end < open_line]
        assert done == whole[: len(done)]


@pytest.mark.parametrize(
    "text",
    [
        *("[" * 3000, "*" * 3000, "`" * 3000, "$" * 3000, "\\(" * 3000, "<" * 3000),
        *("![" * 3000, "a_" * 3000, "&" * 6000, "[x][" * 1500, "[[a](" * 1200 + ")"),
        *("$a" * 3000, "$a $" * 1500, "$" + "a" * 5900 + "$", "$$\n" * 2000),
        *(
            "\\[x" * 2000 + "\\]",
            "$" + "{" * 2900 + "}" * 2900 + "$",
            "$x" + "^x" * 2900,
        ),
        *("http://" * 850, "http://a/" + "(" * 5900, "www.a" + "." * 5900, "[^" * 3000),
        "|a" * 1500 + "|\n" + "|-" * 1500 + "|\n" + "|b\n" * 40,
    ],
)
def test_nothing_takes_long(text: str) -> None:
    took = []
    for _ in range(3):
        began = time.process_time()
        PARSER.parse(text)
        took.append(time.process_time() - began)
    assert min(took) < 0.2
