"""Footnotes: the number each note has, and what belongs to it.

A note is a paragraph, `[^name]: text`, with what is indented below it
(https://docs.github.com/en/get-started/writing-on-github/basic-writing-and-formatting-syntax#footnotes).
It stays where it stands. Named notes are numbered in the order they stand in: while a
text comes, a number is known as soon as its note is, and never changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block import StateBlock, paragraph

from agno_tui.ui.markdown.math_symbols import SUPERSCRIPTS, script

NAME = r"\[\^([\w.-]{1,60})\^?\]"
"""A footnote's mark."""

_BEGINS_NOTE = re.compile(rf" {{0,3}}{NAME}:", re.MULTILINE)
_BEGINS_BLOCK = re.compile(r"[ \t]*(?:`{3}|~{3}|[#>|]|(?:[-+*]|\d{1,9}[.)])\s)")
MOST_NOTES = 500
"""Addresses and notes of a text; notes behind them are called by their names."""

_INDENT = 4
"""Columns that what belongs to a note is indented by."""


def key_of(name: str) -> str:
    """The label of a note among those of links; none of a link looks like this."""
    return f"\n^{normalizeReference(name)}"


def sign_of(name: str, notes: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The raised number of a note; None where it has a name, and has not come yet."""
    note = notes.get(key_of(name))
    return _raised(name if note is None else str(note["number"]))


def is_renamed(target: Mapping[str, Any]) -> bool:
    """Whether what leads to it looks otherwise now than before it came."""
    return bool(target.get("is_renamed", True))


def note_paragraph(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A paragraph, and what belongs to the note that it is."""
    paragraph(state, first, last, silent)
    token = state.tokens[-2]
    if "[^" not in token.content:
        return True
    for note in _BEGINS_NOTE.finditer(token.content):
        _number(state, note[1], first + token.content.count("\n", 0, note.start()))
    if _BEGINS_NOTE.match(token.content):
        token.meta["is_note"] = True
        _take_continued(state)
    return True


def _number(state: StateBlock, name: str, line: int) -> None:
    """Give a note its own number, or the first that is free."""
    notes = state.env["references"]
    key = key_of(name)
    if key in notes or len(notes) >= MOST_NOTES:
        return
    taken = {str(note["number"]) for note in notes.values() if "number" in note}
    number = name
    if _raised(name) is None or name in taken:
        number = next(str(n) for n in range(1, len(taken) + 2) if str(n) not in taken)
    notes[key] = {
        "number": number,
        "is_renamed": number != name,
        "map": [line, line + 1],
    }


def _raised(number: str) -> str | None:
    return script(number, SUPERSCRIPTS) if number.isdecimal() else None


def _take_continued(state: StateBlock) -> None:
    """Paragraphs that are indented below a note."""
    opened, token = state.tokens[-3:-1]
    while (line := state.skipEmptyLines(state.line)) < state.lineMax:
        end = line
        while end < state.lineMax and _is_indented(state, end):
            end += 1
        words = state.getLines(line, end, state.blkIndent + _INDENT, False)
        if end == line or _BEGINS_BLOCK.match(words):
            return
        lines = "\n".join(each.strip() for each in words.split("\n"))
        token.content += f"\n\n{lines}"
        state.line = end
        opened.map = token.map = [(token.map or [line])[0], end]


def _is_indented(state: StateBlock, line: int) -> bool:
    indent = state.sCount[line] - state.blkIndent
    return not state.isEmpty(line) and _INDENT <= indent < 2 * _INDENT
