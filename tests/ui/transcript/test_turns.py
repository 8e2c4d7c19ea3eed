"""The way a conversation goes: what stays, what comes and goes, which version it is."""

from __future__ import annotations

from agno_tui.events import RunCompleted, RunContent, RunPending, RunStarted
from agno_tui.session import Role, Run, RunStatus
from agno_tui.ui.transcript.document import Document
from agno_tui.ui.transcript.placement import Placement
from agno_tui.ui.transcript.reading import Anchor, Marked
from agno_tui.ui.transcript.versions import VersionLine, Versions, question_label
from tests.ui.conftest import a_run
from tests.ui.transcript.turns import document_of, outlines_of, said

WIDTH = 40


def row_of(*names: str, parent: str = "") -> list[Run]:
    """Runs that follow each other, named by their ids."""
    runs: list[Run] = []
    for name in names:
        run = a_run("s", f"q {name}", f"a {name}", run_id=name, parent_run_id=parent)
        run.sequence = len(runs) + 1
        runs.append(run)
        parent = name
    return runs


def begun(name: str, parent: str, sequence: int = 100) -> Run:
    run = a_run("s", f"q {name}", "", status=RunStatus.RUNNING, run_id=name)
    run.parent_run_id, run.sequence = parent, sequence
    return run


def ids(document: Document) -> list[str]:
    assert [turn.index for turn in document.turns] == list(range(len(document.turns)))
    above = [None, *document.turns][: len(document.turns)]
    assert [turn.before for turn in document.turns] == above
    return [turn.run_id for turn in document.turns]


def test_a_run_that_follows_an_earlier_one_takes_what_followed_it_away() -> None:
    document = document_of(*row_of("1", "2", "3"))
    first = document.turns[0]
    before = document.arrangement
    document.apply(RunStarted(begun("2b", "1")))
    assert ids(document) == ["1", "2b"]
    assert document.arrangement != before
    assert document.turns[0] is first
    assert said(document.turns[1])[0] == "▌ You  ‹ 2/2 ›"
    document.apply(RunStarted(begun("b", "")))
    assert ids(document) == ["b"] and not document.has_older


def test_a_run_that_follows_the_last_one_is_below_it_and_nothing_is_arranged() -> None:
    document = document_of(*row_of("1", "2"))
    before = document.arrangement
    document.apply(RunStarted(begun("3", "2")))
    assert ids(document) == ["1", "2", "3"] and document.arrangement == before


def test_what_happens_on_another_way_changes_nothing() -> None:
    document = document_of(*row_of("1", "2"))
    elsewhere = begun("x", "1")
    assert document.apply(RunContent("s", "x", "word")) is None
    elsewhere.status = RunStatus.COMPLETED
    assert document.apply(RunCompleted(elsewhere)) is None
    assert ids(document) == ["1", "2"]
    assert document.is_stale, "the storage says whether it is on the way"


def test_a_run_that_follows_one_that_is_not_here_is_looked_for_in_the_storage() -> None:
    document = document_of(*row_of("1", "2"))
    document.apply(RunStarted(begun("x", "unknown")))
    assert ids(document) == ["1", "2"] and document.is_stale
    document.go_through(row_of("1", "2", "x"), is_whole=True)
    assert ids(document) == ["1", "2", "x"] and not document.is_stale


def test_the_run_under_way_is_shown_only_where_it_is_on_the_way() -> None:
    runs = row_of("1", "2")
    assert ids(document_of(*runs, live=begun("x", "1"))) == ["1", "2"]
    assert ids(document_of(*runs, live=begun("3", "2"))) == ["1", "2", "3"]


def test_another_way_leaves_what_is_on_both() -> None:
    document = document_of(*row_of("1", "2", "3"))
    stay = document.turns[:2]
    document.go_through(row_of("1", "2", "3b", "4b"), is_whole=True)
    assert ids(document) == ["1", "2", "3b", "4b"]
    assert document.turns[:2] == stay
    assert document.turn_of("3") is None
    document.go_through(row_of("x", "y"), is_whole=False)
    assert ids(document) == ["x", "y"] and document.has_older
    assert document.oldest is not None and document.oldest.run_id == "x"


