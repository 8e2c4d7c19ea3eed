"""What every storage promises of answers that stream, run over each of the storages."""

from __future__ import annotations

import asyncio
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agno_tui.session import Message, RunStatus, ToolCall
from agno_tui.storage.base import Storage
from agno_tui.storage.memory import MemoryStorage
from agno_tui.storage.sqlite import SqliteStorage
from tests.storage.runs import a_run, answer

CALL = ToolCall("call_1", "look", '{"at": "it"}')


async def test_checkpoints_read_as_the_whole_answer(storage: Storage) -> None:
    run = a_run("s")
    await storage.start_run(run)
    await storage.append_content(run, reasoning_content="Let ")
    await storage.append_content(run, reasoning_content="me see.")
    await storage.append_content(run)
    for piece in ("Be", "cau", "se."):
        await storage.append_content(run, content=piece)
    for kept in (
        await storage.get_run(run.run_id, user_id="ann"),
        (await storage.get_runs("s", user_id="ann"))[0],
    ):
        assert kept is not None and kept.status is RunStatus.RUNNING
        assert [(m.role, m.content) for m in kept.messages] == [
            ("user", "Why?"),
            ("assistant", "Because."),
        ]
        assert kept.messages[1].reasoning_content == "Let me see."
    await storage.update_run(answer(run, "Because."))
    kept = await storage.get_run(run.run_id, user_id="ann")
    assert kept is not None and kept.messages == run.messages


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], ["++"]),
        ([Message("assistant", "one")], ["one++"]),
        ([Message("assistant", "one"), Message("tool", "two")], ["one", "two", "++"]),
        ([Message("assistant", "one", tool_calls=[CALL])], ["one", "++"]),
        ([Message("tool", "one"), Message("assistant", "")], ["one", "++"]),
        ([Message("oracle", "one")], ["one", "++"]),
    ],
)
async def test_a_piece_goes_on_with_the_last_message_or_begins_one(
    storage: Storage, before: list[Message], after: list[str]
) -> None:
    run = a_run("s")
    run.messages += before
    await storage.start_run(run)
    other = a_run("s", "other")
    await storage.start_run(other)
    await storage.append_content(run, content="+")
    await storage.append_content(other, content="mine")
    await storage.append_content(run, content="+")
    kept = await storage.get_runs("s", user_id="ann")
    assert [m.content for m in kept[0].messages] == ["Why?", *after]
    assert kept[0].messages[-1].role == "assistant"
    assert kept[1].answer == "mine"


async def test_a_run_with_tools_is_kept_round_by_round(storage: Storage) -> None:
    run = a_run("s")
    await storage.start_run(run)
    await storage.append_content(run, reasoning_content="Hm.")
    await storage.append_content(run, content="Let me look.")
    run.messages += [
        Message("assistant", "Let me look.", "Hm.", tool_calls=[CALL]),
        Message("tool", "[]", tool_call_id=CALL.id, tool_name=CALL.name),
    ]
    await storage.update_run(run)
    kept = await storage.get_run(run.run_id, user_id="ann")
    assert kept == run and kept.status is RunStatus.RUNNING
    assert not await storage.claim_run(run), "it is still its process's"
    await storage.append_content(run, content="No")
    await storage.append_content(run, content="thing.")
    kept = await storage.get_run(run.run_id, user_id="ann")
    assert kept is not None and kept.messages[:3] == run.messages
    assert [(m.role, m.content) for m in kept.messages[3:]] == [
        ("assistant", "Nothing.")
    ]
    await storage.update_run(answer(run, "Nothing."))
    kept = await storage.get_run(run.run_id, user_id="ann")
    assert kept is not None and kept.messages == run.messages


async def test_tool_messages_come_back_as_they_were_kept(storage: Storage) -> None:
    calls = [
        ToolCall("call_1", "look", '{"at": "\\u00e4"}'),
        ToolCall("call_2", "no such tool", "{broken, and \x00"),
        ToolCall("", "", ""),
    ]
    run = a_run("s")
    run.messages += [
        Message("assistant", "", tool_calls=list(calls)),
        Message("tool", "ä", tool_call_id="call_1", tool_name="look"),
        Message("tool", "No.", tool_call_id="call_2", tool_error=True),
        Message("assistant", "So."),
    ]
    await storage.start_run(run)
    run.messages[1].tool_calls.append(CALL)
    kept = await storage.get_run(run.run_id, user_id="ann")
    assert kept is not None and kept.messages[1].tool_calls == calls
    kept.messages[1].tool_calls.clear()
    (again,) = await storage.get_runs("s", user_id="ann")
    assert again.messages[1].tool_calls == calls, "nothing is shared with the caller"
    assert again.messages[2:] == run.messages[2:]


async def test_hostile_tool_calls_are_repaired(storage: Storage) -> None:
    run = a_run("s")
    call = ToolCall("\ud800", "\ud83d\ude00", '{"a": "\udc00"}')
    run.messages += [
        Message("assistant", "", tool_calls=[call]),
        Message("tool", "", tool_call_id="\ud800", tool_name="\ud800"),
    ]
    await storage.start_run(run)
    kept = await storage.get_run(run.run_id, user_id="ann")
    assert kept is not None
    assert kept.messages[1].tool_calls == [ToolCall("\ufffd", "😀", '{"a": "\ufffd"}')]
    assert kept.messages[2].tool_call_id == kept.messages[2].tool_name == "\ufffd"


@given(pieces=st.lists(st.tuples(st.text(), st.text()), max_size=6))
@settings(max_examples=15, deadline=None)
def test_any_checkpoints_equal_their_sum(pieces: list[tuple[str, str]]) -> None:
    async def read_back(storage: Storage) -> tuple[str, str]:
        run = a_run("s")
        run.messages.append(Message("assistant", ""))
        await storage.open()
        try:
            await storage.start_run(run)
            for content, reasoning in pieces:
                await storage.append_content(
                    run, content=content, reasoning_content=reasoning
                )
            kept = await storage.get_run(run.run_id, user_id="ann")
        finally:
            await storage.close()
        assert kept is not None
        return kept.answer, kept.messages[1].reasoning_content

    whole = tuple("".join(piece[side] for piece in pieces) for side in (0, 1))
    assert asyncio.run(read_back(MemoryStorage())) == whole
    with TemporaryDirectory() as folder:
        assert asyncio.run(read_back(SqliteStorage(f"{folder}/chat.db"))) == whole
