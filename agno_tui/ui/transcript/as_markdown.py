"""A whole session as one Markdown text, as it is copied or written to a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from agno_tui.session import Role, Run, RunStatus, Session
from agno_tui.text import clipped, one_line
from agno_tui.ui.clipboard import pasteable
from agno_tui.ui.dates import local_time
from agno_tui.ui.session_rows import UNTITLED
from agno_tui.ui.transcript.tool_uses import ToolUse, tool_uses

LONGEST_NAME = 200
"""Characters of a title, a model's or a tool's name."""

_SPECIAL: Final = re.compile(
    r"[\\`*\[\]<>]|(?<!\w)_|_(?!\w)|(?<!\w)#|&(?=#?\w+;)|^(?:[-+=~]|\d+[.)])|~~"
)
_MAY_STAY_OPEN: Final = re.compile(r"^ {0,3}(?:```|~~~|<)", re.MULTILINE)
_HTML_ENDS: Final = ("-->", "?>", "]]>", ">")
_RAW: Final = re.compile("<(pre|script|style|textarea)", re.IGNORECASE)
"""Elements that HTML goes on with until they are closed
(https://spec.commonmark.org, "HTML blocks")."""

_ENDS: Final = {
    RunStatus.PENDING: "not sent yet",
    RunStatus.RUNNING: "under way",
    RunStatus.CANCELLED: "stopped",
    RunStatus.INTERRUPTED: "interrupted",
    RunStatus.REGENERATED: "replaced by a later answer",
}


def session_as_markdown(session: Session, runs: Sequence[Run]) -> str:
    """The title, and of each run, oldest first, the question and the answer.

    Reasoning is left out, tool calls are named on one line. Questions and answers stand
    as they are, made `pasteable`; a fence or a piece of HTML that one of them leaves
    open is closed, so that the next one is not taken for a part of it.
    """
    writer = _Writer()
    title = _plain(session.name) or UNTITLED
    parts = [f"# {title}"]
    for run in runs:
        parts += writer.of_run(run)
    return "\n\n".join(parts) + "\n"


class _Writer:
    """Writes runs below each other."""

    def __init__(self) -> None:
        self._parser = MarkdownIt("commonmark").disable("inline")

    def of_run(self, run: Run) -> Iterator[str]:
        """Blocks of Markdown."""
        yield "## You"
        if question := self._closed(run.question):
            yield question
        if run.status is RunStatus.PENDING and not run.answer:
            yield f"*{_ENDS[run.status]}*"
            return
        yield "## Agent"
        yield _quiet_line(run)
        yield from self._answer(run)

    def _answer(self, run: Run) -> Iterator[str]:
        by_message = tool_uses(run.messages)
        for index, message in enumerate(run.messages):
            if message.role not in (Role.USER, Role.SYSTEM, Role.TOOL):
                if message.role != Role.ASSISTANT:
                    yield f"*{_plain(message.role) or 'somebody'}*"
                if text := self._closed(message.content):
                    yield text
            if uses := by_message.get(index):
                yield f"*used {_names(uses)}*"

    def _closed(self, text: str) -> str:
        """A text behind which a new block begins, whatever it is."""
        text = pasteable(text).strip("\n")
        if not _MAY_STAY_OPEN.search(text) or self._ends(text):
            return text
        fence = self._parser.parse(text)[-1].markup
        raw = [f"</{name}>" for name in _RAW.findall(text)[-1:]]
        for end in (fence, *raw, *_HTML_ENDS):
            if end and self._ends(f"{text}\n{end}"):
                return f"{text}\n{end}"
        longest = max((len(run) for run in re.findall("`+", text)), default=0)
        return "\n".join(("`" * max(3, longest + 1), text, "`" * max(3, longest + 1)))

    def _ends(self, text: str) -> bool:
        """Whether a heading behind a text would be one."""
        tokens: list[Token] = self._parser.parse(f"{text}\n\n# next")
        last = tokens[-1]
        return last.type == "heading_close" and last.level == 0


def _quiet_line(run: Run) -> str:
    """`*gpt-4o-mini · 2026-11-22 17:00 · stopped*`"""
    when = local_time(run.created_at)
    words = [
        _plain(run.model),
        when.strftime("%Y-%m-%d %H:%M") if when else "",
        _end_of(run),
    ]
    return f"*{' · '.join(word for word in words if word) or 'unknown'}*"


def _end_of(run: Run) -> str:
    if run.status is RunStatus.ERROR:
        words = _plain(run.error)
        return f"failed: {words}" if words else "failed"
    return _ENDS.get(run.status, "")


def _names(uses: Sequence[ToolUse]) -> str:
    names = (
        f"{_plain(use.call.name) or 'a tool'}{' (failed)' if use.failed else ''}"
        for use in uses
    )
    counted = Counter(names).items()
    return ", ".join(name if n == 1 else f"{name} ×{n}" for name, n in counted)


def _plain(text: str) -> str:
    """Words that are no Markdown, on one line, with what would be Markdown escaped."""
    words = clipped(one_line(text), LONGEST_NAME)
    return _SPECIAL.sub(lambda match: "\\" + match.group().replace("~~", "~\\~"), words)
