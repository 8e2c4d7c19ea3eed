"""A conversation as Markdown, for a file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agno_tui.plain.words import outcome
from agno_tui.session import Run
from agno_tui.text import one_line, printable

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)


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
    is_open = ""
    for mark in _FENCE.findall(text):
        if not is_open:
            is_open = mark
        elif mark.startswith(is_open):
            is_open = ""
    return f"{text}\n{is_open}" if is_open else text
