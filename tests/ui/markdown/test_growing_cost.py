"""What a frame costs, counted in characters that are looked at, not in time."""

from __future__ import annotations

import pytest

from agno_tui.ui.markdown.blocks import Part
from agno_tui.ui.markdown.code import START, Colouring, States
from agno_tui.ui.markdown.code_lines import MOST_CHUNK_LINES
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.markdown.parser import MarkdownParser, Targets
from agno_tui.ui.markdown.window import LIMIT

FRAME = 30
WIDTH = 80


class CountingParser(MarkdownParser):
    """Counts the characters it parses."""

    def __init__(self) -> None:
        super().__init__()
        self.parsed = 0

    def parse(self, text: str, targets: Targets | None = None) -> list[Part]:
        self.parsed += len(text)
        return super().parse(text, targets)


ONE_BLOCK = {
    "list": ("", "- an item of *some* words\n"),
    "numbers": ("", "1. an item of *some* words\n"),
    "table": ("| a | b |\n|---|---|\n", "| cell | *words* |\n"),
    "fence": ("```python\n", "def f(x): return x\n"),
    "paragraph": ("", "some *words* and "),
    "lines": ("", "some *words*\n"),
    "quote": ("", "> some *words*\n"),
    "item": ("- a\n", "  some *words*\n"),
    "blocks": ("", "some *words*\n\n"),
}


@pytest.mark.parametrize("name", ONE_BLOCK)
def test_a_frame_parses_no_more_at_the_end_of_a_long_block(name: str) -> None:
    begin, more = ONE_BLOCK[name]
    text = begin + more * (60_000 // len(more))
    parser = CountingParser()
    answer = GrowingMarkdown(parser)
    start = len(text) - 100 * FRAME
    answer.set_text(text[:start], whole=False)
    answer.lines(WIDTH)
    parser.parsed = 0
    for at in range(start, len(text), FRAME):
        answer.set_text(text[:at], whole=False)
        answer.lines(WIDTH)
    short = name in ("list", "numbers", "table", "fence", "blocks")
    assert parser.parsed / 100 <= (400 if short else 2 * LIMIT)


def test_a_whole_text_is_parsed_about_once() -> None:
    section = "# A\n\nwords\n\n```py\nx = 1\n```\n\n| a |\n|---|\n| b |\n\n- c\n\n"
    parser = CountingParser()
    text = section * 500
    GrowingMarkdown(parser, text).lines(WIDTH)
    assert parser.parsed <= 1.5 * len(text)


def test_a_growing_fence_colours_each_line_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = 0
    colour = Colouring.spans

    def counting(
        self: Colouring, code: str, states: States = START
    ) -> tuple[list[list[object]], States]:
        nonlocal seen
        seen += code.count("\n")
        return colour(self, code, states)  # type: ignore[return-value]

    monkeypatch.setattr(Colouring, "spans", counting)
    lines = 3 * MOST_CHUNK_LINES
    answer, text = GrowingMarkdown(MarkdownParser()), "```python\n"
    for _ in range(lines):
        text += "    x = 1\n"
        answer.set_text(text, whole=False)
        answer.lines(WIDTH)
    assert seen <= 10 * lines


def test_many_late_addresses_do_not_lay_out_all_again_and_again() -> None:
    count = 600
    links = "".join(f"words and words and words [l{n}]\n\n" for n in range(count))
    parser = CountingParser()
    answer, text = GrowingMarkdown(parser), links
    for n in range(count):
        text += f"[l{n}]: http://x.org/{n}\n"
        answer.set_text(text, whole=False)
        answer.lines(WIDTH)
    answer.set_text(text)
    assert "http://x.org/599" in answer.lines(WIDTH)[-1].content.plain
    assert parser.parsed <= 40 * LIMIT * count
