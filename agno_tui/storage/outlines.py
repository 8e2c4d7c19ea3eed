"""Runs without what was said in them: how much that is, counted from the messages."""

from __future__ import annotations

from collections.abc import Iterable

from agno_tui.session import Message, Role, Run, RunOutline
from agno_tui.text import repair


def amount_said(messages: Iterable[Message]) -> tuple[int, int]:
    """Characters, as they are kept, and line ends of all that was said, but by
    tools."""
    texts = [repair(m.content) for m in messages if m.role != Role.TOOL]
    return sum(map(len, texts)), sum(text.count("\n") for text in texts)


def outlined(run: Run) -> RunOutline:
    """What is to be known of a run without its text."""
    characters, lines = amount_said(run.messages)
    return RunOutline(
        run_id=run.run_id,
        sequence=run.sequence,
        status=run.status,
        retry_of=run.retry_of,
        created_at=run.created_at,
        characters=characters,
        lines=lines,
    )
