"""From blocks to lines of a given width: wrapping, indents, tables, bars.

Nothing here knows a colour or a screen: a line is text whose spans name roles.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from agno_tui.ui.lines import Line, blank, role, wrapped
from agno_tui.ui.markdown.blocks import (
    Block,
    Code,
    Heading,
    Item,
    Items,
    Paragraph,
    Part,
    Quote,
    Rule,
    Table,
)
from agno_tui.ui.markdown.code_lines import lay_out_code
from agno_tui.ui.markdown.table import lay_out_table

BULLETS = ("•", "◦", "▪")
"""Marks of bullet lists, by depth."""

MIN_WIDTH = 8
"""Narrower than this nothing is indented any more."""


def lay_out(parts: Iterable[Part], width: int, depth: int = 0) -> list[Line]:
    """Lines of blocks, an empty line between two where the source has one."""
    lines: list[Line] = []
    for part in parts:
        if lines and part.apart:
            lines.append(blank())
        lines += lay_out_block(part.block, width, depth)
    return lines


def lay_out_block(block: Block, width: int, depth: int = 0) -> list[Line]:
    """Lines of one block; `depth`: lists around it."""
    width = max(MIN_WIDTH, width)
    match block:
        case Paragraph(text):
            return wrapped(text, width)
        case Heading(level, text):
            return _heading(level, text, width)
        case Code(language, code):
            return lay_out_code(language, code, width)
        case Rule():
            return [Line(role("─" * width, "rule"))]
        case Quote(parts):
            if width - 2 < MIN_WIDTH:
                return lay_out(parts, width, depth)
            inner = lay_out(parts, width - 2, depth)
            return [line.after(role("▎ ", "quote-bar")) for line in inner]
        case Items():
            return _items(block, width, depth)
        case Table(rows, aligns):
            return lay_out_table(rows, aligns, width)


def _heading(level: int, text: Content, width: int) -> list[Line]:
    return wrapped(text.stylize_before(f"heading-{level}"), width)


def _items(items: Items, width: int, depth: int) -> list[Line]:
    lines: list[Line] = []
    for number, item in enumerate(items.items, items.start or 0):
        if lines and item.apart:
            lines.append(blank())
        lines += lay_out_item(
            item, None if items.start is None else number, width, depth
        )
    return lines


def lay_out_item(
    item: Item, number: int | None, width: int, depth: int = 0
) -> list[Line]:
    """Lines of one item of a list; `number`: None for a bullet."""
    width = max(MIN_WIDTH, width)
    mark = role(mark_of(item, number, depth), "bullet")
    if width - mark.cell_length < MIN_WIDTH:
        return [Line(mark), *lay_out(item.parts, width, depth + 1)]
    inner = lay_out(item.parts, width - mark.cell_length, depth + 1) or [blank()]
    rest = Content(" " * mark.cell_length)
    first = inner[0].after(mark, said=True)
    return [first, *(line.after(rest) for line in inner[1:])]


def mark_of(item: Item, number: int | None, depth: int) -> str:
    """What stands before an item; `number`: None for a bullet."""
    if item.checked is not None:
        return "☑ " if item.checked else "☐ "
    if number is None:
        return f"{BULLETS[depth % len(BULLETS)]} "
    return f"{number}. "
