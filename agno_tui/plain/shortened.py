"""Long texts told in few words: what one only needs to know where one was."""

from __future__ import annotations

import re
from typing import Final

from agno_tui.plain.words import counted
from agno_tui.text import clipped, one_line

MANY_LINES: Final = 12
"""Lines of a text that is still said whole where it is the user's own."""

MANY_CHARACTERS: Final = 1_000
"""Characters of one."""

REST: Final = "(… /read reads all of it.)"
"""Stands on a line of its own where a text goes on."""

_BEGINNING: Final = 60
"""Characters of a text that say which one it is."""

_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")


def open_fence(text: str) -> str:
    """The mark of the block of code that a text leaves open, or nothing."""
    is_open = ""
    for line in text.split("\n"):
        if not (fence := _FENCE.match(line)):
            continue
        if not is_open:
            is_open = fence[1]
        elif fence[1].startswith(is_open):
            is_open = ""
    return is_open


def shortened(text: str, longest: int) -> str:
    """The text, or its beginning up to the end of a paragraph, else of a line, else of
    a word; a block of code that is cut is closed. `longest`: characters."""
    if len(text) <= longest:
        return text
    least, head = longest // 3, text[:longest]
    paragraphs, lines = _ends(head)
    for ends in (paragraphs, lines):
        if ends and ends[-1] >= least:
            return f"{head[: ends[-1]].rstrip()}\n{REST}"
    whole = head.rpartition("\n")[0]
    if fence := open_fence(whole):
        return f"{whole}\n{fence}\n{REST}"
    words = head.rsplit(maxsplit=1)[0] if head.strip() else ""
    return f"{words.rstrip()}\n{REST}"


def _ends(head: str) -> tuple[list[int], list[int]]:
    """Where paragraphs end in a text, and where lines do, none within code."""
    paragraphs: list[int] = []
    lines: list[int] = []
    at, is_open = 0, ""
    for line in head.split("\n")[:-1]:
        if fence := _FENCE.match(line):
            if not is_open:
                paragraphs.append(at)
                is_open = fence[1]
            elif fence[1].startswith(is_open):
                is_open = ""
        at += len(line) + 1
        if not is_open:
            lines.append(at)
            if not line.strip() or _FENCE.match(line):
                paragraphs.append(at)
    return paragraphs, lines


def is_long(text: str) -> bool:
    """Whether it is too long to be said again as a matter of course."""
    return text.count("\n") >= MANY_LINES or len(text) > MANY_CHARACTERS


def size_of(text: str) -> str:
    """`5,000 lines`, or the characters of a text of few lines."""
    lines = text.strip("\n").count("\n") + 1
    if lines > MANY_LINES:
        return counted(lines, "line")
    return counted(len(text), "character")


def beginning(text: str) -> str:
    """The first words of a text, on one line."""
    first = text.lstrip().partition("\n")[0]
    words = clipped(one_line(first), _BEGINNING)
    return words if words.endswith("…") or first == text.strip() else f"{words} …"


def draft_words(draft: str) -> str:
    """A draft, or how long it is and how it begins."""
    if not is_long(draft):
        return draft
    return f"{size_of(draft)}, begins “{beginning(draft)}”"


def brief(text: str) -> str:
    """What the user wrote, or how it begins and how long it is."""
    if not is_long(text):
        return text
    return f"{beginning(text)} ({size_of(text)})"
