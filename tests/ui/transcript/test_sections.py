"""Sections: which line of a turn belongs to which text."""

from __future__ import annotations

from textual.content import Content

from agno_tui.session import Message, Role, RunStatus
from agno_tui.ui.lines import Line
from agno_tui.ui.transcript.sections import Section, Sections
from tests.ui.conftest import a_run
from tests.ui.tool_runs import asked, call, result, tool_run
from tests.ui.transcript.turns import turn_of


def section(role: str, *texts: str) -> Section:
    return Section([Line(Content(text)) for text in texts], role=role)


ALL = Sections(
    [
        section("", "day"),
        section("user", "label"),
        section("user", "q1", "q2"),
        section("user"),
        section("", ""),
        section("assistant", "a1"),
        section("", ""),
        section("assistant", "a2", "a3"),
        section("", ""),
    ]
)


def test_every_line_knows_its_section() -> None:
    for row, line in enumerate(ALL):
        index, at = ALL.place(row)
        assert ALL.sections[index].lines[at] is line


def test_the_lines_of_a_role_go_from_its_first_to_its_last() -> None:
    assert ALL.rows_of("user") == range(1, 4)
    assert [ALL[row].text for row in ALL.rows_of("assistant")] == ["a1", "", "a2", "a3"]
    assert not ALL.rows_of("tool")
    assert not Sections([]).rows_of("user")


def test_a_turn_says_whose_lines_are_whose() -> None:
    run = a_run("s", "one\ntwo", "first\n\nsecond")
    run.messages[-1].reasoning_content = "hm"
    turn = turn_of(run)
    lines = [line.content.plain for line in turn.lines(60)]
    asked_in, said_in = turn.rows_of(Role.USER), turn.rows_of(Role.ASSISTANT)
    assert lines[asked_in.start : asked_in.stop] == ["▌ You", "▌ one", "▌ two"]
    assert lines[said_in.start] == "Agent"
    assert lines[said_in.stop - 1].startswith("test-model · 412 tokens")
    assert lines[said_in.stop :] == [""]


def test_sections_hold_the_source_of_what_they_show() -> None:
    run = tool_run(
        asked(call("add"), text="Let me **see**."), result("add", "5"), answer="It is 5"
    )
    texts = [section.text for section in turn_of(run).lines(60).sections]
    assert [text for text in texts if text] == [
        "question",
        "Let me **see**.",
        "It is 5",
    ]


def test_a_replaced_answer_keeps_its_sections() -> None:
    whole = turn_of(a_run("s", "q", "some **words**"))
    replaced = turn_of(a_run("s", "q", "some **words**", status=RunStatus.REGENERATED))
    for one in (whole, replaced):
        one.lines(60)
    assert replaced.rows_of(Role.USER) == whole.rows_of(Role.USER)
    assert replaced.rows_of(Role.ASSISTANT) == whole.rows_of(Role.ASSISTANT)
    assert [s.text for s in replaced.lines(60).sections if s.text][
        -1
    ] == "some **words**"


def test_what_a_tool_said_is_nobodys_message() -> None:
    run = a_run("s", "q", "")
    run.messages.append(Message(Role.TOOL, "5", tool_call_id="x", tool_name="add"))
    turn = turn_of(run)
    assert all(section.text != "5" for section in turn.lines(60).sections)
