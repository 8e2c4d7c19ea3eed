"""Looking back: what the model may ask about the user's earlier sessions.

Two tools. What they find is this user's, never of the present session nor of temporary
ones, and cites where it stands, so that it can be opened:

    {"sessions": [{"title": …, "session_id": …, "last_activity": "2026-11-22T17:00:00Z",
                   "runs": [{"run_id": …, "time": …, "user": …, "assistant": …}]}],
     "note": …}

Sessions come newest first (by last activity) or best first (for a query), the runs of
one oldest first. Source of the name and of what it promises: Agno's
`search_previous_sessions_history`, https://docs.agno.com.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from agno_tui.history import is_answered
from agno_tui.session import Found, Run, RunStatus, Session
from agno_tui.storage.base import Storage
from agno_tui.tools.arguments import object_schema
from agno_tui.tools.base import Tool, ToolContext
from agno_tui.tools.cited_sessions import CitedSession, told
from agno_tui.tools.names import PREVIOUS_SESSION_MESSAGES, READ_PAST_SESSION

LEAST_SHARE: Final = 280
"""Tokens that a session needs in a result: its ids and times are half of that."""

FRAME_TOKENS: Final = 50
"""Tokens of a result beside its sessions."""

RESULT_TOKENS: Final = 2_000
"""About how many tokens one result has at most; less where the model's context is
small, see `CONTEXT_SHARE`."""

CONTEXT_SHARE: Final = 6
"""A result takes at most one part in so many of the model's context."""

LEAST_TOKENS: Final = LEAST_SHARE + FRAME_TOKENS
"""A result may always be so big: less would not hold one session."""

MOST_RUNS: Final = 50
"""Runs of one session that are looked at, the newest."""

MOST_FOUND: Final = 12
"""Runs that a search gives."""

_PAGE: Final = 20

_UNKNOWN: Final = "There is no earlier conversation with this session_id."

_MESSAGES: Final = """\
What was said in the user's earlier conversations. Without a query: the messages of \
the most recent ones, newest first. With a query: where its words were said, in any of \
them. Use it when the user speaks of something said before, in another conversation. \
Name the conversation's title when you answer from it."""

_READ: Final = """\
One of the user's earlier conversations, by its session_id, with the messages of its \
last num_runs turns (all that fit, if left out)."""

_QUERY: Final = {
    "type": ["string", "null"],
    "default": None,
    "description": "Words to look for; null for the most recent conversations.",
}

_NUM_RUNS: Final = {
    "type": ["integer", "null"],
    "minimum": 1,
    "default": None,
    "description": "How many turns, the last ones; null for all that fit.",
}


def previous_sessions_tools(
    storage: Storage, *, num_history_sessions: int, context_window: int | None
) -> list[Tool]:
    """The tools that look back, for a model with this context (tokens)."""
    room = RESULT_TOKENS
    if context_window is not None:
        room = max(LEAST_TOKENS, min(room, context_window // CONTEXT_SHARE))
    looking = _LookingBack(storage, num_history_sessions, room)
    return [
        Tool(
            PREVIOUS_SESSION_MESSAGES,
            _MESSAGES,
            looking.get_previous_session_messages,
            parameters=object_schema({"query": _QUERY}),
        ),
        Tool(
            READ_PAST_SESSION,
            _READ,
            looking.read_past_session,
            parameters=object_schema(
                {"session_id": {"type": "string"}, "num_runs": _NUM_RUNS},
                "session_id",
            ),
        ),
    ]


@dataclass(slots=True)
class _LookingBack:
    """Reads a user's earlier sessions for the model; `room` is in tokens."""

    storage: Storage
    num_history_sessions: int
    room: int

    async def get_previous_session_messages(
        self, context: ToolContext, query: str | None = None
    ) -> str:
        if query is not None and query.strip():
            shown, more = await self._search(query, context)
            return told(shown, more=more)
        room = self.room - FRAME_TOKENS
        most = max(1, room // LEAST_SHARE)
        found: list[CitedSession] = []
        async with aclosing(self._earlier(context)) as earlier:
            async for session, runs in earlier:
                found.append(CitedSession(session, runs))
                if len(found) >= min(self.num_history_sessions, most + 1):
                    break
        shown = found[:most]
        for number, one in enumerate(shown):
            # What a short one leaves is for those after it.
            room -= one.within(room // (len(shown) - number)).tokens
        return told(shown, more=len(found) > most)

    async def read_past_session(
        self, context: ToolContext, session_id: str, num_runs: int | None = None
    ) -> str:
        user_id = context.user_id
        session = await self.storage.get_session(session_id, user_id=user_id)
        if session is None or session.temporary or session_id == context.session_id:
            return told([], note=_UNKNOWN)
        count = max(1, min(num_runs or MOST_RUNS, MOST_RUNS))
        runs = await self._answered(session, count)
        return told([CitedSession(session, runs).within(self.room - FRAME_TOKENS)])

    async def _earlier(
        self, context: ToolContext
    ) -> AsyncGenerator[tuple[Session, list[Run]], None]:
        """The user's earlier sessions in which something was answered, newest first."""
        last: Session | None = None
        while self.num_history_sessions:
            page = await self.storage.get_sessions(
                user_id=context.user_id, limit=_PAGE, before=last
            )
            for session in page:
                if session.temporary or session.session_id == context.session_id:
                    continue
                if runs := await self._answered(session, MOST_RUNS):
                    yield session, runs
            if len(page) < _PAGE:
                return
            last = page[-1]

    async def _answered(self, session: Session, limit: int) -> list[Run]:
        """The session's last answered runs, oldest first, one a question."""
        runs = await self.storage.get_runs(
            session.session_id,
            user_id=session.user_id,
            limit=limit,
            status=RunStatus.COMPLETED,
        )
        newest = {run.first_try: run for run in runs if is_answered(run)}
        return [run for run in runs if newest.get(run.first_try) is run]

    async def _search(
        self, query: str, context: ToolContext
    ) -> tuple[list[CitedSession], bool]:
        """Where the words were said, by session, best first; whether more was."""
        found = await self.storage.search(
            query,
            user_id=context.user_id,
            limit=MOST_FOUND,
            excluding=context.session_id,
        )
        by_session: dict[str, list[Found]] = {}
        for place in found:
            by_session.setdefault(place.session_id, []).append(place)
        room = self.room - FRAME_TOKENS
        shown: list[CitedSession] = []
        more = False
        for session_id, places in by_session.items():
            session = await self.storage.get_session(
                session_id, user_id=context.user_id
            )
            if session is None or session.temporary:
                continue
            runs = await self._runs_of(session, places)
            one = CitedSession(session, runs, places).within(room)
            if one.runs:
                shown.append(one)
                room -= one.tokens
            elif runs:
                more = True
        return shown, more

    async def _runs_of(self, session: Session, places: Sequence[Found]) -> list[Run]:
        """The answered runs that have the words; the last ones, where its name has."""
        found = [place.run_id for place in places if place.run_id is not None]
        if not found:
            return await self._answered(session, 3)
        runs: list[Run] = []
        for run_id in found:
            run = await self.storage.get_run(run_id, user_id=session.user_id)
            if run is not None and run.status is RunStatus.COMPLETED:
                runs.append(run)
        return sorted(runs, key=lambda run: run.sequence)
