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

_SURROGATES: Final = re.compile("[\ud800-\udfff]")

_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064"
    "\u2065-\u206f\ufeff\ufff0-\ufffb\u180e\u3164\uffa0"
    "\ufe00-\ufe0f\U000e0000-\U000e0fff]"
)
"""C0 but tab and newline, DEL, C1; then bidi, zero-width and tag characters, letters
that are empty, and variation selectors.

U+200C and U+200D stay: scripts and emoji sequences need them.
"""

_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Invisible marks that choose the form of the character before them: one stays, more
are no text but something hidden in it."""


def repair(text: str) -> str:
    """Join surrogate pairs and replace lone halves, so that the text is valid Unicode.

    A lone half breaks INSERT, export, clipboard and the next request.
    """
    if text.isascii() or not _SURROGATES.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _picture(match: re.Match[str]) -> str:
    char = match.group()
    before = match.string[match.start() - 1 : match.start()]
    if _SELECTORS.match(char) and not _SELECTORS.match(before):
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
    return _UNSAFE.sub(_picture, repair(text.replace("\r\n", "\n")))


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
