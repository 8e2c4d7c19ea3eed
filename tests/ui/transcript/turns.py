"""Turns and documents made of runs, for the tests."""

from __future__ import annotations

from agno_tui.session import Run, RunOutline, Session
from agno_tui.storage.outlines import outlined
from agno_tui.ui.markdown.parser import MarkdownParser
from agno_tui.ui.transcript.document import Document
from agno_tui.ui.transcript.turn import Turn
from agno_tui.ui.transcript.turn_layout import Presentation

PARSER = MarkdownParser()


def turn_of(run: Run, *, details: bool = False) -> Turn:
    """A turn whose text is here."""
    presentation = Presentation(PARSER, lambda: "thinking", details)
    return Turn(presentation, outlined(run), run)


def document_of(
    *runs: Run, live: Run | None = None, has_older: bool = False
) -> Document:
    """A document of the session `s`."""
    document = Document(Session(session_id="s"), PARSER, lambda: "thinking")
    document.load(runs, live=live, has_older=has_older)
    return document


def outlines_of(*runs: Run) -> list[RunOutline]:
    """What is known of runs that are not read."""
    return [outlined(run) for run in runs]


def said(turn: Turn, width: int = 60) -> list[str]:
    """The lines of a turn as plain text."""
    return [line.content.plain for line in turn.lines(width)]
