"""The list of sessions: newest activity first, by day, one painted line a session."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from agno_tui.session import Session, now
from agno_tui.text import one_line
from agno_tui.ui.dates import ago
from agno_tui.ui.marks import mark_of
from agno_tui.ui.paint import Paint, component_classes
from agno_tui.ui.scroll_bar import LineScrollView
from agno_tui.ui.session_rows import UNTITLED, Row, rows_of

if TYPE_CHECKING:
    from textual import events

ROLES = (
    "bar",
    "cursor",
    "draft",
    "failed",
    "group",
    "open",
    "running",
    "time",
    "unread",
)


class SessionList(LineScrollView, can_focus=True):
    """The sessions of a user. Knows no storage: it is told what there is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("session-list", ROLES)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("home,g", "move(-1000000)", "First", show=False),
        Binding("end,G", "move(1000000)", "Last", show=False),
        Binding("pageup", "move(-10)", "Page up", show=False),
        Binding("pagedown", "move(10)", "Page down", show=False),
        Binding("enter,right", "open", "Open", show=False),
        Binding("d,delete", "delete", "Delete", show=False),
        Binding("u", "undo", "Undo the deletion", show=False),
    ]

    class Opened(Message):
        """The user wants a session on the screen."""

        def __init__(self, session_id: str) -> None:
            super().__init__()
            self.session_id = session_id

    class MoreWanted(Message):
        """The end of the list is near the screen."""

    class DeleteWanted(Message):
        """The user wants a session in the trash."""

        def __init__(self, session_id: str) -> None:
            super().__init__()
            self.session_id = session_id

    class UndoWanted(Message):
        """The user wants the last deletion taken back."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sessions: list[Session] = []
        self.open_id = ""
        self.frame = 0
        self._answering: frozenset[str] = frozenset()
        self._cursor = 0
        self._cursor_id = ""
        self._rows: list[Row] = []
        self._paint: Paint | None = None

    # What it is told

    def set_sessions(self, sessions: Sequence[Session]) -> None:
        """Show these, in the order given."""
        self.sessions = list(sessions)
        self._make_rows()

    def add_page(self, sessions: Sequence[Session]) -> None:
        """Older sessions, below the last one."""
        known = {session.session_id for session in self.sessions}
        self.sessions += [s for s in sessions if s.session_id not in known]
        self._make_rows()

    def update_session(self, session: Session) -> None:
        """A session is new or has changed: put it where it belongs. The open one stays
        in view, as long as the keyboard is not here."""
        is_open = session.session_id == self.open_id
        shown = is_open or self._shows(self._position(self.open_id))
        others = [s for s in self.sessions if s.session_id != session.session_id]
        others.append(session)
        self.sessions = sorted(others, key=lambda s: s.updated_at, reverse=True)
        self._make_rows()
        if shown and not self.has_focus:
            self._show_open()

    def rename(self, session_id: str, name: str) -> None:
        """A session has another name; it stays where it is."""
        self.sessions = [
            replace(s, name=name) if s.session_id == session_id else s
            for s in self.sessions
        ]
        self._make_rows()

    def remove_session(self, session_id: str) -> None:
        """A session is gone."""
        self.sessions = [s for s in self.sessions if s.session_id != session_id]
        self._make_rows()

    def mark_read(self, session_id: str) -> None:
        """The user has seen a session."""
        self.sessions = [
            replace(s, unread=False) if s.session_id == session_id else s
            for s in self.sessions
        ]
        self._make_rows()

    def set_open(self, session_id: str) -> None:
        """Say which session is on the screen."""
        self.open_id = session_id
        self._show_open()
        self.refresh()

    def _show_open(self) -> None:
        self._put_cursor(max(0, self._position(self.open_id)))
        self._show_cursor()

    def set_running(self, session_ids: Collection[str], frame: int) -> None:
        """Say in which sessions an answer is under way, and how the mark stands."""
        moving = self._answering | frozenset(session_ids)
        self._answering, self.frame = frozenset(session_ids), frame
        top, size = self.scroll_offset.y, self.size
        for y, row in enumerate(self._rows[top : top + size.height]):
            if row.session is not None and row.session.session_id in moving:
                self.refresh(Region(0, y, size.width, 1))

    def neighbour(self, step: int) -> str | None:
        """The session before or after the one on the screen, or None at the end."""
        if not self.sessions:
            return None
        position = self._position(self.open_id)
        # A session that is not listed yet stands above all others: -1.
        wanted = position + step
        if not 0 <= wanted < len(self.sessions):
            return None
        return self.sessions[wanted].session_id

    @property
    def last(self) -> Session | None:
        """The oldest session that is listed."""
        return self.sessions[-1] if self.sessions else None

    def _position(self, session_id: str) -> int:
        ids = (i for i, s in enumerate(self.sessions) if s.session_id == session_id)
        return next(ids, -1)

    def _make_rows(self) -> None:
        self._rows = rows = rows_of(self.sessions, datetime.now().date())
        self._keep_cursor()
        self.virtual_size = Size(self.size.width, len(rows))
        self.refresh()

    def _keep_cursor(self) -> None:
        """Rows come and go; the cursor stays on its session."""
        position = self._position(self._cursor_id)
        if position < 0:
            position = max(0, min(self._cursor, len(self.sessions) - 1))
        self._put_cursor(position)

    def _put_cursor(self, position: int) -> None:
        self._cursor = position
        at = self.sessions[position : position + 1]
        self._cursor_id = at[0].session_id if at else ""

    # The keyboard and the mouse

    def action_move(self, step: int) -> None:
        """Move the cursor by sessions."""
        self._put_cursor(max(0, min(self._cursor + step, len(self.sessions) - 1)))
        self._show_cursor()
        self.refresh()

    def action_open(self) -> None:
        """Open the session under the cursor."""
        if self.sessions:
            self.post_message(self.Opened(self.sessions[self._cursor].session_id))

    def action_delete(self) -> None:
        """Put the session under the cursor into the trash."""
        if self.sessions:
            wanted = self.sessions[self._cursor].session_id
            self.post_message(self.DeleteWanted(wanted))

    def action_undo(self) -> None:
        """Take the last deletion back."""
        self.post_message(self.UndoWanted())

    def on_click(self, event: events.Click) -> None:
        """Textual: a click opens."""
        y = event.y + self.scroll_offset.y
        if 0 <= y < len(self._rows) and (session := self._rows[y].session):
            self.post_message(self.Opened(session.session_id))

    def _row_of(self, position: int) -> int:
        wanted = self.sessions[position]
        return next(i for i, row in enumerate(self._rows) if row.session is wanted)

    def _shows(self, position: int) -> bool:
        if position < 0:
            return False
        return 0 <= self._row_of(position) - self.scroll_offset.y < self.size.height

    def _show_cursor(self) -> None:
        if not self.sessions:
            return
        y = self._row_of(self._cursor)
        top, height = self.scroll_offset.y, self.size.height
        if y - 2 < top:
            self.scroll_to(y=max(0, y - 2), animate=False)
        elif y >= top + height:
            self.scroll_to(y=y - height + 1, animate=False)

    def on_resize(self) -> None:
        """Textual: another size, or shown after it was hidden."""
        if not self.has_focus:
            self._show_open()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Textual: the list moved."""
        super().watch_scroll_y(old_value, new_value)
        if new_value > old_value and new_value >= self.max_scroll_y - self.size.height:
            self.post_message(self.MoreWanted())

    # Painting

    def notify_style_update(self) -> None:
        """Textual: colours changed."""
        super().notify_style_update()
        self._paint = None

    def on_focus(self) -> None:
        """Textual: the keyboard is here."""
        self.refresh()

    def on_blur(self) -> None:
        """Textual: the keyboard went elsewhere."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Textual: one line of the screen."""
        if self._paint is None:
            self._paint = Paint(self, "session-list", ROLES)
        paint, width = self._paint, self.size.width
        at = y + self.scroll_offset.y
        row = self._rows[at] if at < len(self._rows) else Row()
        if row.session is not None:
            return self._session(paint, row.session, width)
        heading = set_cell_size(f"  {row.heading}", width)
        return paint.text(heading, "group" if row.heading else "")

    def _session(self, paint: Paint, session: Session, width: int) -> Strip:
        is_open = session.session_id == self.open_id
        at_cursor = self.has_focus and self.sessions[self._cursor] is session
        running = session.session_id in self._answering
        mark, mark_role = mark_of(session, frame=self.frame, running=running)
        if is_open and mark_role == "unread":
            mark, mark_role = " ", ""
        time = ago(session.updated_at, now()).rjust(4)
        name = one_line(session.name) or one_line(session.draft) or UNTITLED
        room = max(4, width - 4 - len(time) - 1)
        if cell_len(name) > room:
            name = set_cell_size(name, room - 1) + "…"
        name = set_cell_size(name, room)
        row_role = "cursor" if at_cursor else "open" if is_open else ""
        strip = Strip.join(
            [
                paint.text("▌" if is_open else " ", "bar", over=row_role),
                paint.text(f"{mark} ", mark_role, over=row_role),
                paint.text(
                    f" {name}", "unread" if mark_role == "unread" else "", over=row_role
                ),
                paint.text(f"{time} ", "time", over=row_role),
            ]
        )
        return strip.adjust_cell_length(width, paint.base.rich_style)
