"""The palette: finds a command by its title, and by the words people call it by; then
the sessions by their titles, the models and the themes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from textual.app import SystemCommand
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
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

BELOW = 0.5
"""By how many points all else stands below a command with the same words."""

_log = logging.getLogger(__name__)


class Palette(CommandPalette, ClosedOnce[object]):
    """Textual's, closed once by two clicks beside it."""


class CommandProvider(Provider):
    """All commands of the app: every one of them, or those that a query means."""

    _models: asyncio.Task[list[Choice]] | None = None

    async def discover(self) -> Hits:
        """Textual: nothing was typed yet."""
        for command in sorted(self._commands, key=lambda c: c.title):
            yield DiscoveryHit(command.title, command.callback, help=command.help)

    async def search(self, query: str) -> Hits:
        """Textual: the user looks for something."""
        matcher = self.matcher(query)
        words = {command.title: command.words for command in COMMANDS}
        for command in self._commands:
            more = f"{words.get(command.title, '')} {command.help}"
            if hit := _hit(matcher, command, more.split()):
                yield hit
        app = self.app
        if not isinstance(app, ArgumentApp):
            return
        for choice in await self._sessions(app, query):
            yield _choice(matcher, choice, "Conversation", app.open_titled)
        for choice in _named(query, "theme", app.themes()):
            yield _choice(matcher, choice, "Theme", app.use_theme)
        for choice in _named(query, "model", await self._find_models(app)):
            yield _choice(matcher, choice, "Model", app.use_model)

    async def shutdown(self) -> None:
        """Textual: the palette is gone."""
        if self._models is not None:
            self._models.cancel()

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


def _choice(
    matcher: Matcher,
    choice: Choice,
    kind: str,
    take: Callable[[str], Awaitable[str]],
) -> Hit:
    title = one_line(choice.words)
    shown = matcher.highlight(title) + Content.styled(f" · {kind.lower()}", MUTED)
    letters = sum(map(len, matcher.query.split()))
    score = max(WORD_SCORE * letters - BELOW, BELOW)
    return Hit(score, shown, partial(take, choice.value), title, kind)


def _hit(matcher: Matcher, command: SystemCommand, words: list[str]) -> Hit | None:
    """How well a command is meant; a word that only `words` has is said with it."""
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
    return Hit(max(score, by_words), shown, command.callback, title, command.help)


def _begun(part: str, words: list[str]) -> str:
    """The first word that begins with this, or none."""
    return next((word for word in words if word.lower().startswith(part)), "")
