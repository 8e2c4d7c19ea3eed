"""A conversation as Markdown, for a file."""

from __future__ import annotations

from collections.abc import Sequence

from agno_tui.plain.shortened import open_fence
from agno_tui.plain.words import outcome
from agno_tui.session import Run
from agno_tui.text import one_line, printable


def as_markdown(title: str, runs: Sequence[Run]) -> str:
    """The title, and of each run, oldest first, the question and the answer."""
    parts = [f"# {one_line(title)}"]
    for run in runs:
        parts += ["## You", _closed(run.question), "## Agent"]
        if answer := _closed(run.answer):
            parts.append(answer)
        if words := outcome(run):
            parts.append(f"*{one_line(words)}*")
    return "\n\n".join(part for part in parts if part) + "\n"


def _closed(text: str) -> str:
    """A text with the block of code closed that it may leave open."""
    text = printable(text).strip("\n")
    is_open = open_fence(text)
    return f"{text}\n{is_open}" if is_open else text
