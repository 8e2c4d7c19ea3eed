"""The keys in force: those of the commands, and what the user chose instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from agno_tui.ui.command import Command, Keys, Where, is_typed, key_name
from agno_tui.ui.commands import COMMANDS, PALETTE_KEY
from agno_tui.ui.key_words import with_keys_named

if TYPE_CHECKING:
    from textual import events
    from textual.app import App

UNBOUND: Final = "unbound"
"""What Textual is told instead of a key where a command has none: no terminal sends
it. (Textual 8.2.8 takes an empty text in a keymap for no wish at all.)"""

WRITING = frozenset({Where.PROMPT, Where.FIND, Where.FILTER, Where.ASKED, Where.SEARCH})
"""Places in which something is written. They do their keys in the order they were
typed, in the words of the keys the commands have by default, and by no binding."""


class Keymap:
    """Every command with the keys it has now."""

    def __init__(
        self,
        commands: Sequence[Command] = COMMANDS,
        troubles: Iterable[str] = (),
        lost: Iterable[str] = (),
    ) -> None:
        """`lost`: keys that never arrive here: others are named on the screen."""
        self.troubles = tuple(troubles)
        """What is wrong with the keys the user chose, in words for the user."""
        self._lost = frozenset(lost)
        self._given = tuple(commands)
        self._by_id = {one.id: one for one in self._given}
        self.commands = tuple(
            replace(one, title=self.words(one.title)) for one in self._given
        )
        self._by_id |= {one.id: one for one in self.commands}
        before = {one.id: one for one in COMMANDS}
        self._changed = [
            (before[one.id], one)
            for one in self.commands
            if one.id in before and one.keys != before[one.id].keys
        ]
        anywhere = [one for one in self.commands if one.place is Where.ANYWHERE]
        self.untyped_actions = {
            key: one.action for one in anywhere for key in one.key_list
        }
        """What a key has done from anywhere, for a widget that does its keys in the
        order they were typed."""
        self.actions = {
            key: action
            for key, action in self.untyped_actions.items()
            if not is_typed(key)
        }
        """The same for a widget in which something is written."""
        self._usual = {place: self._usual_keys(place) for place in WRITING}

    def __getitem__(self, id: str) -> Command:
        """A command by its id. Errors: `KeyError`."""
        return self._by_id[id]

    def without(self, lost: Iterable[str]) -> Keymap:
        """The same keys where some never arrive."""
        return Keymap(self._given, self.troubles, lost)

    def keys_of(self, place: Where) -> frozenset[str]:
        """All keys that mean something in a place of its own."""
        return frozenset(
            key for one in self.commands if one.place is place for key in one.key_list
        )

    def name(self, id: str) -> str:
        """The first key of a command that arrives as it is written on the screen, or
        its slash command where none does; empty: it has no key."""
        command = self._by_id[id]
        keys = command.key_list
        arriving = [key for key in keys if key not in self._lost]
        if keys and not arriving and command.names:
            return f"/{command.names[0]}"
        return key_name([*arriving, *keys][0]) if keys else ""

    def words(self, words: str) -> str:
        """Words that name keys, as `key_words` reads them: a command from anywhere that
        has no key is called by its slash command."""
        return with_keys_named(words, self._key_or_slash)

    def _key_or_slash(self, id: str) -> str:
        names = self._by_id[id].names
        return self.name(id) or (f"/{names[0]}" if names else "")

    def footer(self, place: Where) -> Keys:
        """What the footer says of a place, all that has a word and a key."""
        return tuple(
            (self.name(one.id), one.footer)
            for one in self.commands
            if one.place is place and one.footer and one.keys
        )

    @property
    def palette_key(self) -> str:
        """Where the commands are that have no key of their own."""
        return self["palette"].keys or PALETTE_KEY

    @property
    def for_textual(self) -> dict[str, str]:
        """What is other than by default, as `App.set_keymap` wants it."""
        return {
            now.id: now.keys or UNBOUND
            for _, now in self._changed
            if now.place not in WRITING
        }

    def usual(self, key: str, place: Where) -> str:
        """The key that has the same done by default as this one, which was pressed
        where something is written."""
        return self._usual[place].get(key, key)

    def _usual_keys(self, place: Where) -> dict[str, str]:
        changed = [
            (was, now)
            for was, now in self._changed
            if now.place in (place, Where.ANYWHERE)
        ]
        usual: dict[str, str] = {}
        for was, _ in changed:
            usual |= {key: UNBOUND for key in was.key_list if not is_typed(key)}
        for was, now in changed:
            ours = [key for key in was.key_list if not is_typed(key)]
            if ours:
                usual |= {
                    key: key if key in ours else ours[0]
                    for key in now.key_list
                    if not is_typed(key)
                }
        return usual


BY_DEFAULT: Final = Keymap()
"""Every command with the keys it comes with."""


def keymap_of(app: App[object]) -> Keymap:
    """The keys in force in an application."""
    keymap = getattr(app, "keymap", None)
    return keymap if isinstance(keymap, Keymap) else BY_DEFAULT


def usual_key(app: App[object], event: events.Key, place: Where) -> str:
    """Give a key that was pressed where something is written the name of the key that
    has the same done by default, and return it."""
    event.key = keymap_of(app).usual(event.key, place)
    return event.key


def with_keys(commands: Iterable[Command], chosen: Mapping[str, str]) -> list[Command]:
    """The commands with other keys, by their ids."""
    return [
        replace(one, keys=chosen[one.id]) if one.id in chosen else one
        for one in commands
    ]
