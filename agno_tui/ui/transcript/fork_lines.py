"""What stands below a turn where a fork left, or where this one left another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agno_tui.text import one_line
from agno_tui.ui.lines import Line, blank, role
from agno_tui.ui.places import Place
from agno_tui.ui.session_rows import UNTITLED

MOST = 3
"""Forks of one turn that each have a line."""

GONE = "a deleted conversation"
RULE = "─"


@dataclass(slots=True, frozen=True)
class ForkNote:
    """Another session that shares the turns above."""

    name: str
    place: Place | None
    """Where it is; None where it is there no longer."""
    is_origin: bool = False
    """Whether this session was forked from it; else it was forked from this one."""


def fork_lines(notes: Sequence[ForkNote], width: int) -> list[Line]:
    """The lines of a turn's notes in `width` cells, each of which leads there, and an
    empty one below them."""
    if not notes:
        return []
    lines = [_rule(_words(note), note.place, width) for note in notes[:MOST]]
    if (more := len(notes) - MOST) > 0:
        lines.append(_rule(f"and {more:,} more · /tree", None, width))
    return [*lines, blank()]


def _words(note: ForkNote) -> str:
    way = "from" if note.is_origin else "into"
    name = f"“{one_line(note.name) or UNTITLED}”" if note.place is not None else GONE
    return f"⑂ forked {way} {name}"


def _rule(words: str, place: Place | None, width: int) -> Line:
    said = role(words, "between").truncate(max(1, width - 4), ellipsis=True)
    before = role(f"{RULE} ", "rule")
    rest = max(0, width - before.cell_length - said.cell_length - 1)
    behind = role(f" {RULE * rest}", "rule")
    line = (before + said + behind).truncate(width)
    return Line(line, leads_to=place, lead=len(line))
