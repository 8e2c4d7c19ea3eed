"""How the rows of a search are drawn: one line each, cut around the words found."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from agno_tui.ui.dates import ago
from agno_tui.ui.lines import Line, role
from agno_tui.ui.search_rows import SearchRow, Spans, spans_in

CURSOR, NO_CURSOR = "❯ ", "  "
ARCHIVED = " · archived"
WHO_WIDTH = 7
"""Cells for who said it."""


def search_line(
    row: SearchRow, width: int, tokens: Sequence[str], *, at_cursor: bool, present: int
) -> Line:
    """One row in `width` cells; `tokens`: the words to mark, `present`: microseconds
    since the epoch."""
    head = role(CURSOR if at_cursor else NO_CURSOR, "used")
    fill = "cursor" if at_cursor else ""
    if not row.is_title and row.place is None:
        return Line((head + role(f"  … {row.text}", "quiet")).truncate(width))
    if not row.is_title:
        head += role(f"  {row.who:{WHO_WIDTH}}", "quiet")
    time = ago(row.at, present) if row.at else ""
    tail = role(ARCHIVED if row.is_archived else "", "quiet")
    tail += role(f" · {time}" if time else "", "quiet")
    room = max(4, width - head.cell_length - tail.cell_length)
    words = marked_around(row.text, spans_in(row.text, tokens), room)
    if row.is_title:
        words = words.stylize_before("strong")
    content = head + words.truncate(room, ellipsis=True) + tail
    return Line(content.truncate(width, ellipsis=True), fill=fill)


def marked_around(text: str, spans: Spans, room: int) -> Content:
    """A line with its words marked, from where the first of them is within `room`
    cells; what is too long is still to be cut off behind."""
    start = _start(text, spans[0], room) if spans else 0
    content = Content(("…" if start else "") + text[start:])
    shift = start - bool(start)
    for begin, end in spans:
        if end > start:
            content = content.stylize("found", max(begin, start) - shift, end - shift)
    return content


def _start(text: str, first: tuple[int, int], room: int) -> int:
    """From which character on a line is shown, so that its first word is seen with
    something behind it."""
    if cell_len(text[: first[1]]) <= room * 2 // 3:
        return 0
    start, left = first[0], room // 3
    while start and (left := left - cell_len(text[start - 1])) >= 0:
        start -= 1
    space = text.find(" ", start, first[0])
    return space + 1 if space >= 0 and start else start
