"""Keys and pastes as they come from the terminal; a paste stays one, whatever is in it.

A terminal puts a pasted text between two marks ("bracketed paste"). Textual 8.2.8 looks
for escape sequences in the text as well, so that one in it, a colour of a log, has the
rest of it pressed as keys, its newline as Enter.
Source of the marks: https://invisible-island.net/xterm/ctlseqs, "Bracketed Paste Mode"
"""

from __future__ import annotations

import os
import re
import selectors
from codecs import getincrementaldecoder
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from time import monotonic
from typing import Final

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._parser import ParseError
from textual._xterm_parser import (
    BRACKETED_PASTE_END,
    BRACKETED_PASTE_START,
    XTermParser,
)
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from agno_tui.ui.pastes import LONGEST

QUIET_SECONDS: Final = 2.0
"""After how long a silence a paste that has no end yet is shown as far as it came."""

READ_BYTES: Final = 4096

_A_KEY: Final = re.compile(
    r"[\x01-\x08\x0b\x0c\x0e-\x1b\x7f]|\x1b(?:\[[\d;:]*[A-Za-ln-z~]|O.)"
)
"""What only a person types, alone: ctrl and a letter, esc, an arrow."""


_ALT: Final = re.compile(r"(\x1b*)\x1b([^\x00-\x1f\x7f\[\]OPX^_\\])")
"""alt and a key that writes something: what else begins with these two is no sequence
that a terminal sends. Esc right before it is a key of its own."""


class PasteParser(XTermParser):
    """Textual's parser, but that nothing between the marks of a paste is parsed.

    Textual's own sees the marks, and between them nothing.
    """

    def __init__(
        self, debug: bool = False, clock: Callable[[], float] = monotonic
    ) -> None:
        self._clock = clock
        self._pasting = False
        self._held: list[str] = []
        self._length = 0
        self._begun = ""
        """The beginning of a mark with which the last piece ended."""
        self._is_late = False
        """Whether the beginning of a mark was taken for keys meanwhile."""
        self._heard = 0.0
        self._is_cut = False
        """Whether some of the paste under way was given out before its end."""
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Textual: what was read; yields keys, pastes and the like. Empty: the end."""
        if not data:
            yield from self._give()
            yield from super().feed(data)
            return
        if self._is_cut and _A_KEY.fullmatch(data):
            # The end of the paste was lost, and somebody is waiting for their keys.
            yield from self._end()
        while data:
            if self._pasting:
                data = yield from self._paste(data)
            else:
                data = yield from self._type(data)

    def tick(self) -> Iterable[Message]:
        """Textual: some time has passed."""
        for token in super().tick():
            self._is_late = bool(self._begun)
            yield token
        patience = 0.0 if self._is_cut else QUIET_SECONDS
        if self._pasting and self._clock() - self._heard >= patience:
            # Still pasting: what comes late must press no key either.
            self._is_cut = True
            yield from self._give()

    def _type(self, data: str) -> Generator[Message, None, str]:
        """Outside of a paste; returns what stands behind the mark of its beginning."""
        text = self._begun + data
        start = text.find(BRACKETED_PASTE_START)
        if start < 0:
            self._begun = _beginning(BRACKETED_PASTE_START, text)
            self._is_late = False
            yield from self._press(data)
            return ""
        end = start + len(BRACKETED_PASTE_START)
        if not (self._is_late and start < len(self._begun)):
            yield from super().feed(text[len(self._begun) : end])
        self._begun = ""
        self._is_late = False
        self._pasting = True
        self._heard = self._clock()
        return text[end:]

    def _press(self, data: str) -> Iterable[Message]:
        """Keys and the like. Textual waits whether more comes behind alt and a letter,
        and takes the escape of the next one for `^` then: of keys held down most."""
        at = 0
        for found in _ALT.finditer(data):
            escapes, letter = found.groups()
            if f"\x1b{letter}" in ANSI_SEQUENCES_KEYS:
                continue
            if at < found.start():
                yield from super().feed(data[at : found.start()])
            for _ in escapes:
                yield events.Key("escape", "\x1b")
            yield from self._sequence_to_key_events(letter, alt=True)
            at = found.end()
        if at < len(data):
            yield from super().feed(data[at:])

    def _paste(self, data: str) -> Generator[Message, None, str]:
        """Within a paste; returns what stands behind its end."""
        self._heard = self._clock()
        text = self._begun + data
        end = _end_of_paste(text)
        if end < 0:
            self._begun = _beginning(BRACKETED_PASTE_END, text)
            self._hold(text[: len(text) - len(self._begun)])
            return ""
        self._begun = ""
        self._hold(text[:end])
        yield from self._end()
        return text[end + len(BRACKETED_PASTE_END) :]

    def _hold(self, text: str) -> None:
        # One more than is taken says that it was too much.
        kept = text[: LONGEST + 1 - self._length]
        if kept:
            self._held.append(kept)
            self._length += len(kept)

    def _end(self) -> Iterable[Message]:
        yield from self._give()
        self._pasting = self._is_cut = False
        for token in super().feed(BRACKETED_PASTE_END):
            if not isinstance(token, events.Paste):
                yield token

    def _give(self) -> Iterable[Message]:
        text = "".join(self._held)
        self._held.clear()
        self._length = 0
        if text:
            yield events.Paste(text)


def _beginning(mark: str, text: str) -> str:
    """The beginning of a mark with which a text ends."""
    for length in range(min(len(mark) - 1, len(text)), 0, -1):
        if text.endswith(mark[:length]):
            return mark[:length]
    return ""


def _end_of_paste(text: str) -> int:
    """Where the mark is that ends a paste, or -1.

    tmux pastes what it has as it is, marks and all: of several the last one counts that
    no other paste begins before.
    """
    end = text.find(BRACKETED_PASTE_END)
    while end >= 0:
        behind = end + len(BRACKETED_PASTE_END)
        after = text.find(BRACKETED_PASTE_END, behind)
        if after < 0 or text.find(BRACKETED_PASTE_START, behind, after) >= 0:
            break
        end = after
    return end


class PasteDriver(LinuxDriver):
    """Textual's driver of terminals on Unix, reading with a `PasteParser`.

    Bytes that are no UTF-8 become replacement characters; Textual's own ends the
    program over them.
    """

    def run_input_thread(self) -> None:
        """Textual: read until the program ends."""
        parser = PasteParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        selector = selectors.SelectSelector()
        selector.register(self.fileno, selectors.EVENT_READ)

        def take_in() -> None:
            if selector.select(0.1) and (
                text := decode(os.read(self.fileno, READ_BYTES))
            ):
                for message in parser.feed(text):
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

        try:
            while not self.exit_event.is_set():
                take_in()
            take_in()
        finally:
            selector.close()
            with suppress(EOFError, ParseError):
                for _ in parser.feed(""):
                    pass
