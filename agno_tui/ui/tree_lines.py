"""How the rows of a session's tree are drawn: thin lines, the path a heavy one."""

from __future__ import annotations

from textual.content import Content

from agno_tui.text import one_line
from agno_tui.ui.dates import ago
from agno_tui.ui.lines import Line, role
from agno_tui.ui.marks import status_mark
from agno_tui.ui.session_rows import UNTITLED
from agno_tui.ui.tree_rows import Fold, Joint, TreeRow

CURSOR, NO_CURSOR = "❯ ", "  "
HERE = "◂ here"
AGAIN = "another answer"
GONE = "a deleted conversation"
NO_WORDS = "(no words)"

LEAST_WORDS = 14
"""Cells of a question that are shown before anything behind it is left out."""

MOST_DEPTH = 14
"""Branches beside each other that have a column each, however wide the screen is."""


def deepest(width: int) -> int:
    """How many branches have a column each at a width in cells; of what is deeper the
    row says how deep it is."""
    return max(1, min(MOST_DEPTH, (width - 36) // 2))


def tree_line(row: TreeRow, width: int, *, at_cursor: bool, present: int) -> Line:
    """One row in `width` cells. `present`: microseconds since the epoch."""
    head = role(CURSOR if at_cursor else NO_CURSOR, "used") + _lines(row, width)
    words = _words(row)
    tail = _tail(row, present)
    room = width - head.cell_length
    while len(tail) > 1 and room - _length(tail) < min(LEAST_WORDS, words.cell_length):
        # First how long ago it was, at last where one is.
        del tail[0]
    behind = Content.assemble(*tail)
    left = max(2, room - behind.cell_length)
    content = head + words.truncate(left, ellipsis=True) + behind
    fill = "cursor" if at_cursor else ""
    return Line(content.truncate(width, ellipsis=True), fill=fill)


def _length(tail: list[Content]) -> int:
    return sum(part.cell_length for part in tail)


def _words(row: TreeRow) -> Content:
    name = one_line(row.words)
    if row.is_origin:
        who = f"“{name or UNTITLED}”" if row.place is not None else GONE
        return role("⑂ forked from ", "quiet") + Content(who)
    if row.is_fork:
        return role("⑂ fork ", "quiet") + Content(f"“{name or UNTITLED}”")
    mark, mark_role = status_mark(row.status)
    style = "strong" if row.on_path else ""
    said = role(name or NO_WORDS, style) if style else Content(name or NO_WORDS)
    return role(f"{mark} ", mark_role) + said if mark.strip() else said


def _tail(row: TreeRow, present: int) -> list[Content]:
    """What stands behind the words, what is left out first where it is narrow first."""
    time = ago(row.created_at, present) if row.created_at else ""
    parts = [role(f" · {time}", "quiet")] if time else []
    if row.version is not None:
        of = f" · version {row.version.number:,}/{row.version.count:,}"
        parts.append(role(of, "quiet"))
    if row.is_again:
        parts.append(role(f" · {AGAIN}", "quiet"))
    if row.turns > 1:
        parts.append(role(f" · {row.turns:,} turns", "quiet"))
    if row.is_here:
        parts.append(role(f" {HERE}", "strong"))
    return parts


def _lines(row: TreeRow, width: int) -> Content:
    """The columns before a row's words: one for each branch it is away, its own, and
    the sign of its fold."""
    if row.is_origin:
        return Content("")
    first = "┃" if (row.beside_path if row.depth else row.on_path) else "│"
    if not row.depth:
        return _trunk(row, first)
    limit = deepest(width)
    fold = f"{row.fold} " if not row.is_fork else ""
    if row.depth > limit:
        drawn = f"{'│ ' * limit}"[1:]
        return _bar(first) + role(f"{drawn}↳{row.depth:,} {fold}", "quiet")
    if row.joint in (Joint.GOES_ON, Joint.AFTER):
        drawn = f"{'│ ' * (row.depth + 1)}"[1:]
        room = "  " if row.joint is Joint.AFTER else ""
        return _bar(first) + role(f"{drawn}{room}{fold}", "quiet")
    if row.joint is Joint.AMONG:
        drawn = f"{'│ ' * row.depth}"[1:]
        return _bar(first) + role(f"{drawn}├── {fold}", "quiet")
    own = "─┬ " if row.joint is Joint.LEAVES_AND_GOES_ON else "── "
    if row.depth > 1:
        drawn = f"{'│ ' * (row.depth - 1)}"[1:]
        return _bar(first) + role(f"{drawn}├{own}{fold}", "quiet")
    return _bar(_leaving(first, row)) + role(f"{own}{fold}", "quiet")


def _trunk(row: TreeRow, first: str) -> Content:
    if row.is_fork:  # One of those that were found.
        return role("  ", "quiet")
    if row.joint is Joint.AMONG:
        own = "┣━━ " if row.on_path else "├── "
        return _bar(own) + role(f"{row.fold} ", "quiet")
    if row.joint is Joint.AFTER:
        return _bar(first) + role(f"   {row.fold} ", "quiet")
    return _bar(first) + role(f" {row.fold} ", "quiet")


def _leaving(first: str, row: TreeRow) -> str:
    if row.is_first:
        return "┎" if first == "┃" else "┌"
    return "┠" if first == "┃" else "├"


def _bar(sign: str) -> Content:
    return role(sign, "used" if sign[0] in "┃┠┎┣" else "quiet")


def can_fold(row: TreeRow) -> bool:
    """Whether a row opens or closes."""
    return row.fold is not Fold.TURN
