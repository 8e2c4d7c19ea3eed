"""The last gate before the terminal: text never leaves as control codes."""

from __future__ import annotations

import re
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")


class NoControlCodes(LineFilter):
    """Replaces control characters in text by a space, wherever the text came from.

    Textual strips only five of them; ESC, C1 and the rest would reach the terminal.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Textual: the segments of a line, before they are written."""
        if not any(_CONTROL.search(s.text) for s in segments if not s.control):
            return segments
        return [
            s if s.control else Segment(_CONTROL.sub(" ", s.text), s.style)
            for s in segments
        ]
