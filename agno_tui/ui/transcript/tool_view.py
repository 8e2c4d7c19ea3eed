"""A tool call on the screen: one quiet line, and its arguments and result on wish.

All of it is untrusted: the model wrote the name and the arguments, the tool the result.
"""

from __future__ import annotations

import json

from textual.content import Content

from agno_tui.text import clipped, one_line, printable
from agno_tui.tools.names import FORGET_MEMORY, REMEMBER, UPDATE_MEMORY
from agno_tui.ui.lines import Line, role, wrap
from agno_tui.ui.markdown.blocks import Code
from agno_tui.ui.markdown.layout import MIN_WIDTH, lay_out_block
from agno_tui.ui.transcript.looking_back import TOOLS, Cited, cited_in
from agno_tui.ui.transcript.tool_uses import ToolUse

MOST_LINES = 40
"""Lines of a result, or of arguments, that are shown."""

LONGEST_LINE = 500
"""Characters of one of them that are shown."""

LONGEST_JSON = 200_000
"""Characters that are still read as JSON."""

LONGEST_VALUE = 48
"""Characters of one argument on the quiet line."""

MOST_SESSIONS = 5
"""Sessions looked into that each have a line; of more than these all but one less."""

NOTES = {
    REMEMBER: "✎ remembered",
    UPDATE_MEMORY: "✎ corrected",
    FORGET_MEMORY: "✎ forgot",
}
"""What the tools that keep memories did."""

SOMETHING = " something about you"
"""What was, where nothing says its words any more."""


class ToolView:
    """The lines of one tool call, kept as long as nothing about it changes."""

    def __init__(self) -> None:
        self._laid_out: tuple[object, ...] = ()
        self._lines: list[Line] = []

    def lines(
        self, use: ToolUse, width: int, *, details: bool, mark: str
    ) -> list[Line]:
        """The call in `width` cells; `mark` is the moving mark while its run goes on,
        and empty when that has ended."""
        moving = mark if use.result is None else ""
        state = (use.call, use.result, width, details, moving)
        if state != self._laid_out:
            self._laid_out = state
            self._lines = _headlines(use, width, details, moving)
            if details:
                self._lines += _details(use, width)
        return self._lines


def _headlines(use: ToolUse, width: int, details: bool, mark: str) -> list[Line]:
    name = use.call.name
    if name in TOOLS:
        if mark:
            return [_line(f"{mark} looking in earlier conversations…", width)]
        if (cited := cited_in(use)) is not None:
            return _looked_in(cited, width, details)
    elif name in NOTES and use.result is not None and not use.failed:
        text = _noted(use)
        return [_line(f"{NOTES[name]}{text and ': '}{text or SOMETHING}", width)]
    return [_called(use, width, details, mark)]


def _called(use: ToolUse, width: int, details: bool, mark: str) -> Line:
    call = f"{one_line(use.call.name) or 'tool'}({_arguments(use.call.arguments)})"
    if use.failed and use.result is not None:
        words = f" · {one_line(use.result.content) or 'it failed'}"
        head = role(f"✗ {call}", "failed").truncate(width * 2 // 3, ellipsis=True)
        return Line((head + role(words, "quiet")).truncate(width, ellipsis=True))
    fold = mark or ("▾" if details else "▸")
    if use.result is None and not mark:
        head = role(f"{fold} {call}", "quiet")
        tail = role(" · no result", "quiet")
        room = max(2, width - tail.cell_length)
        whole = head.truncate(room, ellipsis=True) + tail
        return Line(whole.truncate(width, ellipsis=True))
    return _line(f"{fold} {call}", width)


def _line(words: str, width: int) -> Line:
    return Line(role(words, "quiet").truncate(width, ellipsis=True))


def _arguments(text: str) -> str:
    """Arguments as `name=value, name=value`; as they stand where they are no object."""
    try:
        values = json.loads(text) if len(text) <= LONGEST_JSON else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return clipped(one_line(text), 2 * LONGEST_VALUE)
    pairs = []
    for name, value in values.items():
        words = one_line(json.dumps(value, ensure_ascii=False))
        pairs.append(f"{one_line(name)}={clipped(words, LONGEST_VALUE)}")
    return ", ".join(pairs)


def _noted(use: ToolUse) -> str:
    """The memory in question: the result says what is gone, the arguments what is
    new."""
    result = use.result.content if use.result is not None else ""
    for text in (result, use.call.arguments):
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(values, dict) and isinstance(values.get("memory"), str):
            return one_line(values["memory"])
    return ""


def _looked_in(cited: list[Cited], width: int, details: bool) -> list[Line]:
    if not cited:
        return [_line("↩ looked in earlier conversations · nothing found", width)]
    few = details or len(cited) <= MOST_SESSIONS
    shown = cited if few else cited[: MOST_SESSIONS - 1]
    lines = [_session(one, width) for one in shown]
    if len(shown) < len(cited):
        lines.append(_line(f"  … {len(cited) - len(shown)} more", width))
    return lines


def _session(cited: Cited, width: int) -> Line:
    head = role("↩ looked in: ", "quiet")
    count = "1 run" if cited.runs == 1 else f"{cited.runs} runs"
    tail = role(f" · {count}" if cited.runs else "", "quiet")
    room = max(4, width - head.cell_length - tail.cell_length)
    title = role(one_line(cited.title), "cited").truncate(room, ellipsis=True)
    content = (head + title + tail).truncate(width, ellipsis=True)
    return Line(content, leads_to=cited.place)


def _details(use: ToolUse, width: int) -> list[Line]:
    arguments = use.call.arguments.strip()
    lines = [] if arguments in ("", "{}") else _block("arguments", arguments, width)
    if use.result is not None:
        lines += _block("result", use.result.content, width)
    return lines


def _block(label: str, text: str, width: int) -> list[Line]:
    """Arguments or a result, JSON made readable, no more than its first lines."""
    indent = Content("  " if width - 2 >= MIN_WIDTH else "")
    inner = width - indent.cell_length
    as_json = pretty_json(text)
    source = printable(as_json or text.rstrip("\n"))
    rows = source.split("\n")
    shown = [clipped_row(row) for row in rows[:MOST_LINES]]
    lines = [_line(label, inner)]
    if as_json:
        lines += lay_out_block(Code("json", "\n".join(shown)), inner)[1:]
    else:
        lines += [
            Line(Content(" ") + piece, "code-block")
            for row in shown
            for piece in wrap(Content(row.expandtabs(4)), inner - 2)
        ]
    if more := len(rows) - len(shown):
        lines.append(_line(f"… {more:,} more line{'s' if more > 1 else ''}", inner))
    return [line.after(indent) for line in lines]


def clipped_row(row: str) -> str:
    """A row of text, with an `…` where it is too long to be shown."""
    return row if len(row) <= LONGEST_LINE else row[: LONGEST_LINE - 1] + "…"


def pretty_json(text: str) -> str:
    """An object or a list in JSON, indented; empty where the text is none."""
    if len(text) > LONGEST_JSON or not text.lstrip().startswith(("{", "[")):
        return ""
    try:
        return json_text(json.loads(text))
    except (ValueError, RecursionError):
        return ""


def json_text(value: object) -> str:
    """A value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)
