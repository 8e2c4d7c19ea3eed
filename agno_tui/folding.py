"""Texts as people compare them when they search: without case, accents and the like.

Not what the index of words does (`storage/query.py`): that keeps a text's length, and
to what the index was built with.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_COMMON: Final = (
    "\x00-\x7f\u03b1-\u03c1\u03c3-\u03c9\u0430-\u044f\u0452-\u045f\u05d0-\u05ea"
    "\u0620-\u063f\u0641-\u064a\u2014\u2022\u2190-\u2199\u2500-\u27bf\u3001-\u3029"
    "\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\U0001f300-\U0001faff"
)
"""Characters that are what they are, once case is folded: letters of Greek, Russian,
Hebrew and Arabic without marks, kana, Han, Hangul, drawn lines, emoji."""

_ODD: Final = re.compile(f"[^{_COMMON}]+")

_SINGLE: Final = re.compile(f"[{_COMMON}]+")

_ACCENTS: Final = re.compile(
    "(?<=[A-Za-z\u00c0-\u02af\u0370-\u03ff])[\u0300-\u036f\u1dc0-\u1dff]+"
)
"""On Latin and Greek letters. Elsewhere they make another letter, as й is not и."""

_POINTS: Final = re.compile(
    r"(?<!\s)[\u0300-\u036f"
    r"\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06ed]+"
)
"""What made no letter of its own: stress marks, the points of Hebrew and Arabic, which
few people type. Behind a space it is a sign that stands alone, such as ¨."""

_ACUTE: Final = str.maketrans("´", "'")
"""Typed for an apostrophe. Else it would come apart into a space and an accent."""

_SAME: Final = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ", "'"),
        **dict.fromkeys("“”„‟", '"'),
        **dict.fromkeys("‐‑‒–−", "-"),
        # Read so, though they are not made of a letter and an accent.
        **dict(zip("ёøđłħŧı", "еodlhti", strict=True)),
        "æ": "ae",
        "œ": "oe",
        # Joiners and variation selectors only say how their neighbours are drawn.
        **dict.fromkeys("\u200c\u200d", ""),
        **dict.fromkeys(map(chr, range(0xFE00, 0xFE10)), ""),
    }
)

MOST_MARKS: Final = 30
"""Marks on one character that are looked at. To put a thousand in order takes a million
steps. Source: https://www.unicode.org/reports/tr15, "Stream-Safe Text Format"."""

_CROWD: Final = re.compile(
    rf"(?:[^\w\s{_COMMON}]|[\uff9e\uff9f]){{{MOST_MARKS + 1},}}+"
)
"""What may be more marks than that: no letters, but for the two that become marks."""

_LONGEST_KEPT: Final = 12
"""Characters of a piece whose folded form is remembered: a word, a sign."""

_WHITE: Final = re.compile(r"\s+")


def alike(text: str) -> str:
    """The text with one spelling for all that people take for the same letters.

    Without case and accents; ß is ss, ﬁ is fi, half and full width are one, curly
    quotes straight, short dashes hyphens, odd spaces spaces. White space is not joined.
    What its marks make a letter of its own stays one (й, が, Hangul), and so do the
    vowel signs of India and Thailand. Of the marks on a character `MOST_MARKS` count.
    Source of the forms, NFKD and NFC: https://www.unicode.org/reports/tr15
    """
    if text.isascii():
        return text.lower()
    text = _CROWD.sub(_thinned, text)
    return _ODD.sub(_alike_piece, unicodedata.normalize("NFC", text).casefold())


def fold(text: str) -> str:
    """The text as `alike` has it, each run of white space one space."""
    return _WHITE.sub(" ", alike(text))


def folded_with_offsets(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the index of the one in `text`
    that it comes from.

    Several may come from one (ß), and one from several (e and an accent: the first).
    """
    folded, offsets = alike_with_offsets(text)
    pieces: list[str] = []
    kept: list[int] = []
    last = 0
    for white in _WHITE.finditer(folded):
        start, end = white.span()
        pieces += folded[last:start], " "
        kept += offsets[last : start + 1]
        last = end
    return "".join((*pieces, folded[last:])), kept + offsets[last:]


def alike_with_offsets(text: str) -> tuple[str, list[int]]:
    """The same as `folded_with_offsets` of the text as `alike` has it."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    pieces: list[str] = []
    offsets: list[int] = []
    for start, end, is_common in _clusters(text):
        piece = alike(text[start:end])
        pieces.append(piece)
        offsets += range(start, end) if is_common else [start] * len(piece)
    return "".join(pieces), offsets


def cut_at(text: str, index: int) -> int:
    """The first place from an index on at which a text can be cut so that its parts are
    alike what they are within it."""
    while 0 < index < len(text) and _joins(text[index]):
        index += 1
    return min(index, len(text))


def _clusters(text: str) -> Iterator[tuple[int, int, bool]]:
    """Bounds of the pieces that fold on their own, and whether a piece is of common
    characters, of which each folds to one."""
    start, length = 0, len(text)
    while start < length:
        common = _SINGLE.match(text, start)
        if common is not None:
            end = common.end()
            if end < length and _joins(text[end]):
                end -= 1
            if start < end:
                yield start, end, True
                start = end
                continue
        end = start + 1
        while end < length and _joins(text[end]):
            end += 1
        yield start, end, False
        start = end


@lru_cache(maxsize=4096)
def _joins(character: str) -> bool:
    """Whether it may become one character with what stands before it."""
    first = unicodedata.normalize("NFKD", character)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"


def _thinned(crowd: re.Match[str]) -> str:
    """Without the marks that are too many."""
    kept: list[str] = []
    marks = 0
    for character in crowd.group():
        marks = marks + 1 if _joins(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _alike_piece(match: re.Match[str]) -> str:
    piece = match.group()
    return _short(piece) if len(piece) <= _LONGEST_KEPT else _alike(piece)


def _alike(piece: str) -> str:
    apart = unicodedata.normalize("NFKD", piece.translate(_ACUTE))
    plain = _ACCENTS.sub("", apart).casefold()
    whole = _POINTS.sub("", unicodedata.normalize("NFC", plain))
    return whole.translate(_SAME)


_short = lru_cache(maxsize=4096)(_alike)
