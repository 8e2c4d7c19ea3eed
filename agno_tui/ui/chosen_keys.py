"""Keys the user chose in the config: what is right of them, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from textual.keys import KEY_NAME_REPLACEMENTS, Keys, key_to_character

from agno_tui.text import one_line
from agno_tui.ui.command import Command, Where, is_typed, key_name
from agno_tui.ui.commands import COMMANDS
from agno_tui.ui.keymap import BY_DEFAULT, WRITING, Keymap, with_keys

MODIFIERS: Final = ("alt", "ctrl", "hyper", "meta", "shift", "super")
"""In the order in which Textual names them."""

_OTHER_WORDS: Final = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "option": "alt",
    "control": "ctrl",
    "cmd": "super",
    "↑": "up",
    "↓": "down",
    "←": "left",
    "→": "right",
}
"""What people call keys."""

_SAME: Final = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+h": "backspace",
    "ctrl+left_square_bracket": "escape",
}
"""Keys that most terminals send as another one."""

_ON_TOP: Final = frozenset({Where.LIST, Where.MESSAGES, *WRITING})
"""Places in which the keys from anywhere work too."""

_NAMED: Final = frozenset(key.value for key in Keys if "+" not in key.value)


class KeyNameError(ValueError):
    """There is no such key; the text says so, for the user."""


def read_keymap(chosen: Mapping[str, object]) -> Keymap:
    """The keys in force, from the `[keys]` table of the config: ids of commands and
    their keys, separated by commas. What is wrong with one is told in `troubles`; it
    keeps the keys it has by default."""
    if not chosen:
        return BY_DEFAULT
    known = {one.id: one for one in COMMANDS}
    troubles: list[str] = []
    keys: dict[str, str] = {}
    for id, wish in _flat(chosen):
        if id not in known:
            near = get_close_matches(id, known, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            troubles.append(f'There is no command "{one_line(id)}".{hint}')
            continue
        try:
            keys[id] = _read(known[id], wish)
        except KeyNameError as error:
            troubles.append(f"{id}: {error} {_kept(known[id])}")
    troubles += _without_clashes(keys, known)
    return Keymap(with_keys(COMMANDS, keys), troubles)


def _flat(
    chosen: Mapping[str, object], before: str = ""
) -> Iterator[tuple[str, object]]:
    # `session.new` without quotes is a table in a table to TOML.
    for name, value in chosen.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _read(command: Command, wish: object) -> str:
    """A wish as Textual's names of keys. Errors: `KeyNameError`."""
    if not isinstance(wish, str):
        raise KeyNameError("its keys must be text in quotes.")
    # A comma alone, or after another one, is the key itself to nobody.
    parts = [part.strip() for part in wish.split(",")]
    keys = list(dict.fromkeys(key_of(part) for part in parts if part))
    for key in keys:
        if is_typed(key) and command.place in WRITING:
            raise KeyNameError(f"{key_name(key)} writes something here.")
    return ",".join(keys)


def key_of(words: str) -> str:
    """Textual's name of a key that somebody wrote. Errors: `KeyNameError`."""
    *modifiers, last = words.split("+")
    if words == "+" or words.endswith("++"):
        modifiers, last = [part for part in modifiers if part], "+"
    held = sorted(_OTHER_WORDS.get(part.lower(), part.lower()) for part in modifiers)
    key = _base(last if len(last) == 1 and not held else last.lower())
    if not key or any(part not in MODIFIERS for part in held):
        raise KeyNameError(f'there is no key "{one_line(words)}".')
    if held == ["shift"] and len(key) == 1 and key.isalpha():
        return key.upper()
    whole = "+".join((*held, key))
    if whole in _SAME:
        raise KeyNameError(f"terminals send {words} as {key_name(_SAME[whole])}.")
    return whole


def _base(word: str) -> str:
    """Textual's name of a key without its modifiers; empty: there is none."""
    word = _OTHER_WORDS.get(word, word)
    if len(word) == 1:
        return word if word.isalnum() else _name_of_sign(word)
    if word in _NAMED or word == "space" or word in KEY_NAME_REPLACEMENTS.values():
        return word
    return word if len(key_to_character(word) or "") == 1 else ""


def _name_of_sign(sign: str) -> str:
    import unicodedata

    name = unicodedata.name(sign, "").lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


def _without_clashes(keys: dict[str, str], known: Mapping[str, Command]) -> list[str]:
    """Take back what wants a key that another command has in the same place, the last
    of the wishes first; returns what there is to say of it."""
    troubles: list[str] = []
    while clash := _clash(keys, known):
        mine, other, key = clash
        del keys[mine]
        troubles.append(
            f"{mine} and {other} both want {key_name(key)}. {_kept(known[mine])}"
        )
    return troubles


def _clash(
    keys: Mapping[str, str], known: Mapping[str, Command]
) -> tuple[str, str, str] | None:
    now = {one.id: one for one in with_keys(known.values(), keys)}
    for mine in reversed(list(keys)):
        for key in now[mine].key_list:
            for other in now.values():
                if other.id != mine and key in other.key_list:
                    # What two have in common by default is meant.
                    shared = (
                        key in known[mine].key_list and key in known[other.id].key_list
                    )
                    if not shared and _meet(now[mine], other, key):
                        return mine, other.id, key
    return None


def _meet(one: Command, other: Command, key: str) -> bool:
    """Whether a key of two commands may be meant for both."""
    if one.place is other.place:
        return True
    places = {one.place, other.place}
    if Where.ANYWHERE not in places:
        return False
    own = places - {Where.ANYWHERE}
    return own <= _ON_TOP and not (own <= WRITING and is_typed(key))


def _kept(command: Command) -> str:
    keys = " ".join(key_name(key) for key in command.key_list)
    return f"It keeps {keys}." if keys else "It stays without a key."
