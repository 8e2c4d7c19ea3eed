"""The sessions of the list in their order, and the rows they stand in.

However many there are, what a key or a changed session costs is a look at a few: rows
are never written down, they are worked out from where each group begins.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from agno_tui.session import Session
from agno_tui.ui.dates import UNDATED, group_of
from agno_tui.ui.session_rows import Row, is_listed

PINNED = "Pinned"
"""The heading of what the user wants on top."""


@dataclass(slots=True, frozen=True)
class Group:
    """Sessions that stand under one heading."""

    heading: str
    first: int
    """The position of its first session."""
    row: int
    """The row of its heading."""


class Listing:
    """Sessions, the pinned ones first, each part by last activity."""

    def __init__(self, sessions: Iterable[Session] = ()) -> None:
        self._pinned: list[Session] = []
        self._others: list[Session] = []
        self._by_id: dict[str, Session] = {}
        self._groups: list[Group] = []
        self._day: date | None = None
        """The day the groups were made for; None: they are to be made anew."""
        self.add(sessions)

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._by_id

    @property
    def sessions(self) -> list[Session]:
        """All of them, in order."""
        return self._pinned + self._others

    @property
    def last(self) -> Session | None:
        """The one that was active longest ago, of those that are not pinned."""
        return self._others[-1] if self._others else None

    # Changing it

    def add(self, sessions: Iterable[Session]) -> None:
        """A page of sessions, last activity first; those that are here stay, and those
        that are not to be listed are left out."""
        new = [s for s in sessions if s.session_id not in self._by_id and is_listed(s)]
        self._by_id |= {s.session_id: s for s in new}
        for part, page in (
            (self._pinned, [s for s in new if s.pinned]),
            (self._others, [s for s in new if not s.pinned]),
        ):
            follows = not part or not page or page[0].updated_at <= part[-1].updated_at
            part += page
            if not follows:
                part.sort(key=_place)
        self._day = None

    def put(self, session: Session) -> None:
        """A session is new or has changed: it stands where it belongs."""
        before = self._by_id.get(session.session_id)
        if before is not None and _same_place(before, session):
            part, index = self._find(before)
            part[index] = session
        else:
            self.remove(session.session_id)
            part = self._part(session)
            part.insert(bisect_left(part, _place(session), key=_place), session)
            self._day = None
        self._by_id[session.session_id] = session

    def change(self, session_id: str, **changes: object) -> None:
        """Something of a session is different that does not move it."""
        if session := self._by_id.get(session_id):
            self.put(replace(session, **changes))  # type: ignore[arg-type]

    def remove(self, session_id: str) -> None:
        """A session is gone."""
        session = self._by_id.get(session_id)
        if session is not None:
            part, index = self._find(session)
            del part[index], self._by_id[session_id]
            self._day = None

    # Looking things up

    def get(self, session_id: str) -> Session | None:
        """A session, where it is here."""
        return self._by_id.get(session_id)

    def at(self, position: int) -> Session | None:
        """The session at a position, counted from 0; None where there is none."""
        if position < 0:
            return None
        pinned = len(self._pinned)
        if position < pinned:
            return self._pinned[position]
        position -= pinned
        return self._others[position] if position < len(self._others) else None

    def position(self, session_id: str) -> int:
        """Where a session stands; -1 where it is not here."""
        session = self._by_id.get(session_id)
        if session is None:
            return -1
        part, index = self._find(session)
        return index if part is self._pinned else index + len(self._pinned)

    def row_of(self, position: int) -> int:
        """The row of the session at a position."""
        groups = self.groups()
        group = groups[bisect_right(groups, position, key=lambda g: g.first) - 1]
        return group.row + 1 + position - group.first

    def position_at(self, row: int) -> int:
        """The position of the session in a row; -1 where there is none."""
        groups = self.groups()
        index = bisect_right(groups, row, key=lambda g: g.row) - 1
        if index < 0 or row == groups[index].row:
            return -1
        group, after = groups[index], groups[index + 1 : index + 2]
        end = after[0].first if after else len(self)
        position = group.first + row - group.row - 1
        return position if position < end else -1

    def row(self, at: int) -> Row:
        """What stands in a row."""
        position = self.position_at(at)
        if position >= 0:
            return Row(session=self.at(position))
        groups = self.groups()
        index = bisect_right(groups, at, key=lambda g: g.row) - 1
        is_heading = index >= 0 and groups[index].row == at
        return Row(heading=groups[index].heading) if is_heading else Row()

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.row_of(len(self) - 1) + 1 if len(self) else 0

    def groups(self) -> Sequence[Group]:
        """The groups as of today, in order."""
        today = datetime.now().date()
        if today != self._day:
            self._groups, self._day = _groups(self._pinned, self._others, today), today
        return self._groups

    def _part(self, session: Session) -> list[Session]:
        return self._pinned if session.pinned else self._others

    def _find(self, session: Session) -> tuple[list[Session], int]:
        part = self._part(session)
        index = bisect_left(part, _place(session), key=_place)
        while part[index].session_id != session.session_id:
            index += 1
        return part, index


def _place(session: Session) -> int:
    return -session.updated_at


def _same_place(one: Session, other: Session) -> bool:
    return (one.updated_at, one.pinned) == (other.updated_at, other.pinned)


def _groups(
    pinned: Sequence[Session], others: Sequence[Session], today: date
) -> list[Group]:
    groups: list[Group] = []
    row = first = 0
    if pinned:
        groups.append(Group(PINNED, 0, 0))
        row = len(pinned) + 2
    while first < len(others):
        heading = group_of(others[first].updated_at, today)
        groups.append(Group(heading, first + len(pinned), row))
        after = _end_of(heading, others, first, today)
        row += after - first + 2
        first = after
    return groups


def _end_of(heading: str, others: Sequence[Session], first: int, today: date) -> int:
    """Where the sessions of a group end; found by halves."""

    def is_other(session: Session) -> bool:
        return group_of(session.updated_at, today) != heading

    if heading != UNDATED:
        return bisect_left(others, True, lo=first, key=is_other)
    # What has no date stands at either end, so that halves say nothing.
    after = first + 1
    while after < len(others) and not is_other(others[after]):
        after += 1
    return after
