"""What is looked for in a session, and where it is in a text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

from agno_tui.folding import alike, alike_with_offsets, cut_at, fold
from agno_tui.text import printable
from agno_tui.ui.transcript.shown import fence_after, notes_in, shown
from agno_tui.ui.transcript.stretches import Stretch, stretches

if TYPE_CHECKING:
    from agno_tui.ui.lines import Line

Mark: TypeAlias = tuple[tuple[int, int, int], ...]
"""A match on the screen: for each line it is on the line's index and the bounds of what
is marked, in characters of its `content.plain`."""

_LONGEST: Final = 1_000
"""Characters of a query that are looked for."""

_PIECE: Final = 8_192
"""Characters of a text that are looked at without letting others do something."""

_MARKERS: Final = str.maketrans(dict.fromkeys("*_~`[]()|#<>\\"))

_OTHER: Final = re.compile(
    r"\$\$|\$[^\s$][^$\n`\"#]*+\$(?![A-Za-z0-9_${(])|\\[(\[]|\\begin\{|\[\^"
    r"|%[89A-Fa-f]|<(?i:br|su[bp]|kbd)\b|xn--"
)
"""What is shown as something else than its source."""

_TARGET: Final = r"\((?:https?|mailto):(?:[^\s()]|\([^\s()]*+\))*+\)"
"""Where a link leads, as it is told behind its words."""

_WHITE: Final = r"[^\S\n]"


class Sought:
    """A query, which is data: nothing in it is an operator.

    A match lies within one line of text, however that line is wrapped.
    """

    def __init__(self, *queries: str) -> None:
        """Of several queries each is looked for: no two matches overlap, and of those
        that begin at the same place the longest counts."""
        folded = {fold(query[:_LONGEST]) for query in queries}
        folded = {one for one in folded if one and not one.isspace()}
        split = [one.split(" ") for one in sorted(folded, key=len, reverse=True)]
        words = [word for words in split for word in words]
        self._word = words[0] if len(words) == 1 else ""
        """The only word, where there is but one: quicker to count."""
        self._pattern = re.compile("|".join(map(_pattern, split)))
        self._bare = [[word.translate(_MARKERS) for word in words] for words in split]

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._bare)

    def counts(self, plain: str) -> Iterator[int]:
        """How often it will be seen in each piece of a text that is shown as it is, one
        after the other."""
        if self:
            for piece in _pieces(plain):
                yield self._count(alike(printable(piece)))

    def counts_in_source(self, markdown: str) -> Iterator[int]:
        """The same of a Markdown text."""
        if not self:
            return
        fence, notes = "", notes_in(markdown)
        for piece in _pieces(markdown):
            found = self._may_be_in(piece)
            yield (
                self._count(alike(printable(shown(piece, fence, notes))))
                if found
                else 0
            )
            if len(markdown) > _PIECE:
                fence = fence_after(piece, fence)

    def in_lines(self, lines: Sequence[Line], text: str = "") -> list[Mark]:
        """Where it is in lines of the screen, those first that come first. `text`: of
        the message they show, of which they name their `source`."""
        marks: list[Mark] = []
        for stretch in stretches(lines, text) if self else ():
            if spans := self._spans(stretch.text):
                marks += _placed(spans, stretch)
        return marks

    def _spans(self, plain: str) -> list[tuple[int, int]]:
        """Where it is in a visible text, in characters; no two overlap.

        But for a character that stands for several, such as …, which each may match.
        """
        if plain.isascii():
            return [match.span() for match in self._pattern.finditer(plain.lower())]
        folded = _Folded(plain)
        return [folded.bounds(*m.span()) for m in self._pattern.finditer(folded.text)]

    def _count(self, folded: str) -> int:
        if self._word:
            return folded.count(self._word)
        return sum(1 for _ in self._pattern.finditer(folded))

    def _may_be_in(self, markdown: str) -> bool:
        """Whether its words are in a text in any way; tells quickly that they are not.

        Markers may stand within a word; an entity, a formula or a footnote says what
        its source does not.
        """
        if ("&" in markdown and ";" in markdown) or _OTHER.search(markdown):
            return True
        bare = alike(markdown).translate(_MARKERS)
        return any(all(word in bare for word in words) for words in self._bare)


def _pattern(words: Sequence[str]) -> str:
    """For the words of a query, an empty one at an end where it has white space."""
    # One space at an end, since a long run of it would be read again and again.
    # One reads on behind where a link leads, too.
    between = f"{_WHITE}++(?:{_TARGET}{_WHITE}++)?"
    inner = between.join(map(re.escape, filter(None, words)))
    before = "" if words[0] else _WHITE
    return before + inner + ("" if words[-1] else _WHITE)


def _pieces(text: str) -> Iterator[str]:
    """A text cut at line ends, else at spaces, else anywhere."""
    start = 0
    while len(text) - start > _PIECE:
        end = start + _PIECE
        cut = text.rfind("\n", start, end) + 1 or text.rfind(" ", start, end) + 1
        end = cut or end
        yield text[start:end]
        start = end
    yield text[start:]


class _Folded:
    """A text's folded form, which knows where in the text its characters come from: by
    pieces, and only of those that are asked for."""

    def __init__(self, plain: str) -> None:
        self._plain = plain
        cuts = [0]
        while cuts[-1] < len(plain):
            cuts.append(cut_at(plain, cuts[-1] + _PIECE))
        self._cuts = cuts
        folded = [alike(plain[start:end]) for start, end in pairwise(cuts)]
        self._ends = list(accumulate(map(len, folded)))
        self._offsets: dict[int, list[int]] = {}
        self.text = "".join(folded)

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """Bounds in the text of bounds in the folded form, whole characters, with the
        marks that belong to the last."""
        first, last = self._place(start), self._place(end - 1)
        while (stop := self._place(end)) == last:
            end += 1
        return first, stop

    def _place(self, index: int) -> int:
        if index >= len(self.text):
            return len(self._plain)
        piece = bisect_right(self._ends, index)
        start, end = self._cuts[piece : piece + 2]
        if piece not in self._offsets:
            self._offsets[piece] = alike_with_offsets(self._plain[start:end])[1]
        before = self._ends[piece - 1] if piece else 0
        return start + self._offsets[piece][index - before]


def _placed(spans: list[tuple[int, int]], stretch: Stretch) -> Iterator[Mark]:
    """The spans of a line of text as marks on the lines it is wrapped into."""
    pieces = stretch.pieces
    at = 0
    for start, end in spans:
        while pieces[at][1] <= start:
            at += 1
        mark: list[tuple[int, int, int]] = []
        for begins, stops, line, column in islice(pieces, at, None):
            if begins >= end:
                break
            first, last = max(start, begins), min(end, stops)
            if first < last:
                mark.append((line, first - begins + column, last - begins + column))
        yield tuple(mark)
