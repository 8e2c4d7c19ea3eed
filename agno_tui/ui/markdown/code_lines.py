"""Code as lines of the screen, however long it is and while it still grows."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells
from textual.content import Content, Span

from agno_tui.ui.lines import CodeBlock, Line, Source, role
from agno_tui.ui.markdown.code import START, Colouring
from agno_tui.ui.markdown.code_wrapping import WRAPPED, folded

CHUNK_LINES = 50
"""A chunk of this many lines ends where the code seems to begin something new."""

MOST_CHUNK_LINES = 100
"""A chunk ends here whatever stands there."""

MOST_CHUNK_CHARACTERS = 8_000
"""A chunk as long as this ends with its line."""

MOST_EMPTY = 100
"""Empty lines that are not shown where nothing follows them."""

LONGEST_LINE = 4_000
"""A line that is not shorter is not coloured and comes in pieces half as long."""

STALE_LINES = 8
"""Lines, and a quarter of those above, that may be coloured by what stands above them
only, before their whole chunk is looked at again."""

LONGEST_REST = 4_000
"""Characters without any width that still go on on the same line of the screen."""


class GrowingCode(CodeBlock):
    """A block of code whose code is put together when it is asked for."""

    __slots__ = ("_pieces", "unfinished")

    def __init__(self, language: str) -> None:
        self._pieces: list[str] = []
        self.unfinished = ""
        """The last line, where that is not whole."""
        super().__init__("", language)

    @property
    def code(self) -> str:
        """What came so far."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        code = self._pieces[0] if self._pieces else ""
        return code + self.unfinished if self.unfinished else code.rstrip("\n")

    @code.setter
    def code(self, code: str) -> None:
        self._pieces = [code]

    def add(self, piece: str) -> None:
        """This follows."""
        self._pieces.append(piece)


