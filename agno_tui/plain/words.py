"""Marks, times and figures as words that can be read aloud."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from agno_tui.agent.keeping import NOT_KEPT
from agno_tui.session import Message, Run, RunStatus, Session
from agno_tui.storage.errors import SessionNotFoundError, StorageError
from agno_tui.text import clipped, one_line
from agno_tui.tools.names import (
    FORGET_MEMORY,
    PREVIOUS_SESSION_MESSAGES,
    READ_PAST_SESSION,
    REMEMBER,
    UPDATE_MEMORY,
)
from agno_tui.user_names import LONGEST, shown

UNTITLED: Final = "New conversation"
"""What a conversation is called before anything was said in it."""

MINUTE: Final = 60_000_000
"""Microseconds."""

_TOOLS: Final = {
    PREVIOUS_SESSION_MESSAGES: "searched previous sessions",
    READ_PAST_SESSION: "read a previous session",
    REMEMBER: "remembered something about you",
    UPDATE_MEMORY: "changed what it remembers about you",
    FORGET_MEMORY: "forgot something about you",
}

KEEPING_ERRORS: Final = (StorageError, SessionNotFoundError)
"""What goes wrong with what is kept; both have `words`."""


def title_of(session: Session) -> str:
    """What a conversation is called: its name, else its draft, on one line."""
    return one_line(session.name) or one_line(session.draft) or UNTITLED


def user_words(user_id: str) -> str:
    """A user's name as it is said."""
    return shown(user_id, LONGEST)


def counted(count: int, one: str, many: str = "") -> str:
    """`1 word`, `1,234 words`."""
    return f"1 {one}" if count == 1 else f"{count:,} {many or one + 's'}"


def ago(at: int, present: int) -> str:
    """How long ago: `just now`, `5 minutes ago`, `2 days ago`."""
    minutes = (present - at) // MINUTE
    if minutes < 1:
        return "just now"
    for limit, size, unit in (
        (60, 1, "minute"),
        (24 * 60, 60, "hour"),
        (14 * 24 * 60, 24 * 60, "day"),
        (365 * 24 * 60, 7 * 24 * 60, "week"),
    ):
        if minutes < limit:
            return f"{counted(minutes // size, unit)} ago"
    return f"{counted(minutes // (365 * 24 * 60), 'year')} ago"


def clock(at: int | None) -> str:
    """A time of day with a space before it, where there is one."""
    try:
        return (
            f" at {datetime.fromtimestamp((at or 0) / 1_000_000):%H:%M}" if at else ""
        )
    except (ValueError, OverflowError, OSError):
        return ""


def marks_of(session: Session, *, is_open: bool, is_answering: bool) -> list[str]:
    """How a conversation stands, in words; those the screen has signs for."""
    marks = ["open now"] if is_open else []
    match session.last_status:
        case _ if is_answering:
            marks.append("answering")
        case RunStatus.RUNNING:
            marks.append("answering elsewhere")
        case RunStatus.PENDING:
            marks.append("waits to be sent")
        case RunStatus.INTERRUPTED:
            marks.append("interrupted")
        case RunStatus.ERROR:
            marks.append("failed")
    if session.unread and not is_open:
        marks.append("unread")
    if session.draft:
        marks.append("draft")
    if session.forked_from:
        marks.append("fork")
    if session.pinned:
        marks.append("pinned")
    if session.archived:
        marks.append("archived")
    return marks


def outcome(run: Run) -> str:
    """How a run ended where that has to be said; empty for a whole answer."""
    is_kept = run.answer.strip() and not run.error.startswith(NOT_KEPT)
    kept = f" {counted(len(run.answer.split()), 'word')} kept." if is_kept else ""
    match run.status:
        case RunStatus.PENDING:
            return "Not sent yet. /queue shows what waits."
        case RunStatus.CANCELLED:
            return f"Stopped.{kept} /retry asks again."
        case RunStatus.INTERRUPTED:
            when = clock(run.ended_at)
            return f"Error: interrupted{when}.{kept} /retry asks again."
        case RunStatus.ERROR:
            words = one_line(run.error) or "It failed."
            return f"Error: {words}{kept} /retry asks again."
        case RunStatus.COMPLETED if run.finish_reason == "length":
            return "The answer was cut at the model's length limit."
    return ""


def figures(run: Run) -> str:
    """What an answer took: `Took: gpt-4o, 412 tokens, 3.1 seconds.`"""
    metrics = run.metrics
    parts = [one_line(run.model)]
    if metrics.output_tokens is not None:
        about = "about " if metrics.estimated else ""
        parts.append(about + counted(metrics.output_tokens, "token"))
    if metrics.duration is not None:
        parts.append(f"{metrics.duration:.1f} seconds")
    said = ", ".join(part for part in parts if part)
    return f"Took: {said}." if said else ""


def tool_words(name: str, result: Message | None) -> str:
    """What a tool did, in one line: `searched previous sessions: 2 hits`."""
    did = _TOOLS.get(name) or f"used the tool {clipped(one_line(name), 60) or '?'}"
    if result is None:
        return f"{did}: no result"
    if result.tool_error:
        return f"{did}: it failed, {clipped(one_line(result.content), 120)}"
    if name == PREVIOUS_SESSION_MESSAGES:
        return f"{did}: {counted(_sessions_in(result.content), 'hit')}"
    return did


def _sessions_in(text: str) -> int:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return 0
    sessions = found.get("sessions") if isinstance(found, dict) else None
    return len(sessions) if isinstance(sessions, list) else 0


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