def test_only_the_end_of_a_way_is_needed() -> None:
    document = document_of(*row_of("1", "2", "3"), has_older=True)
    document.go_through(row_of("2", "3b"), is_whole=False)
    assert ids(document) == ["1", "2", "3b"] and document.has_older
    assert document.oldest is not None and document.oldest.run_id == "1"


def test_what_came_back_in_the_middle_is_there_again() -> None:
    document = document_of(*row_of("1", "2", "3"))
    document.drop("2")
    assert ids(document) == ["1", "3"]
    document.go_through(row_of("1", "2", "3"), is_whole=True, before=2)
    assert ids(document) == ["1", "2", "3"]


def test_waiting_messages_are_no_turns_on_any_way() -> None:
    waiting = a_run("s", "w", "", status=RunStatus.PENDING, run_id="w", sequence=9)
    document = document_of(*row_of("1", "2"))
    document.apply(RunPending(waiting))
    document.go_through([*row_of("1", "2b"), waiting], is_whole=True)
    assert ids(document) == ["1", "2b"]
    assert [run.run_id for run in document.queue.runs] == ["w"]


def test_the_mark_goes_to_what_is_where_the_marked_turn_was() -> None:
    document = document_of(*row_of("1", "2", "3"))
    document.marked = Marked(2, Role.USER, 4)
    document.go_through(row_of("1", "2b"), is_whole=True)
    assert document.marked == Marked(1, Role.USER)
    document.drop("1")
    assert document.marked == Marked(0, Role.USER)
    document.drop("2b")
    assert document.marked is None


def test_versions_are_numbered_wherever_their_turns_come_from() -> None:
    older, newer = row_of("1", "2"), row_of("3", parent="2")
    document = document_of(*newer, has_older=True)
    document.note_versions([["1", "1b"], ["0", "x", "3"]])
    assert said(document.turns[0])[0] == "▌ You  ‹ 3/3 ›"
    document.prepend(outlines_of(*older), has_older=False)
    document.read(older)
    assert said(document.turns[0])[0] == "▌ You  ‹ 1/2 ›"
    document.note_versions([])
    assert [said(turn)[0] for turn in document.turns] == ["▌ You"] * 3


def test_there_is_a_version_before_and_one_after_or_none() -> None:
    versions = Versions()
    versions.put([["a", "b"]])
    versions.add("c", "a")
    assert [*versions.of("b")] == ["a", "b", "c"]
    assert versions.beside("b", 1) == "c" and versions.beside("b", -1) == "a"
    assert versions.beside("a", -1) is versions.beside("c", 1) is None
    assert versions.beside("alone", 1) is None


def test_the_signs_beside_a_question_can_be_hit() -> None:
    line = question_label(2, 13)
    assert isinstance(line, VersionLine)
    text = line.content.plain
    assert text == "▌ You  ‹ 2/13 ›"
    assert line.step_at(text.index("‹")) == -1
    assert line.step_at(text.index("›")) == 1
    assert line.step_at(text.index("/")) == line.step_at(2) == 0
    assert question_label(1, 1).content.plain == "▌ You"


def test_what_is_anchored_in_a_turn_that_is_gone_is_where_it_was() -> None:
    document = document_of(*row_of("1", "2", "3"))
    placement = Placement(document)
    placement.width = WIDTH
    placement.place()
    gone = document.turns[1]
    document.go_through(row_of("1", "2b"), is_whole=True)
    placement.place()
    now = document.turns[1]
    assert placement.line_of(Anchor(gone, 2)) == placement.start(now) + 2
    assert placement.line_of(Anchor(gone, -3)) == placement.start(now) - 3
    last = placement.start(now) + len(now.lines(WIDTH)) - 1
    assert placement.line_of(Anchor(gone, 1_000)) == last
    document.put_below(0, [])
    assert placement.line_of(Anchor(gone, 2)) == 0
