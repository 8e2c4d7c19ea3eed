"""From selected lines to the text that is copied: the source wherever it can be."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from agno_tui.ui.lines import CodeBlock, Line, Source
from agno_tui.ui.transcript.sections import Section

END: Final = -1
"""As a column: past the last character of its line."""

WORD_MARKS: Final = frozenset("-_./?%&#:=+@~,$")
"""Signs that belong to words: a path, an address, an option is one word, as in xterm
(`charClass`) and VTE."""

_AROUND_WORDS: Final = ".,:?"
_JOINERS: Final = "\u200c\u200d"
_LAST: Final = sys.maxsize
_RULE: Final = "rule"
_BARS: Final = frozenset({"quote-bar", "you-bar"})
_DRAWN: Final = _BARS | {_RULE, "code-label"}
_BAR: Final = "│"


class Point(NamedTuple):
    """A place in sections: before a character of a line's `content.plain`."""

    section: int
    line: int
    column: int | None = None
    """None: as far to its side as the line goes; `END`: past its last character."""


class _Range(NamedTuple):
    """Lines of a section, from a column of the first to before one of the last."""

    first: int
    start: int
    last: int
    end: int

    def columns(self, number: int, line: Line) -> tuple[int, int]:
        """What is selected of a line; the same column twice where nothing is."""
        length = len(line.content.plain)
        if not self.first <= number <= self.last:
            return 0, 0
        start = min(self.start, length) if number == self.first else 0
        return start, min(self.end, length) if number == self.last else length


def selected_text(sections: Sequence[Section], start: Point, end: Point) -> str:
    """The text between two places, in whichever order they are given.

    - A section selected as a whole gives its message's text as it stands.
    - A block selected as a whole gives its source; so does what stands between two.
    - Where nothing but code of one block is selected it comes without its fence.
    - What is left gives the visible text: no bars, padding, indents or wrapping.
    - Labels, times and quiet lines come only where no message's text does.

    Of the sections between the first and the last one only the text is looked at.
    """
    low, high = _in_order(start, end)
    said: list[str] = []
    quiet: list[str] = []
    for number in range(max(0, low.section), min(high.section + 1, len(sections))):
        section = sections[number]
        if section.text and low.section < number < high.section:
            said.append(section.text)
            continue
        taken = _taken(section, _range_in(section, number, low, high))
        (said if section.text else quiet).append(taken)
    said = [text for text in said if text.strip()]
    if len(said) > 1:
        return "\n\n".join(text.strip("\n") for text in said)
    return said[0] if said else "\n".join(quiet).strip("\n")


def _in_order(start: Point, end: Point) -> tuple[Point, Point]:
    if start[:2] > end[:2]:
        start, end = end, start
    low = start._replace(column=_column(start.column, 0))
    high = end._replace(column=_column(end.column, _LAST))
    return min(low, high), max(low, high)


def _column(column: int | None, otherwise: int) -> int:
    if column is None:
        return otherwise
    return _LAST if column == END else column


def _range_in(section: Section, number: int, low: Point, high: Point) -> _Range:
    first, start = (low.line, low.column) if number == low.section else (0, 0)
    last, end = len(section.lines) - 1, _LAST
    if number == high.section and high.line <= last:
        last, end = high.line, _LAST if high.column is None else high.column
    return _Range(max(0, first), start or 0, last, end)


def _taken(section: Section, chosen: _Range) -> str:
    lines = section.lines
    left_out = [
        line.source
        for number, line in enumerate(lines)
        if not _covers(chosen, number, line)
    ]
    is_whole = bool(section.text) and not left_out
    code = _only_code(lines, chosen)
    if code is not None and (code.language or not is_whole):
        if all(_covers(chosen, n, li) for n, li in enumerate(lines) if li.code is code):
            return code.code
    elif is_whole:
        return section.text
    gathering = _Gathering(section.text if code is None else "")
    partial = {id(source) for source in left_out}
    for number in range(chosen.first, chosen.last + 1):
        line = lines[number]
        if line.source is None or id(line.source) in partial or not gathering.source:
            gathering.take(line, _said(line, *chosen.columns(number, line)))
        else:
            gathering.take_whole(line.source)
    return gathering.text()


def _covers(chosen: _Range, number: int, line: Line) -> bool:
    """Whether all text of a line is selected; a rule counts as text."""
    if chosen.first < number < chosen.last:
        return True
    start, end = chosen.columns(number, line)
    whole = _said(line, 0, len(line.content.plain))
    if whole:
        return (_said(line, start, end) or "").strip() == whole.strip()
    return whole == "" or line.code is not None or start < end


def _only_code(lines: Sequence[Line], chosen: _Range) -> CodeBlock | None:
    """The block of code, where nothing else is selected, not even its label."""
    found: CodeBlock | None = None
    for number in range(chosen.first, chosen.last + 1):
        line = lines[number]
        start, end = chosen.columns(number, line)
        said = _said(line, start, end)
        if start >= end or (said is not None and not said.strip()):
            continue
        if said is None or line.code is None or found not in (None, line.code):
            return None
        found = line.code
    return found


