"""What the dialog about a session says: its facts as text."""

from __future__ import annotations

import re
from typing import Final

from textual.content import Content

from agno_tui.session import SessionMetrics, SessionSummary, now
from agno_tui.text import one_line, printable
from agno_tui.ui.dates import moment
from agno_tui.ui.keymap import BY_DEFAULT, Keymap
from agno_tui.ui.marks import MUTED
from agno_tui.ui.session_facts import SessionFacts
from agno_tui.ui.session_rows import UNTITLED
from agno_tui.ui.transcript.tool_view import MOST_LINES, clipped_row, json_text

LABEL = 9
"""Cells of a label and the space after it."""

NOTHING_SAID = "Nothing was said here yet."
NO_SUMMARY = "None yet. Press {about.summarize} to have one made."
SOON = "< 0.1 s"

_HEADING: Final = re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE)
_BOLD: Final = re.compile(r"\*\*(?=\S)([^*\n]+)(?<=\S)\*\*")


def session_text(facts: SessionFacts, keymap: Keymap = BY_DEFAULT) -> Content:
    """All facts, in groups with an empty line between."""
    session = facts.session
    name = Content.styled(one_line(session.name) or UNTITLED, "bold")
    if not facts.is_kept:
        return Content("\n\n").join([name, Content.styled(NOTHING_SAID, MUTED)])
    head = [name]
    if facts.forked_from:
        words = f"⑂ forked from {one_line(facts.forked_from)}"
        head.append(Content.styled(words, MUTED))
    begun = moment(session.created_at, now())
    rows = [
        *_figures(facts.metrics, facts.is_under_way),
        *([_row("Begun", begun)] if begun else []),
    ]
    rows.append(_row("Id", one_line(session.session_id)))
    groups = [head, rows, _summary(facts.summary, keymap)]
    if facts.state:
        groups.append([_heading("State"), _state(facts.state)])
    return Content("\n\n").join(Content("\n").join(group) for group in groups)


def _heading(words: str) -> Content:
    return Content.styled(words, "bold $accent")


def _row(label: str, words: str) -> Content:
    return Content.assemble((label.ljust(LABEL), MUTED), words)


def _seconds(seconds: float) -> str:
    return SOON if seconds < 0.1 else f"{seconds:,.1f} s"


def _figures(metrics: SessionMetrics, is_under_way: bool) -> list[Content]:
    about = "~" if metrics.estimated else ""
    counts = (
        ("in", metrics.input_tokens),
        ("out", metrics.output_tokens),
        ("cached", metrics.cached_tokens),
        ("reasoning", metrics.reasoning_tokens),
    )
    tokens = [f"{about}{n:,} {name}" for name, n in counts if n]
    times: list[str] = []
    if metrics.duration is not None:
        times.append(_seconds(metrics.duration))
    if metrics.time_to_first_token is not None:
        times.append(f"first token after {_seconds(metrics.time_to_first_token)}")
    if metrics.tokens_per_second:
        times.append(f"{about}{metrics.tokens_per_second:,.0f} tok/s")
    more = " · 1 is under way" if is_under_way else ""
    rows = [_row("Runs", f"{metrics.runs:,}{more}")]
    if tokens:
        rows.append(_row("Tokens", " · ".join(tokens)))
    if times:
        rows.append(_row("Time", " · ".join(times)))
    return rows


def _summary(summary: SessionSummary | None, keymap: Keymap) -> list[Content]:
    if summary is None:
        none = Content.styled(keymap.words(NO_SUMMARY), MUTED)
        return [_heading("Summary"), none]
    made = moment(summary.updated_at, now())
    heading = _heading("Summary") + Content.styled(f"{made and ' · '}{made}", MUTED)
    lines = [heading, Content(without_marks(printable(summary.summary.strip())))]
    if topics := " · ".join(one_line(topic) for topic in summary.topics):
        lines.append(Content.styled(topics, MUTED))
    return lines


def without_marks(text: str) -> str:
    """A text without the marks of Markdown's headings and bold words."""
    return _BOLD.sub(r"\1", _HEADING.sub("", text))


def _state(state: dict[str, object]) -> Content:
    rows = printable(json_text(state)).split("\n")
    shown = Content("\n".join(clipped_row(row) for row in rows[:MOST_LINES]))
    if (more := len(rows) - MOST_LINES) > 0:
        shown += Content.styled(f"\n… {more:,} more lines", MUTED)
    return shown


def as_plain_text(summary: SessionSummary) -> str:
    """A summary to be copied: its text, and its topics below."""
    topics = ", ".join(summary.topics)
    return f"{summary.summary}\n\n{topics}" if topics else summary.summary
