"""From blocks to lines of a given width: wrapping, indents, tables, bars.

Nothing here knows a colour or a screen: a line is text whose spans name roles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from rich.cells import chop_cells
from textual.content import Content

from agno_tui.ui.lines import Line, blank, role, wrap
from agno_tui.ui.markdown.blocks import (
    Block,
    Code,
    Heading,
    Items,
    Paragraph,
    Quote,
    Rule,
    Table,
)
from agno_tui.ui.markdown.code import highlight
from agno_tui.ui.markdown.table import lay_out_table

BULLETS = ("•", "◦", "▪")
"""Marks of bullet lists, by depth."""

MIN_WIDTH = 8
"""Narrower than this nothing is indented any more."""


def lay_out(
    blocks: Iterable[Block], width: int, *, tight: bool = False, depth: int = 0
) -> list[Line]:
    """Lines of blocks, one empty line between two unless `tight`."""
    lines: list[Line] = []
    for block in blocks:
        if lines and not tight:
            lines.append(blank())
        lines.extend(lay_out_block(block, width, depth))
    return lines


def lay_out_block(block: Block, width: int, depth: int = 0) -> list[Line]:
    """Lines of one block."""
    width = max(MIN_WIDTH, width)
    match block:
        case Paragraph(text):
            return [Line(line) for line in wrap(text, width)]
        case Heading(level, text):
            return _heading(level, text, width)
        case Code(language, code):
            return _code(language, code, width)
        case Rule():
            return [Line(role("─" * width, "rule"))]
        case Quote(blocks):
            if width - 2 < MIN_WIDTH:
                return lay_out(blocks, width, depth=depth)
            inner = lay_out(blocks, width - 2, depth=depth)
            return [line.after(role("▎ ", "quote-bar")) for line in inner]
        case Items():
            return _items(block, width, depth)
        case Table(rows, aligns):
            return [Line(line) for line in lay_out_table(rows, aligns, width)]


def _heading(level: int, text: Content, width: int) -> list[Line]:
    name = f"heading-{min(level, 3)}"
    return [Line(line.stylize_before(name)) for line in wrap(text, width)]


def _code(language: str, code: str, width: int) -> list[Line]:
    inner = width - 2
    lines = []
    for label in chop_cells(language, inner)[:1]:
        lines.append(Line(role(f" {label}", "code-label"), "code-block"))
    for source in highlight(code, language).split(allow_blank=True):
        tabbed = source.expand_tabs(4)
        pieces = _folded(tabbed, inner) if tabbed.cell_length > inner else [tabbed]
        lines += [Line(Content(" ") + piece, "code-block") for piece in pieces]
    return lines


def _folded(text: Content, width: int) -> list[Content]:
    """Text cut at exactly `width` cells, whatever stands there.

    `Content.fold` (Textual 8.2.8) loses text behind characters of no width.
    """
    sizes = [len(piece) for piece in chop_cells(text.plain, width)]
    return text.divide(list(accumulate(sizes[:-1])))


def _items(items: Items, width: int, depth: int) -> list[Line]:
    lines: list[Line] = []
    last = (items.start or 0) + len(items.items) - 1
    for number, blocks in enumerate(items.items, items.start or 0):
        if lines and not items.tight:
            lines.append(blank())
        mark = _mark(items, number, last, depth)
        lines += _item(mark, blocks, width, items.tight, depth)
    return lines


def _mark(items: Items, number: int, last: int, depth: int) -> str:
    if items.start is None:
        return f"{BULLETS[depth % len(BULLETS)]} "
    return f"{number}.".rjust(len(f"{last}.")) + " "


def _item(
    mark: str, blocks: Sequence[Block], width: int, tight: bool, depth: int
) -> list[Line]:
    task, blocks = _task(blocks)
    first = task or role(mark, "bullet")
    if width - first.cell_length < MIN_WIDTH:
        lines = lay_out(blocks, width, tight=tight, depth=depth + 1)
        return [Line(first), *lines]
    inner = lay_out(
        blocks, width - first.cell_length, tight=tight, depth=depth + 1
    ) or [blank()]
    rest = Content(" " * first.cell_length)
    return [inner[0].after(first), *(line.after(rest) for line in inner[1:])]


_TASKS = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


def _task(blocks: Sequence[Block]) -> tuple[Content | None, Sequence[Block]]:
    """The box of a task-list item in place of its bullet, and the blocks without it."""
    if blocks and isinstance(blocks[0], Paragraph):
        text = blocks[0].text
        if box := _TASKS.get(text.plain[:4]):
            return role(box, "bullet"), [Paragraph(text[4:]), *blocks[1:]]
    return None, blocks
