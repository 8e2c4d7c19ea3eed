"""Where each turn stands: heights guessed until seen, then counted; no screen yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from time import monotonic

from agno_tui.ui.lines import CodeBlock, Line
from agno_tui.ui.transcript.document import Document
from agno_tui.ui.transcript.heights import Heights
from agno_tui.ui.transcript.reading import Anchor, InSection
from agno_tui.ui.transcript.sections import Sections
from agno_tui.ui.transcript.turn import Turn

TOP = 1
"""Empty lines above the first turn."""

MOST_LAID_OUT = 12
"""Turns whose lines are kept, or twice as many as are on the screen; those seen
longest ago are laid out again."""

REACH_SECONDS = 0.1
"""How long a giant answer is laid out before it is seen whether that is far enough."""

CHANGING = 2_000
"""Lines at the end of an unfinished answer that may still become others, at most."""

BLOCK = 500
"""Lines whose letters are counted at once."""

_NO_LETTERS = re.compile(r"[\s\u2500-\u257f]+")
"""White space and what boxes and rules are drawn of."""


class Placement:
    """The turns of a document below each other, in lines of a width."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.width = 0
        """Cells of a line of text."""
        self._arrangement = (-1, 0)
        self._turns: Sequence[Turn] = ()
        """The turns that have their places: those of the document, but for a moment
        when older ones have come."""
        self._heights = Heights(top=TOP)
        self._laid_out: dict[str, Turn] = {}
        self._held: tuple[Anchor, int] | None = None
        """What was kept last, and the line the screen began at: what is wanted at the
        top stays there when its text comes, until something else is scrolled to."""
        self._deadline: float | None = None
        self._pausing: Turn | None = None
        self._reached: tuple[Anchor | None, int, int] = (None, 0, 0)
        """The anchor that is waited for, and how many lines of its turn were counted
        and how many letters they have."""
        self._kept: tuple[Anchor, int] | None = None
        """What was kept at the last change of width, and the row that has it now."""

    @property
    def total(self) -> int:
        """Lines of all turns together."""
        return self._heights.total

    def place(self) -> None:
        """Find room for turns that have come, and for all of them at another width."""
        turns = self.document.turns
        arrangement = (self.document.arrangement, self.width)
        if self._arrangement != arrangement:
            self._arrangement, self._turns = arrangement, turns
            self._heights = Heights((t.height(self.width) for t in turns), top=TOP)
            return
        for turn in islice(turns, len(self._heights), None):
            self._heights.append(turn.height(self.width))

    def lay_out(self, top: int, height: int) -> bool:
        """Lay out the turns on `height` lines from `top` on; returns whether one was
        not as high as was thought."""
        changed = False
        turns = self.on_screen(top, height)
        for turn in turns:
            lines = len(self._lines(turn))
            changed = self._heights.change(turn.index, lines) or changed
            self._note_laid_out(turn)
        while len(self._laid_out) > max(MOST_LAID_OUT, 2 * len(turns)):
            oldest = next(iter(self._laid_out))
            self._laid_out.pop(oldest).forget_lines()
        return changed

    def pause_at(self, deadline: float | None, *, only: Turn | None = None) -> None:
        """Pause laying out at a time of `time.monotonic`: any turn, or only one; None:
        never."""
        self._deadline, self._pausing = deadline, only

    def _lines(self, turn: Turn) -> Sections:
        may_pause = self._pausing is None or turn is self._pausing
        self.document.pause_at(self._deadline if may_pause else None)
        try:
            return turn.lines(self.width)
        finally:
            self.document.pause_at(None)

    def reaches(self, anchor: Anchor) -> bool:
        """Whether an anchor's turn is laid out as far as it stands in it; lays out some
        of it."""
        lines = self._lines(anchor.turn)
        return anchor.turn.is_whole or self._is_reached(lines, anchor)

    def _lines_to(self, anchor: Anchor) -> Sections:
        """The lines of an anchor's turn, at least as far as it stands in them."""
        lines = self._lines(anchor.turn)
        while not (anchor.turn.is_whole or self._is_reached(lines, anchor)):
            self.document.pause_at(monotonic() + REACH_SECONDS)
            anchor.turn.changed()
            lines = anchor.turn.lines(self.width)
        self.document.pause_at(None)
        return lines

    def _is_reached(self, lines: Sections, anchor: Anchor) -> bool:
        if anchor.letters is None:
            return len(lines) > anchor.offset
        of, rows, letters = self._reached
        if of is not anchor:
            rows = letters = 0
        # The last ones may still change.
        until = max(rows, len(lines) - CHANGING)
        letters += _letters(lines[rows:until])
        self._reached = anchor, until, letters
        return letters > anchor.letters

    def _note_laid_out(self, turn: Turn) -> None:
        self._laid_out.pop(turn.run_id, None)
        self._laid_out[turn.run_id] = turn
        self.document.texts.seen(turn)

    def unfinished(self, top: int, height: int) -> list[Turn]:
        """The turns on the screen that were not laid out to their end."""
        return [turn for turn in self.on_screen(top, height) if not turn.is_whole]

    def on_screen(self, top: int, height: int) -> Sequence[Turn]:
        """The turns that have one of `height` lines from `top` on."""
        first, last = self._heights.at(top), self._heights.at(top + height)
        return self._turns[first : last + 1]

    def unread(self, top: int, height: int) -> list[Turn]:
        """The turns on the screen, or two screens around it, whose text is not here."""
        around = self.on_screen(max(0, top - 2 * height), 5 * height)
        return [turn for turn in around if turn.run is None]

    def start(self, turn: Turn) -> int:
        """The line at which a turn begins."""
        return self._heights.start(turn.index)

    def end(self, turn: Turn) -> int:
        """The line after a turn's last one."""
        return self._heights.start(turn.index + 1)

    def rows_of(
        self, turn: Turn, *, role: str = "", code: CodeBlock | None = None
    ) -> range:
        """The lines of one role's words in a turn, or of a block of code; all of its
        lines where there is no such thing."""
        lines = turn.lines(self.width)
        self._heights.change(turn.index, len(lines))
        if code is not None:
            rows = [row for row, line in enumerate(lines) if line.code is code]
            return range(rows[0], rows[-1] + 1) if rows else range(len(lines))
        return (role and turn.rows_of(role)) or range(len(lines))

    def line_at(self, y: int) -> tuple[Turn, int, Line] | None:
        """The turn that has a line, the line's number in it, and the line."""
        index = self._heights.at(y)
        if y < TOP or index >= len(self._turns):
            return None
        turn = self._turns[index]
        lines, row = turn.lines(self.width), y - self._heights.start(index)
        return (turn, row, lines[row]) if row < len(lines) else None

    def lines(self, top: int, height: int) -> list[tuple[Turn, int, Line] | None]:
        """The same of `height` lines from `top` on."""
        found: list[tuple[Turn, int, Line] | None] = []
        while len(found) < height:
            index = self._heights.at(top + len(found))
            if top + len(found) < TOP or index >= len(self._turns):
                found.append(None)
                continue
            turn = self._turns[index]
            first = top + len(found) - self._heights.start(index)
            last = min(first + height - len(found), self._heights[index])
            lines = turn.lines(self.width)[first:last]
            found += ((turn, row, line) for row, line in enumerate(lines, first))
            found += [None] * (last - first - len(lines))
        return found

    # What must not move

    def anchor(self, top: int, height: int, width: int) -> Anchor | None:
        """What has to stay where it is while lines come and go, also at another
        `width`."""
        turns = self.on_screen(top, height - 1)
        if not turns:
            return self.document.reading.anchor
        index, placed_width = self._heights.at(top), self._arrangement[1]
        if width == placed_width and self._held and self._held[1] == top:
            return self._held[0]
        if width != placed_width:
            row = top - self._heights.start(index)
            if self._kept and (self._kept[0].turn, self._kept[1]) == (turns[0], row):
                # Not counted anew: each change of width would lose a little.
                return self._kept[0]
            lines = turns[0].lines(placed_width)
            return Anchor(turns[0], row, _letters(islice(lines, max(0, row))))
        # The user has seen a counted turn; a guessed one may grow above it.
        counted = (n for n, turn in enumerate(turns) if turn.is_counted(width))
        seen = next(counted, len(turns) - 1)
        row = top - self._heights.start(index + seen)
        return Anchor(turns[seen], row, within=_named_at(turns[seen], row))

    def line_of(self, anchor: Anchor) -> int:
        """The line at which the screen begins so that the anchor is where it was."""
        turn = self.document.stands_for(anchor.turn)
        if turn is not anchor.turn:
            # It has gone: as far down in the one that is there now.
            rows = range(0) if turn is None else self.rows_of(turn)
            at = 0 if turn is None else self.start(turn)
            return at + min(anchor.offset, max(0, len(rows) - 1))
        start = self.start(turn)
        lines = self._lines_to(anchor)
        self._heights.change(turn.index, len(lines))
        if anchor.letters is None or anchor.offset <= 0:
            row = anchor.within and lines.row_of(anchor.within)
            at = start + (anchor.offset if row is None else row)
            self._held = anchor, at
            return at
        row = _row_behind(lines, anchor.letters)
        if row is None:
            return self.end(turn) - 1
        self._kept = anchor, row
        return start + row


def _named_at(turn: Turn, row: int) -> InSection | None:
    """A line of a turn by its section, as it was laid out last."""
    shown = turn.shown
    return shown.named_at(row) if shown and 0 <= row < len(shown) else None


def _row_behind(lines: Sequence[Line], letters: int) -> int | None:
    """The line in which the letter after so many stands."""
    above = 0
    for first in range(0, len(lines), BLOCK):
        block = lines[first : first + BLOCK]
        count = _letters(block)
        if above + count <= letters:
            above += count
            continue
        for row, line in enumerate(block, first):
            above += _letters([line])
            if above > letters:
                return row
    return None


def _letters(lines: Iterable[Line]) -> int:
    """Characters that are no white space and no rule: as many at every width."""
    return len(_NO_LETTERS.sub("", "".join([line.text for line in lines])))
