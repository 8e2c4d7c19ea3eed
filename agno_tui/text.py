"""Text from outside: what is repaired when it comes in, and made visible when shown.

Anything a model, a file, a paste or a database row gives us is untrusted. Two
functions stand at the border: `repair` for text that will be kept (it must survive
UTF-8 and SQLite), `printable` for text that will be drawn (it must not reach the
terminal as control codes).
"""

from __future__ import annotations

import re
from typing import Final

LONGEST_LINE: Final = 10_000
"""Characters that are looked at where a text is shown on one line."""

_UNSAFE_ASCII: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
"""C0 but tab and newline, and DEL: all that is unsafe in most texts."""

_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064"
    "\u2065-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001d17a\U000e0000-\U000e0fff]"
    "(?:(?<=\u2800)\u2800+)?"
)
"""C0 but tab and newline, DEL, C1, separators of lines; then what is not seen: all
Default_Ignorable_Code_Points (DerivedCoreProperties of Unicode 16), and blank braille,
a whole run at once.

U+200C and U+200D stay: scripts and emoji sequences need them.
"""

_OF_MUSIC: Final = re.compile("[\U0001bca4-\U0001d172]")
"""Signs that are seen between some that are not: rare, and each range above the BMP
that `_UNSAFE` has is asked for at every character."""

_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Invisible marks that choose the form of the character before them: one stays, more
are no text but something hidden in it."""

_MONGOLIAN: Final = re.compile("[\u1820-\u18aa][\u180b-\u180d\u180f]")
"""A letter and the mark that chooses its form."""

_DOTS: Final = re.compile("[\u2801-\u28ff]")
"""Braille that is seen. Pictures are made of it; the blanks beside it are theirs."""


def repair(text: str) -> str:
    """Join surrogate pairs and replace lone halves, so that the text is valid Unicode.

    A lone half breaks INSERT, export, clipboard and the next request.
    """
    try:
        # This is much faster than to look for halves.
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _picture(match: re.Match[str]) -> str:
    char, text, at = match.group(), match.string, match.start()
    before = text[at - 1 : at]
    if _SELECTORS.match(char) and not _SELECTORS.match(before):
        return char
    if char[0] == "\u2800":
        is_seen = _DOTS.match(before) or _DOTS.match(text, match.end())
        return char if is_seen else "\u27e8U+2800\u27e9" * len(char)
    if _MONGOLIAN.match(before + char) or _OF_MUSIC.match(char):
        return char
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"\u27e8U+{code:04X}\u27e9"


def printable(text: str) -> str:
    """Show control, bidi and zero-width characters as signs instead of obeying them.

    Tabs and newlines stay; carriage returns before a newline are dropped.
    """
    text = text.replace("\r\n", "\n")
    if text.isascii():
        return _UNSAFE_ASCII.sub(_picture, text)
    return _UNSAFE.sub(_picture, repair(text))


def one_line(text: str) -> str:
    """The text on a single line, safe to draw: a title, a label, a toast.

    No more than its first `LONGEST_LINE` characters: the whole may be megabytes.
    """
    return printable(" ".join(text[:LONGEST_LINE].split()))


def clipped(text: str, limit: int) -> str:
    """The text cut to `limit` characters, at a word where one is near, with an `…`."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = head.rfind(" ")
    if space >= limit * 2 // 3:
        head = head[:space]
    return head.rstrip(" ,;:.-") + "…"
