"""The rows of the list of sessions, and what a session is called there."""

from __future__ import annotations

from dataclasses import dataclass

from agno_tui.session import Session
from agno_tui.text import one_line
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.slash import is_begun_command

UNTITLED = "New conversation"
"""What a session is called before anything was said in it."""


@dataclass(slots=True, frozen=True)
class Row:
    """A line of the list: a heading, an empty line, or a session."""

    heading: str = ""
    session: Session | None = None


def is_listed(session: Session) -> bool:
    """Whether a session stands in the list: not where all there is of it is a command
    that is being written."""
    is_begun = session.last_status is not None
    return is_begun or not is_begun_command(session.draft, COMMANDS)


def title_of(session: Session) -> str:
    """What a session is called in the list: its name, else the draft, on one line."""
    return one_line(session.name) or one_line(session.draft) or UNTITLED
