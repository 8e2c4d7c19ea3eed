"""What is still open where a block that is too long is cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from agno_tui.ui.markdown.blocks import Block, Code, Item, Items, Part, Quote
from agno_tui.ui.markdown.layout import MIN_WIDTH, mark_of
from agno_tui.ui.markdown.window import Container, quote

DEEPEST = 12
"""Containers that are kept open; what stands deeper goes on at this depth."""

_FENCE = re.compile(r"( {0,3})(`{3,}|~{3,})")
_ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])(?: {1,4}(?=\S)|(?=\s|$))")


@dataclass(slots=True, frozen=True)
class Fence:
    """What opened a block of code."""

    language: str
    indent: int
    marks: str
    """The signs that close it, or more of the same."""

    def closes(self, line: str) -> bool:
        """Whether this line ends the block."""
        bare = line.strip()
        if not bare.startswith(self.marks) or bare.strip(self.marks[0]):
            return False
        return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()) < 4

    def dedent(self, line: str) -> str:
        """A line of the block without the indent that all have."""
        bare = line.lstrip(" \t")
        blank = line[: len(line) - len(bare)]
        if "\t" in blank[: self.indent]:
            blank = blank.expandtabs(4)
        return blank[min(self.indent, len(blank)) :] + bare


def fence_of(block: Block, line: str) -> Fence | None:
    """The fence that a block of code begins with; `line`: its first line."""
    found = _FENCE.match(line) if isinstance(block, Code) else None
    if found is None or not isinstance(block, Code):
        return None
    return Fence(block.language, len(found[1]), found[2])


def still_open(
    part: Part, lines: Sequence[str], width: int, depth: int, room: int = DEEPEST
) -> tuple[list[Container], Fence | None]:
    """The containers and the fence that a block leaves open behind these lines.

    `width`: cells the block has; `depth`: lists around it; `room`: how many containers
    may come.
    """
    found: list[Container] = []
    last = max((i for i, line in enumerate(lines) if line.strip(" \t>")), default=-1)
    inside = list(lines)
    while part.end > last and len(found) < room:
        container = _container(part, inside, width, depth)
        if container is None:
            fence = fence_of(part.block, inside[part.start])
            is_closed = (
                part.end - part.start > 1 and fence and fence.closes(inside[last])
            )
            return found, None if is_closed else fence
        found.append(container)
        width -= container.prefix.cell_length
        depth += container.indent > 0
        inside = [container.strip(line) or "" for line in inside]
        parts = _inner(part.block)
        if not parts:
            break
        part = parts[-1]
    return found, None


def _inner(block: Block) -> Sequence[Part]:
    match block:
        case Quote(parts):
            return parts
        case Items(items=items):
            return items[-1].parts
    return ()


def _container(
    part: Part, lines: list[str], width: int, depth: int
) -> Container | None:
    match part.block:
        case Quote():
            return quote(width - 2 >= MIN_WIDTH)
        case Items(start, items):
            number = None if start is None else start + len(items) - 1
            return _item(items[-1], number, lines, width, depth)
    return None


def _item(
    item: Item, number: int | None, lines: list[str], width: int, depth: int
) -> Container | None:
    """The last item of a list; its mark in the lines becomes a part of the indent."""
    line = lines[item.start].expandtabs(4)
    found = _ITEM.match(line)
    if found is None:
        return None
    indent = found.end() if line[found.end() - 1].isspace() else found.end() + 1
    lines[item.start] = " " * indent + line[indent:]
    mark = len(mark_of(item, number, depth))
    prefix = Content(" " * mark if width - mark >= MIN_WIDTH else "")
    return Container(indent, prefix, None if number is None else number + 1)
