"""Blocks: what a Markdown text says, before anything is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from textual.content import Content


@dataclass(slots=True, frozen=True)
class Paragraph:
    """Running text."""

    text: Content
    is_note: bool = False
    """Whether what is indented below it belongs to it: a footnote."""


@dataclass(slots=True, frozen=True)
class Heading:
    """A heading of level 1 to 6."""

    level: int
    text: Content


@dataclass(slots=True, frozen=True)
class Code:
    """A fenced or indented block of code."""

    language: str
    code: str


@dataclass(slots=True, frozen=True)
class Rule:
    """A line across."""


@dataclass(slots=True, frozen=True)
class Table:
    """Cells by row, the first row the header; `aligns` has l, c or r for a column."""

    rows: tuple[tuple[Content, ...], ...]
    aligns: tuple[str, ...]


@dataclass(slots=True, frozen=True)
class Quote:
    """Quoted blocks."""

    parts: tuple[Part, ...]


@dataclass(slots=True, frozen=True)
class Item:
    """One item of a list."""

    parts: tuple[Part, ...]
    start: int
    """Its first source line."""
    apart: bool
    """Whether an empty line stands before it."""
    checked: bool | None = None
    """Of a task list: whether it is done."""


@dataclass(slots=True, frozen=True)
class Items:
    """A list; `start` is the first number, None for bullets."""

    start: int | None
    items: tuple[Item, ...]


Block: TypeAlias = Paragraph | Heading | Code | Rule | Table | Quote | Items


@dataclass(slots=True, frozen=True)
class Part:
    """A block and where it stands: its first source line, and the one after its last.

    Source lines are counted from the beginning of the text that was parsed.
    """

    start: int
    end: int
    block: Block
    apart: bool = True
    """Whether an empty line stands before it."""
