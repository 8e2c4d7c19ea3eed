"""Walking from message to message, and from one block of code to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from agno_tui.session import Role
from agno_tui.ui.transcript.reading import Marked

if TYPE_CHECKING:
    from agno_tui.ui.lines import CodeBlock, Line
    from agno_tui.ui.transcript.turn import Turn

_IN_ORDER: list[str] = [Role.USER, Role.ASSISTANT]


def roles_of(turn: Turn, width: int) -> list[str]:
    """Whose words a turn shows, in their order: the messages that can be marked."""
    if turn.run is None:
        return list(_IN_ORDER)
    turn.lines(width)
    return [role for role in _IN_ORDER if turn.rows_of(role)]


def first_message(turns: Sequence[Turn], width: int) -> Marked | None:
    """The first message of all."""
    return next(_messages(turns, width), None)


def last_message(turns: Sequence[Turn], width: int) -> Marked | None:
    """The last message of all."""
    return next(_messages_up(turns, width), None)


def next_message(
    turns: Sequence[Turn], marked: Marked, step: int, width: int
) -> Marked:
    """The message below one (`step` 1) or above it (-1); the same at the end."""
    here, role = marked.index, marked.role
    for beside in roles_of(turns[here], width):
        if _IN_ORDER.index(beside) == _IN_ORDER.index(role) + step:
            return Marked(here, beside)
    if step > 0:
        found = next(_messages(turns[here + 1 :], width), None)
    else:
        found = next(_messages_up(turns[:here], width), None)
    return found or Marked(here, role)


def _messages(turns: Sequence[Turn], width: int) -> Iterator[Marked]:
    for turn in turns:
        for role in roles_of(turn, width):
            yield Marked(turn.index, role)


def _messages_up(turns: Sequence[Turn], width: int) -> Iterator[Marked]:
    for turn in reversed(turns):
        for role in reversed(roles_of(turn, width)):
            yield Marked(turn.index, role)


def code_blocks(lines: Sequence[Line]) -> list[tuple[CodeBlock, range]]:
    """The blocks of code among the lines of a turn, and their lines."""
    blocks: list[tuple[CodeBlock, range]] = []
    for row, line in enumerate(lines):
        if line.code is None:
            continue
        if blocks and blocks[-1][0] is line.code:
            blocks[-1] = (line.code, range(blocks[-1][1].start, row + 1))
        else:
            blocks.append((line.code, range(row, row + 1)))
    return blocks


def code_of(turn: Turn, nth: int, width: int) -> CodeBlock | None:
    """A block of code of a turn by its number; None where it has fewer."""
    found: list[CodeBlock] = []
    for line in turn.lines(width):
        if line.code is not None and (not found or line.code is not found[-1]):
            found.append(line.code)
            if len(found) > nth:
                return line.code
    return None


def next_code(turn: Turn, marked: Marked | None, step: int, width: int) -> int | None:
    """The number of the block of code below the marked one (`step` 1) or above it (-1),
    in this turn; of its first or last one where none of it is marked."""
    blocks = code_blocks(turn.lines(width))
    numbers = range(len(blocks))
    if marked is None or marked.index != turn.index:
        way: Sequence[int] = numbers
    elif marked.nth is None:
        start = turn.rows_of(marked.role).start
        way = [n for n in numbers if (blocks[n][1].start >= start) == (step > 0)]
    else:
        way = numbers[marked.nth + 1 :] if step > 0 else numbers[: marked.nth]
    if not way:
        return None
    return way[0] if step > 0 else way[-1]
