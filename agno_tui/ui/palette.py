"""The palette: finds a command by its title, and by the words people call it by."""

from __future__ import annotations

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import Matcher

from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.marks import MUTED

WORD_SCORE = 3
"""Points for a letter of a word that is not in the title: fewer than Textual gives for
a word of the title, more than for letters scattered over it."""


class CommandProvider(Provider):
    """All commands of the app: every one of them, or those that a query means."""

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

    @property
    def _commands(self) -> list[SystemCommand]:
        return list(self.app.get_system_commands(self.screen))


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
