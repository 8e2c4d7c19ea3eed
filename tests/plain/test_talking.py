"""Asking, answers as they come, the queue, errors, ctrl+c, the way out."""

from __future__ import annotations

import asyncio

import pytest

from agno_tui.models.base import ModelResponse
from agno_tui.plain.typed import Ended, Line
from agno_tui.session import Message, Role, RunStatus, ToolCall
from agno_tui.storage.memory import MemoryStorage
from tests.fakes import FailingStorage, FakeModel, until, words
from tests.plain.conftest import MakeTalk


async def test_the_first_line_says_where_one_is(make_talk: MakeTalk) -> None:
    async with make_talk() as talk:
        assert talk.said == (
            "agno-tui, conversation “New conversation”. Model: Fake 1. User u. "
            "/help lists the commands.\n"
        )


async def test_an_answer_is_said_by_lines_and_sentences(make_talk: MakeTalk) -> None:
    gate = asyncio.Event()
    model = FakeModel(["The first sen", "tence ends here. The sec", gate, "ond.\nX"])
    async with make_talk(model) as talk:
        await talk.type("hi")
        await talk.says("Agent: The first sentence ends here.\n")
        assert "sec" not in talk.said
        gate.set()
        await talk.rest()
        assert talk.said.endswith("here.\nThe second.\nX\n")
        assert "You: hi" not in talk.said  # It stands there as it was typed.


async def test_reasoning_is_one_word_and_a_tool_one_line(make_talk: MakeTalk) -> None:
    call = ToolCall("1", "get_previous_session_messages", "{}")
    think = ModelResponse(reasoning_content="hm")
    model = FakeModel([think, think, ModelResponse(tool_calls=(call,))], ["Done."])
    async with make_talk(model) as talk:
        talk.runner.agent.search_previous_sessions_history = True
        said = await talk.ask("hi")
        assert said == (
            "Agent: thinking…\nTool: searched previous sessions: 0 hits\nAgent: Done.\n"
        )


HOSTILE = "a\x1b[31mred\x9b2J\u202eback\x07\x00\r\nnext\x1b]0;t\x07"


@pytest.mark.parametrize("step", range(1, len(HOSTILE)))
async def test_no_control_code_is_ever_said(make_talk: MakeTalk, step: int) -> None:
    pieces = [HOSTILE[at : at + step] for at in range(0, len(HOSTILE), step)]
    error = words()
    error.words = HOSTILE
    async with make_talk(FakeModel([*pieces], [error])) as talk:
        await talk.ask("hi")
        await talk.ask(HOSTILE)
        await talk.type("/rename " + HOSTILE.replace("\n", ""), "/read", "/sessions")
        await talk.type("/search " + HOSTILE, "/open " + HOSTILE, "/user " + HOSTILE)
    safe = "".join(c for c in talk.said if c == "\n" or c.isprintable())
    assert safe == talk.said
    assert "a␛[31mred" in talk.said and "\nnext␛]0;t␇" in talk.said


async def test_what_is_typed_meanwhile_waits_and_is_answered_in_turn(
    make_talk: MakeTalk,
) -> None:
    gate = asyncio.Event()
    async with make_talk(FakeModel(["One", gate], ["Two"], ["Three"])) as talk:
        await talk.type("first")
        await until(lambda: talk.keyboard.is_busy)
        assert "Queued: it is sent after this answer" in await talk.type("second")
        await talk.type("third")
        listed = await talk.type("/queue")
        assert "1. second\n2. third\n" in listed
        assert "Taken out" in await talk.type("/queue remove 1")
        gate.set()
        await talk.says("You: third\nAgent: Two\n")
        await talk.rest()
        assert "You: second" not in talk.said
        assert talk.keyboard.is_busy is False
        await talk.type("/draft")
        assert talk.keyboard.prefilled == ["second"]


