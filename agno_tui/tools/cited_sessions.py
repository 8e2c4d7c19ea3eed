"""Earlier sessions as the model is told them: cited, and short enough."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from agno_tui.history import estimate_tokens
from agno_tui.session import Found, Role, Run, Session
from agno_tui.text import clipped

LONGEST_TEXT: Final = 1_200
"""Characters of one message in a result."""

LEAST_TEXT: Final = 20
"""Characters that are left of a message at least, where a run is shown at all."""

LONGEST_TITLE: Final = 48
"""Characters of a session's title in a result."""

NOTHING_FOUND: Final = "No history found"
"""What is said where there is nothing to cite."""


class CitedSession:
    """A session in a result: those of its runs that fit."""

    def __init__(
        self, session: Session, runs: Sequence[Run], places: Sequence[Found] = ()
    ) -> None:
        self.session = session
        self.left_out = 0
        self._excerpts = {(p.run_id, p.role): p.excerpt for p in places}
        self.runs = [self._cited(run) for run in runs]

    @property
    def tokens(self) -> int:
        """About how many tokens it takes."""
        return _tokens(self.cited)

    @property
    def cited(self) -> dict[str, object]:
        """As the model sees it."""
        return {
            "title": clipped(self.session.name, LONGEST_TITLE),
            "session_id": self.session.session_id,
            "last_activity": _time(self.session.updated_at),
            "runs": self.runs,
        }

    def within(self, room: int) -> CitedSession:
        """This, with the newest runs that fit into so many tokens.

        The very last is cut shorter where it does not fit whole.
        """
        runs, self.runs = self.runs, []
        room -= self.tokens
        for run in reversed(runs):
            fit = run if self.runs else _cut_to(run, room)
            room -= _tokens(fit)
            if room < 0:
                break
            self.runs.insert(0, fit)
        self.left_out = len(runs) - len(self.runs)
        return self

    def _cited(self, run: Run) -> dict[str, str]:
        return {
            "run_id": run.run_id,
            "time": _time(run.created_at),
            "user": self._text(run, Role.USER),
            "assistant": self._text(run, Role.ASSISTANT),
        }

    def _text(self, run: Run, role: Role) -> str:
        text = run.text_of(role).strip()
        if len(text) > LONGEST_TEXT:
            return self._excerpts.get((run.run_id, role)) or clipped(text, LONGEST_TEXT)
        return text


def _cut_to(run: dict[str, str], room: int) -> dict[str, str]:
    """The run with its texts as short as they have to be, but not below the least."""
    limit = LONGEST_TEXT
    while _tokens(run) > room and limit > LEAST_TEXT:
        limit = max(LEAST_TEXT, limit * 3 // 4)
        run = {
            **run,
            "user": clipped(run["user"], limit),
            "assistant": clipped(run["assistant"], limit),
        }
    return run


def told(
    shown: Sequence[CitedSession], *, more: bool = False, note: str = NOTHING_FOUND
) -> str:
    """The result; `more`: whether sessions were found that did not fit."""
    result: dict[str, object] = {"sessions": [one.cited for one in shown]}
    if more:
        result["note"] = "More conversations did not fit. A query finds what is there."
    elif not shown:
        result["note"] = note
    elif left_out := sum(one.left_out for one in shown):
        result["note"] = (
            f"{left_out} more turns did not fit. read_past_session reads one session."
        )
    return _json(result)


def _tokens(value: object) -> int:
    """About how many tokens it takes, with the comma before it."""
    return estimate_tokens(_json(value)) + 2


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _time(at: int) -> str:
    try:
        moment = datetime.fromtimestamp(at / 1_000_000, UTC)
    except (ValueError, OverflowError, OSError):
        return ""  # Whatever wrote the row, the rest of it can be told.
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
