"""A screen over a placement, settled as the view does it, for the tests."""

from __future__ import annotations

from agno_tui.session import Run
from agno_tui.ui.transcript.document import Document
from agno_tui.ui.transcript.placement import Placement
from tests.ui.conftest import a_run
from tests.ui.transcript.turns import document_of, outlines_of

WIDTH, HEIGHT = 60, 20


def uneven(count: int) -> list[Run]:
    """Runs whose heights a guess gets wrong, above and below."""
    runs = []
    for n in range(count):
        table = "\n\n|a|b|\n|-|-|\n" + "|x|y|\n" * (n % 7)
        answer = f"answer {n}\n\n" + "- item\n" * (n % 5) + "words " * (n * 13 % 90)
        runs.append(a_run("s", f"question {n}", answer + table, run_id=f"r{n}"))
    return runs


class Reader:
    """A screen over a placement, settled as the view does it."""

    def __init__(self, document: Document, width: int = WIDTH) -> None:
        self.placement = Placement(document)
        self.width = width
        self.top = 0
        self.settle()

    def settle(self) -> None:
        placement = self.placement
        anchor = placement.anchor(self.top, HEIGHT, self.width)
        placement.width = self.width
        for _ in range(20):
            placement.place()
            if anchor is not None:
                self.go(placement.line_of(anchor))
            if not placement.lay_out(self.top, HEIGHT):
                return
        raise AssertionError("never settled")

    def go(self, top: int) -> None:
        self.top = max(0, min(top, self.placement.total - HEIGHT))

    def go_to_end(self) -> None:
        for _ in range(20):
            self.go(self.placement.total)
            if not self.placement.lay_out(self.top, HEIGHT):
                return

    def scroll(self, lines: int) -> None:
        self.go(self.top + lines)
        self.settle()

    def resize(self, width: int) -> None:
        self.width = width
        self.settle()

    @property
    def shown(self) -> list[str]:
        found = self.placement.lines(self.top, HEIGHT)
        return [one[2].content.plain if one else "" for one in found]

    def read(self, runs: list[Run]) -> list[str]:
        """Read what is wanted; returns which that was."""
        wanted = [t.run_id for t in self.placement.unread(self.top, HEIGHT)]
        self.placement.document.read([run for run in runs if run.run_id in wanted])
        self.settle()
        return wanted


def outlined_document(runs: list[Run], read: int) -> Document:
    """A document of which only the last turns are read."""
    document = document_of(*runs[-read:], has_older=True)
    document.prepend(outlines_of(*runs[:-read]), has_older=False)
    return document
