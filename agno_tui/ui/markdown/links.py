"""Reference links of a text that grows: an address may come long after its link, and
a footnote after its mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from markdown_it.common.utils import normalizeReference

from agno_tui.ui.markdown.blocks import Part
from agno_tui.ui.markdown.footnotes import is_renamed, key_of
from agno_tui.ui.markdown.parser import MarkdownParser, Targets
from agno_tui.ui.markdown.pieces import numbered
from agno_tui.ui.markdown.window import Window

FREE = 20_000
"""Characters that may be laid out again whenever an address comes."""

_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){1,999})\]", re.DOTALL)


class Links:
    """Parses a text piece by piece, and remembers where its reference links lead."""

    def __init__(self, parser: MarkdownParser) -> None:
        self._parser = parser
        self.forget()

    def forget(self) -> None:
        """Another text comes."""
        self._targets: Targets = {}
        """What the text has said so far; it may be far below its links."""
        self._missed: set[str] = set()
        """Labels in what is laid out already that led nowhere."""
        self._is_late = False
        """Whether one of them leads somewhere now."""
        self._again = 0
        """Characters that were laid out again."""
        self.took_rest = False
        """Whether an address was taken from a last line that may grow after all."""

    def parse_certain(self, window: Window) -> tuple[Window, list[Part]]:
        """What of a window can be parsed for good, and its blocks.

        An address in the last line cannot: with the next line it may be a table, or no
        address at all. So the window is cut before it. What marks a note that comes
        there waits for it, or its mark would change twice.
        """
        parts, added = self._parse(window)
        uncertain = [t["map"] for t in added.values() if t["map"][1] >= window.whole]
        if window.left_by is None and uncertain:
            start = min(first for first, _ in uncertain)
            is_held = not window.is_full and self._marks(window.lines[:start], added)
            if start and not is_held:
                cut_off = window.whole - start
                window = replace(window.cut(start), cut_off=cut_off)
                return window, self.parse(window)
            if not window.is_full:
                return window.cut(0), []
        self._learn(added)
        return window, parts

    def parse(self, window: Window) -> list[Part]:
        """The blocks of a window behind which the text goes on with something else."""
        parts, added = self._parse(window)
        self._learn(added)
        return parts

    def parse_tail(self, window: Window, *, ends: bool) -> list[Part]:
        """The blocks of the end of a text, which may grow unless it `ends`."""
        parts, added = self._parse(window)
        if ends and added:
            self._learn(added)
            self.took_rest = True
        return parts

    def parse_rows(self, source: str) -> list[Part]:
        """The blocks of rows of a table; what stands behind them teaches nothing."""
        return self._with_known(source)[0]

    def note(self, source: str) -> None:
        """This was laid out, with the addresses that are known now."""
        self._missed.update(_labels(source).difference(self._targets))

    def must_begin_anew(self, length: int, *, whole: bool) -> bool:
        """Whether to lay out all anew, `length` characters, for an address came late.

        Not at every one of many addresses, or that would take ever longer; but always
        when the text is whole.
        """
        if not self._is_late:
            return False
        if not whole and self._again > FREE + length:
            return False
        self._again += length
        return True

    def begin_anew(self) -> None:
        """Nothing is laid out any more; what the text said of addresses still holds."""
        self._is_late = False
        self._missed.clear()

    def _parse(self, window: Window) -> tuple[list[Part], Targets]:
        """The blocks of a window, and the addresses that are new in it, in order."""
        parts, added = self._with_known(window.source)
        return numbered(parts, window), added

    def _with_known(self, source: str) -> tuple[list[Part], Targets]:
        known = len(self._targets)
        parts = self._parser.parse(source, self._targets)
        count = len(self._targets) - known
        added = [self._targets.popitem() for _ in range(count)]
        return parts, dict(reversed(added))

    def _marks(self, lines: Sequence[str], added: Targets) -> bool:
        """Whether some lines mark one of the notes that are new."""
        notes = {label for label, target in added.items() if "number" in target}
        return bool(notes) and not notes.isdisjoint(_labels("\n".join(lines)))

    def _learn(self, targets: Targets) -> None:
        self._targets.update(targets)
        seen = {label for label, target in targets.items() if is_renamed(target)}
        self._is_late = self._is_late or not self._missed.isdisjoint(seen)


def _labels(source: str) -> set[str]:
    """The labels in a text, of links and of notes."""
    if "[" not in source:
        return set()
    names = {match[1] for match in _LABEL.finditer(source)}
    return {
        key_of(name.strip("^")) if name.startswith("^") else normalizeReference(name)
        for name in names
    }
