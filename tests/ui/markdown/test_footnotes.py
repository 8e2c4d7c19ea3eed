"""Footnotes: their numbers, what belongs to a note, and both while a text comes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agno_tui.ui.markdown.footnotes import MOST_NOTES
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.markdown.parser import MarkdownParser
from agno_tui.ui.markdown.window import LIMIT

PARSER = MarkdownParser()

FRAGMENTS = (
    *("[^a]", "[^b]", "[^1]", "[^2]", "[^a]: ", "[^b]: x\n", "[^1]: y\n", "[^2]: "),
    *("\n", "\n\n", "\n\n    ", "    ", "words ", "- ", "> ", "| a |\n|---|\n", "```"),
    *("`", "[a]", "[a]: http://x\n", "[t][^a]", "# ", "===", "\n\n[^a]: note\n\n"),
)


def plain(text: str, limit: int = LIMIT) -> list[str]:
    lines = GrowingMarkdown(PARSER, text, limit=limit).lines(60)
    return [line.content.plain for line in lines]


def test_a_named_note_and_its_marks_have_one_number() -> None:
    text = "a[^why] b[^how], c[^why]\n\n[^why]: one\n\n[^how]: two\n"
    assert plain(text) == ["a¹ b², c¹", "", "¹ one", "", "² two"]


def test_numbers_that_are_written_stay_where_they_can() -> None:
    assert plain("a[^7] b[^x]\n\n[^7]: c\n[^x]: d")[0] == "a⁷ b¹"
    assert plain("a[^1] b[^x]\n\n[^1]: c\n[^x]: d")[0] == "a¹ b²"
    assert plain("a[^1] b[^x]\n\n[^x]: c\n[^1]: d")[0] == "a² b¹"


def test_a_mark_without_a_note_says_what_was_written() -> None:
    assert plain("a[^x] and `[^y]`\n\n[^y]: z")[0] == "a[^x] and [^y]"
    assert plain("[x][^y] [^Y]\n\n[^y]: z")[0] == "[x]¹ ¹"


def test_a_note_goes_on_where_it_is_indented() -> None:
    text = "[^a]: one\ntwo\n\n    three *four*\n    five\n\n    six\n\nend"
    assert plain(text)[:7] == ["¹ one", "two", "", "three four", "five", "", "six"]
    assert plain("> [^a]: one\n>\n>     two") == ["▎ ¹ one", "▎ ", "▎ two"]
    line = GrowingMarkdown(PARSER, text).lines(60)[3]
    assert not line.fill and line.source is not None
    assert text[line.source.start : line.source.end].endswith("six")


def test_other_indented_blocks_are_what_they_were() -> None:
    assert plain("words[^a]\n\n    code")[2] == " code"
    assert plain("[^a]: b\n\n        code")[2] == "     code"
    assert plain("[^a]: b\n\n    ```\n    code\n    ```")[2:] == [
        *(" ```", " code", " ```")
    ]


def test_a_mark_far_above_its_note_finds_it_while_the_text_comes() -> None:
    text = "a[^x]\n\n" + "words\n\n" * 40 + "[^x]: note\n\nend\n\n"
    answer, seen = GrowingMarkdown(PARSER), list[str]()
    for end in range(1, len(text)):
        answer.set_text(text[:end], whole=False)
        seen.append(answer.lines(60)[0].content.plain)
    assert list(dict.fromkeys(seen[4:])) == ["a[^x]", "a¹"]
    assert seen[-1] == "a¹"
    assert seen.index("a¹") < len(text) - len("\n\nend\n\n") + 8


def test_a_mark_right_above_its_note_changes_once() -> None:
    text = "a[^x] b[^y]\n\n[^x]: note\n[^y]: other\n\nend\n\n"
    answer, seen = GrowingMarkdown(PARSER), list[str]()
    for end in range(12, len(text)):
        answer.set_text(text[:end], whole=False)
        seen.append(answer.lines(60)[0].content.plain)
    assert list(dict.fromkeys(seen)) == ["a[^x] b[^y]", "a¹ b[^y]", "a¹ b²"]
    assert sorted(seen, key=["a[^x] b[^y]", "a¹ b[^y]", "a¹ b²"].index) == seen


@settings(max_examples=400, deadline=None)
@given(
    st.data(),
    st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join),
    st.sampled_from([40, LIMIT]),
)
def test_text_in_pieces_gives_the_notes_of_the_whole_text(
    data: st.DataObject, text: str, limit: int
) -> None:
    answer, at = GrowingMarkdown(PARSER, limit=limit), 0
    while at < len(text):
        at += data.draw(st.integers(1, 8))
        answer.set_text(text[:at], whole=False)
        if data.draw(st.booleans()):
            answer.lines(60)
    answer.set_text(text, whole=True)
    lines = [line.content.plain for line in answer.lines(60)]
    assert lines == plain(text, limit)


def test_so_many_notes_keep_their_names() -> None:
    notes = "".join(f"[^n{n}]: x\n\n" for n in range(MOST_NOTES + 1))
    lines = plain(notes)
    assert lines[2 * MOST_NOTES - 2] == "⁵⁰⁰ x"
    assert lines[2 * MOST_NOTES] == f"[^n{MOST_NOTES}] x"
