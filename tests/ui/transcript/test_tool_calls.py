"""Tool calls in a turn: folded, opened, under way, failed, and never obeyed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from unittest.mock import patch

import pytest

from agno_tui.events import (
    RunContent,
    RunEvent,
    RunStarted,
    ToolCallCompleted,
    ToolCallStarted,
)
from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.ui.app import AgnoApp
from agno_tui.ui.lines import Line
from agno_tui.ui.markdown.blocks import Block
from agno_tui.ui.markdown.layout import lay_out_block
from agno_tui.ui.transcript.tool_uses import tool_uses
from tests.ui.conftest import (
    TestStorage,
    keep,
    ready,
    screen_text,
    shows,
    transcript_lines,
    type_and_send,
    until,
)
from tests.ui.tool_runs import asked, call, result, tool_run
from tests.ui.transcript.turns import said, turn_of


def text_of(run: Run, width: int = 60, *, details: bool = False) -> list[str]:
    return said(turn_of(run, details=details), width)


def test_calls_are_quiet_lines_between_what_was_said() -> None:
    run = tool_run(
        asked(call("add", {"a": 2, "b": "x"}), call("now"), text="Let me see."),
        result("add", "5"),
        result("now", "12:00"),
    )
    assert text_of(run)[3:] == [
        "Agent",
        "Let me see.",
        "",
        '▸ add(a=2, b="x")',
        "▸ now()",
        "",
        "answer",
        "",
        "test-model · 412 tokens · 3.6 s · 133 tok/s",
        "",
    ]


def test_details_show_arguments_and_result_readable() -> None:
    run = tool_run(asked(call("add", {"a": 2})), result("add", {"sum": [5]}))
    assert text_of(run, details=True)[4:15] == [
        "▾ add(a=2)",
        "  arguments",
        "   {",
        '     "a": 2',
        "   }",
        "  result",
        "   {",
        '     "sum": [',
        "       5",
        "     ]",
        "   }",
    ]


def test_what_is_no_json_is_shown_as_it_stands() -> None:
    run = tool_run(asked(call("say", '{"broken')), result("say", "two\nlines"))
    text = text_of(run, details=True)
    assert '▾ say({"broken)' in text
    assert text[text.index("  arguments") + 1] == '   {"broken'
    assert text[text.index("  result") + 1 :][:2] == ["   two", "   lines"]


def test_a_long_result_is_clipped_and_says_how_much_is_left() -> None:
    lines = "\n".join(f"line {n}" for n in range(1500))
    text = text_of(tool_run(asked(call("cat")), result("cat", lines)), details=True)
    assert "   line 39" in text
    assert "   line 40" not in text
    assert "  … 1,460 more lines" in text


def test_one_endless_line_stays_short() -> None:
    run = tool_run(asked(call("cat")), result("cat", "x" * 1_000_000))
    assert len(text_of(run, details=True)) < 30
    deep = tool_run(asked(call("cat", "[" * 90_000)), result("cat", "[" * 90_000))
    assert len(text_of(deep, details=True)) < 50


def test_a_failed_call_says_so_with_its_error() -> None:
    failed = result("fetch", "No such host.\nTraceback", error=True)
    run = tool_run(asked(call("fetch", {"url": "x"})), failed)
    assert '✗ fetch(url="x") · No such host. Traceback' in text_of(run)


def test_a_call_without_result_in_an_ended_run_says_so() -> None:
    messages = asked(call("slow", {"n": 1}))
    run = tool_run(messages, answer="", status=RunStatus.CANCELLED)
    assert "▸ slow(n=1) · no result" in text_of(run)


def test_what_is_under_way_moves_and_then_the_model_thinks_again() -> None:
    run = tool_run(asked(call("slow")), answer="", status=RunStatus.RUNNING)
    turn = turn_of(run)
    assert turn.is_waiting
    assert [line.content.plain for line in turn.lines(60)][4:] == ["⠋ slow()", ""]
    turn.frame = 1
    turn.changed()
    assert turn.lines(60)[4].content.plain == "⠙ slow()"
    run.messages.append(result("slow", "done"))
    assert text_of(run)[4:] == ["▸ slow()", "", "⠋ thinking", ""]
    run.messages.append(Message(Role.ASSISTANT, "So"))
    assert not turn.is_waiting
    assert text_of(run)[4:] == ["▸ slow()", "", "So", ""]


def test_the_same_id_twice_and_a_result_nobody_asked_for() -> None:
    messages = [
        asked(call("a", id="1"), call("b", id="1")),
        result("a", "first", id="1"),
        result("b", "second", id="1"),
        result("c", "third", id="1"),
    ]
    uses = tool_uses(messages)
    assert [u.result and u.result.content for u in uses[0]] == ["first", "second"]
    assert [(u.call.name, u.result) for u in uses[3]] == [("c", messages[3])]


def test_a_result_belongs_to_a_call_right_before_it() -> None:
    messages = [
        result("lost", "zero", id="1"),
        result("lost", "one", id="1"),
        asked(call("a", id="1")),
        asked(call("b", id="1")),
        result("b", "two", id="1"),
        Message(Role.ASSISTANT, "So"),
        result("a", "three", id="1"),
    ]
    found = [
        (place, use.call.name, use.result and use.result.content)
        for place, uses in tool_uses(messages).items()
        for use in uses
    ]
    assert found == [
        (0, "lost", "zero"),
        (1, "lost", "one"),
        (2, "a", None),
        (3, "b", "two"),
        (6, "a", "three"),
    ]


def test_no_tool_is_part_of_the_answer() -> None:
    run = tool_run(asked(call("add")), result("add", "5"), answer="It is five.")
    assert run.answer.strip() == "It is five."


def test_hostile_tools_are_shown_not_obeyed() -> None:
    name = "[bold]x\x1b[2J"
    run = tool_run(
        asked(call(name, {"\u202ea": "\x9b31m"}, id="1")),
        result(name, "[red]\x07\x1b]0;t\x07", id="1"),
    )
    text = "\n".join(text_of(run, 100, details=True))
    assert "[bold]x␛[2J(" in text
    assert "[red]␇␛]0;t␇" in text
    assert not set(text) & set("\x1b\x07\x9b\u202e")


@pytest.mark.parametrize("width", [8, 10, 20, 60, 100])
@pytest.mark.parametrize("details", [False, True])
def test_no_line_is_too_wide(width: int, details: bool) -> None:
    run = tool_run(
        asked(call("n" * 50, {"你好": "好" * 90}, id="1"), call("b", "y" * 300)),
        result("a", {"k": "好" * 200}, id="1"),
        result("b", "words " * 40, error=True),
    )
    assert all(
        line.content.cell_length <= width
        for line in turn_of(run, details=details).lines(width)
    )


def test_text_after_a_tool_lays_out_only_its_tail() -> None:
    run = tool_run(asked(call("add"), text="before"), result("add", "5"), answer="")
    run.status = RunStatus.RUNNING
    turn = turn_of(run)
    run.messages.append(Message(Role.ASSISTANT, "one\n\n" * 50))
    turn.lines(60)
    laid_out: list[Block] = []

    def counting(block: Block, width: int) -> list[Line]:
        laid_out.append(block)
        return lay_out_block(block, width)

    with patch("agno_tui.ui.markdown.growing.lay_out_block", counting):
        run.messages[-1].content += "two"
        turn.changed()
        turn.lines(60)
    assert 1 <= len(laid_out) <= 3


def test_a_replaced_answer_is_quiet_and_offers_no_retry() -> None:
    run = tool_run(status=RunStatus.REGENERATED)
    turn = turn_of(run)
    assert turn.lines(60)[-2].content.plain == "↻ replaced by a later answer"
    assert any(span.style == "quiet" for span in turn.lines(60)[4].content.spans)


async def test_ctrl_o_opens_and_closes_all_calls(
    app: AgnoApp, storage: TestStorage
) -> None:
    await keep(storage, tool_run(asked(call("add", {"a": 2})), result("add", "5")))
    await storage.set_open_session("s", user_id="")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await until(pilot, shows(pilot, "▸ add(a=2)"))
        await pilot.press("ctrl+o")
        await until(pilot, shows(pilot, "▾ add(a=2)"))
        assert "result" in screen_text(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, shows(pilot, "▸ add(a=2)"))
        await pilot.press("ctrl+y")
        assert app.clipboard.strip() == "answer"


async def test_calls_appear_as_they_happen(app: AgnoApp) -> None:
    called, answered = asyncio.Event(), asyncio.Event()
    wanted = call("slow", {"n": 1})

    async def stream(run: Run) -> AsyncGenerator[RunEvent, None]:
        yield RunStarted(run)
        run.messages.append(asked(wanted))
        yield ToolCallStarted(run.session_id, run.run_id, wanted)
        await called.wait()
        run.messages.append(result("slow", "done"))
        told = ToolCallCompleted(run.session_id, run.run_id, wanted, run.messages[-1])
        yield told
        await answered.wait()
        run.messages.append(Message(Role.ASSISTANT, "It took a while."))
        yield RunContent(run.session_id, run.run_id, "It took a while.")
        run.status = RunStatus.COMPLETED

    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        with patch.object(
            type(app.runner.agent), "stream", lambda _, run, *__: stream(run)
        ):
            await type_and_send(pilot, "go")
            await until(pilot, shows(pilot, "⠹ slow(n=1)"))
            called.set()
            await until(pilot, shows(pilot, "▸ slow(n=1)"))
            await until(pilot, shows(pilot, "thinking"))
            answered.set()
            await until(pilot, shows(pilot, "It took a while."))
        assert "thinking" not in "\n".join(transcript_lines(pilot))
