"""The shape of a session's tree: straight stretches of turns, the branches that leave
them, and the forks.

A branch stands below the turn it leaves, before what else follows that turn. At every
turn what the conversation goes on with keeps the column, so that its path is one line
from the first row to the last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from agno_tui.branches import RunNode
from agno_tui.session import Session


@dataclass(slots=True, frozen=True)
class Origin:
    """What a session was forked from."""

    session: Session | None
    """None where it is there no longer."""
    run_id: str = ""
    """The last of its runs that was copied, where one was."""


@dataclass(slots=True, frozen=True)
class Version:
    """Which one it is of the turns that follow the same."""

    number: int
    """From 1 on, in the order they were asked."""
    count: int


@dataclass(slots=True, frozen=True)
class Stretch:
    """Turns that follow each other, with nothing beside any of them but the last."""

    turns: Sequence[RunNode]
    depth: int
    leaves: bool
    """Whether it begins a branch."""
    goes_on: bool
    """Whether more stands below it in its column, or leaves it."""
    beside_path: bool
    is_again: bool
    is_first: bool
    among_others: bool = False
    """Whether others leave the same turn, and stand above it."""
    version: Version | None = None

    @property
    def key(self) -> str:
        """Its name: that of its first turn."""
        return self.turns[0].run_id


@dataclass(slots=True, frozen=True)
class ForkLeft:
    """A session that was forked below a turn."""

    session: Session
    depth: int
    beside_path: bool
    is_first: bool


@dataclass(slots=True, frozen=True)
class _Begin:
    """A stretch or a fork that is still to be walked."""

    what: RunNode | Session
    depth: int
    leaves: bool
    beside_path: bool
    is_again: bool = False
    among_others: bool = False
    version: Version | None = None


class Shape:
    """A session's turns as stretches and branches; made once, it costs a walk."""

    def __init__(
        self,
        session_id: str,
        nodes: Iterable[RunNode],
        *,
        forks: Iterable[Session] = (),
        origin: Origin | None = None,
    ) -> None:
        """`nodes`: all of the session, in any order; `forks`: made from it."""
        self.session_id = session_id
        self.origin = origin
        self._children: dict[str, list[RunNode]] = defaultdict(list)
        self._forks: dict[str, list[Session]] = defaultdict(list)
        self._stretch_of: dict[str, str] = {}
        standing = self._place(nodes)
        for fork in forks:
            self._forks[standing.get(fork.forked_at or "", "")].append(fork)
        self.parts: list[Stretch | ForkLeft] = list(self._walk())

    def _place(self, nodes: Iterable[RunNode]) -> dict[str, str]:
        """Note what follows each turn that is not deleted; returns for every turn the
        one that stands for it: itself, else the one above it."""
        standing: dict[str, str] = {}
        for node in sorted(nodes, key=lambda one: one.sequence):
            # A parent that is not older is none: nothing may go in circles.
            above = standing.get(node.parent_run_id, "")
            if node.deleted:
                standing[node.run_id] = above
            else:
                standing[node.run_id] = node.run_id
                self._children[above].append(node)
        return standing

    # The walk

    def _walk(self) -> Iterator[Stretch | ForkLeft]:
        waiting = self._after("", depth=0, beside_path=False)
        is_first = True
        while waiting:
            begin = waiting.pop()
            if isinstance(begin.what, Session):
                yield ForkLeft(begin.what, begin.depth, begin.beside_path, is_first)
            else:
                turns = self._straight(begin.what)
                after = self._after(
                    turns[-1].run_id, depth=begin.depth, beside_path=begin.beside_path
                )
                yield Stretch(
                    turns,
                    begin.depth,
                    begin.leaves,
                    bool(after),
                    begin.beside_path,
                    begin.is_again,
                    is_first,
                    begin.among_others,
                    begin.version,
                )
                waiting += after
            is_first = False

    def _straight(self, node: RunNode) -> list[RunNode]:
        turns = [node]
        while True:
            run_id = turns[-1].run_id
            after = self._children.get(run_id, [])
            if len(after) != 1 or run_id in self._forks:
                return turns
            if after[0].active != node.active:
                return turns
            turns.append(after[0])

    def _after(self, run_id: str, *, depth: int, beside_path: bool) -> list[_Begin]:
        """What stands below a turn, the last of it first."""
        after = self._children.get(run_id, [])
        count = len(after)
        versions = [Version(n, count) for n in range(1, count + 1) if count > 1]
        version = dict(zip([one.run_id for one in after], versions, strict=False))
        main = max(after, key=lambda one: (one.active, one.sequence), default=None)
        if depth == 0:
            beside_path = main is not None and main.active
        begins = [
            _Begin(fork, depth + 1, True, beside_path)
            for fork in self._forks.get(run_id, [])
        ]
        for node in after:
            if node is not main and main is not None:
                again = _first_try(node) == _first_try(main)
                begin = _Begin(node, depth + 1, True, beside_path, again)
                begins.append(replace(begin, version=version.get(node.run_id)))
        if main is not None:
            begin = _Begin(main, depth, False, beside_path)
            of = version.get(main.run_id)
            begins.append(replace(begin, among_others=bool(begins), version=of))
        return begins[::-1]

    # What can be asked of it

    def stretch_of(self, run_id: str) -> str:
        """The key of the stretch that has a turn; empty where none has."""
        if not self._stretch_of:
            self._stretch_of = {
                turn.run_id: part.key for part in self.stretches for turn in part.turns
            }
        return self._stretch_of.get(run_id, "")

    @property
    def has_branches(self) -> bool:
        """Whether there is more than one straight line."""
        return any(part.depth for part in self.parts)

    @property
    def stretches(self) -> list[Stretch]:
        """The stretches, from the top down."""
        return [part for part in self.parts if isinstance(part, Stretch)]


def _first_try(node: RunNode) -> str:
    return node.retry_of or node.run_id
