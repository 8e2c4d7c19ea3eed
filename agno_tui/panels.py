"""Messages and answers in boxes on the standard output, for scripts.

Not Rich: only the TUI knows it. Text is printed as it is, `[brackets]` and all, but
control codes are made visible.
"""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import AsyncIterable, Iterable, Iterator
from typing import IO

from agno_tui.events import (
    RunContent,
    RunEnded,
    RunEvent,
    ToolCallStarted,
)
from agno_tui.response import RunResponse, ToolExecution, arguments_of
from agno_tui.session import RunStatus
from agno_tui.text import clipped, one_line, printable

NARROWEST, WIDEST = 24, 120
"""Cells of a box."""

LONGEST_ARGUMENT = 80
"""Characters of a tool's argument that are printed."""


class Panels:
    """Prints boxes, one after the other, to `file`; `width` in cells."""

    def __init__(
        self, file: IO[str] | None = None, *, width: int | None = None
    ) -> None:
        self._file = file or sys.stdout
        columns = width or shutil.get_terminal_size((80, 24)).columns
        self._inside = max(NARROWEST, min(columns, WIDEST)) - 4

    def panel(self, title: str, text: str) -> None:
        """A whole box."""
        self.open(title)
        self.write(text)
        self.close()

    def open(self, title: str) -> None:
        """Begin a box."""
        label = f" {title} "
        self._out(f"┏━{label}{'━' * (self._inside + 1 - cells(label))}┓\n")
        self._column = 0
        self._word: list[str] = []
        self._return = ""
        self._begun = False

    def write(self, text: str) -> None:
        """Go on in the box that is open; words appear as soon as they are whole."""
        # The halves of a line's end may come in two pieces.
        text = self._return + text
        self._return = "\r" if text.endswith("\r") else ""
        text = text.removesuffix("\r")
        for piece in printable(text.expandtabs(4)):
            if piece == "\n":
                self._put_word()
                self._break()
            elif piece == " ":
                self._put_word()
                self._word = [" "]
            elif _cells_of(piece) == 2:  # May be broken anywhere, has no spaces.
                self._put_word()
                self._word = [piece]
            else:
                self._word.append(piece)
        self._file.flush()

    def close(self) -> None:
        """End the box."""
        self._word.append(printable(self._return))
        self._put_word()
        if self._begun:
            self._break()
        self._out(f"┗{'━' * (self._inside + 2)}┛\n")
        self._file.flush()

    def _put_word(self) -> None:
        word, self._word = "".join(self._word), []
        if self._begun and self._column + cells(word) > self._inside:
            self._break()
            word = word.removeprefix(" ")
        start = 0
        while (end := _fitting(word, self._inside, start)) < len(word):
            self._put(word[start:end])
            self._break()
            start = end
        if start < len(word):
            self._put(word[start:])

    def _put(self, text: str) -> None:
        if not self._begun:
            self._out("┃ ")
            self._begun = True
        self._out(text)
        self._column += cells(text)

    def _break(self) -> None:
        if not self._begun:
            self._out("┃ ")
        self._out(" " * (self._inside - self._column) + " ┃\n")
        self._column = 0
        self._begun = False

    def _out(self, text: str) -> None:
        encoding = getattr(self._file, "encoding", None) or "utf-8"
        self._file.write(text.encode(encoding, "replace").decode(encoding))


def cells(text: str) -> int:
    """About how many terminal cells a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(character) for character in text)


def _cells_of(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200c\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _fitting(text: str, width: int, start: int) -> int:
    """Where the part from `start` on ends that fits into so many cells."""
    taken = 0
    for index in range(start, len(text)):
        taken += _cells_of(text[index])
        if taken > width:
            return index
    return len(text)


def call_line(name: str, arguments: dict[str, object]) -> str:
    """`• name(arg=value)`, as Agno prints it."""
    listed = ", ".join(
        f"{one_line(key)}={clipped(one_line(str(value)), LONGEST_ARGUMENT)}"
        for key, value in arguments.items()
    )
    return f"• {one_line(name)}({listed})"


def print_response(
    panels: Panels, response: RunResponse, *, message: str, show_tool_calls: bool
) -> None:
    """The boxes of one answer: Message, Tool Calls, Response, and what went wrong."""
    if message:
        panels.panel("Message", message)
    if show_tool_calls:
        _print_calls(panels, response.tools)
    if response.content or not response.error:
        panels.panel("Response", response.content)
    _print_end(panels, response.status, response.error)


async def print_events(
    panels: Panels,
    events: AsyncIterable[RunEvent],
    *,
    message: str,
    show_tool_calls: bool,
) -> None:
    """The same boxes, printed as the answer comes."""
    if message:
        panels.panel("Message", message)
    printing = _Printing(panels, show_tool_calls)
    try:
        async for event in events:
            printing.take(event)
    finally:
        printing.end()


def pprint_run_response(
    run_response: RunResponse | Iterable[RunEvent],
    markdown: bool = False,
    *,
    show_tool_calls: bool = True,
    file: IO[str] | None = None,
) -> None:
    """Print what `Agent.run` gave: a response, or events as they come.

    `markdown` is Agno's: Markdown is printed as the model wrote it either way.
    """
    panels = Panels(file)
    if isinstance(run_response, RunResponse):
        print_response(
            panels, run_response, message="", show_tool_calls=show_tool_calls
        )
        return
    printing = _Printing(panels, show_tool_calls)
    try:
        for event in run_response:
            printing.take(event)
    finally:
        printing.end()


class _Printing:
    """One answer in boxes, event by event."""

    def __init__(self, panels: Panels, show_tool_calls: bool) -> None:
        self._panels = panels
        self._show_tool_calls = show_tool_calls
        self._calls: list[ToolExecution] = []
        self._is_open = False

    def take(self, event: RunEvent) -> None:
        match event:
            case ToolCallStarted(tool_call=call):
                self._close()
                arguments = arguments_of(call.arguments)
                self._calls.append(ToolExecution(call.id, call.name, arguments, ""))
            case RunContent(content=content):
                self._answer(content)
            case RunEnded(run=run):
                self._print_calls()
                if not self._is_open and not run.error:
                    self._answer(" ")
                self._close()
                _print_end(self._panels, run.status, run.error)

    def end(self) -> None:
        """Nothing more comes."""
        self._print_calls()
        self._close()

    def _answer(self, content: str) -> None:
        self._print_calls()
        if not self._is_open:
            self._is_open = True
            self._panels.open("Response")
        self._panels.write(content)

    def _print_calls(self) -> None:
        calls, self._calls = self._calls, []
        if self._show_tool_calls and calls:
            self._close()
            _print_calls(self._panels, calls)

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._panels.close()


def _print_calls(panels: Panels, calls: Iterable[ToolExecution]) -> None:
    lines: Iterator[str] = (call_line(c.tool_name, c.tool_args) for c in calls)
    if text := "\n".join(lines):
        panels.panel("Tool Calls", text)


def _print_end(panels: Panels, status: RunStatus, error: str) -> None:
    if error:
        panels.panel("Error", error)
    elif status is RunStatus.CANCELLED:
        panels.panel("Stopped", "What had arrived is kept.")
