"""Runs in which tools were called, for the tests."""

from __future__ import annotations

import json

from agno_tui.session import Message, Role, Run, RunStatus, ToolCall
from tests.ui.conftest import a_run


def call(name: str, arguments: object = None, *, id: str = "") -> ToolCall:
    """A call; arguments that are text stay as they are."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments or {})
    return ToolCall(id or name, name, written)


def result(name: str, content: object, *, id: str = "", error: bool = False) -> Message:
    """A tool's message; content that is text stays as it is."""
    text = content if isinstance(content, str) else json.dumps(content)
    return Message(
        Role.TOOL, text, tool_call_id=id or name, tool_name=name, tool_error=error
    )


def asked(*calls: ToolCall, text: str = "") -> Message:
    """The message of a model that wants tools called."""
    return Message(Role.ASSISTANT, text, tool_calls=list(calls))


def tool_run(
    *messages: Message,
    session_id: str = "s",
    question: str = "question",
    answer: str = "answer",
    status: RunStatus = RunStatus.COMPLETED,
) -> Run:
    """A run whose answer came after these messages."""
    run = a_run(session_id, question, "", status=status)
    run.messages += messages
    if answer:
        run.messages.append(Message(Role.ASSISTANT, answer))
    return run


def found(*titles: str, runs: int = 1) -> dict[str, object]:
    """What a tool that looks back gives: session `Title` has runs `Title-0` and on."""
    return {
        "sessions": [
            {
                "title": title,
                "session_id": title,
                "last_activity": "2026-11-22T17:00:00Z",
                "runs": [
                    {
                        "run_id": f"{title}-{n}",
                        "time": "2026-11-21T12:00:00Z",
                        "user": f"question {n} about {title}",
                        "assistant": "answer",
                    }
                    for n in range(runs)
                ],
            }
            for title in titles
        ]
    }


def looked_back(found: object, name: str = "get_previous_session_messages") -> Run:
    """A run that looked into earlier sessions, in the session `now`."""
    return tool_run(
        asked(call(name, {"query": "words"})), result(name, found), session_id="now"
    )
