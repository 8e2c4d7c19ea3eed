"""The numbers of the footnotes of a text that is not parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from agno_tui.ui.markdown.footnotes import MOST_NOTES, NAME, key_of, sign_of

_NOTE: Final = re.compile(rf"^[ >]{{0,9}}{NAME}:", re.MULTILINE)


def notes_of(markdown: str) -> Mapping[str, Mapping[str, Any]]:
    """The notes a text has, numbered as `ui/markdown/footnotes.py` does."""
    notes: dict[str, dict[str, Any]] = {}
    taken: set[str] = set()
    for note in _NOTE.finditer(markdown):
        key, number = key_of(note[1]), note[1]
        if key in notes or len(notes) >= MOST_NOTES:
            continue
        if not number.isdecimal() or not sign_of(number, {}) or number in taken:
            number = next(
                str(n) for n in range(1, len(taken) + 2) if str(n) not in taken
            )
        taken.add(number)
        notes[key] = {"number": number}
    return notes
