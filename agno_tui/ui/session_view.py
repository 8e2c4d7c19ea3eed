"""What the list of sessions shows: pinned ones, then newest activity first, by day, one
painted line a session."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from agno_tui.session import Session, now
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.list_clock import ListClock
from agno_tui.ui.paint import Paint, component_classes
from agno_tui.ui.scroll_bar import LineScrollView
from agno_tui.ui.session_line import ROLES, Stand, heading_line, session_line
from agno_tui.ui.session_listing import Listing
from agno_tui.ui.session_rows import is_listed

IN_THE_TEXT = "{filter.search} looks in the text"
"""Said where no title has the words."""


class SessionView(LineScrollView):
    """The sessions of a user, the cursor among them, and how they look. Knows no
    storage: it is told what there is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes("session-list", ROLES)

    class MoreWanted(Message, namespace="session_list"):
        """The end of the list is near the screen."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shows_archive = False
        """Whether these are the sessions that were put away."""
        self.open_id = ""
        self.frame = 0
        self._answering: frozenset[str] = frozenset()
        self._all = Listing()
        self._found: Listing | None = None
        """What is shown instead of all, while titles are looked for."""
        self._marked: set[str] = set()
        self._cursor = 0
        self._cursor_id = ""
        self._paint: Paint | None = None
        self.clock = ListClock(self)

    # What it is told

    @property
    def shown(self) -> Listing:
        """What the list shows: all it knows, or what was looked for."""
        return self._all if self._found is None else self._found

    @property
    def sessions(self) -> list[Session]:
        """What the list shows, in order."""
        return self.shown.sessions

    def set_sessions(
        self, sessions: Sequence[Session], *, archive: bool = False
    ) -> None:
        """Show these, pinned ones among them, each kind last activity first; `archive`:
        they are put away."""
        self.shows_archive, self._found = archive, None
        self._all = Listing(sessions)
        self._marked.clear()
        self._changed()

    def set_found(self, sessions: Sequence[Session] | None) -> None:
        """Show these titles only; None: all again."""
        self._found = None if sessions is None else Listing(sessions)
        if sessions is not None:
            self._put_cursor(0)
            self.scroll_to(y=0, animate=False)
        self._changed()
        if sessions is None:
            self._show_cursor()

    def add_page(self, sessions: Sequence[Session]) -> None:
        """Older sessions, below the last one."""
        self.shown.add(sessions)
        self._changed()

    def update_session(self, session: Session) -> None:
        """A session is new or has changed: put it where it belongs. The open one stays
        in view, as long as the keyboard is not here."""
        if session.archived != self.shows_archive or not is_listed(session):
            self.remove_session(session.session_id)
            return
        is_open = session.session_id == self.open_id
        shown = is_open or self._shows(self.shown.position(self.open_id))
        self._all.put(session)
        # Whether its title is one of those looked for, only the storage can say.
        if self._found is not None and session.session_id in self._found:
            self._found.put(session)
        self._changed()
        if shown and not self.has_focus:
            self._show_open()

    def rename(self, session_id: str, name: str) -> None:
        """A session has another name; it stays where it is."""
        self._change(session_id, name=name)

    def mark_read(self, session_id: str) -> None:
        """The user has seen a session."""
        self._change(session_id, unread=False)

    def _change(self, session_id: str, **changes: object) -> None:
        for listing in filter(None, (self._all, self._found)):
            listing.change(session_id, **changes)
        self.refresh()

    def remove_session(self, session_id: str) -> None:
        """A session is gone."""
        self._all.remove(session_id)
        if self._found is not None:
            self._found.remove(session_id)
        self._marked.discard(session_id)
        self._changed()

    def set_open(self, session_id: str) -> None:
        """Say which session is on the screen."""
        self.open_id = session_id
        self._show_open()
        self.refresh()

    def _show_open(self) -> None:
        self._put_cursor(max(0, self.shown.position(self.open_id)))
        self._show_cursor()

    def set_running(self, session_ids: Collection[str], frame: int) -> None:
        """Say in which sessions an answer is under way, and how the mark stands."""
        moving = self._answering | frozenset(session_ids)
        self._answering, self.frame = frozenset(session_ids), frame
        top, size = self.scroll_offset.y, self.size
        for session_id in moving:
            y = self._screen_row(session_id) - top
            if 0 <= y < size.height:
                self.refresh(Region(0, y, size.width, 1))

    def _screen_row(self, session_id: str) -> int:
        position = self.shown.position(session_id)
        return self.shown.row_of(position) if position >= 0 else -1

    def time_passed(self) -> None:
        """The times that are painted are out of date, maybe the day."""
        self._changed()

    @property
    def found_nothing(self) -> bool:
        """Whether titles are looked for that nothing is called."""
        return self._found is not None and not len(self._found)

    def neighbour(self, step: int) -> str | None:
        """The session before or after the one on the screen, or None at the end; of all
        where no title has the words looked for."""
        listing = self._all if self.found_nothing else self.shown
        # A session that is not listed yet stands above all others: -1.
        session = listing.at(listing.position(self.open_id) + step)
        return session.session_id if session is not None else None

    @property
    def last(self) -> Session | None:
        """The oldest session that is listed, below which older ones belong."""
        return self.shown.last

    def _changed(self) -> None:
        """Rows came or went; the cursor stays on its session."""
        position = self.shown.position(self._cursor_id)
        if position < 0:
            position = max(0, min(self._cursor, len(self.shown) - 1))
        self._put_cursor(position)
        self.virtual_size = Size(self.size.width, self.shown.height)
        self.refresh()

    def _put_cursor(self, position: int) -> None:
        session = self.shown.at(position)
        self._cursor = position
        self._cursor_id = session.session_id if session is not None else ""

    @property
    def at_cursor(self) -> Session | None:
        """The session under the cursor."""
        return self.shown.at(self._cursor)

    @property
    def cursor_row(self) -> int:
        """On which of the widget's own lines the cursor is."""
        row = self.shown.row_of(self._cursor) if len(self.shown) else 0
        return row - self.scroll_offset.y

    @property
    def chosen(self) -> list[Session]:
        """The sessions that are marked, in order; none: the one under the cursor."""
        found = ((self.shown.position(one), one) for one in self._marked)
        marked = sorted(place for place in found if place[0] >= 0)
        chosen = [self.shown.at(position) for position, _ in marked]
        return [one for one in chosen or [self.at_cursor] if one is not None]

    def move_cursor(self, step: int) -> None:
        """Move the cursor by sessions."""
        self._put_cursor(max(0, min(self._cursor + step, len(self.shown) - 1)))
        self._show_cursor()
        self.refresh()

    def toggle_mark(self) -> None:
        """Mark the session under the cursor, or no longer, and go to the next."""
        if session := self.at_cursor:
            self._marked ^= {session.session_id}
            self.move_cursor(1)

    def forget_marks(self) -> bool:
        """Mark none; returns whether any was."""
        were_any = bool(self._marked)
        self._marked.clear()
        self.refresh()
        return were_any

    def _shows(self, position: int) -> bool:
        if position < 0:
            return False
        row = self.shown.row_of(position) - self.scroll_offset.y
        return 0 <= row < self.size.height

    def _show_cursor(self) -> None:
        if not len(self.shown):
            return
        y = self.shown.row_of(self._cursor)
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

    def _words_for_none(self, line: int) -> str:
        """What is said where there is nothing to show."""
        if self._found is not None:
            said = keymap_of(self.app).words(IN_THE_TEXT)
            return ("No title has these words", said, "")[min(line, 2)]
        return "Nothing is archived" if self.shows_archive and not line else ""

    def render_line(self, y: int) -> Strip:
        """Textual: one line of the screen."""
        if self._paint is None:
            self._paint = Paint(self, "session-list", ROLES)
        at = y + self.scroll_offset.y
        row = self.shown.row(at)
        session, width = row.session, self.size.width
        if session is None:
            words = row.heading if len(self.shown) else self._words_for_none(at)
            return heading_line(self._paint, words, width)
        session_id, present = session.session_id, now()
        self.clock.painted(session.updated_at, present)
        stand = Stand(
            is_open=session_id == self.open_id,
            at_cursor=self.has_focus and session_id == self._cursor_id,
            is_marked=session_id in self._marked,
            is_running=session_id in self._answering,
            frame=self.frame,
            present=present,
        )
        return session_line(self._paint, session, stand, width)
