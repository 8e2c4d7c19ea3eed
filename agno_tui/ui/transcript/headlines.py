"""The quiet line of a tool call, or the few lines that say what it did.

All of it is untrusted: the model wrote the name and the arguments, the tool the result.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from agno_tui.text import clipped, one_line
from agno_tui.tools.names import FORGET_MEMORY, REMEMBER, UPDATE_MEMORY
from agno_tui.ui.lines import Line, role, wrapped
from agno_tui.ui.transcript.looking_back import TOOLS, Cited, cited_in
from agno_tui.ui.transcript.tool_uses import ToolUse

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

LONGEST_NAME = 120
"""Characters of a tool's name."""


@dataclass(slots=True)
class Headline(Line):
    """The quiet line of a call whose details are open."""

    name: tuple[int, int] = (0, 0)
    """Bounds of the tool's name, or of the piece of it on this line, in characters."""


def headlines(use: ToolUse, width: int, details: bool, mark: str) -> list[Line]:
    """What stands for a call, above its arguments and result where `details` are open.
    `mark`: as in `ToolView.lines`."""
    name = use.call.name
    if name in TOOLS:
        if mark:
            return [quiet_line(f"{mark} looking in earlier conversations…", width)]
        if (cited := cited_in(use)) is not None:
            return _looked_in(cited, width, details)
    elif not shows_name(use):
        text = _noted(use)
        return [quiet_line(f"{NOTES[name]}{text and ': '}{text or SOMETHING}", width)]
    line = _called(use, width, details, mark)
    return _named(line, use, width) if details else [line]


def _called(use: ToolUse, width: int, details: bool, mark: str) -> Line:
    call = f"{called_name(use)}({_arguments(use.call.arguments)})"
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
    return quiet_line(f"{fold} {call}", width)


def called_name(use: ToolUse) -> str:
    """What a call's tool is called, short enough for a few lines."""
    return clipped(one_line(use.call.name), LONGEST_NAME) or "tool"


def _named(line: Line, use: ToolUse, width: int) -> list[Line]:
    """The quiet line, on which the tool's name can be found: on a narrow screen it is
    all there is, on as many lines as it takes."""
    mark, name = line.content.plain[:1], called_name(use)
    start, end = len(mark) + 1, len(mark) + 1 + len(name)
    if line.content.plain[start:end] == name:
        return [Headline(line.content, name=(start, end))]
    pieces = wrapped(role(f"{mark} {name}", "quiet"), width)
    return [
        Headline(
            one.content, joint=one.joint, name=(0 if number else start, len(one.text))
        )
        for number, one in enumerate(pieces)
    ]


def quiet_line(words: str, width: int) -> Line:
    """Quiet words on one line of `width` cells."""
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


def shows_name(use: ToolUse) -> bool:
    """Whether the quiet line of a call that has ended says what its tool is called."""
    if use.call.name in NOTES:
        return use.result is None or use.failed
    return cited_in(use) is None


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
        return [quiet_line("↩ looked in earlier conversations · nothing found", width)]
    few = details or len(cited) <= MOST_SESSIONS
    shown = cited if few else cited[: MOST_SESSIONS - 1]
    lines = [_session(one, width) for one in shown]
    if len(shown) < len(cited):
        lines.append(quiet_line(f"  … {len(cited) - len(shown)} more", width))
    return lines


def _session(cited: Cited, width: int) -> Line:
    head = role("↩ looked in: ", "quiet")
    count = "1 run" if cited.runs == 1 else f"{cited.runs} runs"
    tail = role(f" · {count}" if cited.runs else "", "quiet")
    room = max(4, width - head.cell_length - tail.cell_length)
    title = role(one_line(cited.title), "cited").truncate(room, ellipsis=True)
    content = (head + title + tail).truncate(width, ellipsis=True)
    return Line(content, leads_to=cited.place)
