"""What stands between turns: another day, and where the model's view begins."""

from __future__ import annotations

from dataclasses import dataclass

from agno_tui.session import now
from agno_tui.ui.dates import day_of, day_words
from agno_tui.ui.lines import Line, blank, role

RULE = "─"


@dataclass(slots=True, frozen=True)
class Window:
    """What goes along as history when the next message is sent."""

    runs: int
    tokens: int
    """About how many they are."""


class Today:
    """The day it was when it was asked last: the rules depend on it. What is not of
    today says its day, and what is not of this year its year."""

    def __init__(self) -> None:
        self._day = day_of(now())

    def has_turned(self) -> bool:
        """Whether another day has begun since. To be asked where something comes or is
        shown anyway; no clock has to run for it."""
        before, self._day = self._day, day_of(now())
        return self._day != before


def lines_above(
    at: int, before: int | None, window: Window | None, width: int
) -> list[Line]:
    """The lines above a turn asked `at` this time, `before` being the time of the one
    above it, both in microseconds since the epoch."""
    lines: list[Line] = []
    day, today = day_of(at), day_of(now())
    earlier = today if before is None else day_of(before)
    if day is not None and day != earlier:
        lines += [_rule(day_words(day, today), width), blank()]
    if window is not None:
        lines += [_rule(window_words(window), width), blank()]
    return lines


def window_words(window: Window) -> str:
    """`the model sees from here · 3 runs · 2.1k tokens`"""
    runs = "1 run" if window.runs == 1 else f"{window.runs:,} runs"
    return f"the model sees from here · {runs} · {_short(window.tokens)} tokens"


def _short(count: int) -> str:
    if count < 1_000:
        return str(count)
    thousands = count / 1_000
    return f"{thousands:.1f}k" if thousands < 100 else f"{thousands:,.0f}k"


def _rule(words: str, width: int) -> Line:
    before, words = f"{RULE} "[:width], words[: max(0, width - 2)]
    behind = f" {RULE * width}"[: width - len(before) - len(words)]
    line = role(before, "rule") + role(words, "between") + role(behind, "rule")
    return Line(line, lead=len(line))
