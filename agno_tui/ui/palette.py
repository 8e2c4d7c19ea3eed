"""The palette: finds a command by its title, and by the words people call it by; then
the sessions by their titles, the models and the themes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from textual.app import SystemCommand
from textual.command import (
    CommandInput,
    CommandPalette,
    DiscoveryHit,
    Hit,
    Hits,
    Provider,
)
from textual.content import Content
from textual.fuzzy import Matcher

from agno_tui.storage.errors import StorageError
from agno_tui.text import one_line
from agno_tui.ui.arguments import ArgumentApp
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.dialog import ClosedOnce
from agno_tui.ui.marks import MUTED
from agno_tui.ui.slash import Choice

WORD_SCORE = 3
"""Points for a letter of a word that is not in the title: fewer than Textual gives for
a word of the title, more than for letters scattered over it."""

MOST_SESSIONS = 20
"""Sessions that are offered at a time."""

WIDTH = 76
"""Cells of the palette at most, as the stylesheet has it."""

SHARE = 96
"""Percent of the screen's width that it takes at most, as the stylesheet has it."""

BESIDE = 6
"""Cells beside the words of a row: edges, margins, the scroll bar."""

FEW_ROWS = 20
"""Below this many rows of the screen it does without the room above it."""

BELOW = 0.5
"""By how many points all else stands below a command with the same words."""

_log = logging.getLogger(__name__)


class Palette(CommandPalette, ClosedOnce[object]):
    """Textual's, closed once by two clicks beside it."""

    _rows_width = 0

    def on_resize(self) -> None:
        """Textual: another size. The rows are made anew, as wide as it is now."""
        self.set_class(self.size.height < FEW_ROWS, "tight")
        before, self._rows_width = self._rows_width, row_width(self.size.width)
        if before and before != self._rows_width:
            for line in self.query(CommandInput):
                line.post_message(CommandInput.Changed(line, line.value))


class CommandProvider(Provider):
    """All commands of the app: every one of them, or those that a query means.

    Each has one row, with its key or what it is at the right. (Textual would put its
    `help` into a row of its own below.)
    """

    _models: asyncio.Task[list[Choice]] | None = None

    async def discover(self) -> Hits:
        """Textual: nothing was typed yet."""
        for command in sorted(self._commands, key=lambda c: c.title):
            row = self._row(Content(command.title), command.help)
            yield DiscoveryHit(row, command.callback, command.title)

    async def search(self, query: str) -> Hits:
        """Textual: the user looks for something."""
        matcher = self.matcher(query)
        words = {command.title: command.words for command in COMMANDS}
        for command in self._commands:
            more = f"{words.get(command.title, '')} {command.help}"
            if found := _found(matcher, command, more.split()):
                shown, score = found
                row = self._row(shown, command.help)
                yield Hit(score, row, command.callback, command.title)
        app = self.app
        if not isinstance(app, ArgumentApp):
            return
        for choice in await self._sessions(app, query):
            yield self._choice(matcher, choice, "Conversation", app.open_titled)
        for choice in _named(query, "theme", app.themes()):
            yield self._choice(matcher, choice, "Theme", app.use_theme)
        for choice in _named(query, "model", await self._find_models(app)):
            yield self._choice(matcher, choice, "Model", app.use_model)

    async def shutdown(self) -> None:
        """Textual: the palette is gone."""
        if self._models is not None:
            self._models.cancel()

    def _choice(
        self,
        matcher: Matcher,
        choice: Choice,
        kind: str,
        take: Callable[[str], Awaitable[str]],
    ) -> Hit:
        title = one_line(choice.words)
        letters = sum(map(len, matcher.query.split()))
        score = max(WORD_SCORE * letters - BELOW, BELOW)
        row = self._row(matcher.highlight(title), kind)
        return Hit(score, row, partial(take, choice.value), title)

    def _row(self, words: Content, behind: str) -> Content:
        return palette_row(words, behind, row_width(self.app.size.width))

    @property
    def _commands(self) -> list[SystemCommand]:
        return list(self.app.get_system_commands(self.screen))

    async def _sessions(self, app: ArgumentApp, query: str) -> list[Choice]:
        if app.desk.document is None:
            return []
        try:
            return await app.find_titles(query, limit=MOST_SESSIONS)
        except StorageError:
            _log.warning("the palette can't look for titles", exc_info=True)
            return []

    async def _find_models(self, app: ArgumentApp) -> list[Choice]:
        """The models, looked for once; another letter does not begin anew."""
        if self._models is None:
            self._models = asyncio.create_task(app.models())
        return await asyncio.shield(self._models)


def _named(query: str, kind: str, choices: list[Choice]) -> list[Choice]:
    """Those that have all words of a query, of which one may say what they are."""
    asked = query.lower().split()
    return [
        choice
        for choice in choices
        if all(part in choice.words.lower() or kind.startswith(part) for part in asked)
    ]


def row_width(width: int) -> int:
    """Cells of a row's words on a screen of this many."""
    return max(2, min(WIDTH, width * SHARE // 100) - BESIDE)


def palette_row(words: Content, behind: str, width: int) -> Content:
    """One row in `width` cells: the words, cut where they are too long, and at the
    right what belongs to them."""
    tail = Content.styled(behind, MUTED)
    room = width - tail.cell_length - 2
    if not behind or room < width // 3:
        return words.truncate(width, ellipsis=True)
    fitting = words.truncate(room, ellipsis=True)
    gap = " " * (width - fitting.cell_length - tail.cell_length)
    return Content.assemble(fitting, gap, tail)


def _found(
    matcher: Matcher, command: SystemCommand, words: list[str]
) -> tuple[Content, float] | None:
    """What is shown of a command, and how well it is meant; a word that only `words`
    has is said with it."""
    title, score = command.title, matcher.match(command.title)
    asked = matcher.query.lower().split()
    found = [_begun(part, [*title.lower().split(), *words]) for part in asked]
    by_words = WORD_SCORE * sum(map(len, asked)) if all(found) else 0
    if not (score or by_words):
        return None
    shown = matcher.highlight(title)
    if by_words > score:
        added = [word for word in found if word in words and word != command.help]
        shown = Content("").join(
            [Content(title), *(Content.styled(f" · {word}", MUTED) for word in added)]
        )
    return shown, max(score, by_words)


def _begun(part: str, words: list[str]) -> str:
    """The first word that begins with this, or none."""
    return next((word for word in words if word.lower().startswith(part)), "")