async def test_ctrl_c_stops_and_keeps_and_what_waits_is_paused(
    make_talk: MakeTalk,
) -> None:
    gate = asyncio.Event()
    async with make_talk(FakeModel(["half an answer", gate], ["Whole."])) as talk:
        await talk.type("first")
        await until(lambda: talk.keyboard.is_busy)
        await talk.type("second")
        await talk.ctrl_c()
        await talk.says("half an answer\n", "Stopped. 3 words kept. /retry asks again.")
        await talk.says("What waits is paused")
        await talk.rest()
        assert [run.status for run in await talk.runs()] == ["CANCELLED", "PENDING"]
        assert "1, paused. second" in await talk.type("/queue")
        await talk.type("/queue send")
        await talk.says("You: second\nAgent: Whole.\n")


async def test_ctrl_c_puts_a_line_away_then_says_how_to_quit_then_quits(
    make_talk: MakeTalk,
) -> None:
    async with make_talk() as talk:
        assert "Put away. /draft" in await talk.ctrl_c("half a thought")
        await talk.type("/draft")
        assert talk.keyboard.prefilled == ["half a thought"]
        assert "Press Ctrl+C again to quit" in await talk.ctrl_c()
        await talk.ctrl_c()
        assert await talk.code() == 0


async def test_a_draft_outlives_other_messages_and_a_restart(
    make_talk: MakeTalk,
) -> None:
    async with make_talk() as talk:
        await talk.ask("hi")
        await talk.ctrl_c("half a thought")
        await talk.ask("something else")
    async with make_talk() as talk:
        assert "Draft: half a thought\n/draft puts it back" in talk.said
        await talk.type("/draft")
        assert "Agent: Hello." in await talk.ask("half a thought")
    async with make_talk() as talk:
        assert "Draft:" not in talk.said


async def test_a_line_begun_at_the_end_of_the_input_is_a_draft(
    make_talk: MakeTalk,
) -> None:
    async with make_talk() as talk:
        await talk.type("one \\")
        assert await talk.end(Ended("two", 129)) == 129
    async with make_talk() as talk:
        assert "Draft: one \ntwo\n" in talk.said


async def test_it_goes_on_where_one_was_with_the_last_two_turns(
    make_talk: MakeTalk,
) -> None:
    async with make_talk() as talk:
        for number in range(3):
            await talk.ask(f"question {number}")
    async with make_talk() as talk:
        assert "conversation “question 0”" in talk.said
        assert "You: question 1\nAgent: Hello.\nYou: question 2\nAgent:" in talk.said
        assert "You: question 0" not in talk.said
        assert talk.keyboard.history == ["question 0", "question 1", "question 2"]


async def test_what_is_cut_short_by_leaving_is_kept_and_said(
    make_talk: MakeTalk,
) -> None:
    async with make_talk(FakeModel(["half a", asyncio.Event()])) as talk:
        await talk.type("first")
        await until(lambda: any(run.answer for run in talk.runner.running))
        await talk.type("/quit")
        assert await talk.code() == 0
        assert talk.said.endswith(
            "Agent: half a\n1 answer was cut short; what had arrived is kept. "
            "agno-tui --plain opens it again.\n"
        )
    async with make_talk() as talk:
        assert "You: first\nAgent: half a\nError: interrupted at" in talk.said
        assert "2 words kept. /retry asks again." in talk.said
        await talk.type("/retry")
        await talk.says("You: first\nAgent: Hello.\n")


async def test_an_error_is_said_in_words_and_retry_helps(make_talk: MakeTalk) -> None:
    async with make_talk(FakeModel(["Some", words()], ["All."])) as talk:
        said = await talk.ask("hi")
        assert said == (
            "Agent: Some\nError: The server is on fire. Try again. 1 word kept. "
            "/retry asks again.\n"
        )
        await talk.type("/retry")
        await talk.says("You: hi\nAgent: All.\n")


async def test_a_message_that_is_not_kept_can_be_sent_later(
    make_talk: MakeTalk, storage: MemoryStorage
) -> None:
    failing = FailingStorage(storage, "start_run")
    async with make_talk(storage=failing) as talk:
        said = await talk.type("precious")
        assert said.startswith("Error: Not sent. The disk is full. /draft brings")
        failing.failing.clear()
        await talk.type("/draft send")
        await talk.says("Agent: Hello.")
        failing.failing.add("set_draft")
        failing.failing.add("start_run")
        await talk.type("more of it")
    assert talk.said.endswith("This message could not be kept: \nmore of it\n")


