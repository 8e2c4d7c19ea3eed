"""The footer: one line of keys, as many as there is room for."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from agno_tui.ui.command import Keys, Where, key_name
from agno_tui.ui.keymap import BY_DEFAULT, Keymap, keymap_of
from agno_tui.ui.marks import MUTED

STOP = "stop"
"""The word of the key that stops an answer. It stands only where there is one."""

NEEDED_FIRST = ("help", STOP, "quit", "new", "switch", "model", "commands", "list")
"""Which words stay when the line gets narrow, the most needed first."""

NEEDED_LAST = (
    *("open", "edit", "back", "send", "filter", "all titles", "delete"),
    *(
        "take out",
        "undo",
        "search",
        "archive",
        "rename",
        "pin",
        "earlier",
        "later",
        "newest",
    ),
)
"""Which words go before those that are named nowhere, again the most needed first."""


class FooterLine(Static):
    """Keys and what they do, made from the commands themselves."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._keys: Keys = ()
        self._stops = False

    def say_stops(self, stops: bool) -> None:
        """Whether there is an answer to be stopped: its key stands there then, before
        others."""
        if stops != self._stops:
            self._stops = stops
            self._write()

    def show(self, keys: Keys = ()) -> None:
        """Say these keys; none: the commands."""
        if keys != self._keys:
            self._keys = keys
            self._write()

    def on_resize(self) -> None:
        """Textual: another width: other keys fit."""
        self._write()

    def _write(self) -> None:
        keys = self._keys or keymap_of(self.app).footer(Where.ANYWHERE)
        if not self._stops:
            keys = tuple((key, word) for key, word in keys if word != STOP)
        self.update(footer_line(self.size.width, keys))


def footer_line(width: int, keys: Keys = ()) -> Content:
    """As many keys as fit into `width` cells; by default those of the commands, in
    their order."""
    keys = keys or BY_DEFAULT.footer(Where.ANYWHERE)
    pieces = {
        word: Content.assemble((key, "$foreground"), (f" {word}", MUTED))
        for key, word in keys
    }
    room, kept = width, set[str]()
    for word in sorted(pieces, key=_need):
        room -= pieces[word].cell_length + 3
        if room < 0:
            break
        kept.add(word)
    return Content("   ").join(pieces[word] for word in pieces if word in kept)


def _need(word: str) -> int:
    if word in NEEDED_LAST:
        return len(NEEDED_FIRST) + NEEDED_LAST.index(word)
    return NEEDED_FIRST.index(word) if word in NEEDED_FIRST else 0


def prompt_footer(keymap: Keymap, *, edits: bool) -> Keys:
    """What the footer says while the keyboard is in the prompt; `edits`: on a message
    that was sent before."""
    if not edits:
        return ()
    stop = keymap.name("run.stop")
    return tuple(
        (key, "leave" if key == stop else word)
        for key, word in keymap.footer(Where.ANYWHERE)
    )


def list_footer(keymap: Keymap) -> Keys:
    """What the footer says while the keyboard is in the list."""
    return (*keymap.footer(Where.LIST), (keymap.name("run.stop"), "back"))


NAME_KEYS: Keys = ((key_name("enter"), "save"), (key_name("escape"), "leave"))
"""What the footer says while a name is written in the list; these keys are fixed."""


def find_footer(keymap: Keymap) -> Keys:
    """What the footer says while the keyboard is in the find bar."""
    words = {
        "find.next": "next",
        "find.previous": "previous",
        "find.stay": "message",
        "find.leave": "back",
    }
    keys = ((keymap.name(id), word) for id, word in words.items())
    return tuple((key, word) for key, word in keys if key)


def messages_footer(
    keymap: Keymap, *, opens: bool, goes_back: bool, has_versions: bool = False
) -> Keys:
    """What the footer says while the keyboard is on a message: `opens`, where it looked
    into another conversation; `goes_back`, where the user came from one;
    `has_versions`, where there are others of it."""
    words = {
        "message.copy": "copy",
        "message.code": "code",
        "message.edit": "edit",
        "message.retry": "again",
        "message.open": "open" if opens else "",
        "session.back": "go back" if goes_back else "",
    }
    walk = f"{keymap.name('message.up')} {keymap.name('message.down')}"
    versions = f"{keymap.name('message.version_back')} {keymap.name('message.version')}"
    keys = (
        (walk.strip(), "walk"),
        (versions.strip() if has_versions else "", "versions"),
        *((keymap.name(id), word) for id, word in words.items() if word),
        # Its first key is a letter; everywhere else it is this one.
        (_end(keymap), "newest"),
        (keymap.name("run.stop"), "prompt"),
    )
    return tuple((key, word) for key, word in keys if key)


def _end(keymap: Keymap) -> str:
    keys = keymap["message.last"].key_list
    return "end" if "end" in keys else keymap.name("message.last")
