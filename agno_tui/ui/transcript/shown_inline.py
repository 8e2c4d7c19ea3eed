"""What a paragraph of Markdown will say, without parsing it: its markers are taken out.

Formulas and footnotes, which are rare, ask what draws them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from agno_tui.ui.markdown.addresses import told

if TYPE_CHECKING:
    from agno_tui.ui.transcript.shown_formulas import InlineFormulas

Notes: TypeAlias = Mapping[str, Mapping[str, Any]]
"""The footnotes of a text, as `ui/markdown/footnotes.py` keeps them."""

_INLINE: Final = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`+)"
    r"|\[\^(?P<note>[\w.-]{1,60})\^?\](?!\()(?:(?P<colon>:)[ \t]*+)?+"
    r"|(?P<image>!?)\[(?P<words>(?:[^\[\]\\]|\\.)*+)\]"
    r"\(\s*+<?+(?P<target>[^()\s<>]*+(?:\([^()\s<>]*+\)[^()\s<>]*+)?+)>?+"
    r"""(?:\s++(?:"[^"]*+"|'[^']*+'))?+\s*+\)"""
    r"|<(?P<address>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>]+)>"
    r"|(?P<break><[bB][rR][ \t]*+/?+>)[ \t]*+\n?+"
    r"|<(?P<script>[sS][uU][bBpP]|[kK][bB][dD])>"
    r"(?P<raised>[^<>\n`$\\]{1,60})</(?P=script)>"
    r"|(?P<entity>&(?:\#\d{1,7}|\#[xX][\dA-Fa-f]{1,6}|\w{1,31});)"
    r"|(?P<run>\*+|_+|~~)"
)

_SIGN: Final = re.compile(r"[\\`!\[<&*_~$]")
"""What all of these begin with, and formulas: found ten times as fast."""

_OF_CHARACTERS: Final = frozenset("PS")
"""Categories of characters that are signs, no letters."""


def said(text: str, notes: Notes) -> str:
    """What a paragraph will say."""
    return _Inline(text, notes).text if _SIGN.search(text) else text


@dataclass(slots=True)
class _Run:
    """Markers that follow each other, and how many of them are still to be seen."""

    place: int
    left: int


class _Inline:
    """Takes the markers out of a paragraph."""

    def __init__(self, source: str, notes: Notes) -> None:
        self._source = source
        self._notes = notes
        self._pieces: list[str] = []
        self._open: defaultdict[str, list[_Run]] = defaultdict(list)
        self._closing_ticks: dict[int, tuple[int, int]] | None = None
        self._formulas: InlineFormulas | None = None
        self._after_note = -1
        start = at = 0
        while (sign := _SIGN.search(source, at)) is not None:
            at = sign.start()
            if sign[0] in "$\\" and (formula := self._formula(at)) is not None:
                words, end = formula
                self._pieces += source[start:at], words
                start = at = end
                continue
            mark = _INLINE.match(source, at)
            if mark is None:
                at += 1
                continue
            self._pieces.append(source[start:at])
            start = at = self._take(mark)
        self._pieces.append(source[start:])
        self.text = "".join(self._pieces)

    def _formula(self, at: int) -> tuple[str, int] | None:
        """What is shown where a formula may begin, and where it ends."""
        if self._source[at : at + 2] not in ("\\(", "\\[") and self._source[at] != "$":
            return None
        if self._formulas is None:
            from agno_tui.ui.transcript.shown_formulas import InlineFormulas

            self._formulas = InlineFormulas(self._source)
        return self._formulas.at(at)

    def _take(self, mark: re.Match[str]) -> int:
        """Note what a marker says; returns where the source goes on."""
        match mark.lastgroup:
            case "ticks":
                return self._code(mark)
            case "run":
                self._emphasis(mark)
            case "note" | "colon":
                return self._note(mark)
            case "target":
                self._link(mark)
            case "break":
                self._pieces.append("\n")
            case "raised":
                self._pieces.append(_raised(mark))
            case "entity":
                self._pieces.append(unescape(mark["entity"]))
            case _:
                self._pieces.append(mark["escaped"] or mark["address"])
        return mark.end()

    def _code(self, mark: re.Match[str]) -> int:
        if self._closing_ticks is None:
            self._closing_ticks = _closing_ticks(self._source)
        start, end = self._closing_ticks.get(mark.start(), (0, 0))
        words = self._source[mark.end() : start] if end else mark[0]
        if end and words[0] == words[-1] == " " and words.strip():
            words = words[1:-1]
        self._pieces.append(words)
        return end or mark.end()

    def _note(self, mark: re.Match[str]) -> int:
        """As `ui/markdown/rules.py` does."""
        from agno_tui.ui.markdown.footnotes import sign_of

        sign = sign_of(mark["note"], self._notes)
        comma = "," if sign and self._after_note == mark.start() else ""
        self._pieces.append(comma + (sign or f"[^{mark['note']}]"))
        if not mark["colon"]:
            self._after_note = mark.end()
            return mark.end()
        line = self._source.rfind("\n", 0, mark.start()) + 1
        if self._source[line : mark.start()].strip(" \t"):
            return mark.start("colon")
        self._pieces.append(" ")
        return mark.end()

    def _link(self, mark: re.Match[str]) -> None:
        target = mark["target"]
        if mark["image"]:
            words = f"🖼 {mark['words']}".rstrip()
            self._pieces.append(f"{words} ({told(target, '')})")
            return
        words = said(mark["words"], self._notes)
        where = told(target, words)
        self._pieces.append(f"{words} ({where})" if where else words)

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


def _raised(mark: re.Match[str]) -> str:
    """What is said by `<sub>`, `<sup>` or `<kbd>`."""
    tag, words = mark["script"].lower(), mark["raised"]
    if tag == "kbd":
        return words
    from agno_tui.ui.markdown.math_symbols import SUBSCRIPTS, SUPERSCRIPTS, script

    return script(words, SUBSCRIPTS if tag == "sub" else SUPERSCRIPTS) or mark[0]


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
