"""Marks of what was found: on the lines where it is, and on nothing else."""

from __future__ import annotations

from agno_tui.session import Run, RunStatus
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.transcript.found_marks import ANY, HERE, FoundMarks
from agno_tui.ui.transcript.hits import Hit
from agno_tui.ui.transcript.sought import Sought
from tests.ui.conftest import Screen, TestStorage, a_run, keep, ready, until
from tests.ui.marked_words import (
    at_line,
    count,
    here,
    line_here,
    said_session,
)
from tests.ui.tool_runs import asked, call, result, tool_run
from tests.ui.transcript.turns import turn_of
from tests.ui.transcript.views import all_there

WIDTH = 40
SIZE = (80, 24)


def marked(marks: FoundMarks, run: Run) -> dict[str, list[tuple[str, str]]]:
    """By line: the words with a mark, each with its role."""
    turn = turn_of(run)
    lines = turn.lines(WIDTH)
    plain = [line.content.plain for line in lines]
    return {
        plain[row]: [(plain[row][start:end], role) for start, end, role in spans]
        for row, spans in marks.of(turn, lines).items()
    }


def test_question_and_answer_have_marks_labels_have_none() -> None:
    run = a_run("s", "You and the agent", "the **Agent** and you")
    assert marked(FoundMarks(Sought("agent")), run) == {
        "▌ You and the agent": [("agent", ANY)],
        "the Agent and you": [("Agent", ANY)],
    }


def test_one_place_is_the_one_one_is_at() -> None:
    run = a_run("s", "tea", "tea, tea")
    marks = FoundMarks(Sought("tea"))
    turn = turn_of(run)
    for nth, roles in ((0, [HERE, ANY]), (1, [ANY, HERE]), (7, [ANY, HERE])):
        marks.go_to(Hit(turn.run_id, True, nth))
        found = marked(marks, run)
        assert [role for _, role in found["tea, tea"]] == roles
        assert found["▌ tea"] == [("tea", ANY)]
    marks.go_to(None)
    assert {role for spans in marked(marks, run).values() for _, role in spans} == {ANY}


def test_a_place_on_two_lines_is_marked_on_both() -> None:
    run = a_run("s", "q", "x" * 30 + " wrapped words")
    found = marked(FoundMarks(Sought("wrapped words")), run)
    assert list(found.values()) == [[("wrapped", ANY)], [("words", ANY)]]
    marks = FoundMarks(Sought("wrapped words"))
    lines = turn_of(run).lines(WIDTH)
    rows = marks.rows_of(Hit(run.run_id, True, 0), lines)
    assert [lines[row].text.split()[-1] for row in rows] == ["wrapped", "words"]


def test_of_several_words_each_is_marked() -> None:
    run = a_run("s", "q", "in spring to Kyoto")
    found = marked(FoundMarks(Sought("kyoto", "spring")), run)
    assert found == {"in spring to Kyoto": [("spring", ANY), ("Kyoto", ANY)]}


def test_marks_are_kept_for_a_few_turns_only() -> None:
    marks = FoundMarks(Sought("tea"))
    turns = [turn_of(a_run("s", f"q {n}", "tea")) for n in range(300)]
    for turn in turns:
        assert marks.of(turn, turn.lines(WIDTH))
    assert len(marks._known) < 150
    last = turns[-1]
    assert marks.of(last, last.lines(WIDTH)) is marks.of(last, last.lines(WIDTH))


def test_a_turn_laid_out_anew_is_marked_anew() -> None:
    run = a_run("s", "q", "tea")
    turn, marks = turn_of(run), FoundMarks(Sought("tea"))
    assert len(marks.of(turn, turn.lines(WIDTH))) == 1
    run.messages[-1].content += "\n\nmore tea"
    turn.changed()
    assert len(marks.of(turn, turn.lines(WIDTH))) == 2


# In the running app


async def find(pilot: Screen, words: str, expected: str) -> None:
    await pilot.press("ctrl+f", *words)
    await until(pilot, lambda: count(pilot) == expected, f"{words}: {expected}")


async def test_each_place_of_an_answer_in_several_messages_is_gone_to(
    app: AgnoApp, storage: TestStorage
) -> None:
    run = tool_run(
        asked(call("look"), text="kyoto one\n\n" + "words\n\n" * 20),
        result("look", "x"),
        asked(call("look", id="2"), text="kyoto two\n\n" + "words\n\n" * 20),
        result("look", "x", id="2"),
        session_id="a",
        answer="kyoto three\n\n" + "words\n\n" * 20 + "kyoto four",
    )
    await keep(storage, run)
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await find(pilot, "kyoto", "1/4")
        for name in ("one", "two", "three", "four", "one"):
            line = f"kyoto {name}"
            await at_line(pilot, line)
            await pilot.press("enter")


async def test_the_question_of_another_try_is_not_counted_twice(
    app: AgnoApp, storage: TestStorage
) -> None:
    first = a_run("a", "to kyoto?", "half", status=RunStatus.CANCELLED)
    await keep(storage, first, a_run("a", "to kyoto?", "yes", retry_of=first.run_id))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await find(pilot, "kyoto", "1/1")
        assert here(pilot) == ["kyoto"]


async def test_marks_follow_another_width(app: AgnoApp, storage: TestStorage) -> None:
    await said_session(storage, ("q", "words " * 30 + "to kyoto and back"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await find(pilot, "to kyoto", "1/1")
        for width in (60, 43, 40, 100):
            await pilot.resize_terminal(width, 24)
            await until(
                pilot, lambda: "".join(here(pilot)).replace(" ", "") == "tokyoto"
            )


async def test_a_place_in_the_middle_of_a_long_answer_comes_onto_the_screen(
    app: AgnoApp, storage: TestStorage
) -> None:
    long = "\n\n".join(f"line {n} " + "words " * (n % 30) for n in range(200))
    await keep(storage, *(a_run("a", f"question {n}", long) for n in range(50)))
    await keep(storage, a_run("a", "q", long.replace("line 100 ", "line kyoto ")))
    await keep(storage, a_run("a", "q", long), a_run("a", "end", "end"))
    await storage.set_open_session("a", user_id="")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await all_there(pilot, 53)
        await find(pilot, "kyoto", "1/1")
        await until(pilot, lambda: line_here(pilot).startswith("line kyoto"))
