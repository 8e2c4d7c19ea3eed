"""One turn on the screen: a run's question, its answer, and the quiet line below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.text import one_line
from agno_tui.ui.lines import Line, blank, role, wrap
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.marks import pulse
from agno_tui.ui.transcript.looking_back import Cited, all_cited
from agno_tui.ui.transcript.outcome import Standing, count_words, outcome
from agno_tui.ui.transcript.plain_text import PlainText
from agno_tui.ui.transcript.tool_uses import ToolUse, tool_uses
from agno_tui.ui.transcript.tool_view import ToolView

if TYPE_CHECKING:
    from agno_tui.ui.markdown.parser import MarkdownParser

WordsOfWaiting = Callable[[], str]
"""What to say while no word of the answer has come."""

_OF_THE_ANSWER = frozenset({Role.ASSISTANT, Role.TOOL, Role.SYSTEM})


@dataclass(slots=True)
class Part:
    """Lines that belong together."""

    lines: list[Line]
    is_folded: bool = False
    """Whether they are quiet lines, which may stand close to others."""


class Turn:
    """A run as lines. The run itself is shared with whoever answers it."""

    def __init__(
        self, run: Run, parser: MarkdownParser, waiting: WordsOfWaiting
    ) -> None:
        self.run = run
        self.shows_question = True
        """False for another try, whose question stands above already."""
        self.standing = Standing()
        self.details = False
        """Whether the model's reasoning and tool calls are shown in full."""
        self.frame = 0
        self._waiting = waiting
        self._parser = parser
        self._asked = PlainText(prefix="▌ ", prefix_name="you-bar")
        self._answers: dict[int, GrowingMarkdown] = {}
        self._thoughts: dict[int, PlainText] = {}
        self._tools: dict[tuple[int, int], ToolView] = {}
        self._width = 0
        self._lines: list[Line] | None = None
        self._counted = 0

    def is_counted(self, width: int) -> bool:
        """Whether `height` at this width comes from real lines, if maybe of a moment
        ago, and is not guessed."""
        return self._width == width

    def unpaint(self) -> None:
        """Colours have changed: the lines have to be painted anew."""
        for line in self._lines or []:
            line.strip = None

    def changed(self) -> None:
        """The run has changed: lay out again what is new when next asked."""
        self._lines = None

    def note_place(self, standing: Standing) -> None:
        """Say where it stands among the turns."""
        if standing != self.standing:
            self.standing = standing
            self.changed()

    @property
    def is_waiting(self) -> bool:
        """Whether it is under way and no word streams: something has to move."""
        if self.run.status is not RunStatus.RUNNING:
            return False
        return not any(
            last.role == Role.ASSISTANT and last.content and not last.tool_calls
            for last in self.run.messages[-1:]
        )

    @property
    def cited(self) -> list[Cited]:
        """The earlier sessions that were looked into for this answer, each once."""
        by_message = tool_uses(self.run.messages)
        return all_cited(use for uses in by_message.values() for use in uses)

    def height(self, width: int) -> int:
        """Lines at this width: as counted last, else estimated."""
        if self._width == width:
            return self._counted
        return sum(_estimated(message, width) for message in self.run.messages) + 5

    def lines(self, width: int) -> list[Line]:
        """The whole turn laid out in `width` cells."""
        if self._lines is None or self._width != width:
            self._width = width
            self._lines = self._lay_out(width)
            self._counted = len(self._lines)
        return self._lines

    def _lay_out(self, width: int) -> list[Line]:
        lines = self._question(width) if self.shows_question else []
        answer = _joined([*self._answer(width), *self._below(width)])
        if answer:
            lines += [*([blank()] if lines else []), Line(role("Agent", "agent-label"))]
        if self.run.status is RunStatus.REGENERATED:
            answer = [_dimmed(line) for line in answer]
        lines += answer
        return [*lines, blank()] if lines else []

    def _question(self, width: int) -> list[Line]:
        label = Line(role("▌ ", "you-bar") + role("You", "you-label"))
        return [label, *self._asked.lines(self.run.question, width)]

    def _answer(self, width: int) -> list[Part]:
        parts: list[Part] = []
        by_message = tool_uses(self.run.messages)
        for index, message in enumerate(self.run.messages):
            if message.role != Role.USER:
                parts += self._said(index, message, width)
                for number, use in enumerate(by_message.get(index, ())):
                    parts.append(self._called((index, number), use, width))
        return parts

    def _said(self, index: int, message: Message, width: int) -> list[Part]:
        parts: list[Part] = []
        if message.reasoning_content:
            parts.append(self._reasoning(index, message.reasoning_content, width))
        if message.role not in _OF_THE_ANSWER:
            label = role(one_line(message.role), "quiet")
            parts.append(Part([Line(piece) for piece in wrap(label, width)], True))
        if message.content and message.role != Role.TOOL:
            answer = self._answers.setdefault(index, GrowingMarkdown(self._parser))
            is_last = message is self.run.messages[-1]
            answer.set_text(message.content, whole=self.run.status.ended or not is_last)
            parts.append(Part(answer.lines(width)))
        return parts

    def _reasoning(self, index: int, text: str, width: int) -> Part:
        fold = "▾" if self.details else "▸"
        label = role(f"{fold} thought · {count_words(text)}", "quiet")
        lines = [Line(piece) for piece in wrap(label, width)]
        if self.details:
            thought = self._thoughts.setdefault(index, PlainText("quiet", "  "))
            lines += thought.lines(text, width)
        return Part(lines, is_folded=not self.details)

    def _called(self, key: tuple[int, int], use: ToolUse, width: int) -> Part:
        view = self._tools.setdefault(key, ToolView())
        mark = "" if self.run.status.ended else pulse(self.frame)
        lines = view.lines(use, width, details=self.details, mark=mark)
        return Part(lines, is_folded=not self.details)

    def _below(self, width: int) -> list[Part]:
        """The quiet line: what it waits for, what it took, or what went wrong."""
        text = outcome(self.run, self.standing)
        if self.is_waiting and not self._has_open_call:
            words = f"{pulse(self.frame)} {one_line(self._waiting())}"
            text = role(words, "quiet")
        if text is None:
            return []
        return [Part([Line(line) for line in wrap(text, width)])]

    @property
    def _has_open_call(self) -> bool:
        uses = tool_uses(self.run.messages).values()
        return any(use.result is None for of_message in uses for use in of_message)


def _joined(parts: list[Part]) -> list[Line]:
    """Parts below each other, an empty line between two unless both are folded."""
    lines: list[Line] = []
    close = True
    for part in parts:
        if not part.lines:
            continue
        if lines and not (close and part.is_folded):
            lines.append(blank())
        lines += part.lines
        close = part.is_folded
    return lines


def _dimmed(line: Line) -> Line:
    return replace(line, content=line.content.stylize("quiet"), strip=None)


def _estimated(message: Message, width: int) -> int:
    if message.role == Role.TOOL:
        return 0
    text = message.content
    calls = len(message.tool_calls)
    return text.count("\n") + len(text) // max(1, width) + 1 + calls
