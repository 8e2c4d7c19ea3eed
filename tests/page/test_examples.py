"""The page's three examples: what goes out, message by message, and what is printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.fake_server import Behaviour, Exchange, FakeServer, chunk, events, streams
from tests.page.scripts import FIRST, FIRST_RETURNED, SECOND, THIRD, run_script


def said(number: int) -> str:
    """What the server answers to the request of this number, from 1."""
    return f"Answer {number}."


def answering() -> Behaviour:
    """Answers 1, 2, 3 …; where it may look back, and is asked to, it does so first."""
    count = 0

    async def behave(exchange: Exchange) -> None:
        nonlocal count
        last = exchange.request.messages[-1]
        if "previous" in (last["content"] or "") and last["role"] == "user":
            await events(looks_back(), chunk(finish="tool_calls"), done=True)(exchange)
            return
        count += 1
        await streams(said(count))(exchange)

    return behave


def looks_back() -> dict[str, Any]:
    call = {
        "index": 0,
        "id": "call_1",
        "type": "function",
        "function": {"name": "get_previous_session_messages", "arguments": "{}"},
    }
    return {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}


async def sent_by(script: str, folder: Path) -> tuple[list[list[Any]], str]:
    """The messages of every request that a script makes, and what it prints."""
    async with FakeServer() as server:
        server.otherwise = answering()
        printed = await run_script(script, folder, base_url=server.base_url)
        return [request.messages for request in server.chats], printed


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


async def test_the_first_is_one_stateless_run(tmp_path: Path) -> None:
    sent, printed = await sent_by(FIRST, tmp_path)
    assert sent == [[user("Tell me a 5 second short story about a robot")]]
    assert "Tell me a 5 second short story about a robot" in printed
    assert said(1) in printed


async def test_the_first_returned_is_printed_from_both_forms(tmp_path: Path) -> None:
    sent, printed = await sent_by(FIRST_RETURNED, tmp_path)
    assert sent == [
        [user("Tell me a 5 second short story about a robot")],
        [user("Tell me a 5 second short story about a lion")],
    ]
    assert said(1) in printed
    assert said(2) in printed


async def test_the_second_keeps_two_users_apart(tmp_path: Path) -> None:
    sent, _ = await sent_by(SECOND, tmp_path)
    robot = user("Tell me a 5 second short story about a robot.")
    joke = user("Now tell me a joke.")
    physics = user("Tell me about quantum physics.")
    light = user("What is the speed of light?")
    summary = user("Give me a summary of our conversation.")
    assert sent == [
        [robot],
        [robot, assistant(said(1)), joke],
        [physics],
        [physics, assistant(said(3)), light],
        [robot, assistant(said(1)), joke, assistant(said(2)), summary],
    ]


async def test_the_third_looks_back_into_the_last_two_sessions(tmp_path: Path) -> None:
    sent, printed = await sent_by(THIRD, tmp_path)
    capitals = [f"What is the capital of {c}?" for c in ("South Africa", "China")]
    capitals += [f"What is the capital of {c}?" for c in ("France", "Japan")]
    asked = user("What did I discuss in my previous conversations?")
    assert sent[:4] == [[user(text)] for text in capitals]
    assert sent[4] == [asked]
    assert sent[5][0] == asked
    call = sent[5][1]["tool_calls"][0]
    assert call["function"]["name"] == "get_previous_session_messages"
    result = sent[5][2]
    assert (result["role"], result["tool_call_id"]) == ("tool", call["id"])
    found = json.loads(result["content"])["sessions"]
    assert [s["session_id"] for s in found] == ["session_4_id", "session_3_id"]
    assert [[(r["user"], r["assistant"]) for r in s["runs"]] for s in found] == [
        [(capitals[3], said(4))],
        [(capitals[2], said(3))],
    ]
    assert len(sent) == 6
    assert "• get_previous_session_messages()" in printed
    order = [printed.index(w) for w in ("previous conv", "Tool Calls", said(5))]
    assert order == sorted(order)


async def test_the_third_can_be_run_again(tmp_path: Path) -> None:
    first, _ = await sent_by(THIRD, tmp_path)
    again, _ = await sent_by(THIRD, tmp_path)
    assert [m[0] for m in first] == [m[0] for m in again]
    assert len(json.loads(again[5][2]["content"])["sessions"]) == 2
