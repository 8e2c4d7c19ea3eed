"""An answer that grows: Markdown laid out once, only its end again and again."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from agno_tui.ui.lines import Line, Stack, blank
from agno_tui.ui.markdown.blocks import Code, Item, Part, Table
from agno_tui.ui.markdown.growing_fence import GrowingFence
from agno_tui.ui.markdown.growing_table import GrowingTable, lay_out_rows
from agno_tui.ui.markdown.layout import MIN_WIDTH, lay_out_block, lay_out_item
from agno_tui.ui.markdown.links import Links
from agno_tui.ui.markdown.nesting import DEEPEST, fence_of, still_open
from agno_tui.ui.markdown.parser import MarkdownParser
from agno_tui.ui.markdown.pieces import Piece, pieces_of, ready
from agno_tui.ui.markdown.window import LIMIT, ROW_FACTOR, Place, Window, look


class GrowingMarkdown:
    """The lines of a Markdown text that may still grow.

    Appending can only change the end of a Markdown text, so what stands before is laid
    out once and kept (Will McGugan, "Efficient streaming of Markdown in the terminal",
    2025): blocks, items of lists, chunks of code and rows of tables. What is kept, and
    where a block that is too long is cut, depends on nothing but the text before; so
    the lines are the same however the text came.

    The one exception: an address may follow its link, or a note its mark (`Links`).
    """

    def __init__(
        self, parser: MarkdownParser, text: str = "", *, limit: int = LIMIT
    ) -> None:
        """`limit`: characters that are parsed at once."""
        self._text = text
        self._whole = True
        self._limit = limit
        self._width = 0
        self._links = Links(parser)
        self._forget()

    def set_text(self, text: str, *, whole: bool = True) -> None:
        """Make the source this; cheap where the old one is how it begins.

        `whole`: nothing more will come, so its last line is a whole one.
        """
        if text is self._text and whole == self._whole:
            return
        is_other = not text.startswith(self._text)
        if is_other or (len(text) > len(self._text) and self._links.took_rest):
            self._forget()
            self._links.forget()
        self._text, self._whole = text, whole
        self._is_laid_out = False

    def lines(self, width: int, deadline: float | None = None) -> Stack:
        """The text laid out in `width` cells.

        `deadline`: the `time.monotonic()` to stop at; the lines so far come then, and
        the next call goes on (`is_laid_out`).
        """
        if width != self._width:
            self._forget()
            self._width = width
        if not self._is_laid_out:
            self._lay_out(deadline)
        return Stack([self._finished, self._tail])

    @property
    def is_laid_out(self) -> bool:
        """Whether the lines given last were those of the whole text."""
        return self._is_laid_out

    def _forget(self) -> None:
        self._finished: list[Line] = []
        self._tail: list[Line] = []
        self._place = Place()
        self._reader: GrowingFence | GrowingTable | None = None
        self._is_laid_out = False
        self._links.begin_anew()
        self._parsed: tuple[Window, list[Part]] | None = None
        """What was looked at last, where nothing of it was final."""

    def _lay_out(self, deadline: float | None) -> None:
        while True:
            while self._advance():
                if deadline is not None and monotonic() > deadline:
                    self._tail = []
                    return
            self._tail = self._read_tail()
            if not self._links.must_begin_anew(self._place.at, whole=self._whole):
                break
            self._forget()
        self._is_laid_out = True

    # What is final

    def _advance(self) -> bool:
        """Keep what is final; returns whether there may be more of it."""
        reader = self._reader
        if reader is None:
            return self._keep_blocks()
        before = reader.place.at
        self._finished += reader.read(self._text)
        self._place = reader.left or reader.place
        if reader.has_links:
            self._links.note(self._text[before : self._place.at])
        if reader.left is not None:
            self._reader = None
        return reader.left is not None or self._place.at > before

    def _keep_blocks(self) -> bool:
        self._parsed = None
        window = look(self._text, self._place, self._limit)
        if not window.lines:
            return self._leave(window)
        all_of_it, (window, parts) = window, self._links.parse_certain(window)
        if window is all_of_it and not window.place.around:
            self._parsed = window, parts
        pieces = pieces_of(parts, window)
        if count := ready(pieces, window):
            self._keep(pieces[:count], window)
            self._place = self._behind(pieces, count, window)
        elif pieces and self._begin_reader(pieces[0], window):
            pass
        elif window.left_by is not None:
            return self._leave(window)
        elif window.is_full:
            self._cut(window, parts)
        else:
            return False
        return True

    def _leave(self, window: Window) -> bool:
        if window.left_by is None:
            return False
        self._place = self._place.left(window.left_by, window.offset(len(window.lines)))
        return True

    def _keep(self, pieces: Sequence[Piece], window: Window) -> None:
        for piece in pieces:
            self._finished += self._drawn(piece, window, bool(self._finished))
        if pieces:
            end = window.offset(pieces[-1].end)
            self._links.note(self._text[window.place.at : end])

    def _behind(self, pieces: Sequence[Piece], count: int, window: Window) -> Place:
        """The place behind the first pieces."""
        around = self._place.around
        if count < len(pieces) and (following := pieces[count]).follows_item:
            at, number = window.offset(following.start), following.number
            return Place(at, around, goes_on=True, number=number)
        return Place(window.offset(pieces[count - 1].end), around)

    def _begin_reader(self, piece: Piece, window: Window) -> bool:
        """Read line by line from now on, if that is what comes."""
        start, around = piece.start, self._place.around
        if isinstance(piece.block, Code) and start < window.whole:
            fence = fence_of(piece.block, window.lines[start])
            if fence is None:
                return False
            place = Place(window.offset(start + 1), around)
            self._finished += self._between(piece, window, bool(self._finished))
            self._reader = GrowingFence(
                fence, place, window.offset(start), self._room(place), goes_on=False
            )
        elif isinstance(piece.block, Table) and start + 1 < window.whole:
            place = Place(window.offset(start + 2), around)
            self._finished += self._between(piece, window, bool(self._finished))
            self._links.note(self._text[window.place.at : place.at])
            self._reader = GrowingTable(
                piece.block,
                place,
                window.rows_of(start, start + 2),
                self._room(place),
                self._links.parse_rows,
                self._limit * ROW_FACTOR,
            )
        else:
            return False
        self._place = place
        return True

    def _cut(self, window: Window, parts: Sequence[Part]) -> None:
        """Keep the beginning of a block that is too long to be looked at at once."""
        within = not window.whole
        line = len(window.lines) if within else window.best_cut(self._text, self._limit)
        if line < len(window.lines):
            window = window.cut(line)
            parts = self._links.parse(window)
        self._keep(pieces_of(parts, window), window)
        at, around = window.offset(line), list(self._place.around)
        fence = None
        if parts:
            place, room = self._place, DEEPEST - len(around)
            opened, fence = still_open(
                parts[-1], window.lines, self._room(place), place.depth, room
            )
            around += opened
        goes_on = window.ends_in_block(parts)
        self._place = Place(at, tuple(around), goes_on=goes_on, is_within_line=within)
        if fence is not None:
            self._reader = GrowingFence(
                fence, self._place, at, self._room(self._place), goes_on=True
            )

    # What may still change

    def _read_tail(self) -> list[Line]:
        lines: list[Line] = []
        place: Place | None = self._place
        if self._reader is not None:
            lines, place = self._reader.tail(self._text, whole=self._whole)
        while place is not None and place.at < len(self._text):
            window, parts = self._look_at_tail(place)
            for piece in pieces_of(parts, window):
                above = bool(self._finished or lines)
                lines += self._drawn(piece, window, above)
            if window.left_by is None:
                break
            place = place.left(window.left_by, window.offset(len(window.lines)))
        return lines

    def _look_at_tail(self, place: Place) -> tuple[Window, list[Part]]:
        if self._parsed is not None and self._parsed[0].place is place:
            return self._parsed
        window = look(self._text, place, self._limit * ROW_FACTOR, ends=True)
        return window, self._links.parse_tail(window, ends=self._whole)

    # Drawing

    def _room(self, place: Place) -> int:
        prefix = place.prefix
        return max(MIN_WIDTH, self._width - (prefix.cell_length if prefix else 0))

    def _drawn(self, piece: Piece, window: Window, above: bool) -> list[Line]:
        """The lines of a piece, behind what it stands in; `above`: something is."""
        place = window.place
        width, depth = self._room(place), place.depth
        source = window.source_of(piece.start, piece.end)
        if isinstance(piece.block, Table):
            return self._between(piece, window, above) + lay_out_rows(
                piece.block, piece.start, window, width
            )
        if isinstance(piece.block, Item):
            lines = lay_out_item(piece.block, piece.number, width, depth)
        elif depth:
            lines = lay_out_block(piece.block, width, depth)
        else:
            lines = lay_out_block(piece.block, width)
        for line in lines:
            line.source = source
        if lines and place.is_within_line and not piece.start:
            lines[0].joint = " " if self._text[place.at - 1].isspace() else ""
        if (prefix := place.prefix) is not None:
            lines = [line.after(prefix) for line in lines]
        return self._between(piece, window, above) + lines

    def _between(self, piece: Piece, window: Window, above: bool) -> list[Line]:
        """The empty line above a piece, if there is one."""
        place = window.place
        goes_on = place.around or piece.follows_item
        if not piece.start:
            goes_on = goes_on or place.goes_on
        if not above or (goes_on and not window.is_apart(piece.start, self._text)):
            return []
        prefix = place.prefix
        return [blank() if prefix is None else blank().after(prefix)]
