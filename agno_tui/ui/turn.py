"""One turn on the screen: a run's question, its answer, and the quiet line below."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from agno_tui.agent import NOT_KEPT
from agno_tui.session import Metrics, Role, Run, RunStatus
from agno_tui.text import one_line
from agno_tui.ui.answer import Answer
from agno_tui.ui.layout import Line, blank, role, wrap
from agno_tui.ui.marks import pulse
from agno_tui.ui.plain_text import PlainText

if TYPE_CHECKING:
    from agno_tui.ui.markdown import MarkdownParser

WordsOfWaiting = Callable[[], str]
"""What to say while no word of the answer has come."""


class Turn:
    """A run as lines. The run itself is shared with whoever answers it."""

    def __init__(
        self, run: Run, parser: MarkdownParser, waiting: WordsOfWaiting
    ) -> None:
        self.run = run
        self.shows_question = True
        """False for another try, whose question stands above already."""
        self.superseded = False
        """Whether a later try of the same question follows."""
        self.details = False
        """Whether the model's reasoning is shown in full."""
        self.frame = 0
        self.offers_retry = False
        """Whether a lone `r` in the prompt sends it again."""
        self.is_behind = False
        """Whether another turn of its session is being answered."""
        self._waiting = waiting
        self._parser = parser
        self._asked = PlainText(prefix="▌ ", prefix_name="you-bar")
        self._answers: list[Answer] = []
        self._thoughts: list[PlainText] = []
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

    def height(self, width: int) -> int:
        """Lines at this width: as counted last, else estimated."""
        if self._width == width:
            return self._counted
        return sum(_estimated(m.content, width) for m in self.run.messages) + 5

    def lines(self, width: int) -> list[Line]:
        """The whole turn laid out in `width` cells."""
        if self._lines is None or self._width != width:
            self._width = width
            self._lines = self._lay_out(width)
            self._counted = len(self._lines)
        return self._lines

    def _lay_out(self, width: int) -> list[Line]:
        lines = self._question(width) if self.shows_question else []
        below = self._below(width)
        answer = self._answer(width)
        if answer or below:
            lines += [*([blank()] if lines else []), Line(role("Agent", "agent-label"))]
        lines += answer
        if answer and below:
            lines.append(blank())
        lines += below
        return [*lines, blank()] if lines else []

    def _question(self, width: int) -> list[Line]:
        label = Line(role("▌ ", "you-bar") + role("You", "you-label"))
        return [label, *self._asked.lines(self.run.question, width)]

    def _answer(self, width: int) -> list[Line]:
        lines: list[Line] = []
        spoken = [m for m in self.run.messages if m.role != Role.USER]
        while len(self._answers) < len(spoken):
            self._answers.append(Answer(self._parser))
            self._thoughts.append(PlainText("quiet", "  "))
        for index, message in enumerate(spoken):
            if message.reasoning_content:
                lines += self._reasoning(index, message.reasoning_content, width)
            if message.role not in (Role.ASSISTANT, Role.TOOL, Role.SYSTEM):
                label = role(one_line(message.role), "quiet")
                lines += [Line(piece) for piece in wrap(label, width)]
            answer = self._answers[index]
            answer.set_text(message.content, whole=self.run.status.ended)
            lines += answer.lines(width)
        return lines

    def _reasoning(self, index: int, text: str, width: int) -> list[Line]:
        fold = "▾" if self.details else "▸"
        label = role(f"{fold} thought · {_count(text)}", "quiet")
        lines = [Line(piece) for piece in wrap(label, width)]
        if self.details:
            lines += self._thoughts[index].lines(text, width)
        return [*lines, blank()]

    def _below(self, width: int) -> list[Line]:
        """The quiet line: what answered and what it took, or what went wrong."""
        run = self.run
        match run.status:
            case RunStatus.PENDING:
                words = "waits for its turn" if self.is_behind else "not sent yet"
                text = role(f"◌ {words}{self._hint('r to send')}", "quiet")
            case RunStatus.RUNNING if run.answer:
                return []
            case RunStatus.RUNNING:
                words = f"{pulse(self.frame)} {one_line(self._waiting())}"
                text = role(words, "quiet")
            case RunStatus.COMPLETED:
                text = role(_summary(run), "quiet")
            case _ if self.superseded and not run.answer:
                return []
            case _:
                text = self._failure()
        return [Line(line) for line in wrap(text, width)]

    def note_place(self, *, offers_retry: bool, is_behind: bool) -> None:
        """Say where it stands among the turns."""
        if (offers_retry, is_behind) != (self.offers_retry, self.is_behind):
            self.offers_retry, self.is_behind = offers_retry, is_behind
            self.changed()

    def _hint(self, words: str) -> str:
        return f" · {words}" if self.offers_retry else ""

    def _failure(self) -> Content:
        run = self.run
        is_kept = run.answer and not run.error.startswith(NOT_KEPT)
        kept = f" · {_count(run.answer)} kept" if is_kept else ""
        again = self._hint("r to retry")
        match run.status:
            case RunStatus.CANCELLED:
                return role(f"■ stopped{kept}{again}", "quiet")
            case RunStatus.INTERRUPTED:
                clock = f" {_clock(run.ended_at)}" if run.ended_at else ""
                text = role(f"✗ interrupted{clock}{kept}", "failed")
                return text + role(again, "quiet")
            case _:
                words = one_line(run.error) or "It failed."
                return role(f"✗ {words}", "failed") + role(f"{kept}{again}", "quiet")


def _estimated(text: str, width: int) -> int:
    return text.count("\n") + len(text) // max(1, width) + 1


def _count(text: str) -> str:
    words = len(text.split())
    return "1 word" if words == 1 else f"{words:,} words"


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at / 1_000_000).strftime("%H:%M")


def _summary(run: Run) -> str:
    """`gpt-4o-mini · 412 tokens · 3.1 s · 131 tok/s`, as far as it is known."""
    parts = [one_line(run.model), *_figures(run.metrics)]
    if run.finish_reason == "length":
        parts.append("cut at the model's length limit")
    return " · ".join(part for part in parts if part)


def _figures(metrics: Metrics) -> list[str]:
    figures: list[str] = []
    if metrics.output_tokens is not None:
        about = "~" if metrics.estimated else ""
        figures.append(f"{about}{metrics.output_tokens:,} tokens")
    if metrics.duration is not None:
        figures.append(f"{metrics.duration:.1f} s")
    speed = metrics.tokens_per_second
    if speed is not None and (metrics.output_tokens or 0) > 1:
        figures.append(f"{speed:,.0f} tok/s")
    return figures
