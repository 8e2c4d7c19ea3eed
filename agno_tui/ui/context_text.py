"""The rows of what will be sent: a bar, the parts, the tools, the runs; and the request
itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, overload

from rich.cells import cell_len, set_cell_size

from agno_tui.agent.next_request import Counts, NextRequest
from agno_tui.agent.windows import HistoryWindow
from agno_tui.session import Run
from agno_tui.text import clipped, one_line, printable
from agno_tui.tools.base import Tool
from agno_tui.ui.context_facts import ContextFacts
from agno_tui.ui.lines import Line, blank, role
from agno_tui.ui.wrapping import breaks

LOOKING: Final = "Putting it together…"
NOTHING_WRITTEN: Final = "nothing is written yet"
ANSWERING: Final = "An answer is under way: once it is whole it goes along too."
TOO_LONG: Final = (
    "This is more than fits. Write less, or choose another model (/model)."
)
UNKNOWN_SIZE: Final = "how much fits is not known of this model"

LONGEST: Final = 200
"""Characters of a question or a description that are looked at."""

MOST_WIDTH: Final = 90
"""Cells after which numbers would stand too far from their words."""


class _Many(Sequence[Line]):
    """Rows of which all but the first are made when they are asked for."""

    def __init__(
        self, head: list[Line], count: int, make: Callable[[int], Line]
    ) -> None:
        self._head, self._count, self._make = head, count, make

    def __len__(self) -> int:
        return len(self._head) + self._count

    @overload
    def __getitem__(self, index: int) -> Line: ...

    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...

    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        head = len(self._head)
        return self._head[index] if index < head else self._make(index - head)


def context_rows(facts: ContextFacts, width: int) -> Sequence[Line]:
    """All that is known of the next request; the runs that go along stand last."""
    made, counts = facts.next, facts.counts
    if made is None or counts is None:
        return [Line(role(LOOKING, "quiet"))]
    width = max(20, min(width, MOST_WIDTH))
    head = [*_sum(made, counts, width), blank(), *_parts(facts, made, counts, width)]
    if facts.is_answering:
        head += [blank(), *_wrapped(ANSWERING, "quiet", width)]
    if made.request.tools:
        head += [blank(), Line(role("Tools it may call", "heading"))]
        head += [_tool(name, tool.description, width) for name, tool in _tools(made)]
    runs = made.request.history
    if not runs:
        return head
    head += [blank(), Line(role("The runs that go along", "heading"))]
    return _Many(head, len(runs), lambda at: _run(runs[at], counts.runs[at], width))


def _tools(made: NextRequest) -> list[tuple[str, Tool]]:
    return list(made.request.tools.items())


def _sum(made: NextRequest, counts: Counts, width: int) -> list[Line]:
    label = one_line(made.model.label)
    whole = made.model.context_window
    if whole is None:
        words = f"about {counts.total:,} tokens · {UNKNOWN_SIZE}"
        return [Line(role(label, "strong")), *_wrapped(words, "quiet", width)]
    share = counts.total / max(1, whole)
    percent = f"{share:.0%}" if share >= 0.01 else "< 1%"
    words = f"about {counts.total:,} of {whole:,} tokens · {percent}"
    used = min(width, max(1, round(share * width)))
    bar = role("█" * used, "used") + role("░" * (width - used), "free")
    lines = [Line(role(label, "strong")), *_wrapped(words, "quiet", width), Line(bar)]
    room = made.room()
    if room is not None and room < 0:
        lines += _wrapped(TOO_LONG, "failed", width)
    return lines


def _parts(
    facts: ContextFacts, made: NextRequest, counts: Counts, width: int
) -> list[Line]:
    rows = [
        ("Instructions", counts.instructions),
        ("What it remembers about you", counts.told),
        ("Tools", counts.tools),
    ]
    lines = [_row(words, f"{tokens:,}", width) for words, tokens in rows if tokens]
    lines.append(_row(f"History · {_runs(counts)}", f"{counts.history:,}", width))
    lines += _wrapped(window_words(facts), "quiet", width, indent=2)
    tokens = f"{counts.question:,}" if made.run.messages else "–"
    lines.append(_row("Your message", tokens, width))
    said = made.run.question if made.run.messages else NOTHING_WRITTEN
    return [*lines, Line(role(f"  {_fit(said, width - 2)}", "quiet"))]


def _runs(counts: Counts) -> str:
    count = len(counts.runs)
    return "1 run" if count == 1 else f"{count:,} runs"


def window_words(facts: ContextFacts) -> str:
    """How many runs may go along, and why fewer do."""
    window, made = facts.window, facts.next
    words = _chosen(window)
    if made is None or window != made.window:
        return words
    there, go_along = made.found, len(made.request.history)
    if go_along < there:
        rest = there - go_along
        more = "1 more does" if rest == 1 else f"{rest:,} more do"
        words += f" · {more} not fit into the model's context"
    elif window.runs is not None and there < window.runs:
        words += " · there are no more" if there else " · there are none yet"
    return words


def _chosen(window: HistoryWindow) -> str:
    match window.runs:
        case None:
            words = "all runs of this conversation"
        case 0:
            words = "none of the earlier runs"
        case 1:
            words = "the last run"
        case runs:
            words = f"the last {runs:,} runs"
    return f"{words}, chosen for here" if window.is_own else words


def _run(run: Run, tokens: int, width: int) -> Line:
    question = one_line(clipped(run.question.lstrip(), LONGEST))
    return _row(f"  {question}", f"{tokens:,}", width)


def _tool(name: str, description: str, width: int) -> Line:
    said = one_line(clipped(description.lstrip(), LONGEST))
    name = f"  {_fit(name, width - 2)}"
    room = width - cell_len(name) - 2
    if room < 8 or not said:
        return Line(role(name, ""))
    return Line(role(name, "") + role(f"  {_fit(said, room)}", "quiet"))


def _row(words: str, number: str, width: int) -> Line:
    room = width - len(number) - 2
    return Line(role(set_cell_size(_fit(words, room), room + 2) + number, ""))


def _fit(words: str, room: int) -> str:
    lead = words[: len(words) - len(words.lstrip())]
    words = lead + one_line(words)
    if cell_len(words) <= room:
        return words
    return set_cell_size(words, max(0, room - 1)) + "…"


def _wrapped(words: str, name: str, width: int, *, indent: int = 0) -> list[Line]:
    room = max(8, width - indent)
    lines = [words[start:end] for start, end in breaks(words, room)]
    return [Line(role(" " * indent + line, name)) for line in lines]


class RequestRows(Sequence[Line]):
    """The request as it would go out, broken into rows of a width. Making it takes time
    where the request is long."""

    def __init__(self, text: str, width: int) -> None:
        self._texts: list[str] = []
        for line in printable(text).split("\n"):
            self._texts += _broken(line, max(20, width))

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, index: int) -> Line: ...

    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...

    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [Line(role(text, "")) for text in self._texts[index]]
        return Line(role(self._texts[index], ""))


def _broken(line: str, width: int) -> list[str]:
    if len(line) * 2 <= width:
        return [line]
    lead = line[: min(len(line) - len(line.lstrip(" ")), width // 2)]
    bounds = breaks(line, width - 2 - len(lead))
    first, *rest = [line[start:end] for start, end in bounds]
    return [first, *(f"{lead}  {piece}" for piece in rest)]
