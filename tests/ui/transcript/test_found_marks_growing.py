"""Marks on an answer that grows: only what is new is looked at."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.content import Content

from agno_tui.session import Role
from agno_tui.ui.lines import Line, Stack, wrapped
from agno_tui.ui.transcript.found_marks import ANY, HERE, Found, FoundMarks
from agno_tui.ui.transcript.hits import Hit
from agno_tui.ui.transcript.sections import Section, Sections
from agno_tui.ui.transcript.sought import Mark, Sought
from tests.ui.conftest import a_run
from tests.ui.transcript.turns import turn_of


class Counting(Sought):
    """Counts the lines that are looked at."""

    looked_at = 0

    def in_lines(self, lines: Sequence[Line], text: str = "") -> list[Mark]:
        self.looked_at += len(lines)
        return super().in_lines(lines, text)


def sections(*lists: Sequence[Line]) -> Sections:
    """A question of one line, and an answer of these lists of lines."""
    asked = Section([Line(Content("tea?"))], "tea?", Role.USER)
    label = Section([Line(Content("tea"))], role=Role.ASSISTANT)
    return Sections([asked, label, Section(Stack(lists), "text", Role.ASSISTANT)])


def lines_of(text: str) -> list[Line]:
    return wrapped(Content(text), 12)


RUN = a_run("s", "tea?", "text")
TURN = turn_of(RUN)


def plain(found: Found) -> dict[int, list[tuple[int, int, str]]]:
    return {row: list(found[row]) for row in sorted(found)}


@pytest.mark.parametrize("queries", [("tea",), ("green tea",), ("tea", "green", "n t")])
def test_marks_of_a_growing_answer_are_those_of_a_whole_one(
    queries: tuple[str, ...],
) -> None:
    text = "\n".join(f"green tea and more green tea {n}" for n in range(12))
    marks = FoundMarks(Sought(*queries))
    finished: list[Line] = []
    for end in range(0, len(text), 7):
        cut = text.rfind("\n", 0, end) + 1
        finished += lines_of(text[:cut])[len(finished) : -1] if cut else []
        tail = lines_of(text[cut:end])
        for hit in (None, Hit(TURN.run_id, True, 5), Hit(TURN.run_id, False, 0)):
            fresh = FoundMarks(Sought(*queries))
            for one in (marks, fresh):
                one.go_to(hit)
            lines = sections(finished, tail)
            assert plain(marks.of(TURN, lines)) == plain(fresh.of(TURN, lines))
            if hit is not None:
                assert marks.rows_of(hit, lines) == fresh.rows_of(hit, lines)


def test_of_an_answer_that_grows_only_the_end_is_looked_at() -> None:
    sought = Counting("tea")
    marks = FoundMarks(sought)
    finished = lines_of("\n".join(["tea"] * 1_000))
    marks.of(TURN, sections(finished, lines_of("some te")))
    before = sought.looked_at
    for number in range(50):
        finished.append(Line(Content(f"tea {number}")))
        marks.of(TURN, sections(finished, lines_of("some tea")))
    assert sought.looked_at - before < 50 * 6
    last = marks.of(TURN, sections(finished, lines_of("some tea")))
    assert len(last) == 1 + 1_000 + 50 + 1


def test_a_line_that_goes_on_in_a_new_one_is_looked_at_again() -> None:
    marks, lines = FoundMarks(Sought("green tea")), lines_of("much more green tea")
    assert [line.text for line in lines] == ["much more", "green tea"]
    first, last = lines_of("much green tea")
    assert not marks.of(TURN, sections([first]))
    found = marks.of(TURN, sections([first], [last]))
    assert [row - 2 for row in found] == [0, 1]
    assert not marks.of(TURN, sections([first], [Line(Content("tea"))]))
    assert not marks.of(TURN, sections([first]))


def test_other_lines_have_marks_of_their_own() -> None:
    marks = FoundMarks(Sought("tea"))
    marks.of(TURN, sections(lines_of("tea\n\ntea\n\ntea")))
    found = marks.of(TURN, sections(lines_of("no\n\ntea")))
    assert plain(found) == {0: [(0, 3, ANY)], 4: [(0, 3, ANY)]}


def test_to_go_to_a_place_nothing_is_looked_at() -> None:
    sought = Counting("tea")
    marks, lines = FoundMarks(sought), sections(lines_of("tea\ntea\ntea"))
    found, before = marks.of(TURN, lines), sought.looked_at
    for nth in (0, 1, 2, 1):
        hit = Hit(TURN.run_id, True, nth)
        marks.go_to(hit)
        assert marks.of(TURN, lines) is found
        assert [row for row in found if found[row][0][2] == HERE] == [2 + nth]
        assert marks.rows_of(hit, lines) == range(2 + nth, 3 + nth)
    marks.go_to(None)
    assert all(found[row][0][2] == ANY for row in found)
    assert sought.looked_at == before
