"""What comes or goes above a line, within its own turn, does not move it."""

from __future__ import annotations

from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.ui.transcript.between import Window
from agno_tui.ui.transcript.document import Document
from tests.ui.conftest import a_run
from tests.ui.transcript.reader import Reader
from tests.ui.transcript.turns import document_of

LINES = "\n\n".join(f"line {n}" for n in range(40))


def thinking() -> Run:
    """A run that thought before it said something, twice."""
    thought = "\n".join(f"thought {n}" for n in range(30))
    run = a_run("s", "q", "", status=RunStatus.COMPLETED)
    run.messages[1:] = [
        Message(Role.ASSISTANT, f"{part}\n\n{LINES}", reasoning_content=thought)
        for part in ("first", "second")
    ]
    return run


def reader_at(words: str, document: Document) -> Reader:
    """A screen that begins at a line of the document."""
    reader = Reader(document)
    for _ in range(400):
        if reader.shown[0].strip() == words:
            return reader
        reader.scroll(1)
    raise AssertionError(words)


def toggle(reader: Reader, document: Document) -> None:
    document.toggle_details()
    reader.settle()


def test_opening_the_thoughts_above_a_line_leaves_it_where_it_is() -> None:
    document = document_of(thinking(), a_run("s", "q2", LINES))
    for words in ("line 5", "second", "line 39"):
        reader = reader_at(words, document)
        before = reader.shown
        total = reader.placement.total
        toggle(reader, document)
        assert reader.placement.total > total
        assert reader.shown[0] == before[0]
        toggle(reader, document)
        assert reader.shown == before


def test_closing_a_thought_that_is_read_leaves_its_one_line() -> None:
    document = document_of(thinking(), a_run("s", "q2", LINES))
    document.toggle_details()
    reader = reader_at("thought 20", document)
    toggle(reader, document)
    assert reader.shown[0].strip().startswith("▸ thought")


def test_where_the_models_view_begins_moves_nothing_below() -> None:
    run = a_run("s", "q", LINES, run_id="r1")
    document = document_of(run, a_run("s", "q2", LINES))
    reader = reader_at("line 7", document)
    before = reader.shown
    document.note_window("r1", Window(1, 2_000))
    reader.settle()
    assert reader.shown == before
    document.note_window(None, None)
    reader.settle()
    assert reader.shown == before
