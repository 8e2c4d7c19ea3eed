"""What a tool that looks back found: the sessions it cites, and their runs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from agno_tui.tools.names import PREVIOUS_SESSION_MESSAGES, READ_PAST_SESSION
from agno_tui.ui.places import Place
from agno_tui.ui.transcript.tool_uses import ToolUse

TOOLS = frozenset({PREVIOUS_SESSION_MESSAGES, READ_PAST_SESSION})
"""Their results are `{"sessions": [{"title", "session_id", "last_activity", "runs":
[{"run_id", "time", "user", "assistant"}]}]}`."""


@dataclass(slots=True, frozen=True)
class Cited:
    """A session that was looked into."""

    title: str
    place: Place
    """The first of its runs that was read, with the words that were looked for."""
    runs: int
    """How many of its runs were read."""
    question: str
    """The user's words in the first of them."""
    time: str
    """When that was, as the tool says it."""


def cited_in(use: ToolUse) -> list[Cited] | None:
    """The sessions a call looked into, or None where that can't be told."""
    if use.call.name not in TOOLS or use.result is None or use.failed:
        return None
    try:
        found = json.loads(use.result.content)
    except (ValueError, RecursionError):
        return None
    sessions = found.get("sessions") if isinstance(found, dict) else None
    if not isinstance(sessions, list):
        return None
    words = _query(use.call.arguments)
    cited = [_cited(session, words) for session in sessions]
    known = [one for one in cited if one is not None]
    return known if len(known) == len(cited) else None


def all_cited(uses: Iterable[ToolUse]) -> list[Cited]:
    """Every session that calls looked into, each once, in their order."""
    by_session: dict[str, Cited] = {}
    for use in uses:
        for cited in cited_in(use) or []:
            by_session.setdefault(cited.place.session_id, cited)
    return list(by_session.values())


def _query(arguments: str) -> str:
    """What was looked for; empty where nothing was, or where that can't be told."""
    try:
        values = json.loads(arguments)
    except (ValueError, RecursionError):
        return ""
    return _text(values.get("query")) if isinstance(values, dict) else ""


def _cited(session: object, words: str) -> Cited | None:
    if not isinstance(session, dict):
        return None
    session_id, found = session.get("session_id"), session.get("runs")
    runs = found if isinstance(found, list) else []
    runs = [run for run in runs if isinstance(run, dict)]
    if not isinstance(session_id, str) or not session_id:
        return None
    first = runs[0] if runs else {}
    return Cited(
        title=_text(session.get("title")) or "New conversation",
        place=Place(session_id, _text(first.get("run_id")), words),
        runs=len(runs),
        question=_text(first.get("user")),
        time=_text(first.get("time")) or _text(session.get("last_activity")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
