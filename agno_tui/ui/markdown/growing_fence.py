"""A block of code that grows: lines that are whole are looked at once."""

from __future__ import annotations

from agno_tui.text import printable
from agno_tui.ui.lines import Line, Source
from agno_tui.ui.markdown.code_lines import LONGEST_LINE, CodeLines, add_overlong
from agno_tui.ui.markdown.nesting import Fence
from agno_tui.ui.markdown.window import Place

STRETCH = LONGEST_LINE
"""Characters that are taken in at once; whole lines are never longer."""


class GrowingFence:
    """The lines behind the one that opened a fence, down to the one that closes it."""

    has_links = False

    def __init__(
        self, fence: Fence, place: Place, start: int, width: int, *, goes_on: bool
    ) -> None:
        """`place`: of the first line of code; `start`: of the fence; `width`: cells
        that are left in what it stands in. `goes_on`: it began above and was cut."""
        self.place = place
        self.left: Place | None = None
        """Where the text goes on behind it, as soon as that is known."""
        self._fence = fence
        self._source = Source(start, place.at)
        self._lines = CodeLines(
            fence.language,
            width,
            prefix=place.prefix,
            source=self._source,
            is_labelled=not goes_on,
        )
        self._line_start = place.at
        """Where the line begins of which pieces were taken in, or the next line."""

    def read(self, text: str) -> list[Line]:
        """Take in a stretch of what came; returns the lines that are final now."""
        at = self.place.at
        if at > self._line_start or self._is_overlong(text, at):
            self._read_overlong(text)
        else:
            self._read_lines(text)
        self._source.end = max(self._source.end, self.place.at)
        return self._lines.take() if self.left is None else self._finish(text)

    def tail(self, text: str, *, whole: bool) -> tuple[list[Line], Place | None]:
        """The lines that may still change, and where something else seems to begin."""
        place, rest = self.place, text[self.place.at :]
        self._source.end = max(self._source.end, len(text))
        if place.at > self._line_start:
            return self._lines.growing(printable(rest)), None
        line = place.strip(printable(rest))
        if line is None:
            self._source.end = place.at
            left = place.left(printable(rest), place.at)
            return self._lines.growing(exact=whole), left
        if self._fence.closes(line):
            return self._lines.growing(exact=True), None
        if line.isspace():
            line = ""
        return self._lines.growing(self._fence.dedent(line), exact=whole), None

    def _is_overlong(self, text: str, at: int) -> bool:
        end = text.find("\n", at, at + LONGEST_LINE)
        return end < 0 and len(text) - at >= LONGEST_LINE

    def _read_lines(self, text: str) -> None:
        at = self.place.at
        end = text.rfind("\n", at, at + STRETCH) + 1
        if end <= at:
            return
        raw = text[at:end]
        for bare, line in zip(
            raw.split("\n")[:-1], printable(raw).split("\n"), strict=False
        ):
            if len(bare) >= LONGEST_LINE:
                break
            stripped = self.place.strip(line)
            if stripped is None:
                self.left = self.place.left(line, at)
                return
            at += len(bare) + 1
            self._move(at)
            if self._fence.closes(stripped):
                self.left = Place(at, self.place.around)
                return
            self._add(self._fence.dedent(stripped))

    def _add(self, line: str) -> None:
        if len(line) < LONGEST_LINE:
            self._lines.add(line)
        else:
            add_overlong(self._lines, line)

    def _read_overlong(self, text: str) -> None:
        """Pieces of a line, each half of `LONGEST_LINE`; the last is left for later as
        long as the line's end has not come."""
        at, size = self.place.at, LONGEST_LINE // 2
        most = at + STRETCH
        end = text.find("\n", at, most + LONGEST_LINE)
        known = end if end >= 0 else len(text) - size
        while at < min(known, most):
            is_last = 0 <= end <= at + size
            raw = text[at : end if is_last else at + size]
            piece = printable(raw.removesuffix("\r") if is_last else raw)
            is_first = at == self._line_start
            if is_first and (stripped := self.place.strip(piece)) is None:
                self.left = self.place.left(piece, at)
                return
            elif is_first:
                piece = self._fence.dedent(stripped or "")
            self._lines.add_piece(piece, is_first=is_first, is_last=is_last)
            at = end + 1 if is_last else at + size
            self._move(at, within=not is_last)
            if is_last:
                return

    def _move(self, at: int, *, within: bool = False) -> None:
        self.place = Place(at, self.place.around)
        if not within:
            self._line_start = at

    def _finish(self, text: str) -> list[Line]:
        end = self.place.at
        while end > self._source.start and text[end - 1].isspace():
            end -= 1
        self._source.end = end
        return self._lines.finish()
