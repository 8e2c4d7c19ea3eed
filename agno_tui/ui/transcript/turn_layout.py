"""From a run to the sections of its turn; what was laid out once is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.content import Content

from agno_tui.session import Message, Role, Run, RunStatus
from agno_tui.text import one_line
from agno_tui.ui.lines import Line, blank, role, wrap
from agno_tui.ui.markdown.growing import GrowingMarkdown
from agno_tui.ui.marks import pulse
from agno_tui.ui.transcript.outcome import Standing, outcome, words_said
from agno_tui.ui.transcript.plain_text import PlainText
from agno_tui.ui.transcript.sections import Section
from agno_tui.ui.transcript.tool_uses import ToolUse, tool_uses
from agno_tui.ui.transcript.tool_view import ToolView
from agno_tui.ui.transcript.versions import question_label

if TYPE_CHECKING:
    from agno_tui.ui.markdown.parser import MarkdownParser

WordsOfWaiting = Callable[[], str]
"""What to say while no word of the answer has come."""

_OF_THE_ANSWER = frozenset({Role.ASSISTANT, Role.TOOL, Role.SYSTEM})


@dataclass(slots=True)
class Presentation:
    """How the turns of one document are shown."""

    parser: MarkdownParser
    waiting: WordsOfWaiting
    details: bool = False
    """Whether reasoning and tool calls are shown in full."""
    deadline: float | None = None
    """When laying out has to pause (`time.monotonic`); None: never."""


@dataclass(slots=True)
class Part:
    """Sections that belong together, and stand apart from others."""

    sections: list[Section]
    is_folded: bool = False
    """Whether they are quiet lines, which may stand close to others."""


class TurnLayout:
    """Lays out one run, again and again while it grows."""

    def __init__(self, presentation: Presentation) -> None:
        self._presentation = presentation
        self._asked = PlainText(prefix="▌ ", prefix_name="you-bar")
        self._answers: dict[int, GrowingMarkdown] = {}
        self._thoughts: dict[int, PlainText] = {}
        self._tools: dict[tuple[int, int], ToolView] = {}

        self._words: dict[int, tuple[int, int]] = {}
        self.is_whole = True
        """Whether all was laid out, when it was asked last, before the deadline."""

    def sections(
        self, run: Run, standing: Standing, width: int, *, frame: int
    ) -> list[Section]:
        """All of the turn but what stands above it, in `width` cells."""
        self.is_whole = True
        sections = self._question(run, standing, width)
        parts = self._answer(run, width, frame)
        answer = _joined([*parts, *self._below(run, standing, width, frame)])
        if answer:
            sections.append(_gap())
            label = Line(role("Agent", "agent-label"))
            answer.insert(0, Section([label], role=Role.ASSISTANT, name="agent"))
        if run.status is RunStatus.REGENERATED:
            answer = [_dimmed(section) for section in answer]
        sections += answer
        return [*sections, _gap()]

    def _question(self, run: Run, standing: Standing, width: int) -> list[Section]:
        label = question_label(standing.number, standing.versions)
        text = run.question
        return [
            Section([label], role=Role.USER, name="question"),
            Section(self._asked.lines(text, width), text, Role.USER, "question"),
        ]

    def _answer(self, run: Run, width: int, frame: int) -> list[Part]:
        parts: list[Part] = []
        by_message = tool_uses(run.messages)
        mark = "" if run.status.ended else pulse(frame)
        for index, message in enumerate(run.messages):
            if message.role != Role.USER:
                parts += self._said(run, index, message, width)
                for number, use in enumerate(by_message.get(index, ())):
                    parts.append(self._called((index, number), use, width, mark))
        return parts

    def _said(self, run: Run, index: int, message: Message, width: int) -> list[Part]:
        parts: list[Part] = []
        if message.reasoning_content:
            parts.append(self._reasoning(index, message.reasoning_content, width))
        if message.role not in _OF_THE_ANSWER:
            label = role(one_line(message.role), "quiet")
            parts.append(_quiet(wrap(label, width), f"role {index}", is_folded=True))
        if message.content and message.role != Role.TOOL:
            parser = self._presentation.parser
            answer = self._answers.setdefault(index, GrowingMarkdown(parser))
            is_last = message is run.messages[-1]
            answer.set_text(message.content, whole=run.status.ended or not is_last)
            lines = answer.lines(width, self._presentation.deadline)
            self.is_whole = self.is_whole and answer.is_laid_out
            section = Section(lines, message.content, Role.ASSISTANT, f"said {index}")
            parts.append(Part([section]))
        return parts

    def _reasoning(self, index: int, text: str, width: int) -> Part:
        details = self._presentation.details
        fold = "▾" if details else "▸"
        words = words_said(self._count_words(index, text))
        label = role(f"{fold} thought · {words}", "quiet")
        name = f"thought {index}"
        part = _quiet(wrap(label, width), name, is_folded=not details)
        if details:
            thought = self._thoughts.setdefault(index, PlainText("quiet", "  "))
            lines = thought.lines(text, width)
            part.sections.append(Section(lines, role=Role.ASSISTANT, name=name))
        return part

    def _count_words(self, index: int, text: str) -> int:
        """Words of a text that may have grown since it was asked for last."""
        done, words = self._words.get(index, (0, 0))
        end = max(text.rfind(" "), text.rfind("\n")) + 1
        if end < done:
            done = words = 0
        words += len(text[done:end].split())
        self._words[index] = end, words
        return words + len(text[end:].split())

    def _called(
        self, key: tuple[int, int], use: ToolUse, width: int, mark: str
    ) -> Part:
        details = self._presentation.details
        view = self._tools.setdefault(key, ToolView())
        lines = view.lines(use, width, details=details, mark=mark)
        section = Section(lines, role=Role.ASSISTANT, name="tool {} {}".format(*key))
        return Part([section], is_folded=not details)

    def _below(
        self, run: Run, standing: Standing, width: int, frame: int
    ) -> list[Part]:
        """The quiet line: what it waits for, what it took, or what went wrong."""
        text = outcome(run, standing)
        if is_waiting(run) and not _has_open_call(run):
            words = f"{pulse(frame)} {one_line(self._presentation.waiting())}"
            text = role(words, "quiet")
        return [] if text is None else [_quiet(wrap(text, width), "outcome")]


def is_waiting(run: Run) -> bool:
    """Whether a run is under way and no word streams: something has to move."""
    if run.status is not RunStatus.RUNNING:
        return False
    return not any(
        last.role == Role.ASSISTANT and last.content and not last.tool_calls
        for last in run.messages[-1:]
    )


def _has_open_call(run: Run) -> bool:
    uses = tool_uses(run.messages).values()
    return any(use.result is None for of_message in uses for use in of_message)


def _quiet(lines: Iterable[Content], name: str, *, is_folded: bool = False) -> Part:
    section = Section([Line(line) for line in lines], role=Role.ASSISTANT, name=name)
    return Part([section], is_folded)


def _gap() -> Section:
    return Section([blank()])


def _joined(parts: Iterable[Part]) -> list[Section]:
    """Parts below each other, an empty line between two unless both are folded."""
    sections: list[Section] = []
    close = True
    for part in parts:
        if not any(section.lines for section in part.sections):
            continue
        if sections and not (close and part.is_folded):
            sections.append(_gap())
        sections += part.sections
        close = part.is_folded
    return sections


def _dimmed(section: Section) -> Section:
    lines = [
        replace(line, content=line.content.stylize("quiet"), row=None)
        for line in section.lines
    ]
    return replace(section, lines=lines)
