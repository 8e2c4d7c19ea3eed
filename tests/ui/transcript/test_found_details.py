"""What is found in reasoning and in tool calls: just what is shown of them."""

from __future__ import annotations

import json

import pytest

from agno_tui.session import Message, Role, Run
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.transcript.finding import Find
from agno_tui.ui.transcript.found_marks import FoundMarks
from agno_tui.ui.transcript.hits import Hit
from agno_tui.ui.transcript.sought import Sought
from agno_tui.ui.transcript.tool_view import MOST_LINES, excerpt
from tests.ui.conftest import Screen, TestStorage, a_run, keep, ready, until
from tests.ui.marked_words import at_line, count, here, marked_words
from tests.ui.tool_runs import asked, call, found, result, tool_run
from tests.ui.transcript.turns import turn_of

SIZE = (100, 40)


def thought(text: str, said: str = "", *calls: object) -> Message:
    message = asked(*calls, text=said)  # type: ignore[arg-type]
    message.reasoning_content = text
    return message


LOOK_BACK, NOTE = "get_previous_session_messages", "remember"

RUNS = {
    "thoughts and calls": tool_run(
        thought(
            "tea, tea\nand te\x1ba, \u200btea", "more *tea*", call("tea", {"a": "tea"})
        ),
        result("tea", "tea\r\n\ttea  \n\n" + "long tea " * 30 + "\r\n"),
        thought("teas"),
    ),
    "json": tool_run(
        asked(call("look", {"deep": [{"tea": ["tea", "t\u00e9a"]}, {}, []]})),
        result("look", json.dumps({"k" * 90 + "tea": "tea\n" * 90, "tea": 1e400})),
    ),
    "what is cut": tool_run(
        asked(call("cat", "x " * 990 + "tea")),
        result("cat", "\n".join(f"tea {n}" for n in range(1_000))),
        asked(call("cat", json.dumps(["tea"] * 1_000), id="2")),
        result("cat", "tea" * 2_000, id="2"),
        asked(call("cat", "\u200b" * 90 + "tea" * 400, id="3")),
    ),
    "no result, failed": tool_run(
        asked(call("the_tea_tool", "tea"), call("tea" * 40, {"q": "tea"}, id="2")),
        result("tea", "no tea", id="2", error=True),
        result("tea_nobody_asked_for", "tea", id="9"),
    ),
    "looked back, remembered": tool_run(
        asked(call(LOOK_BACK, {"query": "tea"}), call(NOTE, {"memory": "likes tea"})),
        result(LOOK_BACK, found("tea", "more tea", runs=2)),
        result(NOTE, {"memory": "likes tea"}),
        Message(Role.SYSTEM, "tea"),
        Message("unknown", "**tea**"),
    ),
}
QUERIES = ("tea", "a", '"', "remember", LOOK_BACK, "thought", "more", "result", "200b")


async def counted(run: Run, sought: Sought, *, details: bool) -> Find:
    async def read(run_ids: object) -> list[Run]:
        return [run]

    find = Find(sought, [run.run_id], read, details=details)
    await find.scan()
    return find


@pytest.mark.parametrize("width", [12, 20, 40, 100])
@pytest.mark.parametrize("name", RUNS)
async def test_as_many_are_counted_as_are_marked(name: str, width: int) -> None:
    run = RUNS[name]
    turn, folded = turn_of(run, details=True), turn_of(run)
    for query in QUERIES:
        sought = Sought(query)
        find = await counted(run, sought, details=True)
        marks, few = FoundMarks(sought), FoundMarks(sought)
        lines, closed = turn.lines(width), folded.lines(width)
        assert len(find.hits) == places(marks, turn.run_id, lines), query
        for hit in find.hits:
            rows = marks.rows_of(hit, lines)
            assert rows and all(row in marks.of(turn, lines) for row in rows)
        find.show_details(False)
        assert len(find.hits) == places(few, turn.run_id, closed), query


def places(marks: FoundMarks, run_id: str, lines: object) -> int:
    known = marks._marks(run_id, lines)  # type: ignore[arg-type]
    return sum(len(section.marks) for section in known._sections.values())


