"""A stretch of Markdown that is looked at at once, and what it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from textual.content import Content

from agno_tui.text import printable
from agno_tui.ui.lines import Source, role
from agno_tui.ui.markdown.blocks import Part

LIMIT = 3_000
"""Characters that are parsed at once. A block that is longer is cut."""

ROW_FACTOR = 7
"""So many times as long may a line be that seems to be of a table."""

_WORD = re.compile(r"[ >]{0,40}[^\W\d_]")
_QUOTE = re.compile(r" {0,3}>[ \t]?")
_ROW = re.compile(r" {0,3}\|")
_BEGINS_BLOCK = re.compile(
    r"(?:[-+*](?=\s|$)|#{1,6}(?=\s|$)|>|`{3}|~{3}|[-=_*](?:\s*[-=_*])*\s*$|\||\[)"
)
_BEGINS_ITEM = re.compile(r"(\d{1,9})[.)](?=\s|$)")
_JOINING = re.compile(
    r"[\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\udc00-\udfff]"
)


@dataclass(slots=True, frozen=True)
class Container:
    """A quote or an item of a list that what follows stands in."""

    indent: int
    """Columns that the lines of an item are indented by; 0 for a quote."""
    prefix: Content
    """What stands before each line on the screen."""
    following: int | None = None
    """The number of the item that may come behind this one."""

    def strip(self, line: str) -> str | None:
        """A line of its source without what makes it one; None where it is not."""
        if not self.indent:
            found = _QUOTE.match(line)
            return line[found.end() :] if found else None
        if not line.strip():
            return ""
        if "\t" in line[: self.indent]:
            line = line.expandtabs(4)
        return line[self.indent :] if line[: self.indent].isspace() else None


def quote(room: int) -> Container:
    """A quote, on a screen with this many cells left for its text."""
    return Container(0, role("▎ ", "quote-bar") if room else Content(""))


@dataclass(slots=True, frozen=True)
class Place:
    """How far a text is laid out, and what the rest begins in."""

    at: int = 0
    """Characters of the text that are laid out."""
    around: tuple[Container, ...] = ()
    """What the rest stands in, the innermost last."""
    goes_on: bool = False
    """Whether it belongs to what stands above: an empty line comes between only where
    the source has one."""
    is_within_line: bool = False
    """Whether a line was cut here, so that the rest of it is nothing but text."""
    number: int | None = None
    """The number of the item it begins with, where that is known from above."""

    @property
    def prefix(self) -> Content | None:
        """What stands before each line on the screen."""
        if not any(container.prefix for container in self.around):
            return None
        return Content("").join([container.prefix for container in self.around])

    @property
    def depth(self) -> int:
        """Lists around it."""
        return sum(container.indent > 0 for container in self.around)

    def strip(self, line: str) -> str | None:
        """A line without the signs of what it stands in; None where it leaves that."""
        stripped: str | None = line
        for container in self.around:
            if stripped is None:
                return None
            stripped = container.strip(stripped)
        return stripped

    def left(self, line: str, at: int) -> Place:
        """The place of a line that leaves something of what it stands in."""
        around: list[Container] = []
        for container in self.around:
            stripped = container.strip(line)
            if stripped is None:
                goes_on, number = container.indent > 0, container.following
                return Place(at, tuple(around), goes_on=goes_on, number=number)
            line = stripped
            around.append(container)
        return Place(at, self.around)


@dataclass(slots=True)
class Window:
    """Lines that are looked at at once."""

    place: Place
    raw: str
    """Their text as it stands."""
    lines: list[str]
    """The same, safe to draw and without the signs of what they stand in."""
    whole: int
    """Lines that are whole: all, or all but the last."""
    is_full: bool
    """Whether the text goes on behind it."""
    left_by: str | None = None
    """The line behind it, where that leaves what they stand in."""
    cut_off: int = 0
    """Whole lines behind it that are no block, for later."""
    _starts: list[int] = field(default_factory=list)

    @property
    def source(self) -> str:
        """What is to be parsed."""
        text = "\n".join(self.lines)
        return text + "\n" if self.whole == len(self.lines) else text

    def offset(self, line: int) -> int:
        """Where in the text a line begins; its end, where there is no such line."""
        if not self._starts:
            self._starts = [0, *(m.end() for m in re.finditer("\n", self.raw))]
        inside = self._starts[line] if line < len(self._starts) else len(self.raw)
        return self.place.at + inside

    def source_of(self, start: int, end: int) -> Source:
        """The stretch of the text from one line to the one before another."""
        first, last = self.offset(start), self.offset(end)
        while last > first and self.raw[last - self.place.at - 1].isspace():
            last -= 1
        return Source(first, last)

    def rows_of(self, start: int, end: int) -> Source:
        """The same of rows of a table, with the spaces at their end."""
        first, last = self.offset(start), self.offset(end)
        is_whole = self.raw[last - self.place.at - 1 : last - self.place.at] == "\n"
        return Source(first, last - is_whole)

    def is_apart(self, line: int, text: str) -> bool:
        """Whether an empty line stands before a line."""
        if line:
            return not self.lines[line - 1].strip(" \t>")
        at = self.place.at
        if self.place.is_within_line or not at:
            return False
        return not text[text.rfind("\n", 0, at - 1) + 1 : at].strip(" \t\r\n>")

    def ends_in_block(self, parts: Sequence[Part]) -> bool:
        """Whether nothing but empty lines stands behind the last of its blocks."""
        end = parts[-1].end if parts else 0
        return not any(line.strip(" \t>") for line in self.lines[end:])

    def best_cut(self, text: str, limit: int) -> int:
        """The line to cut a long block before: one in its second half that begins with
        a word, so that it is likely to be running text; else the one behind all."""
        count = len(self.lines)
        # No more of the text than there was when the window became full.
        if _WORD.match(text[self.offset(count) : self.place.at + limit + 1]):
            return count
        lines = range(count - 1, count // 2, -1)
        return next((i for i in lines if _WORD.match(self.lines[i])), count)

    def cut(self, line: int) -> Window:
        """Only its first lines."""
        raw = self.raw[: self.offset(line) - self.place.at]
        return replace(
            self, raw=raw, lines=self.lines[:line], whole=min(line, self.whole)
        )


def look(text: str, place: Place, limit: int = LIMIT, *, ends: bool = False) -> Window:
    """The next lines of a text that are looked at at once, from a place on.

    Up to `limit` characters, to a line end where there is one. `ends`: the last line is
    to be taken as if nothing more came.
    """
    raw, is_full = _stretch(text, place, limit)
    lines = printable(raw).split("\n")
    whole = len(lines) - 1
    if not lines[-1]:
        lines.pop()
    if place.is_within_line and lines:
        lines[0] = _as_words(lines[0])
    if not place.around:
        return Window(place, raw, lines, whole, is_full)
    inside = list(_inside(place, lines))
    if len(inside) < (len(lines) if ends or is_full else whole):
        left_by = lines[len(inside)]
        found = Window(place, raw, inside, len(inside), False, left_by)
        return found.cut(len(inside))
    if len(inside) < len(lines):
        # Not whole yet: it may still turn out to stand inside.
        inside.append(lines[-1].lstrip(" \t>"))
    return Window(place, raw, inside, whole, is_full)


def _inside(place: Place, lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        within = place.is_within_line and not number
        stripped = line if within else place.strip(line)
        if stripped is None:
            return
        yield stripped


def _stretch(text: str, place: Place, limit: int) -> tuple[str, bool]:
    """The raw text of a window, and whether there is more."""
    at, end = place.at, place.at + limit
    if len(text) <= end:
        return text[at:], False
    cut = text.rfind("\n", at, end) + 1
    if _ROW.match(text, at) and not place.is_within_line:
        far = at + limit * ROW_FACTOR
        head = at
        for _ in range(2):
            head = text.find("\n", head, far) + 1
            if not head:
                break
        if not head and len(text) <= far:
            return text[at:], False
        cut = max(cut, head)
    if cut <= at:
        cut = safe_cut(text, at + limit // 2, end)
    return text[at:cut], True


def safe_cut(text: str, first: int, last: int) -> int:
    """Where to cut a line: before a letter behind a space where there is one, else at
    the last place that is not within a character as people see it."""
    for cut in range(last, first, -1):
        if text[cut - 1] == " " and text[cut].isalpha():
            return cut
    for cut in range(last, first, -1):
        if text[cut - 1] not in "\\\r\u200d" and not _JOINING.match(text[cut]):
            return cut
    return last


def _as_words(line: str) -> str:
    """A line that says the same and begins no block."""
    line = line.lstrip()
    if _BEGINS_BLOCK.match(line):
        return f"\\{line}"
    if number := _BEGINS_ITEM.match(line):
        return f"{number[1]}\\{line[number.end(1) :]}"
    return line
