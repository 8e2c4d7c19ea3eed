"""The marks that say how a session or a run stands; each has its own shape, so that
colour is never the only sign."""

from __future__ import annotations

from agno_tui.session import RunStatus, Session

PULSE = ("⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏")
"""Frames of the mark that moves while something is under way."""

MUTED = "$foreground 60%"
"""The style of words that stand back. (`$text-muted` is `auto`, which only a
stylesheet can resolve.)"""


def pulse(frame: int) -> str:
    """The moving mark at a frame."""
    return PULSE[frame % len(PULSE)]


def status_mark(status: RunStatus | None) -> tuple[str, str]:
    """The mark of a run's status and the name of its role; a space and nothing where
    all is well."""
    match status:
        case RunStatus.RUNNING:
            return "●", "running"
        case RunStatus.PENDING:
            return "◌", "draft"
        case status if status is not None and status.failed:
            return "✗", "failed"
    return " ", ""


def mark_of(session: Session, *, frame: int, running: bool) -> tuple[str, str]:
    """A session's mark and the name of its role, from what is stored of it.

    `running`: whether this process is answering in it.
    """
    if running:
        return pulse(frame), "running"
    mark, role = status_mark(session.last_status)
    if role:
        return mark, role
    if session.unread:
        return "•", "unread"
    if session.draft:
        return "✎", "draft"
    return " ", ""