def test_how_much_json_is_left_is_told_without_writing_it() -> None:
    many: dict[str, object] = {"a": [1, {"b": {}}], "c": ["x"] * 99}
    values: list[object] = [{}, [], [[]], many, [0] * 10_000]
    for value in values:
        whole = json.dumps(value, indent=2).split("\n")
        shown = excerpt(json.dumps(value))
        assert shown.rows == whole[:MOST_LINES]
        assert shown.more == max(0, len(whole) - MOST_LINES)
    deep = excerpt("[" * 300 + "]" * 300)
    assert (len(deep.rows), deep.more) == (40, 599 - 40)


def test_of_a_result_without_end_only_the_beginning_is_looked_at() -> None:
    shown = excerpt("x" * 50_000_000 + "\n" * 3 + "tea")
    assert [len(row) for row in shown.rows] == [500, 0, 0, 3]


# In the running app


async def find(pilot: Screen, words: str, expected: str) -> None:
    await pilot.press("ctrl+f", *words)
    await until(pilot, lambda: count(pilot) == expected, f"{words}: {expected}")


async def kyoto(storage: TestStorage, *, last: str = "kyoto at last") -> None:
    run = tool_run(
        thought("think of kyoto", "kyoto first", call("look", {"q": "kyoto"})),
        result("look", "to kyoto\n" + "more\n" * 60),
        session_id="a",
        answer=last,
    )
    await keep(storage, a_run("a", "one", "one"), run, a_run("a", "two", "two"))
    await storage.set_open_session("a", user_id="")


async def test_what_is_folded_is_told_and_opened_it_is_walked(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kyoto(storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await find(pilot, "kyoto", "1/2 · 3 in details: ctrl+o")
        await at_line(pilot, "kyoto first")
        assert len(marked_words(pilot)) == 1
        await pilot.press("ctrl+o")
        await until(pilot, lambda: count(pilot) == "2/5")
        await at_line(pilot, "kyoto first")
        for line in ('"q": "kyoto"', "to kyoto", "kyoto at last", "think of kyoto"):
            await pilot.press("enter")
            await at_line(pilot, line)
        assert count(pilot) == "1/5"


async def test_closed_again_one_is_at_the_next_place(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kyoto(storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+o")
        await find(pilot, "kyoto", "1/5")
        for key, line in (("down", "kyoto first"), ("down", '"q": "kyoto"')):
            await pilot.press(key)
            await at_line(pilot, line)
        assert count(pilot) == "3/5"
        await pilot.press("ctrl+o")
        await until(pilot, lambda: count(pilot) == "2/2 · 3 in details: ctrl+o")
        await at_line(pilot, "kyoto at last")


async def test_what_is_in_details_only_is_gone_to_when_they_open(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kyoto(storage)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await find(pilot, "think of", "no match · 1 in details: ctrl+o")
        assert not marked_words(pilot) + here(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: count(pilot) == "1/1")
        await at_line(pilot, "think of kyoto")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: count(pilot).startswith("no match"))
        assert not marked_words(pilot) + here(pilot)


async def test_words_from_elsewhere_go_through_details_that_are_open(
    app: AgnoApp, storage: TestStorage
) -> None:
    await kyoto(storage, last="at last")
    (run,) = [one for one in await runs_of(storage) if len(one.messages) > 2]
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await app.desk.open_session("a", at=run.run_id, words="kyoto think")
        await at_line(pilot, "kyoto first")
        await pilot.press("ctrl+o")
        await at_line(pilot, "think of kyoto")
        for line in ("think of kyoto", "kyoto first", '"q": "kyoto"', "to kyoto"):
            await pilot.press("n")
            await at_line(pilot, line)


async def runs_of(storage: TestStorage) -> list[Run]:
    outlines = await storage.get_run_outlines("a", user_id="")
    return await storage.get_runs_by_id([o.run_id for o in outlines], user_id="")


def test_a_hit_in_a_thought_has_its_line() -> None:
    run = a_run("s", "q", "tea")
    run.messages[-1] = Message(Role.ASSISTANT, "tea", reasoning_content="tea\ntea")
    turn, marks = turn_of(run, details=True), FoundMarks(Sought("tea"))
    lines = turn.lines(40)
    rows = [marks.rows_of(Hit(run.run_id, True, nth), lines) for nth in range(3)]
    assert [lines[row.start].content.plain for row in rows] == ["  tea", "  tea", "tea"]
