"""Rows to dataclasses and back, and the one door through which text goes in."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from agno_tui.session import (
    Message,
    Metrics,
    Role,
    Run,
    RunStatus,
    Session,
    UserMemory,
)
from agno_tui.storage.copies import answering
from agno_tui.storage.json_text import tool_calls_from, tool_calls_text
from agno_tui.storage.outlines import amount_said
from agno_tui.text import repair

Value = str | int | float | None
"""What a STRICT column holds."""

ENDED: Final = f"status NOT IN ('{RunStatus.PENDING}', '{RunStatus.RUNNING}')"
"""Of a run's row: `RunStatus.ended`, also for a status that a newer version wrote."""

_LARGEST: Final = 2**63 - 1


def execute(
    connection: sqlite3.Connection, sql: str, values: Mapping[str, Value]
) -> sqlite3.Cursor:
    """Run one statement with every text repaired, which may come from anywhere."""
    return connection.execute(
        sql,
        {
            name: repair(value) if isinstance(value, str) else value
            for name, value in values.items()
        },
    )


def run_values(run: Run, *, owner: str, at: int) -> dict[str, Value]:
    """The columns of a run's row, but its sequence.

    A run that ended without saying when is taken to end `at` this moment.
    """
    metrics = run.metrics
    counts = said_values(run.messages) if run.status.ended else _NOTHING_COUNTED
    return {
        "run_id": run.run_id,
        "session_id": run.session_id,
        "status": str(run.status),
        "model": run.model,
        "provider": run.provider,
        "finish_reason": run.finish_reason,
        "error": run.error,
        "retry_of": run.retry_of,
        "created_at": run.created_at,
        "ended_at": at if run.status.ended and run.ended_at is None else run.ended_at,
        "input_tokens": _whole(metrics.input_tokens),
        "output_tokens": _whole(metrics.output_tokens),
        "cached_tokens": _whole(metrics.cached_tokens),
        "reasoning_tokens": _whole(metrics.reasoning_tokens),
        "time_to_first_token": metrics.time_to_first_token,
        "duration": metrics.duration,
        "estimated": int(metrics.estimated),
        "owner": owner,
        "alive_at": at,
        **counts,
    }


_NOTHING_COUNTED: Final[Mapping[str, Value]] = {"characters": None, "lines": None}


def said_values(messages: Sequence[Message]) -> dict[str, Value]:
    """The columns that say how much was said in a run that has ended."""
    characters, lines = amount_said(messages)
    return {"characters": characters, "lines": lines}


def message_values(message: Message, run_id: str, position: int) -> dict[str, Value]:
    """The columns of a message's row that a `Message` knows."""
    return {
        "run_id": run_id,
        "position": position,
        "role": message.role,
        "content": message.content,
        "reasoning_content": message.reasoning_content,
        "created_at": message.created_at,
        "tool_calls": tool_calls_text(message.tool_calls),
        "tool_call_id": message.tool_call_id or None,
        "tool_name": message.tool_name or None,
        "tool_error": int(message.tool_error),
    }


def status_from(text: str) -> tuple[RunStatus, str]:
    """A status and, where it is none that we know, words that say so."""
    try:
        return RunStatus(text), ""
    except ValueError:
        words = f"A newer version of the program left this answer as “{text}”."
        return RunStatus.ERROR, words


def session_from(row: sqlite3.Row) -> Session:
    """A session from its row, with `last_status` and `unread` from its runs."""
    status = row["last_status"]
    return Session(
        session_id=row["session_id"],
        user_id=row["user_id"],
        name=row["name"],
        draft=row["draft"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        last_status=None if status is None else status_from(status)[0],
        unread=bool(row["unread"]),
        named_by_user=bool(row["name_by_user"]),
        temporary=bool(row["temporary"]),
        forked_from=row["forked_from"],
        forked_at=row["forked_at"],
        pinned=row["pinned_at"] is not None,
        archived=row["archived_at"] is not None,
    )


RUN_COLUMNS: Final = """
runs.sequence, run_id, session_id, user_id, status, error, model, provider,
finish_reason, retry_of, parent_run_id, runs.created_at, ended_at, input_tokens,
output_tokens, cached_tokens, reasoning_tokens, time_to_first_token, duration, estimated
"""
"""What `run_from` unpacks, in its order: by name would take twice the time."""


def run_from(row: sqlite3.Row, messages: list[Message]) -> Run:
    """A run from its row (with its session's `user_id`) and its messages."""
    sequence, run_id, session_id, user_id, text, error, *rest = row
    model, provider, finish_reason, retry_of, parent, created_at, ended_at, *rest = rest
    asked, answered, cached, thought, first_token, duration, estimated = rest
    status, words = status_from(text)
    return Run(
        session_id=session_id,
        user_id=user_id,
        run_id=run_id,
        status=status,
        messages=messages,
        model=model,
        provider=provider,
        metrics=Metrics(
            asked, answered, cached, thought, first_token, duration, bool(estimated)
        ),
        finish_reason=finish_reason,
        error=f"{error} {words}".strip() if words else error,
        retry_of=retry_of,
        parent_run_id=parent,
        created_at=created_at,
        ended_at=ended_at,
        sequence=sequence,
    )


MESSAGE_COLUMNS: Final = """
run_id, role, content, reasoning_content, created_at,
tool_calls, tool_call_id, tool_name, tool_error
"""
"""What `message_from` unpacks."""


def message_from(row: sqlite3.Row) -> Message:
    """A message from its row; the role as it stands there, broken calls left out."""
    _, role, content, reasoning_content, created_at, *rest = row
    tool_calls, tool_call_id, tool_name, tool_error = rest
    return Message(
        role,
        content,
        reasoning_content,
        created_at,
        [] if tool_calls is None else tool_calls_from(tool_calls),
        tool_call_id or "",
        tool_name or "",
        bool(tool_error),
    )


def with_checkpoints(
    messages: list[Message], checkpoints: Sequence[sqlite3.Row]
) -> list[Message]:
    """The messages with the pieces that came since, in the answer they belong to."""
    if not checkpoints:
        return messages
    answer = answering(messages)
    if answer is None:
        answer = Message(
            role=Role.ASSISTANT, content="", created_at=checkpoints[0]["created_at"]
        )
        messages.append(answer)
    answer.content += "".join(row["content"] for row in checkpoints)
    answer.reasoning_content += "".join(row["reasoning_content"] for row in checkpoints)
    return messages


def memory_values(memory: UserMemory) -> dict[str, Value]:
    """The columns of a memory's row, but its sequence."""
    return {
        "memory_id": memory.memory_id,
        "user_id": memory.user_id,
        "memory": memory.memory,
        "session_id": memory.session_id,
        "created_at": memory.created_at,
        "updated_at": memory.updated_at,
    }


def memory_from(row: sqlite3.Row) -> UserMemory:
    """A memory from its row."""
    return UserMemory(
        memory=row["memory"],
        user_id=row["user_id"],
        memory_id=row["memory_id"],
        session_id=row["session_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _whole(number: int | None) -> int | None:
    """A count that fits a column: a server may send any number."""
    if number is None:
        return None
    return max(-_LARGEST, min(int(number), _LARGEST))
