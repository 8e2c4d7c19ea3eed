"""The card in an empty chat: which model answers, and how to get another."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from agno_tui.models.base import Progress
from agno_tui.text import one_line
from agno_tui.ui.marks import MUTED

BAR = 24
"""Cells of the bar that shows how far a fetch is."""

MEGABYTE = 1_000_000

KEYS = (
    ("enter", "send"),
    ("ctrl+n", "new conversation"),
    ("alt+↑ ↓", "switch"),
    ("esc", "stop an answer"),
    ("F1", "help"),
)


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
    ) -> None:
        """Show the state of the model: its name, what it is doing, what is wrong."""
        lines = [Content.styled("agno", "bold $accent"), Content("")]
        if trouble:
            lines += [Content(one_line(line)) for line in trouble.split("\n")]
        elif progress is not None:
            lines.append(Content(words_of(progress)))
            if progress.total:
                lines.append(_bar(progress))
            lines.append(
                Content.styled("You can write meanwhile; it will be sent.", MUTED)
            )
        else:
            lines.append(Content(one_line(label)))
            if reason:
                lines.append(Content.styled(one_line(reason), MUTED))
        lines.append(Content(""))
        lines += [_key(key, words) for key, words in KEYS]
        self.update(Content("\n").join(lines))


def _key(key: str, words: str) -> Content:
    return Content.assemble(
        (key.rjust(8), "$foreground"), ("  ", ""), (words.ljust(17), MUTED)
    )
