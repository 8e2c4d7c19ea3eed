from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from agno_tui.text import printable
from agno_tui.ui.lines import Line, blank
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.markdown.layout import lay_out_block
from agno_tui.ui.markdown.parser import MarkdownParser
from agno_tui.ui.markdown.window import LIMIT
from tests.ui.markdown.small import small_limits

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
    *("\n- x", "\n1. y", "\n> q", "\n| 1 | 2 |", "\n  ", "words and words "),
    *("\n```\n", "\ndef f():\n", "/* ", "*/", '"""', "\n[a]: http://z\n", "$$"),
)

markdown = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)


def looks(lines: Sequence[Line]) -> list[tuple[object, ...]]:
    return [
        (
            *(line.content.plain, line.content.spans, line.fill, line.indent),
            *(line.lead, line.joint),
            line.source and (line.source.start, line.source.end),
            line.code and line.code.code,
        )
        for line in lines
    ]


def grown(data: st.DataObject, text: str, width: int, limit: int) -> GrowingMarkdown:
    """The text laid out as it comes in pieces."""
    answer, at = GrowingMarkdown(PARSER, limit=limit), 0
    while at < len(text):
        at += data.draw(st.integers(1, 8))
        answer.set_text(text[:at], whole=False)
        if data.draw(st.booleans()):
            answer.lines(width)
    answer.set_text(text, whole=True)
    return answer


@settings(max_examples=300, deadline=None)
@given(st.data(), markdown, st.sampled_from([10, 11, 20, 40, 80, 100]))
def test_text_in_pieces_gives_the_lines_of_the_whole_text(
    data: st.DataObject, text: str, width: int
) -> None:
    lines = grown(data, text, width, LIMIT).lines(width)
    assert looks(lines) == looks(GrowingMarkdown(PARSER, text).lines(width))


@settings(max_examples=500, deadline=None)
@given(
    st.data(),
    st.lists(st.sampled_from(FRAGMENTS), max_size=50).map("".join),
    st.sampled_from([10, 11, 20, 40, 80]),
    st.sampled_from([12, 20, 40, 80, LIMIT]),
)
def test_it_does_so_wherever_long_blocks_are_cut(
    data: st.DataObject, text: str, width: int, limit: int
) -> None:
    with small_limits():
        lines = grown(data, text, width, limit).lines(width)
        whole = GrowingMarkdown(PARSER, text, limit=limit).lines(width)
    assert looks(lines) == looks(whole)
    assert all(line.content.cell_length <= width for line in lines)


@settings(max_examples=300, deadline=None)
@given(markdown, st.sampled_from([10, 20, 80]))
def test_what_is_kept_piece_by_piece_looks_like_the_text_parsed_at_once(
    text: str, width: int
) -> None:
    expected: list[Line] = []
    for part in PARSER.parse(printable(text)):
        expected += [blank()] if expected else []
        expected += lay_out_block(part.block, width)
    lines = GrowingMarkdown(PARSER, text).lines(width)
    assert [look[:6] for look in looks(lines)] == [look[:6] for look in looks(expected)]


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


def plain(text: str, width: int = 40, limit: int = LIMIT) -> list[str]:
    lines = GrowingMarkdown(PARSER, text, limit=limit).lines(width)
    return [line.content.plain for line in lines]


def test_a_numbered_list_goes_on_counting_where_it_was_cut() -> None:
    text = "".join("1. some words\n" for _ in range(12))
    assert plain(text, limit=40) == [f"{n}. some words" for n in range(1, 13)]


def test_a_long_item_goes_on_behind_its_hanging_indent() -> None:
    text = "- " + "".join(f"line {n}\n  " for n in range(9)) + "- in\n- next\n\nend"
    lines = [f"  line {n}" for n in range(1, 9)]
    expected = ["• line 0", *lines, "  ◦ in", "• next", "", "end"]
    assert plain(text, limit=40) == expected


def test_a_long_quote_and_code_inside_stay_what_they_are() -> None:
    code = "".join(f"> x = {n}\n" for n in range(9))
    text = f"> words\n> ```py\n{code}> ```\n> more\n\nend"
    lines = [f"▎  x = {n}" for n in range(9)]
    expected = ["▎ words", "▎  py", *lines, "▎ more", "", "end"]
    assert plain(text, limit=40) == expected


def test_the_rest_of_a_giant_line_begins_no_block() -> None:
    lines = plain("- " * 4 + "# 1. > | - " * 40, limit=30)
    assert "".join(lines).count("•") == 2
    assert "".join(lines).count("#") == 39


def test_a_cut_line_says_what_joined_it() -> None:
    answer = GrowingMarkdown(PARSER, "word " * 30, limit=40)
    first, *rest = answer.lines(80)
    said = first.text + "".join(f"{line.joint}{line.text}" for line in rest)
    assert said.strip() == ("word " * 30).strip()


def test_sources_are_blocks_items_and_rows() -> None:
    text = "# A\n\n- b\n- c\n  d\n\n| e |\n|---|\n| f |\n\n```py\ng\n```\n"
    lines = GrowingMarkdown(PARSER, text).lines(40)
    said = [line.source and text[line.source.start : line.source.end] for line in lines]
    code = "```py\ng\n```"
    assert said == [
        *("# A", None, "- b", "- c\n  d", "- c\n  d", None),
        *("| e |\n|---|", "| e |\n|---|", "| f |", None, code, code),
    ]


def test_a_deadline_stops_and_the_next_call_goes_on() -> None:
    text = "some words\n\n" * 2_000
    answer, calls = GrowingMarkdown(PARSER, text), 0
    while not answer.is_laid_out:
        before = len(answer.lines(40, deadline=0.0))
        calls += 1
    assert calls > 3
    assert before == len(GrowingMarkdown(PARSER, text).lines(40))


def test_an_address_right_behind_a_table_is_found() -> None:
    text = "see [a]\n\n| b |\n|---|\n| c |\n\n[a]: http://x\n\nend\n"
    assert plain(text, limit=20)[0] == "see a (http://x)"
