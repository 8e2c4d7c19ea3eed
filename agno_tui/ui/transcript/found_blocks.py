"""Where something is that was counted in the source and is not marked on the screen."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from agno_tui.session import Role

if TYPE_CHECKING:
    from agno_tui.ui.transcript.sections import Sections
    from agno_tui.ui.transcript.sought import Sought


def block_of(sought: Sought, lines: Sections, nth: int) -> range | None:
    """The lines of the block of an answer where a place was counted; None where it was
    not counted in what is there."""
    for number, section in enumerate(lines.sections):
        if section.role != Role.ASSISTANT or not section.text:
            continue
        row = lines.start_of(number)
        for _, block in groupby(section.lines, key=lambda line: id(line.source)):
            shown = list(block)
            source, row = shown[0].source, row + len(shown)
            if source is None:
                continue
            text = section.text[source.start : source.end]
            nth -= sum(sought.counts_in_source(text))
            if nth < 0:
                return range(row - len(shown), row)
    return None
