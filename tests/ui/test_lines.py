"""Lines: wrapped, stacked, put behind a prefix, compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content
from textual.strip import Strip

from agno_tui.ui.lines import CodeBlock, Line, Source, Stack, blank, role, wrap, wrapped
from agno_tui.ui.places import Place

texts = st.text(st.sampled_from("ab \n你。é👍"), max_size=60)


def numbered(*counts: int) -> list[list[Line]]:
    return [
        [Line(Content(f"{place}.{n}")) for n in range(count)]
        for place, count in enumerate(counts)
    ]


# Wrapping


def unwrapped(lines: list[Line]) -> str:
    """The text that was wrapped, but for white space at the end of its lines."""
    text = lines[0].text
    for line in lines[1:]:
        text += ("\n" if line.joint is None else line.joint) + line.text
    return text


@given(texts, st.integers(2, 30))
def test_joints_and_lines_give_the_text_again(text: str, width: int) -> None:
    lines = wrapped(Content(text), width)
    assert all(line.content.cell_length <= width for line in lines)
    assert lines[0].joint is None
    kept = [line.rstrip() for line in unwrapped(lines).split("\n")]
    assert kept == [line.rstrip() for line in text.split("\n")]


@given(texts, st.integers(2, 30))
def test_spans_stay_with_their_characters(text: str, width: int) -> None:
    styled = Content.assemble(*((c, c) if c.strip() else c for c in text))
    for line in wrap(styled, width):
        for at, character in enumerate(line.plain):
            roles = {s.style for s in line.spans if s.start <= at < s.end}
            assert roles == ({character} if character.strip() else set())


def test_a_word_that_is_cut_has_an_empty_joint() -> None:
    lines = wrapped(Content("one   abcdefg\nnext"), 5)
    assert [(line.text, line.joint) for line in lines] == [
        ("one", None),
        ("abcde", "   "),
        ("fg", ""),
        ("next", None),
    ]


def test_empty_lines_stay_and_no_width_is_too_small() -> None:
    assert [line.text for line in wrapped(Content("a\n\nb\n"), 9)] == ["a", "", "b", ""]
    assert [line.plain for line in wrap(Content("你abc"), 0)] == ["你", "ab", "c"]


# Lines


def test_behind_a_prefix_all_else_stays() -> None:
    place, source, code = Place("s", "r"), Source(0, 4), CodeBlock("code")
    line = Line(Content("text"), "fill", 2, place, 1, " ", source, code)
    line.row = ("any", Strip.blank(4))
    after = line.after(role("▌ ", "bar"))
    wanted = Line(
        Content.assemble(("▌ ", "bar"), "text"), "fill", 4, place, 3, " ", source, code
    )
    assert after == wanted
    assert after.source is source and after.code is code
    assert after.row is None
    assert after.text == "ext"


def test_a_prefix_that_is_said_is_text() -> None:
    line = Line(Content("text"))
    assert line.after(Content("• "), said=True).text == "• text"
    assert line.after(Content("│ ")).text == "text"


def test_lines_look_alike_where_they_are_painted_alike() -> None:
    line = Line(role("text", "quiet"), joint=" ")
    assert line.looks_like(line)
    assert line.looks_like(Line(role("text", "quiet")))
    assert not line.looks_like(Line(role("text", "failed")))
    assert not line.looks_like(Line(role("texts", "quiet")))
    assert not line.looks_like(Line(role("text", "quiet"), fill="code"))
    assert not line.looks_like(Line(role("text", "quiet"), indent=1))


# Stacks


@given(st.lists(st.integers(0, 3), max_size=8))
def test_a_stack_is_its_lists_one_after_the_other(counts: list[int]) -> None:
    lists = numbered(*counts)
    flat = [line for lines in lists for line in lines]
    stack = Stack(lists)
    assert len(stack) == len(flat)
    assert list(stack) == flat
    assert [stack[n] for n in range(len(flat))] == flat
    assert [stack[n] for n in range(-len(flat), 0)] == flat
    assert stack[1:5] == flat[1:5] and stack[::-2] == flat[::-2]
    for place, lines in enumerate(lists):
        start = stack.start_of(place)
        assert stack[start : start + len(lines)] == lines
        assert all(stack.list_of(start + n) == place for n in range(len(lines)))


@pytest.mark.parametrize("index", [3, -4, 100])
def test_a_stack_ends_where_it_ends(index: int) -> None:
    with pytest.raises(IndexError):
        Stack(numbered(1, 0, 2))[index]


def test_a_stack_does_not_grow_with_its_lists() -> None:
    lists = numbered(2, 1)
    stack = Stack(lists)
    lists[0].append(blank())
    lists[1].append(blank())
    assert [line.text for line in stack] == ["0.0", "0.1", "1.0"]
    assert len(stack) == 3
    with pytest.raises(IndexError):
        stack[3]
