"""One painted line of the list of sessions."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from textual.strip import Strip

from agno_tui.session import Session
from agno_tui.ui.dates import ago
from agno_tui.ui.marks import mark_of
from agno_tui.ui.paint import Paint
from agno_tui.ui.session_rows import title_of

ROLES = (
    "bar",
    "cursor",
    "draft",
    "failed",
    "group",
    "marked",
    "open",
    "running",
    "time",
    "unread",
)


@dataclass(slots=True, frozen=True)
class Stand:
    """How a session stands in the list at this moment."""

    is_open: bool
    at_cursor: bool
    is_marked: bool
    is_running: bool
    frame: int
    present: int


def heading_line(paint: Paint, heading: str, width: int) -> Strip:
    """A heading, or an empty line."""
    text = set_cell_size(f"  {heading}", width)
    return paint.text(text, "group" if heading else "")


def session_line(paint: Paint, session: Session, stand: Stand, width: int) -> Strip:
    """`✓• ⑂ Trip to Kyoto          2m`: whether it is chosen or open, its mark, whether
    it is a fork, its title, how long ago."""
    mark, mark_role = mark_of(session, frame=stand.frame, running=stand.is_running)
    if stand.is_open and mark_role == "unread":
        mark, mark_role = " ", ""
    time = ago(session.updated_at, stand.present).rjust(4)
    name = f"⑂ {title_of(session)}" if session.forked_from else title_of(session)
    room = max(4, width - 4 - len(time) - 1)
    if cell_len(name) > room:
        name = set_cell_size(name, room - 1) + "…"
    name = set_cell_size(name, room)
    row = "cursor" if stand.at_cursor else "open" if stand.is_open else ""
    first, first_role = "▌" if stand.is_open else " ", "bar"
    if stand.is_marked:
        first, first_role = "✓", "marked"
    name_role = "marked" if stand.is_marked else ""
    if mark_role == "unread":
        name_role = "unread"
    strip = Strip.join(
        [
            paint.text(first, first_role, over=row),
            paint.text(f"{mark} ", mark_role, over=row),
            paint.text(f" {name}", name_role, over=row),
            paint.text(f"{time} ", "time", over=row),
        ]
    )
    return strip.adjust_cell_length(width, paint.base.rich_style)