@dataclass(slots=True)
class _Gathering:
    """Puts together what is copied of one section, line by line."""

    source: str
    """The message's text; empty where only what is visible counts."""
    _lines: list[tuple[str, bool]] = field(default_factory=list)
    """Each with whether it is source."""
    _run: tuple[int, int] | None = None
    """Where in the source the whole blocks stand that were taken last."""
    _blanks: int = 0
    """Empty lines since."""
    _joins: bool = False
    """Whether the line taken last may go on in the next one."""

    def take_whole(self, source: Source) -> None:
        """A line of a block that is copied as its source."""
        if self._run is not None and source.start >= self._run[0]:
            self._run = (self._run[0], max(self._run[1], source.end))
        else:
            self._close()
            self._run = (source.start, source.end)
        self._blanks = 0
        self._joins = False

    def take(self, line: Line, said: str | None) -> None:
        """A line of which the visible text is copied; None: nothing of it."""
        if said is None:
            self._joins = False
        elif self._run is not None and not said.strip():
            self._blanks += 1
        elif self._joins and line.joint is not None:
            before = self._lines[-1][0]
            self._lines[-1] = (f"{before}{line.joint if before else ''}{said}", False)
        else:
            self._close()
            self._lines.append((said, False))
            self._joins = True

    def _close(self) -> None:
        if self._run is not None:
            start, end = self._run
            self._lines.append((self.source[start:end].strip("\n"), True))
            self._lines += [("", False)] * self._blanks
            self._run, self._blanks = None, 0

    def text(self) -> str:
        """All of it."""
        self._close()
        lines = (
            text if is_source else text.rstrip() for text, is_source in self._lines
        )
        return "\n".join(lines).strip("\n")


def _said(line: Line, start: int, end: int) -> str | None:
    """The text of a line between two columns, the cells of a table with bars between
    them; None for a rule or a label of code, which has none."""
    plain = line.content.plain
    cells: list[str] = []
    text, at, is_drawn, has_cells = "", start, False, False
    for first, last, name in _no_text(line):
        text += plain[at : min(first, end)]
        is_bar = name == _RULE and _BAR in plain[first:last]
        if is_bar and start <= first and last <= end:
            cells.append(text)
            text = ""
        has_cells = has_cells or is_bar
        is_drawn = is_drawn or name not in _BARS
        at = max(at, last)
    text += plain[at:end]
    if has_cells:
        return " | ".join(cell.strip() for cell in (*cells, text))
    if is_drawn and not text.strip():
        return None
    return text


def _no_text(line: Line) -> list[tuple[int, int, str]]:
    """Stretches of a line that are no text, in order, each with its role."""
    plain, lead = line.content.plain, line.lead
    if line.code is not None and not lead:
        # Behind a bullet the padding of code is no longer counted.
        lead = min(len(plain), line.indent + 1)
    drawn = [
        (span.start, span.end, str(span.style))
        for span in line.content.spans
        if span.style in _DRAWN
    ]
    if lead == len(plain) and plain.strip() and not drawn:
        return [(0, lead, _RULE)]
    return sorted([(0, lead, "quote-bar"), *drawn])


def word_at(plain: str, column: int) -> tuple[int, int]:
    """Bounds of the word at a column, for a double click: `start`, and `end` behind it.

    Letters, digits and `WORD_MARKS`, but no full stop behind them; of Chinese, Japanese
    and Korean a run of one script; else the spaces, or the same sign repeated.
    """
    if not plain:
        return 0, 0
    column = min(max(0, column), len(plain) - 1)
    kinds = _kinds(plain)
    start = end = column
    while start and kinds[start - 1] == kinds[column]:
        start -= 1
    while end < len(plain) and kinds[end] == kinds[column]:
        end += 1
    if kinds[column] != "word":
        return start, end
    inner_end = start + len(plain[start:end].rstrip(_AROUND_WORDS))
    return (start, inner_end) if column < inner_end else (inner_end, end)


def _kinds(plain: str) -> list[str]:
    """What each character belongs to; marks belong to the character before them."""
    kinds: list[str] = []
    for place, char in enumerate(plain):
        joins = char in _JOINERS or unicodedata.category(char).startswith("M")
        after_joiner = plain[place - 1 : place] == "\u200d"
        kinds.append(kinds[-1] if kinds and (joins or after_joiner) else _kind(char))
    return kinds


def _kind(char: str) -> str:
    if char.isspace():
        return "space"
    if char == "ー":
        return "KATAKANA"
    if ord(char) >= 0x1100 and char.isalpha():
        script = unicodedata.name(char, "").partition(" ")[0]
        if script in ("CJK", "HIRAGANA", "KATAKANA", "HANGUL"):
            return script
    return "word" if char.isalnum() or char in WORD_MARKS else char


def paragraph_around(lines: Sequence[Line], index: int) -> tuple[int, int]:
    """First and last of the lines that one line of text was wrapped into."""
    first = last = index
    while first > 0 and lines[first].joint is not None:
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].joint is not None:
        last += 1
    return first, last
