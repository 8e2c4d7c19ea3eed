"""A tool call on the screen: one quiet line, and its arguments and result on wish.

All of it is untrusted: the model wrote the name and the arguments, the tool the result.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from textual.content import Content

from agno_tui.text import printable
from agno_tui.ui.lines import Line, Source, wrapped
from agno_tui.ui.markdown.blocks import Code
from agno_tui.ui.markdown.layout import MIN_WIDTH, lay_out_block
from agno_tui.ui.transcript.headlines import (
    LONGEST_JSON,
    called_name,
    headlines,
    quiet_line,
    shows_name,
)
from agno_tui.ui.transcript.tool_uses import ToolUse

MOST_LINES = 40
"""Lines of a result, or of arguments, that are shown."""

LONGEST_LINE = 500
"""Characters of one of them that are shown."""


class ToolView:
    """The lines of one tool call, kept as long as nothing about it changes."""

    def __init__(self) -> None:
        self._laid_out: tuple[object, ...] = ()
        self._lines: list[Line] = []

    def lines(
        self, use: ToolUse, width: int, *, details: bool, mark: str
    ) -> list[Line]:
        """The call in `width` cells; `mark` is the moving mark while its run goes on,
        and empty when that has ended."""
        moving = mark if use.result is None else ""
        state = (use.call, use.result, width, details, moving)
        if state != self._laid_out:
            self._laid_out = state
            self._lines = headlines(use, width, details, moving)
            if details:
                self._lines += _details(use, width)
        return self._lines


def texts_shown(use: ToolUse) -> Iterator[str]:
    """What can be found of a call whose details are open, once its run has ended."""
    if shows_name(use):
        yield called_name(use)
    for _, text in _parts(use):
        yield "\n".join(excerpt(text).rows)


def _parts(use: ToolUse) -> Iterator[tuple[str, str]]:
    """Arguments and result, as far as there are any, each below its label."""
    arguments = use.call.arguments.strip()
    if arguments not in ("", "{}"):
        yield "arguments", arguments
    if use.result is not None:
        yield "result", use.result.content


def _details(use: ToolUse, width: int) -> Iterator[Line]:
    for label, text in _parts(use):
        yield from _block(label, excerpt(text), width)


def _block(label: str, shown: Excerpt, width: int) -> Iterator[Line]:
    indent = Content("  " if width - 2 >= MIN_WIDTH else "")
    inner = width - indent.cell_length
    yield quiet_line(label, inner).after(indent)
    # Nothing is copied by it: it tells text from what stands around it.
    source = Source(0, 0)
    for line in (
        _json(shown.rows, inner) if shown.is_json else _plain(shown.rows, inner)
    ):
        line.source = source
        yield line.after(indent)
    if more := shown.more:
        words = f"… {more:,} more line{'s' if more > 1 else ''}"
        yield quiet_line(words, inner).after(indent)


def _json(rows: Iterable[str], width: int) -> list[Line]:
    return lay_out_block(Code("json", "\n".join(rows)), width)[1:]


def _plain(rows: Iterable[str], width: int) -> Iterator[Line]:
    for row in rows:
        for piece in wrapped(Content(row), width - 2):
            content = Content(" ") + piece.content
            yield replace(piece, content=content, fill="code-block", lead=1)


@dataclass(slots=True, frozen=True)
class Excerpt:
    """The first lines of arguments or of a result, JSON made readable."""

    rows: list[str]
    is_json: bool
    whole: object
    """The value, or the text, all of it."""

    @property
    def more(self) -> int:
        """How many lines there are after them."""
        if self.is_json:
            total = _count_rows(self.whole)
        else:
            total = str(self.whole).count("\n") + 1
        return total - len(self.rows)


def excerpt(text: str) -> Excerpt:
    """What is shown of arguments or of a result; quick, however much there is."""
    value = _json_value(text)
    if value is not None:
        rows, whole = _first_rows(value), value
    else:
        whole = text = text.rstrip("\r\n")
        # Two halves of a character may become one: twice as many are looked at.
        longest = 2 * LONGEST_LINE + 2
        first = text.split("\n", MOST_LINES)[:MOST_LINES]
        rows = [printable(row[:longest].removesuffix("\r")) for row in first]
    rows = [clipped_row(row).expandtabs(4) for row in rows]
    return Excerpt(rows, value is not None, whole)


def _json_value(text: str) -> object:
    """An object or a list in JSON; None where the text is none."""
    if len(text) > LONGEST_JSON or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _first_rows(value: object) -> list[str]:
    pieces: list[str] = []
    ends = 0
    for piece in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(value):
        pieces.append(piece)
        ends += piece.count("\n")
        if ends >= MOST_LINES:
            break
    return printable("".join(pieces)).split("\n")[:MOST_LINES]


def _count_rows(value: object) -> int:
    """Lines of a value as indented JSON."""
    rows, rest = 1, [value]
    while rest:
        one = rest.pop()
        if isinstance(one, dict):
            one = list(one.values())
        if isinstance(one, list) and one:
            rows += len(one) + 1
            rest += one
    return rows


def clipped_row(row: str) -> str:
    """A row of text, with an `…` where it is too long to be shown."""
    return row if len(row) <= LONGEST_LINE else row[: LONGEST_LINE - 1] + "…"


def json_text(value: object) -> str:
    """A value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)
