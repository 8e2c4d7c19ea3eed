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
    words = f"{RULE} {words} "
    text = words[:width] + RULE * (width - len(words))
    return Line(role(text, "between"), lead=len(text))
