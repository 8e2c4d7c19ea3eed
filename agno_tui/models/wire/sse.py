"""Server-sent events: bytes in, the text of each event out. No I/O."""

from __future__ import annotations

from typing import Final

EVENT_LIMIT: Final = 10_000_000
"""Bytes of one event. A larger one is not an answer but an attack or a fault."""

_BOM: Final = b"\xef\xbb\xbf"


class EventTooLarge(ValueError):
    """One event is larger than the limit."""


class EventReader:
    """Reads an event stream, however its bytes are cut into pieces.

    Follows the "Interpreting an event stream" rules of the HTML standard, section
    9.2.6: comments and unknown fields are ignored, several `data` lines are joined, a
    line ends in LF, CR or CRLF. Invalid UTF-8 becomes U+FFFD. Other than the standard
    it gives out an event that the end of the stream cut off (see `end`).
    """

    def __init__(self, limit: int = EVENT_LIMIT) -> None:
        self._limit = limit
        self._size = 0
        self._line_size = 0
        self._line: list[bytes] = []
        self._lines: list[bytes] = []
        self._after_cr = False
        self._head: bytes | None = b""

    def feed(self, received: bytes) -> list[str]:
        """The events that these bytes complete. Raises `EventTooLarge`."""
        received = self._without_bom(received)
        if self._after_cr and received:
            received = received.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in received:
            self._after_cr = received.endswith(b"\r")
            received = received.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = received.split(b"\n")
        events: list[str] = []
        for line in lines:
            self._end_line(line, events)
        if rest:
            self._line.append(rest)
            self._line_size += len(rest)
            self._check()
        return events

    def end(self) -> list[str]:
        """What the end of the stream left without its empty line."""
        events: list[str] = []
        if self._head:
            rest, self._head = self._head, None
            events += self.feed(rest)
        self._end_line(b"", events)
        self._end_line(b"", events)
        return events

    def _without_bom(self, received: bytes) -> bytes:
        if self._head is None:
            return received
        head = self._head + received
        if len(head) < len(_BOM) and _BOM.startswith(head):
            self._head = head
            return b""
        self._head = None
        return head.removeprefix(_BOM)

    def _end_line(self, line: bytes, events: list[str]) -> None:
        if self._line:
            self._line.append(line)
            line = b"".join(self._line)
            self._line.clear()
            self._line_size = 0
        if line.startswith(b"data"):
            self._keep(line)
        elif not line:
            self._size = 0
            if self._lines:
                events.append(b"\n".join(self._lines).decode(errors="replace"))
                self._lines.clear()

    def _keep(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            self._lines.append(value.removeprefix(b" "))
            self._size += len(value)
            self._check()

    def _check(self) -> None:
        if self._size + self._line_size > self._limit:
            raise EventTooLarge(f"an event is larger than {self._limit} bytes")
