"""Links as they stand in the lines of a text: their words, and where they lead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.content import Span

from agno_tui.ui.lines import TO, Line

MOST_WORDS = 200
"""Characters of a link's words that are kept."""


@dataclass(slots=True)
class Link:
    """Where a link leads, and the words that lead there."""

    address: str
    words: str = ""
    """Nothing where the address itself stands there."""


def links_of(lines: Iterable[Line]) -> list[Link]:
    """The links in these lines, in their order; each address once, with the words that
    lead there first."""
    found: dict[str, Link] = {}
    goes_on: dict[str, Line] = {}
    """The last line of each that has a part of its words."""
    above: Line | None = None
    for line in lines:
        for span in sorted(_targets(line), key=lambda span: span.start):
            address = str(span.style).removeprefix(TO)
            link = found.get(address)
            if link is None and address:
                found[address] = Link(address, _words(line, span))
                goes_on[address] = line
            elif link is not None and above and goes_on[address] is above:
                joint = _joint(above, line, span)
                if joint is not None:
                    link.words += (joint + _words(line, span))[:MOST_WORDS]
                    goes_on[address] = line
        above = line
    for link in found.values():
        words = link.words.strip()[:MOST_WORDS]
        link.words = "" if _is_said(link.address, words) else words
    return list(found.values())


def address_at(line: Line, column: int) -> str | None:
    """Where the link at a character of `line.content.plain` leads, if there is one."""
    for span in reversed(line.content.spans):
        if (
            span.start <= column < span.end
            and isinstance(span.style, str)
            and span.style.startswith(TO)
        ):
            return span.style.removeprefix(TO) or None
    return None


def _is_said(address: str, words: str) -> bool:
    """Whether the words are the address, which may be broken in a table."""
    bare = words.replace(" ", "").rstrip("/")
    behind = address.partition(":")[2].removeprefix("//")
    return bare in (address.rstrip("/"), behind.rstrip("/"))


def _targets(line: Line) -> list[Span]:
    return [span for span in line.content.spans if str(span.style).startswith(TO)]


def _words(line: Line, span: Span) -> str:
    """What a link says, without where it leads."""
    said = line.content.plain[: span.end]
    for start, end, style in sorted(line.content.spans, reverse=True):
        if style == "target" and span.start <= start and end <= span.end:
            said = said[:start] + said[end:]
    return said[span.start :].rstrip()


def _joint(above: Line, line: Line, span: Span) -> str | None:
    """What stands between this part of a link and the one in the line above, if it
    begins there."""
    before = [one for one in _targets(above) if one.style == span.style]
    if not before:
        return None
    last = max(before, key=lambda one: one.end)
    if line.joint is not None:
        is_end = last.end == len(above.content.plain) and span.start == line.lead
        return line.joint if is_end else None
    # Cells of a table are wrapped below each other.
    is_cell = last.start == span.start and line.source is not None
    return " " if is_cell and line.source is above.source else None
