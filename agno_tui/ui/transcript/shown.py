"""What a Markdown text will say on the screen, roughly, without parsing it.

One pass over the text with a few patterns, for counting words in thousands of messages
that nobody looks at. Blocks of code stay as they are, markers go, a link says where it
leads. Where the parser (`ui/markdown/parser.py`) knows better it is the parser that is
right: reference links, indented code, numbers of lists.

Text is hostile: no pattern gives back what it took where it cannot help (`*+`, `++`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final

_FENCE: Final = re.compile(
    r"^[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?+(`{3,}+(?=[^`\n]*$)|~{3,}+)(.*)\n?",
    re.MULTILINE,
)

_NOTHING: Final = re.compile(
    r"^[ \t>]*+(?:(?:[-*_=][ \t]*+){2,}+|\[[^\]\n]++\]:[ \t]*+\S.*)$", re.MULTILINE
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

_INLINE: Final = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`+)"
    r"|(?P<image>!?)\[(?P<words>(?:[^\[\]\\]|\\.)*+)\]"
    r"\(\s*+<?+(?P<target>[^()\s<>]*+(?:\([^()\s<>]*+\)[^()\s<>]*+)?+)>?+"
    r"""(?:\s++(?:"[^"]*+"|'[^']*+'))?+\s*+\)"""
    r"|<(?P<address>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>]+)>"
    r"|(?P<entity>&(?:\#\d{1,7}|\#[xX][\dA-Fa-f]{1,6}|\w{1,31});)"
    r"|(?P<run>\*+|_+|~~)"
)

_SIGN: Final = re.compile(r"[\\`!\[<&*_~]")
"""What all of these begin with: found ten times as fast."""

_OF_CHARACTERS: Final = frozenset("PS")
"""Categories of characters that are signs, no letters."""


def shown(markdown: str, fence: str = "") -> str:
    """What the text will say; `fence`: the one it begins inside of, if it does.

    Line ends divide what cannot be found as one, so do the bars of tables.
    """
    pieces: list[str] = []
    for text, is_code in _stretches(markdown, fence):
        pieces.append(text if is_code else _running(text))
    return "\n".join(pieces)


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


def _running(text: str) -> str:
    text = _NOTHING.sub("", text)
    if "|" in text:
        text = _TABLE.sub(lambda rows: _BAR.sub("\n", rows[1] + rows[2]), text)
    text = _BEFORE.sub("", text)
    if not _SIGN.search(text):
        return text
    return "\n\n".join(map(_inline, text.split("\n\n")))


def _inline(text: str) -> str:
    return _Inline(text).text if _SIGN.search(text) else text


@dataclass(slots=True)
class _Run:
    """Markers that follow each other, and how many of them are still to be seen."""

    place: int
    left: int


class _Inline:
    """Takes the markers out of a paragraph."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._pieces: list[str] = []
        self._open: defaultdict[str, list[_Run]] = defaultdict(list)
        self._closing_ticks: dict[int, tuple[int, int]] | None = None
        start = at = 0
        while (sign := _SIGN.search(source, at)) is not None:
            at = sign.start()
            mark = _INLINE.match(source, at)
            if mark is None:
                at += 1
                continue
            self._pieces.append(source[start:at])
            start = at = self._take(mark)
        self._pieces.append(source[start:])
        self.text = "".join(self._pieces)

    def _take(self, mark: re.Match[str]) -> int:
        """Note what a marker says; returns where the source goes on."""
        match mark.lastgroup:
            case "ticks":
                return self._code(mark)
            case "run":
                self._emphasis(mark)
            case "target":
                self._link(mark)
            case "entity":
                self._pieces.append(unescape(mark["entity"]))
            case _:
                self._pieces.append(mark["escaped"] or mark["address"])
        return mark.end()

    def _code(self, mark: re.Match[str]) -> int:
        if self._closing_ticks is None:
            self._closing_ticks = _closing_ticks(self._source)
        start, end = self._closing_ticks.get(mark.start(), (0, 0))
        self._pieces.append(self._source[mark.end() : start] if end else mark[0])
        return end or mark.end()

    def _link(self, mark: re.Match[str]) -> None:
        words, target = _inline(mark["words"]), mark["target"]
        if mark["image"]:
            self._pieces.append(f"🖼 {words} ({target})")
        elif not target or target.removeprefix("mailto:") == words:
            self._pieces.append(words)
        else:
            self._pieces.append(f"{words} ({target})")

    def _emphasis(self, mark: re.Match[str]) -> None:
        """CommonMark's delimiter runs, each sign by itself.

        Source: https://spec.commonmark.org/0.31.2, 6.2
        """
        run, sign = _Run(len(self._pieces), len(mark[0])), mark[0][0]
        opens, closes = _flanks(self._source, mark.start(), mark.end(), sign)
        openers = self._open[sign]
        while closes and run.left and openers:
            opener = openers[-1]
            pairs = min(opener.left, run.left)
            opener.left -= pairs
            run.left -= pairs
            self._pieces[opener.place] = sign * opener.left
            if not opener.left:
                openers.pop()
        self._pieces.append(sign * run.left)
        if opens and run.left:
            openers.append(run)


def _closing_ticks(source: str) -> dict[int, tuple[int, int]]:
    """For each run of backticks the bounds of the next one as long, where there is."""
    closing: dict[int, tuple[int, int]] = {}
    later: dict[int, tuple[int, int]] = {}
    runs = [mark.span() for mark in re.finditer("`+", source)]
    for start, end in reversed(runs):
        if end - start in later:
            closing[start] = later[end - start]
        later[end - start] = start, end
    return closing


def _flanks(source: str, start: int, end: int, sign: str) -> tuple[bool, bool]:
    """Whether a run of markers may open and whether it may close."""
    before, after = source[start - 1 : start] or " ", source[end : end + 1] or " "
    left = not after.isspace() and (not _is_sign(after) or _divides(before))
    right = not before.isspace() and (not _is_sign(before) or _divides(after))
    if sign != "_":
        return left, right
    opens = left and (not right or _is_sign(before))
    return opens, right and (not left or _is_sign(after))


def _divides(character: str) -> bool:
    return character.isspace() or _is_sign(character)


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in _OF_CHARACTERS
