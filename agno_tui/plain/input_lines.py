"""Lines from a file descriptor, waited for in a way that can be ended."""

from __future__ import annotations

import os
import re
import select
import sys
from contextlib import suppress
from typing import Final

if sys.platform != "win32":
    import termios

MOMENT: Final = 0.05
"""Seconds in which the lines of a pasted block come after one another. Nobody types as
fast."""

_PIECE: Final = 65_536
_COMMAND: Final = re.compile(r"/[A-Za-z][\w-]*(?:\s|$)")


class InputLines:
    """Reads lines of bytes and decodes them; what can't be decoded is replaced.

    `wake` ends a wait from another thread. Not for Windows, whose `select` knows no
    terminals. `blocks`: lines that come at once are one text (a paste).
    """

    def __init__(self, source: int, *, encoding: str = "utf-8", blocks: bool) -> None:
        self._source = source
        self._encoding = encoding
        self._blocks = blocks
        self._bytes = b""
        self._has_ended = False
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._waker, False)

    def wake(self) -> None:
        """End the wait that is under way, or the next one."""
        with suppress(OSError):  # It is full of wishes already, or closed.
            os.write(self._waker, b".")

    def close(self) -> None:
        """Let go of what is waited with."""
        os.close(self._woken)
        os.close(self._waker)

    def read(self) -> str | None:
        """The next line, without its end; None where the wait was ended. Errors:
        `EOFError`."""
        while (line := self.waiting()) is None:
            if self._has_ended:
                raise EOFError
            ready, _, _ = select.select([self._source, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, _PIECE)
                return None
            self._take()
            while self._is_in_block():
                self._take()
        return line

    def waiting(self) -> str | None:
        """A line that has come already, if there is any."""
        end = self._bytes.find(b"\n")
        if end < 0:
            # Nobody has sent what stood in the line of a terminal: see `begun`.
            if self._blocks or not (self._has_ended and self._bytes):
                return None
            end = len(self._bytes)
        text, self._bytes = self._bytes[:end], self._bytes[end + 1 :]
        line = self._decoded(text)
        while self._blocks and not _COMMAND.match(line) and b"\n" in self._bytes:
            more, _, rest = self._bytes.partition(b"\n")
            if _COMMAND.match(self._decoded(more)):
                break
            line, self._bytes = f"{line}\n{self._decoded(more)}", rest
        return line

    def begun(self) -> str:
        """What was typed of a line that has not ended, which is then gone from the
        terminal."""
        self._bytes += self._held_back()
        whole, end, rest = self._bytes.rpartition(b"\n")
        self._bytes = whole + end
        return self._decoded(rest)

    def _held_back(self) -> bytes:
        """What a terminal keeps until the line is ended."""
        try:
            mode = termios.tcgetattr(self._source)
        except termios.error:
            return b""
        at_once = [*mode[:6], [*mode[6]]]
        at_once[3] &= ~termios.ICANON
        at_once[6][termios.VMIN], at_once[6][termios.VTIME] = 0, 0
        try:
            termios.tcsetattr(self._source, termios.TCSANOW, at_once)
            try:
                return os.read(self._source, _PIECE)
            finally:
                termios.tcsetattr(self._source, termios.TCSANOW, mode)
        except (OSError, termios.error):
            return b""  # The terminal is gone.

    def _is_in_block(self) -> bool:
        """Whether more comes right behind a whole line."""
        if not self._blocks or self._has_ended or not self._bytes.endswith(b"\n"):
            return False
        return bool(select.select([self._source], [], [], MOMENT)[0])

    def _take(self) -> None:
        try:
            data = os.read(self._source, _PIECE)
        except OSError:
            data = b""  # The terminal is gone.
        self._bytes += data
        self._has_ended = not data

    def _decoded(self, text: bytes) -> str:
        return text.removesuffix(b"\r").decode(self._encoding, "replace")
