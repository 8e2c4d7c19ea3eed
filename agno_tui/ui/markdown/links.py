"""Reference links of a text that grows: an address may come long after its link."""

from __future__ import annotations

import re

from markdown_it.common.utils import normalizeReference

from agno_tui.ui.markdown.blocks import Part
from agno_tui.ui.markdown.parser import MarkdownParser, Targets
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

    def parse_certain(self, window: Window) -> tuple[Window, list[Part], bool]:
        """What of a window can be parsed for good, its blocks, and whether it is
        certain where their links lead.

        An address in the last line is not: with the next line it may be a table, or no
        address at all. Where the window is full, it is left to the next one.
        """
        parts, added = self._parse(window)
        uncertain = [t["map"] for t in added.values() if t["map"][1] >= window.whole]
        if window.left_by is not None or not uncertain:
            self._learn(added)
            return window, parts, True
        start = min(first for first, _ in uncertain)
        if window.is_full and start:
            window = window.cut(start)
            return window, self.parse(window), True
        if window.is_full:
            self._learn(added)
            return window, parts, True
        certain = {k: t for k, t in added.items() if t["map"][1] < window.whole}
        self._learn(certain)
        return window, parts, False

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

    def _parse(self, window: Window) -> tuple[list[Part], Targets]:
        """The blocks of a window, and the addresses that are new in it, in order."""
        known = len(self._targets)
        parts = self._parser.parse(window.source, self._targets)
        count = len(self._targets) - known
        added = [self._targets.popitem() for _ in range(count)]
        return parts, dict(reversed(added))

    def parse_rows(self, source: str) -> list[Part]:
        """The blocks of a text that defines no addresses."""
        return self._parser.parse(source, self._targets)

    def note(self, source: str) -> None:
        """This was laid out, with the addresses that are known now."""
        if "[" not in source:
            return
        for match in _LABEL.finditer(source):
            label = normalizeReference(match[1])
            if label not in self._targets:
                self._missed.add(label)

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
        self._is_late = False
        self._missed.clear()
        return True

    def _learn(self, targets: Targets) -> None:
        self._targets.update(targets)
        self._is_late = self._is_late or not self._missed.isdisjoint(targets)
