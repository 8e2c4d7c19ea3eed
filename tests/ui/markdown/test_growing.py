from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agno_tui.ui.lines import Line
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.markdown.parser import MarkdownParser

PARSER = MarkdownParser()

FRAGMENTS = (
    *("a", "foo bar ", "\n", "\n\n", "- ", "1. ", "2. ", "> ", "    ", "\t", "```"),
    *("```py\n", "| a | b |\n", "|--|--|\n", "---", "===", "# ", "[a]", "\\", "`"),
    *("[a]: http://x", '"t"', "[b](http://y)", "![i](u)", "**", "*", "~~", "<b>"),
    *(
        "\r\n",
        "\r",
        "\x1b[31m",
        "你好",
        "👨‍👩‍👧",
        "\x00",
        "- [ ] ",
        "\u200b",
        "e\u0301",
        "&amp;",
    ),
)

markdown = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)


def looks(lines: list[Line]) -> list[tuple[object, str, int]]:
    return [(line.content, line.fill, line.indent) for line in lines]


@settings(max_examples=500, deadline=None)
@given(st.data(), markdown, st.sampled_from([10, 11, 20, 40, 80, 100]))
def test_text_in_pieces_gives_the_lines_of_the_whole_text(
    data: st.DataObject, text: str, width: int
) -> None:
    answer, at = GrowingMarkdown(PARSER), 0
    while at < len(text):
        at += data.draw(st.integers(1, 8))
        answer.set_text(text[:at], whole=False)
        if data.draw(st.booleans()):
            answer.lines(width)
    answer.set_text(text, whole=True)
    assert looks(answer.lines(width)) == looks(
        GrowingMarkdown(PARSER, text).lines(width)
    )


def test_finished_blocks_are_not_laid_out_again() -> None:
    answer = GrowingMarkdown(PARSER, "# One\n\nfirst\n\nsecond\n\nthi")
    before = answer.lines(40)
    answer.set_text("# One\n\nfirst\n\nsecond\n\nthird\n\n- fourth", whole=False)
    after = answer.lines(40)
    assert [line.content.plain for line in before[:4]] == ["One", "", "first", ""]
    assert all(old is new for old, new in zip(before[:3], after, strict=False))


def test_a_link_finds_the_address_that_comes_later() -> None:
    answer = GrowingMarkdown(PARSER, "see [a]\n\nmore\n\nand more\n\n")
    assert answer.lines(60)[0].content.plain == "see [a]"
    said = "see [a]\n\nmore\n\nand more\n\n"
    for piece in ("[a]: ", "http://x", ".org\n\nend"):
        said += piece
        answer.set_text(said, whole=False)
        answer.lines(60)
    assert answer.lines(60)[0].content.plain == "see a (http://x.org)"


def test_a_rule_that_becomes_words_goes_back_into_the_quote() -> None:
    answer = GrowingMarkdown(PARSER, "> quote\n---")
    answer.lines(40)
    answer.set_text("> quote\n--- so", whole=False)
    assert [x.content.plain for x in answer.lines(40)] == ["▎ quote", "▎ --- so"]


def test_another_width_lays_out_anew_and_the_same_width_does_not() -> None:
    answer = GrowingMarkdown(PARSER, "one two three four")
    wide = answer.lines(40)
    assert answer.lines(40)[0] is wide[0]
    assert len(answer.lines(9)) == 3
    assert len(answer.lines(40)) == 1


def test_another_text_replaces_the_old_one() -> None:
    answer = GrowingMarkdown(PARSER, "one\n\ntwo\n\nthree")
    answer.lines(40)
    answer.set_text("uno")
    assert [line.content.plain for line in answer.lines(40)] == ["uno"]
    answer.set_text("uno dos")
    assert [line.content.plain for line in answer.lines(40)] == ["uno dos"]


def test_a_line_end_cut_in_two_is_one_line_end() -> None:
    answer = GrowingMarkdown(PARSER, "one\r")
    answer.lines(40)
    answer.set_text("one\r\n\r\ntwo", whole=False)
    assert [line.content.plain for line in answer.lines(40)] == ["one", "", "two"]


def test_control_characters_are_shown_not_sent() -> None:
    lines = GrowingMarkdown(PARSER, "a\x1b]0;x\x07b\n\n```\n\x9bm\n```").lines(40)
    text = "\n".join(line.content.plain for line in lines)
    assert "␛]0;x␇" in text
    assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 for c in text)