class CodeLines:
    """Lays out code that comes line by line.

    It is coloured in chunks whose bounds depend on the code alone. A chunk is kept when
    the next one begins; the lexer goes on there in the states it was in, so that a
    string over the bound stays one.
    """

    def __init__(
        self,
        language: str,
        width: int,
        *,
        prefix: Content | None = None,
        source: Source | None = None,
        is_labelled: bool = True,
    ) -> None:
        self.block = GrowingCode(language)
        self._width = max(2, width - 2)
        self._prefix = prefix
        self._source = source
        self._colouring = Colouring(language)
        self._done: list[Line] = self._label() if is_labelled else []
        self._begun = not is_labelled
        self._empty = 0
        """Empty lines at the end, which are shown when another line follows."""
        self._chunk: list[str] = []
        self._size = 0
        """Characters of the chunk."""
        self._rows: list[tuple[list[Span], list[Line]]] = []
        """Spans and lines of the first lines of the chunk."""
        self._looked_at = 0
        """Lines of the chunk when it was last coloured as a whole."""
        self._before = self._after = START
        """The states of the lexer before the chunk, and behind its rows."""
        self._rest = ""
        """The end of an overlong line: no more than a line of the screen."""
        self._joint: str | None = None
        """What stands before the next line of an overlong line."""

    def add(self, line: str) -> None:
        """The next line, whole, and shorter than `LONGEST_LINE`."""
        self.block.add(line + "\n")
        if line:
            self._push_empty()
            self._append(line)
        elif self._empty < MOST_EMPTY:
            self._empty += 1
        else:
            self._append("")

    def add_piece(self, piece: str, *, is_first: bool, is_last: bool) -> None:
        """A piece of an overlong line."""
        self.block.add(piece + "\n" * is_last)
        if is_first:
            self._push_empty()
            self._close()
            self._begun, self._joint = True, None
        text = self._rest + piece.replace("\t", "    ")
        pieces = chop_cells(text, self._width) or [""]
        keeps = not is_last and len(pieces[-1]) < LONGEST_REST
        self._rest = pieces.pop() if keeps else ""
        for words in pieces:
            self._done.append(self._line(Content(words), self._joint))
            self._joint = ""

    def take(self) -> list[Line]:
        """The lines that will not change any more, each once."""
        done, self._done = self._done, []
        return done

    def finish(self) -> list[Line]:
        """Nothing more will come: the lines that were not taken yet."""
        self.block.unfinished = ""
        self._empty = 0
        self._close()
        if not self._begun:
            self._done.append(self._line(Content(""), None))
        return self.take()

    def growing(self, line: str = "", *, exact: bool = False) -> list[Line]:
        """The lines that still may change; `line` is the next one, as far as it came.

        `exact`: colour them as they will be coloured when nothing more comes.
        """
        self.block.unfinished = line
        if self._rest:
            pieces = chop_cells(self._rest + line.replace("\t", "    "), self._width)
            joints = [self._joint, *[""] * len(pieces)]
            return [
                self._line(Content(piece), joint)
                for piece, joint in zip(pieces, joints, strict=False)
            ]
        self._look(exact=exact)
        lines = [row for _, rows in self._rows for row in rows]
        if line:
            lines += [self._line(Content(""), None) for _ in range(self._empty)]
            (spans, *_), _ = self._colouring.spans(line + "\n", self._after)
            lines += self._row(line, spans)
        return lines if lines or self._begun else [self._line(Content(""), None)]

    def _push_empty(self) -> None:
        while self._empty:
            self._empty -= 1
            self._append("")

    def _append(self, line: str) -> None:
        chunk = self._chunk
        begins_something = chunk and not chunk[-1] and line and not line[0].isspace()
        if (
            len(chunk) >= MOST_CHUNK_LINES
            or (len(chunk) >= CHUNK_LINES and begins_something)
            or self._size >= MOST_CHUNK_CHARACTERS
        ):
            self._close()
        self._chunk.append(line)
        self._size += len(line)
        self._begun = True

    def _close(self) -> None:
        self._look(exact=True)
        self._done += [row for _, rows in self._rows for row in rows]
        self._chunk, self._rows = [], []
        self._looked_at = self._size = 0
        self._before = self._after

    def _look(self, *, exact: bool) -> None:
        """Colour the lines of the chunk that have none yet, or all of them."""
        count, known = len(self._chunk), len(self._rows)
        if exact or count >= self._looked_at * 5 // 4 + STALE_LINES:
            known = 0
            if count == self._looked_at:
                return
            self._looked_at = count
        if known == count:
            return
        states = self._after if known else self._before
        new = self._chunk[known:]
        spans, self._after = self._colouring.spans("\n".join(new) + "\n", states)
        kept = self._rows
        self._rows = kept[:known]
        for index, (line, of_line) in enumerate(zip(new, spans, strict=False), known):
            if index < len(kept) and kept[index][0] == of_line:
                self._rows.append(kept[index])
            else:
                self._rows.append((of_line, self._row(line, of_line)))

    def _row(self, line: str, spans: list[Span]) -> list[Line]:
        content = Content(line, spans, strip_control_codes=False)
        if "\t" in line:
            content = content.expand_tabs(4)
        if cell_len(content.plain) <= self._width:
            return [self._line(content, None)]
        pieces = folded(content, self._width)
        return [
            self._line(piece, "" if number else None)
            for number, piece in enumerate(pieces)
        ]

    def _line(self, content: Content, joint: str | None) -> Line:
        spans = [Span(start + 1, end + 1, style) for start, end, style in content.spans]
        padding = " "
        if joint is not None:
            padding = WRAPPED
            spans.insert(0, Span(0, 1, "quiet"))
        text = f"{padding}{content.plain}"
        padded = Content(text, spans, strip_control_codes=False)
        return self._behind(Line(padded, "code-block", lead=1, joint=joint))

    def _label(self) -> list[Line]:
        labels = chop_cells(self.block.language, self._width)[:1]
        words = [role(f" {label}", "code-label") for label in labels]
        return [self._behind(Line(w, "code-block", lead=len(w))) for w in words]

    def _behind(self, line: Line) -> Line:
        line.code, line.source = self.block, self._source
        return line.after(self._prefix) if self._prefix is not None else line


def lay_out_code(language: str, code: str, width: int) -> list[Line]:
    """Lines of code that does not grow, the name of its language above it."""
    lines = CodeLines(language, width)
    for line in code.split("\n"):
        if len(line) < LONGEST_LINE:
            lines.add(line)
        else:
            add_overlong(lines, line)
    return lines.finish()


def add_overlong(lines: CodeLines, line: str) -> None:
    """Add a whole line that is too long to be coloured."""
    size, length = LONGEST_LINE // 2, len(line)
    for start in range(0, length, size):
        is_last = start + size >= length
        piece = line[start : start + size]
        lines.add_piece(piece, is_first=not start, is_last=is_last)
