"""What a Markdown text will say on the screen, roughly, without parsing it.

One pass over the text with a few patterns, for counting words in thousands of messages
that nobody looks at. Blocks of code stay as they are, markers go, a link says where it
leads. Where the parser (`ui/markdown/parser.py`) knows better it is the parser that is
right: reference links, indented code, numbers of lists.

Text is hostile: no pattern gives back what it took where it cannot help (`*+`, `++`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agno_tui.ui.transcript.shown_inline import Notes, said

_FENCE: Final = re.compile(
    r"^[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?+(`{3,}+(?=[^`\n]*$)|~{3,}+)(.*)\n?",
    re.MULTILINE,
)

_NOTHING: Final = re.compile(
    r"^[ \t>]*+(?:(?:[-*_=][ \t]*+){2,}+|\[(?!\^)[^\]\n]++\]:[ \t]*+\S.*)$",
    re.MULTILINE,
)
"""Rules, underlines of headings, and where reference links lead: no words of theirs."""

_BEFORE: Final = re.compile(
    r"^[ \t]*+(?:>[ \t]*+|[-+*][ \t]++(?:\[[ xX]\][ \t]++)?+|#{1,6}+[ \t]++)++",
    re.MULTILINE,
)
"""Marks at the beginning of a line: of quotes, bullets, tasks, headings."""

_CELL: Final = r"[ \t]*+:?+-++:?+[ \t]*+"

_UNDER_HEADER: Final = rf"[ \t>]*+\|?+(?:{_CELL}\|)++(?:{_CELL})?+$"

_TABLE: Final = re.compile(
    rf"^(?=[^|\n]*\|)(.*\n){_UNDER_HEADER}((?:\n(?=.*\S).*)*)", re.MULTILINE
)

_BAR: Final = re.compile(r"(?<!\\)\|")


def shown(markdown: str, fence: str = "", notes: Notes | None = None) -> str:
    """What the text will say; `fence`: the one it begins inside of, if it does;
    `notes`: where it is a part of a text, the footnotes of that.

    Line ends divide what cannot be found as one, so do the bars of tables.
    """
    notes = notes_in(markdown) if notes is None else notes
    pieces: list[str] = []
    for text, is_code in _stretches(markdown, fence):
        if is_code:
            pieces.append(text)
        elif "$$" in text or "\\[" in text or "\\begin{" in text:
            pieces += _around_formulas(text, notes)
        else:
            pieces.append(_running(text, notes))
    return "\n".join(pieces)


def notes_in(markdown: str) -> Notes:
    """The footnotes of a text."""
    if "[^" not in markdown:
        return {}
    from agno_tui.ui.transcript.shown_notes import notes_of

    return notes_of(markdown)


def cells_of(row: str, notes: Notes) -> list[str]:
    """What the cells of a row of a table will say."""
    bare = _BEFORE.sub("", row).strip()
    bars = _BAR.split(bare.removeprefix("|"))
    if bars and not bars[-1].strip():
        bars.pop()
    return [said(cell.strip().replace("\\|", "|"), notes) for cell in bars]


def fence_after(markdown: str, fence: str = "") -> str:
    """The fence that is open where the text ends."""
    if "```" in markdown or "~~~" in markdown:
        for mark in _FENCE.finditer(markdown):
            fence = _next_fence(fence, mark)
    return fence


def _next_fence(fence: str, mark: re.Match[str]) -> str:
    """The fence that is open behind a line that looks like one."""
    if not fence:
        return mark[1]
    closes = mark[1].startswith(fence) and not mark[2].strip()
    return "" if closes else fence


def _stretches(markdown: str, fence: str) -> Iterator[tuple[str, bool]]:
    """Blocks of code, and what is between them; no line of a fence itself."""
    if "```" not in markdown and "~~~" not in markdown:
        yield markdown, bool(fence)
        return
    start = 0
    for mark in _FENCE.finditer(markdown):
        after = _next_fence(fence, mark)
        if bool(after) == bool(fence):
            continue
        yield markdown[start : mark.start()], bool(fence)
        start, fence = mark.end(), after
    yield markdown[start:], bool(fence)


def _around_formulas(text: str, notes: Notes) -> Iterator[str]:
    from agno_tui.ui.transcript.shown_formulas import displayed

    for part, is_formula in displayed(text):
        yield part if is_formula else _running(part, notes)


def _running(text: str, notes: Notes) -> str:
    text = _NOTHING.sub("", text)
    text = _BEFORE.sub("", text)
    if "|" in text:
        text = _TABLE.sub(_apart, text)
    return "\n\n".join([said(one, notes) for one in text.split("\n\n")])


def _apart(rows: re.Match[str]) -> str:
    """A table with each cell as a paragraph."""
    cells = _BAR.split((rows[1] + rows[2]).replace("\n", "|"))
    bare = "\n\n".join([cell.strip() for cell in cells])
    return f"\n\n{bare}\n\n".replace("\\|", "|")