async def test_a_storage_that_does_not_open_ends_with_1_and_words(
    make_talk: MakeTalk, storage: MemoryStorage
) -> None:
    talk = make_talk(storage=FailingStorage(storage, "open"))
    assert await talk.chat.run_async() == 1
    assert talk.said == "Error: The disk is full.\n"


async def test_lines_from_a_pipe_are_answered_one_by_one(make_talk: MakeTalk) -> None:
    model = FakeModel(["One."], ["Two."], [words()])
    talk = make_talk(model, is_interactive=False)
    for text in ("first", "second \\", "line", "//slash"):
        talk.keyboard.typed.put_nowait(Line(text))
    talk.keyboard.typed.put_nowait(Ended())
    assert await talk.chat.run_async() == 1
    assert talk.said.partition("\n")[2] == (
        "You: first\nAgent: One.\nYou: second \nline\nAgent: Two.\nYou: /slash\n"
        "Error: The server is on fire. Try again. /retry asks again.\n"
    )


async def test_a_signal_leaves_while_a_pipe_is_answered(make_talk: MakeTalk) -> None:
    talk = make_talk(FakeModel(["half", asyncio.Event()]), is_interactive=False)
    talk.keyboard.typed.put_nowait(Line("first"))
    task = asyncio.create_task(talk.chat.run_async())
    await until(lambda: talk.model.open_streams == 1)
    talk.keyboard.leave(143)
    assert await task == 143
    assert [run.status for run in await talk.runs()] == [RunStatus.INTERRUPTED]


async def test_an_answer_that_ends_elsewhere_is_said_in_one_line(
    make_talk: MakeTalk,
) -> None:
    gate = asyncio.Event()
    async with make_talk(FakeModel(["Here", gate, " there."], ["Other."])) as talk:
        await talk.type("Trip to Kyoto")
        await until(lambda: talk.keyboard.is_busy)
        await talk.type("/new")
        assert not talk.keyboard.is_busy
        gate.set()
        await talk.says("Agent answered in “Trip to Kyoto”: /open 1\n")
        assert talk.keyboard.asides == 1 and "there." not in talk.said
        said = await talk.type("/open 1")
        assert (
            said == "Opened “Trip to Kyoto”.\nYou: Trip to Kyoto\nAgent: Here there.\n"
        )


async def test_an_answer_goes_on_being_said_when_one_comes_back(
    make_talk: MakeTalk,
) -> None:
    gate = asyncio.Event()
    async with make_talk(FakeModel(["First half, ", gate, "second half."])) as talk:
        await talk.type("question")
        await until(lambda: talk.model.open_streams == 1)
        await talk.type("/new")
        said = await talk.type("/open question")
        assert said == "Opened “question”.\nYou: question\n"
        gate.set()
        await talk.rest()
        assert talk.said.endswith("Agent: First half, second half.\n")


async def test_nobody_listens_any_more(make_talk: MakeTalk) -> None:
    talk = make_talk()

    def write(text: str) -> None:
        raise BrokenPipeError

    talk.chat._voice._write = write
    assert await talk.chat.run_async() == 141


async def test_an_unexpected_failure_is_said_and_one_goes_on(
    make_talk: MakeTalk, storage: MemoryStorage
) -> None:
    failing = FailingStorage(storage, "find_sessions")
    failing.error = RuntimeError("secret")
    async with make_talk(storage=failing) as talk:
        said = await talk.type("/sessions x")
        assert said == "Error: Something went wrong. The log has the details.\n"
        assert "Agent: Hello." in await talk.ask("hi")


async def test_a_tool_that_failed_is_said_with_why(make_talk: MakeTalk) -> None:
    call = ToolCall("1", "no_such_tool", "{}")
    model = FakeModel([ModelResponse(tool_calls=(call,))], ["Done."])
    async with make_talk(model) as talk:
        talk.runner.agent.search_previous_sessions_history = True
        said = await talk.ask("hi")
        assert said.startswith("Tool: used the tool no_such_tool: it failed, ")
        runs = await talk.runs()
        assert any(m.role == Role.TOOL for m in runs[0].messages)
        assert isinstance(runs[0].messages[0], Message)
