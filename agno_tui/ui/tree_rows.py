"""The rows that show a session's tree: of stretches, of turns, of other sessions.

Nothing here is drawn or read; see `tree_lines.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agno_tui.branches import RunNode
from agno_tui.session import RunStatus
from agno_tui.ui.places import Place
from agno_tui.ui.tree_shape import ForkLeft, Origin, Shape, Stretch, Version


class Fold(StrEnum):
    """Whether a row stands for several turns; the value is its sign."""

    TURN = "·"
    CLOSED = "▸"
    OPEN = "▾"


class Joint(StrEnum):
    """How a row hangs on what is above it."""

    GOES_ON = ""
    """In the column of the row above."""
    AMONG = "among"
    """In that column too, as the last of several that leave the same turn."""
    AFTER = "after"
    """In the straight line below such a one."""
    LEAVES = "leaves"
    """It begins a branch, and nothing more stands in the branch's own column."""
    LEAVES_AND_GOES_ON = "leaves and goes on"


# Not frozen: thousands are made at once, which takes three times as long then.
@dataclass(slots=True)
class TreeRow:
    """A row: one turn, a stretch of them, or another session."""

    key: str
    """Its own name, which it keeps while it stands for the same."""
    session_id: str
    """Where it leads; empty: nowhere any more."""
    run_id: str
    words: str
    """The beginning of the question, or the session's name: as it is kept."""
    depth: int = 0
    """How many branches it is away from the straight line."""
    joint: Joint = Joint.GOES_ON
    fold: Fold = Fold.TURN
    stretch: str = ""
    """The first turn of its stretch; empty: it belongs to none."""
    turns: int = 1
    created_at: int = 0
    """Of its last turn, in microseconds since the epoch."""
    status: RunStatus | None = None
    """Of its last turn; of a stretch, RUNNING where any of its turns is."""
    on_path: bool = False
    """Whether the conversation goes through it."""
    beside_path: bool = False
    """Whether the path goes on in the first column."""
    is_here: bool = False
    """Whether it is, or has, the turn where one is."""
    is_again: bool = False
    """Whether it is another answer to the question that the path goes on with."""
    is_origin: bool = False
    is_fork: bool = False
    is_first: bool = False
    """Whether nothing stands above it in the first column."""
    version: Version | None = None
    """None: nothing else follows the same turn."""

    @property
    def place(self) -> Place | None:
        """Where it leads; None: nowhere any more."""
        return Place(self.session_id, self.run_id) if self.session_id else None


class Tree(Shape):
    """A session's turns as rows, to be asked for again and again."""

    def rows(self, opened: Collection[str] = (), *, here: str = "") -> list[TreeRow]:
        """The rows from the top down; of the stretches that are `opened` (by `key`)
        every turn has its own. `here`: the `run_id` where one is."""
        rows = [] if self.origin is None else [_origin_row(self.origin)]
        for part in self.parts:
            if isinstance(part, ForkLeft):
                rows.append(_fork_row(part))
            elif len(part.turns) > 1 and part.key not in opened:
                rows.append(self._closed(part, here))
            else:
                rows += self._turns(part, here)
        return rows

    def found(self, typed: str, *, here: str = "") -> list[TreeRow]:
        """The turns whose questions have all these words, and the sessions whose names
        have them: rows without branches."""
        asked = typed.casefold().split()
        rows = [] if self.origin is None else [_origin_row(self.origin)]
        rows = [row for row in rows if _has(row.words, asked)]
        for part in self.parts:
            if isinstance(part, Stretch):
                fitting = (turn for turn in part.turns if _has(turn.question, asked))
                rows += [self._flat(turn, here) for turn in fitting]
            elif _has(part.session.name, asked):
                rows.append(_fork_row(part, flat=True))
        return rows

    def _closed(self, part: Stretch, here: str) -> TreeRow:
        turns, last = part.turns, part.turns[-1]
        is_here = any(turn.run_id == here for turn in turns)
        is_running = any(turn.status is RunStatus.RUNNING for turn in turns)
        return TreeRow(
            part.key,
            self.session_id,
            # Who is somewhere in it stays there.
            here if is_here else part.key,
            turns[0].question,
            part.depth,
            _joint(part, goes_on=part.goes_on),
            Fold.CLOSED,
            part.key,
            len(turns),
            last.created_at,
            RunStatus.RUNNING if is_running else last.status,
            on_path=last.active,
            beside_path=part.beside_path,
            is_here=is_here,
            is_again=part.is_again,
            is_first=part.is_first,
            version=part.version,
        )

    def _turns(self, part: Stretch, here: str) -> Iterator[TreeRow]:
        many = len(part.turns) > 1
        for number, turn in enumerate(part.turns):
            yield TreeRow(
                turn.run_id,
                self.session_id,
                turn.run_id,
                turn.question,
                part.depth,
                _joint(part, goes_on=many or part.goes_on)
                if not number
                else Joint.AFTER
                if part.among_others
                else Joint.GOES_ON,
                Fold.OPEN if many and not number else Fold.TURN,
                part.key if many else "",
                1,
                turn.created_at,
                turn.status,
                on_path=turn.active,
                beside_path=part.beside_path,
                is_here=turn.run_id == here,
                is_again=part.is_again and not number,
                is_first=part.is_first and not number,
                version=None if number else part.version,
            )

    def _flat(self, turn: RunNode, here: str) -> TreeRow:
        return TreeRow(
            turn.run_id,
            self.session_id,
            turn.run_id,
            turn.question,
            created_at=turn.created_at,
            status=turn.status,
            on_path=turn.active,
            is_here=turn.run_id == here,
        )


def _joint(part: Stretch, *, goes_on: bool) -> Joint:
    if not part.leaves:
        return Joint.AMONG if part.among_others else Joint.GOES_ON
    return Joint.LEAVES_AND_GOES_ON if goes_on else Joint.LEAVES


def _fork_row(part: ForkLeft, *, flat: bool = False) -> TreeRow:
    session = part.session
    return TreeRow(
        session.session_id,
        session.session_id,
        "",
        session.name,
        0 if flat else part.depth,
        Joint.GOES_ON if flat else Joint.LEAVES,
        created_at=session.updated_at,
        beside_path=part.beside_path and not flat,
        is_fork=True,
        is_first=part.is_first,
    )


def _origin_row(origin: Origin) -> TreeRow:
    session = origin.session
    if session is None:
        return TreeRow("", "", "", "", is_origin=True)
    session_id = session.session_id
    return TreeRow(session_id, session_id, origin.run_id, session.name, is_origin=True)


def _has(text: str, asked: Sequence[str]) -> bool:
    words = text.casefold()
    return all(part in words for part in asked)


def row_at(tree: Tree, rows: Sequence[TreeRow], wanted: str | None, before: int) -> int:
    """The row with the key that is `wanted`, else of the stretch it is in; None is the
    one where one is. Where there is none, the one there was `before`."""
    if wanted is None:
        return next((at for at, row in enumerate(rows) if row.is_here), before)
    by_key = {row.key: at for at, row in enumerate(rows)}
    return by_key.get(wanted, by_key.get(tree.stretch_of(wanted), before))
