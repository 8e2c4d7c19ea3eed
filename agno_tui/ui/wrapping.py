"""Where running text is broken into lines of a width, and what was left out there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, split_graphemes

_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\u9fff\ua960-\ua97f\uac00-\ud7a3"
    "\uf900-\ufaff\uff00-\uffee\U00020000-\U0003fffd"
)
_CLOSING = (
    "\u3001\u3002\uff0c\uff0e\uff01\uff1f\uff1a\uff1b\uff09\u300d\u300f\u3011"
    "\u300b\u3009\u2026\u30fc\u3063\u30c3"
)
_JOINED = "\u0300-\u036f\u200d\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef"
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_GLUE = "\u00a0\u202f"
_PIECE = re.compile(
    rf"[^\S{_GLUE}]*(?:[{_WIDE}][{_CLOSING}{_JOINED}]*"
    rf"|(?:[^\s{_WIDE}]|[{_GLUE}])+[{_CLOSING}]*)"
    r"|\s+$"
)
"""What stays together: a word, or one wide character, with the spaces before it and the
marks that must not begin a line after it."""

_SPACES = re.compile(rf"[^\S{_GLUE}]*")


def breaks(text: str, width: int) -> list[tuple[int, int]]:
    """Bounds of the lines of a text without line ends, at most `width` cells each.

    At words, or between wide characters, where it can; a longer word is cut between two
    characters as people see them. Spaces at a break belong to no line; those at the
    beginning of the text stay.
    """
    if text.isascii() and "\t" not in text:
        return _narrow(text, width)
    lines: list[tuple[int, int]] = []
    start = end = room = 0
    room = width
    for piece in _PIECE.finditer(text):
        first, last = piece.span()
        cells = cell_len(piece.group())
        if cells <= room:
            end, room = last, room - cells
            continue
        word = min(_end_of_spaces(text, first), last)
        if first and word < last and end > start:
            lines.append((start, end))
            start = end = word
            room = width
        if word == last:
            continue
        if (cells := cell_len(text[start:last])) > width:
            *cut, (start, last) = _folded(text, start, last, width)
            lines += cut
            cells = cell_len(text[start:last])
        end, room = last, width - cells
    if start < end or not lines:
        lines.append((start, end))
    return lines


def _end_of_spaces(text: str, start: int) -> int:
    found = _SPACES.match(text, start)
    return start if found is None else found.end()


def _narrow(text: str, width: int) -> list[tuple[int, int]]:
    """The same where every character is one cell and only spaces are white."""
    lines: list[tuple[int, int]] = []
    start, length = 0, len(text)
    while length - start > width:
        space = text.rfind(" ", start, start + width + 1)
        end = start + len(text[start : space + 1].rstrip())
        if end == start:
            # A word longer than the line, or one behind as many spaces.
            end = space = start + width
        lines.append((start, end))
        while space < length and text[space] == " ":
            space += 1
        start = space
    if start < length or not lines:
        lines.append((start, length))
    return lines


def _folded(text: str, start: int, end: int, width: int) -> Iterator[tuple[int, int]]:
    """Bounds of pieces of at most `width` cells, whatever stands there."""
    spans, _ = split_graphemes(text[start:end])
    first, cells = start, 0
    flags = {flag.start() - start for flag in _FLAG.finditer(text, start, end)}
    for begin, _, size in spans:
        # Rich takes the two letters of a flag for two characters.
        size = 2 if begin in flags else 0 if begin - 1 in flags else size
        if cells + size > width and cells:
            yield first, start + begin
            first, cells = start + begin, 0
        cells += size
    yield first, end
