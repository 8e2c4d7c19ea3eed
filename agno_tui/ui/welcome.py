"""The card in an empty chat: which model answers, and how to get another."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from agno_tui.models.base import Progress
from agno_tui.text import one_line
from agno_tui.ui.keymap import keymap_of
from agno_tui.ui.marks import MUTED

BAR = 24
"""Cells of the bar that shows how far a fetch is."""

MEGABYTE = 1_000_000

KEYS = (
    ("{prompt.send}", "send"),
    ("{session.new}", "new conversation"),
    ("{session.previous|session.next}", "switch"),
    ("{run.stop}", "stop an answer"),
    ("{model}", "another model"),
    ("{help}", "help"),
)

NO_MODEL = "No model yet. Three ways to get one:"

WAYS = (
    ("export OPENAI_API_KEY=…", "then start again"),
    ("start a server, e.g. Ollama", "it is found"),
    ("pip install xllamacpp", "a small one inside"),
)
"""What to do, and what happens then."""


def words_of(progress: Progress) -> str:
    """A step of preparation as one short line: `Fetching … · 41 of 92 MB`."""
    words = one_line(progress.words)
    if not progress.total:
        return words
    done, total = progress.done // MEGABYTE, progress.total // MEGABYTE
    return f"{words} · {done} of {total} MB"


def _bar(progress: Progress) -> Content:
    full = round(BAR * min(1.0, progress.done / progress.total))
    return Content.assemble(("━" * full, "$accent"), ("━" * (BAR - full), "$panel"))


class Welcome(Static):
    """Says what this is in a few calm lines; never stands in the way of typing."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)

    def say(
        self,
        label: str,
        *,
        reason: str = "",
        progress: Progress | None = None,
        trouble: str = "",
        is_missing: bool = False,
    ) -> None:
        """Show the state of the model: its name, what it is doing, what is wrong."""
        words = [Content.styled("agno", "bold $accent"), Content("")]
        table = self._keys
        if is_missing:
            words.append(Content(NO_MODEL))
            table = [_row(what.ljust(27), then) for what, then in WAYS]
        elif trouble:
            words.append(Content(one_line(trouble)))
        elif progress is not None:
            words += _progress(progress)
        else:
            words.append(Content(one_line(label)))
            words.append(Content.styled(one_line(reason), MUTED))
        self.update(_card(words, table))

    @property
    def _keys(self) -> list[Content]:
        keymap = keymap_of(self.app)
        rows = [(keymap.words(key), meaning) for key, meaning in KEYS]
        width = max(len(key) for key, _ in rows)
        return [_row(key.rjust(width + 1), meaning) for key, meaning in rows if key]


def _progress(progress: Progress) -> list[Content]:
    bar = [_bar(progress)] if progress.total else []
    meanwhile = Content.styled("You can write meanwhile; it will be sent.", MUTED)
    return [Content(words_of(progress)), *bar, meanwhile]


def _row(left: str, right: str) -> Content:
    return Content.assemble((left, "$foreground"), ("  ", ""), (right, MUTED))


def _card(words: list[Content], table: list[Content]) -> Content:
    """Words in the middle, and below them a table whose columns stay in line."""
    width = max(line.cell_length for line in table)
    lines = [
        *words,
        Content(""),
        *(line.extend_right(width - line.cell_length) for line in table),
    ]
    return Content("\n").join(lines)
