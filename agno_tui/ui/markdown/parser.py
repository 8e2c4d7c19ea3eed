"""From Markdown text to blocks: what the text says, before anything is laid out.

CommonMark with GitHub's tables and strikethrough (https://spec.commonmark.org,
https://github.github.com/gfm), and what `rules` adds. Raw HTML is text. Inline styles
are named by role (`strong`, `code`, `link` …); the painter gives each role its looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token
from textual.content import Content

from agno_tui.text import one_line
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
from agno_tui.ui.markdown.formulas import display_text
from agno_tui.ui.markdown.inline import inline
from agno_tui.ui.markdown.rules import extended

DEEPEST = 20
"""Levels of nesting that are laid out; a list takes two, a quote one."""

Targets: TypeAlias = dict[str, dict[str, Any]]
"""Where reference links lead, by label, as markdown-it keeps it."""


class MarkdownParser:
    """Parses Markdown; keeps nothing between two texts, so one serves all."""

    def __init__(self) -> None:
        options = {"html": False, "maxNesting": DEEPEST}
        parser = MarkdownIt("commonmark", options)
        parser.enable(["table", "strikethrough"])
        self._parser = extended(parser.disable(["html_inline", "html_block"]))

    def parse(self, text: str, targets: Targets | None = None) -> list[Part]:
        """The top-level blocks of a text, in order.

        `targets`: what `[label]: address` lines before this text have said; those of
        this text are added to it.
        """
        env = {"references": {} if targets is None else targets}
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        tokens, lines = self._parser.parse(text, env), text.split("\n")
        return list(_parts(tokens, 0, len(tokens), lines))


def _parts(
    tokens: Sequence[Token], start: int, end: int, lines: Sequence[str]
) -> Iterator[Part]:
    after_formula = False
    for first, last in _siblings(tokens, start, end):
        top, bottom = tokens[first].map or (0, 0)
        formula = tokens[first].type == "math_block"
        apart = top > 0 and not lines[top - 1].strip(" \t>")
        apart = apart or formula or after_formula
        after_formula = formula
        if max(token.level for token in tokens[first:last]) >= DEEPEST - 1:
            # The parser drops what is nested deeper: show the source instead.
            source = "\n".join(lines[top:bottom])
            yield Part(top, bottom, Paragraph(Content(source)), apart)
        elif (block := _block(tokens, first, last, lines)) is not None:
            yield Part(top, bottom, block, apart)


def _siblings(
    tokens: Sequence[Token], start: int, end: int
) -> Iterator[tuple[int, int]]:
    """Bounds of each element between two indices, its children included."""
    index = start
    while index < end:
        first, depth = index, 0
        while True:
            depth += tokens[index].nesting
            index += 1
            if depth <= 0 or index >= end:
                break
        yield first, index


def _block(
    tokens: Sequence[Token], start: int, end: int, lines: Sequence[str]
) -> Block | None:
    token = tokens[start]
    match token.type:
        case "paragraph_open":
            words = tokens[start + 1]
            return Paragraph(inline(words), bool(words.meta.get("is_note")))
        case "heading_open":
            return Heading(int(token.tag[1:]), inline(tokens[start + 1]))
        case "fence" | "code_block":
            language = one_line(token.info.strip().split(" ")[0])
            return Code(language, token.content.rstrip("\n"))
        case "hr":
            return Rule()
        case "blockquote_open":
            return Quote(tuple(_parts(tokens, start + 1, end - 1, lines)))
        case "bullet_list_open" | "ordered_list_open":
            return _items(tokens, start, end, lines)
        case "table_open":
            return _table(tokens[start:end])
        case "math_block":
            return Paragraph(_formula(token))
        case "inline":
            return Paragraph(inline(token))
    return None


def _items(
    tokens: Sequence[Token], start: int, end: int, lines: Sequence[str]
) -> Items:
    ordered = tokens[start].type == "ordered_list_open"
    number = tokens[start].attrGet("start") if ordered else None
    first = (int(number) if number is not None else 1) if ordered else None
    items = (
        _item(tokens, *bounds, lines)
        for bounds in _siblings(tokens, start + 1, end - 1)
    )
    return Items(first, tuple(items))


def _item(tokens: Sequence[Token], start: int, end: int, lines: Sequence[str]) -> Item:
    top = (tokens[start].map or (0, 0))[0]
    apart = top > 0 and not lines[top - 1].strip(" \t>")
    parts = tuple(_parts(tokens, start + 1, end - 1, lines))
    item = Item(parts, top, apart)
    if end - start > 3 and tokens[start + 2].type == "inline":
        return _as_task(item, tokens[start + 2].content)
    return item


_TASK = re.compile(r"\[([ xX])\](?:\s|$)")


def _as_task(item: Item, source: str) -> Item:
    """The same item without the box its text begins with, if that is what it does."""
    box = _TASK.match(source)
    match item.parts:
        case (Part(block=Paragraph(text)) as part, *rest) if box:
            first = replace(part, block=Paragraph(text[box.end() :]))
            done = box.group(1) != " "
            return replace(item, parts=(first, *rest), checked=done)
    return item


def _formula(token: Token) -> Content:
    """A formula that stands alone; one that cannot be read is shown as its source."""
    text = display_text(token.content, **token.meta)
    return Content(token.content) if text is None else Content.styled(text, "math")


def _table(tokens: Sequence[Token]) -> Table:
    rows: list[tuple[Content, ...]] = []
    row: list[Content] = []
    aligns: list[str] = []
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            row = []
        elif token.type in ("th_open", "td_open"):
            row.append(inline(tokens[index + 1]))
            if not rows:
                aligns.append(_alignment(token))
        elif token.type == "tr_close":
            rows.append(tuple(row))
    return Table(tuple(rows), tuple(aligns))


def _alignment(token: Token) -> str:
    style = str(token.attrGet("style") or "")
    if "center" in style:
        return "c"
    return "r" if "right" in style else "l"
