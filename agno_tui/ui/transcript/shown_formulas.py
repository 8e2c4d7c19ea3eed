"""What formulas will say: the rules that find and draw them, without the parser.

Loaded with the first text that may have one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from agno_tui.ui.markdown.formulas import brackets, display, display_text, dollars

_MAY_BEGIN: Final = re.compile(
    r"^[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?+(?=\$\$|\\\[|\\begin\{)", re.MULTILINE
)

_END: Final = re.compile(r"\n[ \t>]*+(?=\n)|\Z")

_QUOTED: Final = re.compile(r"^[ \t>]++", re.MULTILINE)

_LONGEST: Final = 4_000
"""Characters of a formula that are looked at."""


class InlineFormulas:
    """The formulas of one paragraph."""

    def __init__(self, source: str) -> None:
        self._state = StateInline(source, _plain_parser(), {}, [])

    def at(self, place: int) -> tuple[str, int] | None:
        """What is shown of the `$`, `\\(` or `\\[` there, and where the text goes on;
        None where that is no business of formulas."""
        state = self._state
        state.pos = place
        state.tokens.clear()
        rule = dollars if state.src[place] == "$" else brackets
        if not rule(state, False):
            return None
        said = (
            state.tokens[-1].content if state.tokens else state.src[place : state.pos]
        )
        return said, state.pos


def displayed(text: str) -> Iterator[tuple[str, bool]]:
    """The formulas of a text that stand alone, as they are shown, and what is between
    them; of each whether it is such a formula."""
    start = 0
    while (opener := _MAY_BEGIN.search(text, start)) is not None:
        first = opener.end()
        found = _END.search(text, first)
        end = min(found.start() if found else len(text), first + _LONGEST)
        said, length = _block(text[first:end])
        if not length:
            after = text.find("\n", first) + 1 or len(text)
            yield text[start:after], False
            start = after
            continue
        yield text[start:first], False
        yield said, True
        start = first + length
    yield text[start:], False


def _block(source: str) -> tuple[str, int]:
    """What a formula at the beginning says, and its length; 0: there is none."""
    state = StateBlock(_QUOTED.sub("", source), _plain_parser(), {}, [])
    if not display(state, 0, state.lineMax, False):
        return "", 0
    token = state.tokens[-1]
    text = display_text(token.content, **token.meta)
    lines = source.split("\n")[: state.line]
    return token.content if text is None else text, len("\n".join(lines))


@lru_cache(maxsize=1)
def _plain_parser() -> MarkdownIt:
    """A parser that the rules ask for its options."""
    return MarkdownIt("zero")
