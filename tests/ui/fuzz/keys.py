"""What is pressed: random steps from a seed, chosen so that real life happens.

What comes next never depends on the app: a list of deeds can be replayed, and cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from agno_tui.ui.commands import COMMANDS

Deed = list[str]
"""Steps that follow each other at once, before the app has done any of them: a key by
its name, `'text` typed letter by letter, or one of the steps below with its words."""

PASTE, SIZE, CLICK, DOUBLE, DRAG, WHEEL = (
    "paste:",
    "size:",
    "click:",
    "2:",
    "drag:",
    "w:",
)
MANY = "many:"
"""A paste of the same words so many times: `many:400:w00001 `."""
GO, END, FAIL = "model:go", "model:end", "model:fail"
REST = "rest"
"""Wait until the storage has done all it was asked for."""

TOKEN: Final = "w{:05d}"
"""A word that is typed once. None of its letters means anything in a list."""

LENGTH: Final = len(TOKEN.format(0))

SIZES: Final = ("120x40", "80x24", "60x16", "20x5")

LEFT_OUT: Final = frozenset({"ctrl+q"})
"""Keys that would end it; `test_fuzz.py` quits by itself."""

_OURS: Final = {key for one in COMMANDS for key in one.key_list}
_BELOW: Final = {
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab"),
    *("shift+left", "shift+right", "shift+up", "shift+down", "shift+home"),
    *("backspace", "delete", "ctrl+w", "ctrl+u", "ctrl+k", "ctrl+x", "ctrl+v"),
    *("ctrl+left", "ctrl+right", "ctrl+a", "ctrl+e", "ctrl+d", "f5", "f10"),
    *("ctrl+underscore", "ctrl+at", "insert", "alt+x", "shift+f3", "ctrl+home"),
}

KEYS: Final = sorted((_OURS | _BELOW) - LEFT_OUT)
"""Every key of the app, and those of whatever it stands on."""

MOVES: Final = (
    *("ctrl+n", "alt+up", "alt+down", "alt+left", "alt+n", "ctrl+s", "shift+tab"),
    *("tab", "ctrl+b", "ctrl+f", "alt+q", "ctrl+r", "ctrl+o"),
)

LETTERS: Final = "abcdegijklmnopqrstuvxyzAGJKNUY0123456789 []?+-=.,\\/r"

COMMAND_LINES: Final = (
    *("/new", "/prev", "/next", "/attention", "/sidebar", "/sessions", "/back"),
    *("/find echo", "/find", "/copyall", "/about", "/rename Another name", "/pin"),
    *("/archive", "/fork", "/export", "/delete", "/undo", "/retry", "/details"),
    *("/context 2", "/context all", "/copy", "/queue", "/editor", "/history", "/help"),
    *("/theme light", "/theme dark", "/theme nonsense", "/redraw", "/stop", "/memory"),
    *("/user ann", "/user bob", "/user", "/model", "/nothing", "/sessions echo", "/ "),
)

DIALOGS: Final = ("f1", "f2", "f3", "f4", "ctrl+t", "ctrl+p", "ctrl+r", "alt+q")

IN_LIST: Final = (*"kjgGpaAdufxr ", "enter", "slash", "delete", "home", "end")
IN_MESSAGES: Final = (*"kjgGuUycYroelnN[]", "up", "down", "enter", "escape")

HOSTILE: Final = (
    "\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07 \x9b2J",
    "\x00\x01\x02\x7f\x85 \u202eesrever \ud800",
    "[/] [@click=app.quit]x[/] 👩‍👩‍👧 한국어 ｗｉｄｅ",
    "one\r\ntwo\rthree\tfour\x0b\x0cfive",
)


def deeds(seed: int, keys: int) -> Iterator[Deed]:
    """Deeds of so many keys in all, at least."""
    random, source = Random(seed), _Deeds(seed)
    pressed = 0
    while pressed < keys:
        deed = source.next()
        if random.random() < 0.7:
            deed.append(REST)
        pressed += presses(deed)
        yield deed


def presses(deed: Deed) -> int:
    """How many keys a deed has; a paste, a click, a new size are one each."""
    return sum(
        len(step) - 1 if step.startswith("'") else 1
        for step in deed
        if step != REST and not step.startswith("model:")
    )


class _Deeds:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed * 7919 + 1)
        self._words = 0

    def next(self) -> Deed:
        kinds = {
            self._write: 20,
            self._send: 14,
            self._any_key: 22,
            self._letters: 5,
            self._model: 16,
            self._move: 8,
            self._list: 6,
            self._messages: 4,
            self._waiting: 4,
            self._dialog: 4,
            self._escape: 8,
            self._erase: 3,
            self._paste: 4,
            self._command: 6,
            self._mouse: 6,
            self._size: 1,
        }
        [kind] = self._random.choices([*kinds], [*kinds.values()])
        return kind()

    def _word(self) -> str:
        self._words += 1
        return "'" + TOKEN.format(self._words) + " "

    def _write(self) -> Deed:
        return [self._word() for _ in range(self._random.choice((1, 1, 2, 4)))]

    def _send(self) -> Deed:
        before = self._random.choice(([], [], [], ["ctrl+n"], ["alt+down"], ["alt+up"]))
        deed = [*before, *self._write(), "enter"]
        return deed * 1 + (self._write() if self._random.random() < 0.3 else [])

    def _any_key(self) -> Deed:
        return self._random.choices(KEYS, k=self._random.choice((1, 1, 1, 2, 3)))

    def _letters(self) -> Deed:
        return [
            "'" + "".join(self._random.choices(LETTERS, k=self._random.randint(1, 4)))
        ]

    def _model(self) -> Deed:
        return self._random.choices((GO, END, FAIL), (5, 4, 1))

    def _move(self) -> Deed:
        moves = self._random.choices(MOVES, k=self._random.choice((1, 1, 2)))
        return [*moves, self._word()] if self._random.random() < 0.3 else moves

    def _list(self) -> Deed:
        return ["ctrl+s", *self._random.choices(IN_LIST, k=self._random.randint(1, 4))]

    def _messages(self) -> Deed:
        some = self._random.choices(IN_MESSAGES, k=self._random.randint(1, 4))
        return ["escape", "shift+tab", *some]

    def _waiting(self) -> Deed:
        keys = ("enter", "d", "u", "J", "K", "j", "k", "r", "e")
        return ["alt+q", *self._random.choices(keys, k=self._random.randint(1, 3))]

    def _dialog(self) -> Deed:
        inside = self._random.choices(
            (
                "down",
                "up",
                "enter",
                "a",
                "d",
                "u",
                "v",
                "plus",
                "minus",
                "r",
                "tab",
                "'x",
            ),
            k=self._random.randint(0, 3),
        )
        return [self._random.choice(DIALOGS), REST, *inside]

    def _escape(self) -> Deed:
        return self._random.choice((["escape"], ["escape", "escape"], ["ctrl+c"]))

    def _erase(self) -> Deed:
        key = self._random.choice(("backspace", "ctrl+w", "ctrl+u", "delete", "ctrl+z"))
        return [key] * self._random.randint(1, 3)

    def _paste(self) -> Deed:
        word = self._word()[1:]
        match self._random.randrange(4):
            case 0:
                text = word
            case 1:
                text = "".join(f"line {n}\n" for n in range(25)) + word
            case 2:
                times = 400 if self._random.random() < 0.9 else 20_000
                return [f"{MANY}{times}:{word}"]
            case _:
                text = word + self._random.choice(HOSTILE)
        return [PASTE + text]

    def _command(self) -> Deed:
        line = "'" + self._random.choice(COMMAND_LINES)
        # On an empty line only is it one.
        before = self._random.choice((["escape"], ["escape", "ctrl+c"], ["ctrl+n"]))
        return [*before, line, "enter"]

    def _mouse(self) -> Deed:
        at = f"{self._random.random():.3f},{self._random.random():.3f}"
        kind = self._random.choice((CLICK, CLICK, DOUBLE, DRAG, WHEEL, WHEEL))
        return [kind + at]

    def _size(self) -> Deed:
        size = self._random.choice(SIZES)
        # Not for long: little is seen there.
        return [SIZE + size]
