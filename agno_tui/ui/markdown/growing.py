"""An answer that grows: Markdown laid out once, only its last block again and again."""

from __future__ import annotations

from agno_tui.text import printable
from agno_tui.ui.lines import Line, blank
from agno_tui.ui.markdown.layout import lay_out_block
from agno_tui.ui.markdown.parser import MarkdownParser, Targets


class GrowingMarkdown:
    """The lines of a Markdown text that may still grow.

    Appending can only change the last top-level block of a Markdown text, so blocks
    before it are laid out once and kept (Will McGugan, "Efficient streaming of
    Markdown in the terminal", 2025). With two exceptions: a last line that is not whole
    yet may still turn out to belong to the block above it (`> quote`, then `---` that
    becomes `--- so`; or a table's second row), and an address may follow its link.
    """

    def __init__(self, parser: MarkdownParser, text: str = "") -> None:
        self._parser = parser
        self._text = text
        self._whole = True
        self._width = 0
        self._finished: list[Line] = []
        self._tail: list[Line] = []
        self._tail_start = 0
        self._laid_out = 0
        self._targets: Targets = {}
        """What the finished text says of where reference links lead."""
        self._addresses: dict[str, str] = {}
        """The same of the whole text, as far as it was laid out."""

    def set_text(self, text: str, *, whole: bool = True) -> None:
        """Make the source this; cheap where the old one is how it begins.

        `whole`: nothing more will come, so its last line is a whole one.
        """
        if not text.startswith(self._text):
            self._forget()
        if whole and not self._whole:
            self._laid_out = -1
        self._text, self._whole = text, whole

    def lines(self, width: int) -> list[Line]:
        """The text laid out in `width` cells."""
        if width != self._width:
            self._forget()
            self._width = width
        if self._laid_out != len(self._text):
            self._lay_out_tail()
        return [*self._finished, *self._tail]

    def _forget(self) -> None:
        self._finished, self._tail = [], []
        self._tail_start = self._laid_out = 0
        self._targets, self._addresses = {}, {}

    def _lay_out_tail(self) -> None:
        source = self._text[self._tail_start :]
        targets = dict(self._targets)
        parts = self._parser.parse(printable(source), targets)
        lines = source.count("\n") + self._whole
        addresses = {
            label: target["href"]
            for label, target in targets.items()
            if label in self._targets or target["map"][1] <= lines
        }
        if self._tail_start and addresses != self._addresses:
            # A link's address came after the link, maybe far above: all anew.
            self._forget()
            self._lay_out_tail()
            return
        self._laid_out = len(self._text)
        self._addresses = addresses
        self._tail = []
        if not parts:
            return
        open_line = source.count("\n") - 1
        done = [part for part in parts[:-1] if part.end < open_line]
        for part in done:
            if self._finished:
                self._finished.append(blank())
            self._finished += lay_out_block(part.block, self._width)
        for part in parts[len(done) :]:
            if self._finished or self._tail:
                self._tail.append(blank())
            self._tail += lay_out_block(part.block, self._width)
        if done:
            end = done[-1].end
            known = self._targets
            self._targets = {
                label: target
                for label, target in targets.items()
                if label in known or target["map"][0] < end
            }
            self._tail_start += _offset_of_line(source, end)


def _offset_of_line(text: str, number: int) -> int:
    """Where line `number` of a text begins, or its end where it has no such line."""
    offset = 0
    for _ in range(number):
        offset = text.find("\n", offset) + 1
        if not offset:
            return len(text)
    return offset
